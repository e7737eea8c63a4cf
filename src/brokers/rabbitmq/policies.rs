//! Which policy applies to a queue or exchange, and the policy that carries a queue's own settings.
//!
//! One policy and one operator policy apply to an object: of those that match, the one with the
//! highest priority. Between equal priorities the choice is the server's and not documented.

use std::collections::BTreeMap;

use fancy_regex::Regex;

use super::read::{Policy, Queue, Sugar, Vhost};
use crate::model::Value;

/// What a policy can apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target<'a> {
    Exchange,
    /// With its type.
    Queue(&'a str),
}

/// Whether a policy with this `apply-to` is for such an object at all.
pub(super) fn applies_to(apply_to: &str, target: Target<'_>) -> bool {
    match (apply_to, target) {
        ("all", _) | ("exchanges", Target::Exchange) | ("queues", Target::Queue(_)) => true,
        (_, Target::Queue(kind)) => matches!(
            (apply_to, kind),
            ("classic_queues", "classic") | ("quorum_queues", "quorum") | ("streams", "stream")
        ),
        _ => false,
    }
}

/// Whether a pattern matches a name, anywhere in it as the server does. A pattern that does not compile matches nothing.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    Regex::new(pattern).is_ok_and(|regex| regex.is_match(name).unwrap_or(false))
}

/// The declared policies that match, the winner first.
pub(super) fn candidates<'p, 'a>(policies: &'p [Policy<'a>], name: &str, target: Target<'_>) -> Vec<&'p Policy<'a>> {
    let mut found: Vec<_> = policies
        .iter()
        .filter(|policy| applies_to(policy.apply_to, target) && matches(policy.pattern.name, name))
        .collect();
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
