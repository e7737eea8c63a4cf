//! The policy that carries a queue's own settings, and the declared policies around it.
//!
//! Only one policy applies to a queue, so ours must take along what the declared one that it displaces says.

use std::collections::BTreeMap;

use super::effective::Target;
use super::read::{Policy, Queue, Sugar, Vhost};
use crate::model::Value;

/// The declared policies that match, the winner first.
pub(super) fn candidates<'p, 'a>(policies: &'p [Policy<'a>], name: &str, target: Target<'_>) -> Vec<&'p Policy<'a>> {
    let mut found: Vec<_> = policies.iter().filter(|policy| policy.covers(name, target)).collect();
    found.sort_by(|left, right| right.priority.cmp(&left.priority).then_with(|| left.name.name.cmp(right.name.name)));
    found
}

/// A queue's own policy: see the module.
#[derive(Debug, PartialEq)]
pub(super) struct OwnPolicy {
    pub(super) name: String,
    pub(super) pattern: String,
    pub(super) priority: i64,
    pub(super) definition: BTreeMap<String, Value>,
    /// The declared policy whose definition it takes along.
    pub(super) over: Option<String>,
}

/// The name of the policy that carries a queue's own settings.
pub(super) fn own_policy_name(queue: &str) -> String {
    format!("mqlab.{queue}")
}

/// The policy that carries a queue's own settings; none if it has none.
pub(super) fn own_policy(vhost: &Vhost<'_>, queue: &Queue<'_>) -> Option<OwnPolicy> {
    if queue.sugar.is_empty() {
        return None;
    }
    let name = queue.name.name;
    let over = candidates(&vhost.policies, name, Target::Queue(queue.kind.name)).into_iter().next();
    let declared = over.into_iter().flat_map(|policy| &policy.definition);
    let mut definition: BTreeMap<String, Value> =
        declared.map(|setting| (setting.key.name.to_owned(), setting.value.clone())).collect();
    definition.extend(queue.sugar.iter().map(|Sugar { key, value, .. }| ((*key).to_owned(), value.clone())));
    Some(OwnPolicy {
        name: own_policy_name(name),
        pattern: format!("^{}$", escape(name)),
        // Positive even over nothing, so that a policy made by hand with the usual 0 does not tie.
        priority: over.map_or(OWN_PRIORITY, |policy| policy.priority.saturating_add(1).max(OWN_PRIORITY)),
        definition,
        over: over.map(|policy| policy.name.name.to_owned()),
    })
}

/// The least priority of a queue's own policy.
const OWN_PRIORITY: i64 = 1;

/// Escapes what has a meaning in the server's expressions, and nothing else.
fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_punctuation() && !"-_:/,=<>@'\"!%&;~`#".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
