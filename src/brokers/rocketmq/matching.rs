//! Whether an object is as it was wanted.

use crate::model::{Change, Facts, Resource, Value, Verdict};

use super::rules::KINDS;

/// The first wanted attribute that differs, by the rules of its kind.
pub(super) fn first_difference<'a>(wanted: &'a Resource, found: &Resource) -> Option<&'a str> {
    let rules = KINDS.iter().find(|rules| rules.kind == wanted.address.kind)?;
    let facts = Facts::default();
    let differs = |(attribute, new): &(&'a String, &Value)| {
        let old = found.attribute(attribute).unwrap_or(&Value::Null);
        let change = Change { address: &wanted.address, attribute, old, new, facts: &facts };
        old != *new && rules.rule(attribute)(&change) != Verdict::Same
    };
    wanted.attributes.iter().find(differs).map(|(attribute, _)| attribute.as_str())
}
