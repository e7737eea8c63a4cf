//! Whether an object is as it was wanted.

use crate::model::{Change, Facts, Resource, Value, Verdict};

use super::rules::KINDS;

/// The wanted attributes that differ, by the rules of their kind.
pub(super) fn differences<'a>(wanted: &'a Resource, found: &Resource) -> Vec<&'a str> {
    let Some(rules) = KINDS.iter().find(|rules| rules.kind == wanted.address.kind) else { return Vec::new() };
    let facts = Facts::default();
    let differs = |(attribute, new): &(&'a String, &Value)| {
        let old = found.attribute(attribute).unwrap_or(&Value::Null);
        let change = Change { address: &wanted.address, attribute, old, new, facts: &facts };
        old != *new && rules.rule(attribute)(&change) != Verdict::Same
    };
    wanted.attributes.iter().filter(differs).map(|(attribute, _)| attribute.as_str()).collect()
}
