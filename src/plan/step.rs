//! The plan and its steps.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::model::{Address, Origin, Resource, Value};

/// Which half of a run a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Network, volumes and containers, through the engine.
    Containers,
    /// What lives inside the brokers. They must run before they can be asked.
    Topology,
}

/// Everything a stage would do, in the order in which it would be done.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    pub stage: Stage,
    pub steps: Vec<Step>,
    /// How many desired objects are already as they should be.
    pub unchanged: usize,
    pub unmanaged: Vec<Unmanaged>,
    pub notes: Vec<Note>,
    /// The brokers could not be asked yet: this is what would be done on empty ones.
    pub projected: bool,
}

/// One change of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub address: Address,
    #[serde(flatten)]
    pub action: Action,
    /// Why, in words: `not there`, `partitions: 3 → 6`.
    pub cause: String,
    pub changes: Vec<FieldChange>,
    /// The line of the spec that asks for it.
    pub origin: Option<Origin>,
    /// Steps that must be done before: only addresses that have a step in the same plan.
    pub needs: BTreeSet<Address>,
    /// What is inside, read live, where something would be lost.
    pub risk: Option<Contents>,
    /// Who moved since the last apply, for a difference.
    pub moved: Option<Mover>,
    /// Whether losing what is inside was allowed. Read again by the session at the moment of deleting.
    pub allow_data_loss: bool,
    pub before: Option<Resource>,
    pub after: Option<Resource>,
    /// Observed resources that go away with this one and are made again by a replace.
    pub dependants: Vec<Resource>,
}

/// What is done with the resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    Create,
    Update,
    Replace,
    Delete,
    /// Cannot or may not be done: the exit code says so, and the way out is a command or an edit.
    Blocked {
        reason: String,
        way_out: String,
    },
}

/// `field: old → new`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    pub attribute: String,
    pub old: Value,
    pub new: Value,
    pub origin: Option<Origin>,
}

/// What a queue or topic holds at this moment. `None` is "the broker does not tell".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contents {
    pub messages: Option<u64>,
    pub consumers: Option<u64>,
    pub bytes: Option<u64>,
}

/// Who moved since the last apply: the file, the broker, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mover {
    File,
    Broker,
    Both,
}

/// Something that is there and that the file does not mention. Listed, never touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmanaged {
    pub address: Address,
    /// `unmanaged: fail` on the broker, or `--strict`: it counts as drift.
    pub counts: bool,
}

/// A sentence beside the steps, such as "`retention.ms` is no longer managed".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    pub address: Option<Address>,
    pub text: String,
}

impl Step {
    /// Makes something that is not there and needs nothing.
    pub fn of(address: Address) -> Self {
        Self {
            address,
            action: Action::Create,
            cause: "not there".to_owned(),
            changes: Vec::new(),
            origin: None,
            needs: BTreeSet::new(),
            risk: None,
            moved: None,
            allow_data_loss: false,
            before: None,
            after: None,
            dependants: Vec::new(),
        }
    }
}

impl Action {
    /// The sign in front of a step.
    pub fn sign(&self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Replace => "-/+",
            Self::Delete => "-",
            Self::Blocked { .. } => "!",
        }
    }

    pub fn verb(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Blocked { .. } => "blocked",
        }
    }

    pub fn is_blocked(&self) -> bool {
        matches!(self, Self::Blocked { .. })
    }
}

impl Contents {
    /// Whether anything could be read at all.
    pub fn is_known(&self) -> bool {
        self.messages.is_some() || self.consumers.is_some() || self.bytes.is_some()
    }

    /// Whether deleting would lose anything that is known to be there.
    pub fn is_empty(&self) -> bool {
        [self.messages, self.consumers, self.bytes].into_iter().flatten().all(|count| count == 0)
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = [(self.messages, "message"), (self.consumers, "consumer"), (self.bytes, "byte")];
        let parts: Vec<String> = counted
            .into_iter()
            .filter_map(|(count, unit)| {
                count.map(|count| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
            })
            .collect();
        formatter.write_str(&if parts.is_empty() { "unknown contents".to_owned() } else { parts.join(", ") })
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} → {}", self.attribute, self.old, self.new)
    }
}

impl Mover {
    pub fn describe(self) -> &'static str {
        match self {
            Self::File => "the file",
            Self::Broker => "the broker",
            Self::Both => "the file and the broker",
        }
    }
}
