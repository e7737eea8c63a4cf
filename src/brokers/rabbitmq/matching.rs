//! Whether an object is as it was wanted, judged by the same rules as the plan.

use super::kinds::KINDS;
use crate::model::{Change, Facts, Resource, Value, Verdict};

/// The first attribute of the wanted object that the found one does not have so.
pub(super) fn first_difference<'a>(wanted: &'a Resource, found: &Resource) -> Option<&'a str> {
    let rules = KINDS.iter().find(|rules| rules.kind == wanted.address.kind)?;
    let facts = Facts::default();
    wanted.attributes.iter().find_map(|(attribute, new)| {
        let old = found.attribute(attribute).unwrap_or(&Value::Null);
        let change = Change { address: &wanted.address, attribute, old, new, facts: &facts };
        (rules.rule(attribute)(&change) != Verdict::Same).then_some(attribute.as_str())
    })
}
