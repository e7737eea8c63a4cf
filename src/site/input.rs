//! Everything that the site is made from: values of one run, and nothing that must be asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Manual;
use crate::brokers::{self, Broker};
use crate::model::{Address, BrokerModel, Facts, Resource, Stack};

/// What [`super::build`] reads.
#[derive(Clone)]
pub struct SiteInput<'a> {
    pub stack: &'a Stack,
    /// In the order of the stack.
    pub brokers: Vec<BrokerInput<'a>>,
    /// What the last run found and did; `None` where none has been recorded.
    pub report: Option<&'a RunReport>,
    /// What the reader can type.
    pub manual: &'a Manual,
}

/// One broker of the stack, lowered.
#[derive(Clone)]
pub struct BrokerInput<'a> {
    pub model: &'a BrokerModel,
    pub broker: &'a dyn Broker,
    /// What the spec wants inside it.
    pub topology: Vec<Resource>,
    pub facts: Facts,
}

/// What a run found and did, as the site tells it. Holds no secret, so that it can be kept on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct RunReport {
    /// As typed: `mqlab up`.
    pub command: String,
    /// When the run ended, `2026-03-01 14:05 UTC`. Only the page about the run shows it.
    pub finished: String,
    /// Of mqlab.
    pub tool_version: String,
    /// By the broker's name.
    pub brokers: BTreeMap<String, BrokerReport>,
    pub steps: Vec<StepReport>,
    /// Objects that were already as they should be.
    pub unchanged: usize,
    /// What runs there and is in no file.
    pub unmanaged: Vec<Address>,
    pub checks: Vec<CheckReport>,
    /// Sentences beside the steps.
    pub notes: Vec<String>,
}

/// A broker as it was found at the end of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct BrokerReport {
    /// As it says itself: `4.3.1`.
    pub version: String,
    pub status: BrokerStatus,
    /// `host:port` by port name, node 1 first.
    pub endpoints: BTreeMap<String, Vec<String>>,
    /// The name or address under which clients on the host reach the ports.
    pub advertise_host: String,
    pub image: ImageReport,
    /// Node 1 first.
    pub containers: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrokerStatus {
    /// It answered on its own protocol.
    Ready,
    Stopped,
    /// It is there and does not answer as it should.
    Failing,
    #[default]
    Unknown,
}

/// Which image runs, and which source served it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageReport {
    /// In words: `official image`, `mirror https://…`, `built here from the recipe`.
    pub source: String,
    pub reference: String,
    pub digest: String,
    /// When the engine got it.
    pub when: String,
}

/// One step of the plan and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepReport {
    pub address: Address,
    /// `create`, `update`, `replace`, `delete`, `blocked`.
    pub verb: String,
    /// `not there`, `partitions: 3 → 6`; for a blocked step the reason and the way out.
    pub cause: String,
    pub outcome: StepOutcome,
    /// Why not, where it is not done.
    #[serde(default)]
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    Done,
    Failed,
    /// The answer did not come: it may have been done.
    Unknown,
    NotTried,
    Blocked,
}

/// One named thing that was looked at after the steps.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckReport {
    pub name: String,
    pub broker: String,
    pub ok: bool,
    pub detail: String,
}

impl BrokerReport {
    /// What the site needs to know of the world, from nothing but the report: `up` and `site build` agree.
    fn facts(&self) -> Facts {
        let number = |endpoint: &String| endpoint.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let ports = self.endpoints.iter().map(|(name, all)| (name.clone(), all.iter().filter_map(number).collect()));
        Facts {
            version: self.version.clone(),
            ports: ports.collect(),
            advertise_host: self.advertise_host.clone(),
            ..Facts::default()
        }
    }
}

impl<'a> SiteInput<'a> {
    /// The stack with what the last run found of it.
    pub fn of_run(stack: &'a Stack, report: Option<&'a RunReport>, manual: &'a Manual) -> Self {
        let brokers = report.map(|report| &report.brokers).into_iter().flatten();
        let facts = brokers.map(|(name, broker)| (name.clone(), broker.facts())).collect();
        Self::new(stack, &facts, report, manual)
    }

    /// Lowers every broker of the stack with what is known of it. A broker that is missing in `facts`
    /// has never run; its version is the spec's.
    pub fn new(
        stack: &'a Stack,
        facts: &BTreeMap<String, Facts>,
        report: Option<&'a RunReport>,
        manual: &'a Manual,
    ) -> Self {
        let brokers = stack.brokers.iter().filter_map(|model| {
            let broker = brokers::find(model.kind)?;
            let unknown = || Facts { version: model.version.clone(), ..Facts::default() };
            let facts = facts.get(&model.name).cloned().unwrap_or_else(unknown);
            Some(BrokerInput { model, broker, topology: broker.topology(model, &facts), facts })
        });
        Self { stack, brokers: brokers.collect(), report, manual }
    }
}
