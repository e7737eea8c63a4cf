//! What the engine can and cannot change about networks, volumes and containers.

use super::lower::{FORMAT, INPUTS, NETWORK, NODE, RUNNING, VOLUME};
use crate::brokers::{self, Catalogue};
use crate::model::{Address, AttributeRule, Change, Home, KindRules, Verdict, in_place};

/// Rules for everything that the engine holds; the topology inside brokers has its own.
pub fn kinds() -> &'static [KindRules] {
    KINDS
}

const fn engine_kind(kind: &'static str, plural: &'static str, attributes: &'static [AttributeRule]) -> KindRules {
    KindRules {
        kind,
        plural,
        attributes,
        protected: not_protected,
        holds_data: true,
        produce: false,
        consume: false,
        home: Home::Broker,
    }
}

const KINDS: &[KindRules] = &[
    KindRules { holds_data: false, ..engine_kind(NETWORK, "networks", NETWORK_ATTRIBUTES) },
    engine_kind(VOLUME, "volumes", VOLUME_ATTRIBUTES),
    engine_kind(NODE, "nodes", NODE_ATTRIBUTES),
];

const NETWORK_ATTRIBUTES: &[AttributeRule] =
    &[AttributeRule { name: "driver", rule: recreate, doc: "How the engine connects the stack's containers." }];

const VOLUME_ATTRIBUTES: &[AttributeRule] =
    &[AttributeRule { name: FORMAT, rule: readable, doc: "The broker and version that wrote the data." }];

const NODE_ATTRIBUTES: &[AttributeRule] = &[
    AttributeRule { name: RUNNING, rule: in_place, doc: "Whether the container runs." },
    AttributeRule { name: INPUTS, rule: never, doc: "What the file and the engine gave when it was made." },
    AttributeRule { name: "mount.*", rule: same_storage, doc: "Where the data is." },
    AttributeRule { name: "id.*", rule: recreate, doc: "An identity that the data carries." },
    AttributeRule { name: "image", rule: recreate, doc: "The broker and version that it runs." },
    AttributeRule { name: "command", rule: recreate, doc: "The command instead of the image's own." },
    AttributeRule { name: "hostname", rule: recreate, doc: "Its own name, which some brokers store with the data." },
    AttributeRule { name: "aliases", rule: recreate, doc: "Names under which other containers reach it." },
    AttributeRule { name: "memory", rule: recreate, doc: "Limit in bytes." },
    AttributeRule { name: "open_files", rule: recreate, doc: "Limit of open files." },
    AttributeRule { name: "env.*", rule: recreate, doc: "A variable of its environment." },
    AttributeRule { name: "file.*", rule: recreate, doc: "Digest of a file that is copied in before the start." },
    AttributeRule { name: "port.*", rule: recreate, doc: "A port on the host and the one behind it." },
    AttributeRule { name: "*", rule: recreate, doc: "What a file that is copied in before the start says." },
];

fn not_protected(_address: &Address) -> bool {
    false
}

fn recreate(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    Verdict::Replace { reason: format!("a {} cannot be changed once it is made", noun(change.address)) }
}

fn noun(address: &Address) -> &str {
    if address.kind == NODE { "container" } else { &address.kind }
}

fn never(_change: &Change<'_>) -> Verdict {
    Verdict::Same
}

/// Data stays where it is: moving it is not a recreate but a loss.
fn same_storage(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    let (old, new) = (mount_type(change.old.as_text()), mount_type(change.new.as_text()));
    if old == new {
        return recreate(change);
    }
    Verdict::Blocked {
        reason: format!("the data is on {old} and would have to move to {new}: recreating would lose it"),
        way_out: match old {
            "memory" => "`mqlab down`, which drops what is in memory, then `mqlab up`".to_owned(),
            _ => "write `storage: volume` again, or `mqlab down --volumes` to give the data up, then `mqlab up`"
                .to_owned(),
        },
    }
}

/// The first word of the attribute: `volume` or `memory`.
fn mount_type(text: Option<&str>) -> &str {
    match text.and_then(|text| text.split(' ').next()) {
        Some("memory") => "memory",
        Some("volume") => "a volume",
        _ => "nothing",
    }
}

/// Whether the new version can take the volume over.
fn readable(change: &Change<'_>) -> Verdict {
    readable_with(change, |kind| brokers::find(kind).map(|broker| broker.description().catalogue))
}

fn readable_with(change: &Change<'_>, catalogue: impl Fn(&str) -> Option<&'static Catalogue>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    let (Some((old_kind, old)), Some((new_kind, new))) = (split(change.old.as_text()), split(change.new.as_text()))
    else {
        return Verdict::Unknown { reason: "the volume does not say which broker wrote it".to_owned() };
    };
    let broker = &change.address.broker;
    if old_kind != new_kind {
        return Verdict::Blocked {
            reason: format!("the volume holds data of {old_kind}, which {new_kind} cannot read"),
            way_out: format!(
                "give the new broker another name, or `mqlab down --volumes` to give the data of `{broker}` up"
            ),
        };
    }
    let known = catalogue(new_kind)
        .and_then(|catalogue| catalogue.version(new))
        .is_some_and(|version| version.upgrades_from.contains(&old));
    if known {
        return Verdict::Same;
    }
    Verdict::Blocked {
        reason: format!("the volume holds data of {old_kind} {old}, and {new} is not known to take it over"),
        way_out: format!(
            "write `version: \"{old}\"` under `{broker}`, or `mqlab down --volumes` to give the data up, then `mqlab up`"
        ),
    }
}

fn split(format: Option<&str>) -> Option<(&str, &str)> {
    format.and_then(|text| text.split_once(' '))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
