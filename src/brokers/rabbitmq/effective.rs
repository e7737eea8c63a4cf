//! Which policy applies to an object. One policy and one operator policy do: of those that match, the one with
//! the highest priority. Between equal priorities the choice is the server's own.

use fancy_regex::Regex;

use super::kinds;
use crate::model::{Resource, Value};

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

/// Whether a pattern matches a name, anywhere in it as the server does. One that does not compile matches nothing.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    Regex::new(pattern).is_ok_and(|regex| regex.is_match(name).unwrap_or(false))
}

/// The policy among these resources that applies to an exchange or queue.
pub(super) fn effective_policy<'a>(
    resources: &'a [Resource],
    broker: &str,
    vhost: &str,
    name: &str,
    target: Target<'_>,
) -> Option<&'a Resource> {
    matching_policies(resources, broker, vhost, name, target).max_by_key(|policy| priority(policy))
}

/// All policies among these resources that match an exchange or queue.
pub(super) fn matching_policies<'a>(
    resources: &'a [Resource],
    broker: &str,
    vhost: &str,
    name: &str,
    target: Target<'_>,
) -> impl Iterator<Item = &'a Resource> {
    let text = |policy: &'a Resource, key: &str| policy.attribute(key).and_then(Value::as_text).unwrap_or_default();
    resources.iter().filter(move |resource| {
        let address = &resource.address;
        address.kind == kinds::POLICY
            && address.broker == broker
            && address.vhost_name() == vhost
            && applies_to(text(resource, "apply_to"), target)
            && matches(text(resource, "pattern"), name)
    })
}

pub(super) fn priority(policy: &Resource) -> i64 {
    policy.attribute("priority").and_then(Value::as_i64).unwrap_or(0)
}
