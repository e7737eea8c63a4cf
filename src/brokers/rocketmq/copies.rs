//! Master and replica in one picture. Both have every object: the replica fetches its master's topics and groups once
//! a minute, and leaves its own alone while their version is the master's (5.5.0, `SlaveSynchronize`). Until then
//! whoever reads from the replica meets what it has, so a difference is told from the first moment on.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Resource, Unknown, Value};

use super::matching::differences;
use super::topology::topic_attribute;

/// What one of them has, or why that could not be read.
pub(super) struct Node {
    pub node: u32,
    pub seen: Result<Seen, String>,
}

#[derive(Debug, Default)]
pub(super) struct Seen {
    pub resources: Vec<Resource>,
    pub unknown: Vec<Unknown>,
}

/// What the first has, the master before its replica. As far as the file wants it, it is there if the others have it
/// too, and differs if one of them has it otherwise.
pub(super) fn together(broker: &str, nodes: Vec<Node>, wanted: &[Resource]) -> Seen {
    let wanted: BTreeMap<&Address, &Resource> = wanted.iter().map(|one| (&one.address, one)).collect();
    let mut picture: Option<Seen> = None;
    let (mut others, mut unread, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for Node { node, seen } in nodes {
        match seen {
            Ok(seen) if picture.is_none() => picture = Some(seen),
            Ok(seen) => others.push(Other::of(node, seen)),
            // Nothing is made or changed on the word of a replica alone.
            Err(reason) if picture.is_none() => {
                unknown.push(silent(Unknown::broker(broker, format!("node {node}: {reason}"))));
            }
            Err(reason) => unread.push(format!("node {node}: {reason}")),
        }
    }
    let Seen { mut resources, unknown: of_the_first } = picture.unwrap_or_default();
    unknown.extend(of_the_first);
    let mut absent = BTreeSet::new();
    for found in &mut resources {
        let Some(wanted) = wanted.get(&found.address) else { continue };
        for other in &others {
            if !other.hold_against(found, wanted, &mut unknown) {
                absent.insert(found.address.clone());
            }
        }
        // What is not as wanted is done where it can be; of the rest nobody knows whether it is right.
        if let Some(reason) = unread.first().filter(|_| differences(wanted, found).is_empty()) {
            unknown.push(silent(of(&found.address, reason.clone())));
        }
    }
    resources.retain(|one| !absent.contains(&one.address));
    Seen { resources, unknown }
}

fn of(address: &Address, reason: String) -> Unknown {
    let kind = Some(address.kind.clone());
    Unknown { kind, address: Some(address.clone()), ..Unknown::broker(&address.broker, reason) }
}

fn silent(unknown: Unknown) -> Unknown {
    let way_out = "`mqlab up` starts it if it does not run, `mqlab logs` tells why it does not answer";
    Unknown { way_out: Some(way_out.to_owned()), ..unknown }
}

struct Other {
    node: u32,
    resources: BTreeMap<Address, Resource>,
    unknown: Vec<Unknown>,
}

impl Other {
    fn of(node: u32, seen: Seen) -> Self {
        let resources = seen.resources.into_iter().map(|one| (one.address.clone(), one)).collect();
        Self { node, resources, unknown: seen.unknown }
    }

    /// Whether it is there. What differs is in what was found then, or unknown.
    fn hold_against(&self, found: &mut Resource, wanted: &Resource, unknown: &mut Vec<Unknown>) -> bool {
        let node = self.node;
        if let Some(one) = self.unknown.iter().find(|one| one.covers(&found.address)) {
            unknown.push(Unknown { reason: format!("node {node}: {}", one.reason), ..one.clone() });
            return true;
        }
        let Some(own) = self.resources.get(&found.address) else { return false };
        // What the other has wrong too is told by its own value, which a guard can read.
        let known = differences(wanted, found);
        for attribute in differences(wanted, own).into_iter().filter(|attribute| !known.contains(attribute)) {
            let has = own.attribute(attribute).unwrap_or(&Value::Null);
            if topic_attribute(attribute).is_some() {
                let reason = format!("node {node} has {has} for `{attribute}`, its master what the file says");
                let way_out = "a replica takes over what its master has within a minute: run the same command then";
                unknown.push(Unknown { way_out: Some(way_out.to_owned()), ..of(&found.address, reason) });
                continue;
            }
            found.attributes.insert(attribute.to_owned(), Value::text(format!("{has} on node {node}")));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brokers::rocketmq::{GROUP, TOPIC};

    fn orders() -> Resource {
        Resource::new(Address::new("trades", TOPIC, "orders"))
            .with("write_queues", 6_u32)
            .with("read_queues", 6_u32)
            .with("message_type", "fifo")
            .with("permission", "read_write")
            .with("attributes.cleanup.policy", "DELETE")
    }

    fn booking() -> Resource {
        Resource::new(Address::new("trades", GROUP, "booking")).with("retry_max", 5_u32).with("order", true)
    }

    fn both(master: &[Resource], replica: &[Resource]) -> Seen {
        let has = |node, resources: &[Resource]| Node {
            node,
            seen: Ok(Seen { resources: resources.to_vec(), unknown: Vec::new() }),
        };
        together("trades", vec![has(1, master), has(2, replica)], &[orders(), booking()])
    }

    /// What of the wanted attributes is told to be otherwise.
    fn told(seen: &Seen) -> Vec<String> {
        let wanted = [orders(), booking()];
        let own = |wanted: &Resource| seen.resources.iter().find(|one| one.address == wanted.address).cloned();
        let differing = |wanted: &Resource| match own(wanted) {
            Some(own) => differences(wanted, &own)
                .into_iter()
                .map(|attribute| format!("{attribute} {}", own.attribute(attribute).unwrap().to_json()))
                .collect(),
            None => vec![format!("no {}", wanted.address.name)],
        };
        wanted.iter().flat_map(differing).collect()
    }

    #[test]
    fn each_attribute_that_only_the_replica_has_otherwise_is_told_with_its_node() {
        assert_eq!(told(&both(&[orders(), booking()], &[orders(), booking()])), [""; 0]);
        let topic = orders().with("read_queues", 4_u32).with("message_type", "normal").with("permission", "read");
        let group = booking().with("retry_max", 9_u32).with("order", false).with("broadcast", true);
        assert_eq!(
            told(&both(&[orders(), booking()], &[topic.with("write_queues", 3_u32), group])),
            [
                r#"message_type "normal on node 2""#,
                r#"permission "read on node 2""#,
                r#"read_queues "4 on node 2""#,
                r#"write_queues "3 on node 2""#,
                r#"order "false on node 2""#,
                r#"retry_max "9 on node 2""#,
            ]
        );
    }

    #[test]
    fn what_the_master_has_otherwise_is_its_own_value() {
        let wide = || orders().with("read_queues", 8_u32);
        assert_eq!(told(&both(&[wide(), booking()], &[orders(), booking()])), ["read_queues 8"]);
        assert_eq!(
            told(&both(&[wide(), booking()], &[wide().with("permission", "read"), booking()])),
            [r#"permission "read on node 2""#, "read_queues 8"]
        );
    }

    #[test]
    fn what_one_of_them_lacks_is_not_there() {
        assert_eq!(told(&both(&[orders(), booking()], &[orders()])), ["no booking"]);
        assert_eq!(told(&both(&[booking()], &[orders(), booking()])), ["no orders"]);
        let strange = Resource::new(Address::new("trades", TOPIC, "strange"));
        let seen = both(&[orders(), booking(), strange.clone()], &[orders(), booking()]);
        assert_eq!(told(&seen), [""; 0]);
        assert!(seen.resources.contains(&strange), "what nobody wants is listed all the same");
    }

    #[test]
    fn an_attribute_that_only_the_master_can_bring_is_waited_for() {
        let compact = orders().with("attributes.cleanup.policy", "COMPACTION");
        let seen = both(&[orders()], &[compact]);
        let reason = "node 2 has COMPACTION for `attributes.cleanup.policy`, its master what the file says";
        assert_eq!(seen.unknown[0].reason, reason);
        assert!(seen.unknown[0].covers(&orders().address) && !seen.unknown[0].covers(&booking().address));
    }

    fn with_one_silent(silent: u32) -> Seen {
        let resources = vec![orders(), booking().with("retry_max", 9_u32)];
        let mut answer = Some(Seen { resources, unknown: Vec::new() });
        let mut seen = |node| if node == silent { Err("no answer".to_owned()) } else { Ok(answer.take().unwrap()) };
        let nodes = [1, 2].map(|node| Node { node, seen: seen(node) });
        together("trades", nodes.into(), &[orders(), booking()])
    }

    #[test]
    fn nothing_is_right_that_a_silent_replica_may_have_otherwise() {
        let seen = with_one_silent(2);
        assert_eq!(told(&seen), ["retry_max 9"]);
        let [unknown] = seen.unknown.as_slice() else { panic!("{:?}", seen.unknown) };
        assert_eq!(unknown.reason, "node 2: no answer");
        assert!(unknown.covers(&orders().address), "it may differ there");
        assert!(!unknown.covers(&booking().address), "it is to be changed anyway");
    }

    #[test]
    fn a_silent_master_leaves_everything_unknown() {
        let seen = with_one_silent(1);
        assert_eq!(seen.unknown[0].reason, "node 1: no answer");
        assert!([orders(), booking()].iter().all(|one| seen.unknown[0].covers(&one.address)));
    }

    #[test]
    fn what_a_replica_describes_without_sense_is_unknown() {
        let nonsense = of(&orders().address, "no sense".to_owned());
        let nodes = vec![
            Node { node: 1, seen: Ok(Seen { resources: vec![orders()], unknown: Vec::new() }) },
            Node { node: 2, seen: Ok(Seen { resources: Vec::new(), unknown: vec![nonsense] }) },
        ];
        let seen = together("trades", nodes, &[orders()]);
        assert_eq!((seen.resources.len(), seen.unknown[0].reason.as_str()), (1, "node 2: no sense"));
    }
}
