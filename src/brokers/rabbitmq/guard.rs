//! What the diff of one object cannot see: a policy that nobody declared and that touches a queue's own settings.

use std::collections::{BTreeMap, BTreeSet};

use super::effective::{Policies, Target, priority};
use super::kinds;
use super::policies::own_policy_name;
use crate::model::{Address, Resource};
use crate::plan::Objection;

/// Objections against the queues' own policies.
///
/// Only one policy applies to a queue. If an undeclared one applies now, ours would push it out; if one has a
/// priority that is not below ours, ours does not apply, whatever the plan says.
pub(super) fn guard(desired: &[Resource], observed: &[Resource]) -> Vec<Objection> {
    let is_policy = |resource: &&Resource| resource.address.kind == kinds::POLICY;
    let wanted: BTreeMap<&Address, &Resource> =
        desired.iter().filter(is_policy).map(|policy| (&policy.address, policy)).collect();
    let there: BTreeSet<&Address> = observed.iter().filter(is_policy).map(|policy| &policy.address).collect();
    if there.iter().all(|address| wanted.contains_key(*address)) {
        return Vec::new();
    }
    let (declared, observed) = (Policies::new(desired), Policies::new(observed));
    let mut objections = Vec::new();
    for queue in desired.iter().filter(|resource| resource.address.kind == kinds::QUEUE) {
        let Some(own) = wanted.get(&own_address(&queue.address)).copied() else { continue };
        let (address, target) = (&queue.address, Target::queue(queue));
        let declared = declared.matching(address, target).into_iter().filter(|policy| policy.address != own.address);
        let declared = declared.map(priority).max();
        let strangers =
            observed.matching(address, target).into_iter().filter(|policy| !wanted.contains_key(&policy.address));
        let Some(stranger) = strangers.max_by_key(|policy| priority(policy)) else { continue };
        let is_there = there.contains(&own.address);
        let applies_now = !is_there && declared.is_none_or(|declared| priority(stranger) >= declared);
        if priority(stranger) >= priority(own) {
            objections.push(objection(own, queue, stranger, "would apply instead of the queue's own settings"));
        } else if applies_now {
            objections.push(objection(
                own,
                queue,
                stranger,
                "applies now and would be pushed out by the queue's own settings",
            ));
        }
    }
    objections
}

fn own_address(queue: &Address) -> Address {
    Address::in_vhost(&queue.broker, queue.vhost_name(), kinds::POLICY, own_policy_name(&queue.name))
}

fn objection(own: &Resource, queue: &Resource, stranger: &Resource, what: &str) -> Objection {
    let (queue, policy) = (&queue.address.name, &stranger.address.name);
    Objection {
        address: own.address.clone(),
        reason: format!(
            "only one policy applies to the queue `{queue}`, and `{policy}`, which the file does not mention, {what} (its priority is {}, ours {})",
            priority(stranger),
            priority(own)
        ),
        way_out: format!(
            "declare `{policy}` under `policies`, so that its settings are taken along, or remove it: mqlab apply --delete {} --allow-data-loss",
            stranger.address
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::broker;
    use super::super::topology::topology;
    use super::guard;
    use crate::model::{Address, Resource, Value};

    fn stranger(pattern: &str, priority: i64) -> Resource {
        let mut policy = Resource::new(Address::new("jobs", "policy", "by-hand"))
            .with("pattern", pattern)
            .with("apply_to", "all")
            .with("priority", priority);
        policy
            .attributes
            .insert("definition".into(), Value::Map([("max-length".to_owned(), Value::from(5_i64))].into()));
        policy
    }

    fn reasons(spec: &str, observed: &[Resource]) -> Vec<String> {
        guard(&topology(&broker(spec)), observed).into_iter().map(|objection| objection.reason).collect()
    }

    const QUEUE: &str = "queues: { mail.eu: { message_ttl: 1000 } }";

    #[test]
    fn a_policy_that_applies_now_is_not_pushed_out() {
        let found = reasons(QUEUE, &[stranger("^mail", 0)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("`by-hand`") && found[0].contains("pushed out"), "{found:?}");
    }

    #[test]
    fn one_that_wins_over_ours_is_said_even_when_ours_is_there() {
        let mut observed = topology(&broker(QUEUE));
        observed.push(stranger("^mail", 50));
        assert!(reasons(QUEUE, &observed)[0].contains("instead of"));
        observed.pop();
        observed.push(stranger("^mail", 0));
        assert!(reasons(QUEUE, &observed).is_empty(), "it was pushed out with consent");
    }

    #[test]
    fn what_does_not_touch_the_queue_is_left_alone() {
        assert!(reasons(QUEUE, &[stranger("^other", 0)]).is_empty());
        assert!(reasons("queues: { mail.eu: {} }", &[stranger("^mail", 0)]).is_empty(), "no own settings");
        let declared = "queues: { mail.eu: { message_ttl: 1000 } }\npolicies: { all: { pattern: mail, priority: 3, definition: { max-length: 1 } } }";
        assert!(reasons(declared, &[stranger("^mail", 0)]).is_empty(), "a declared one pushed it out already");
        let mentioned = "queues: { mail.eu: { message_ttl: 1000 } }\npolicies: { by-hand: { pattern: '^mail', definition: { max-length: 5 } } }";
        assert!(reasons(mentioned, &[stranger("^mail", 0)]).is_empty());
    }
}
