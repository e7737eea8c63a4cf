//! What a run found and did: the value that views print and the site is made from.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::brokers::{Check, Outcome, OutcomeResult};
use crate::model::{Facts, ImageServed};
use crate::plan::Plan;

/// The end of a run. Holds no secret in what is serialised.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The containers' plan, then each broker's, in the order of the file.
    pub plans: Vec<Plan>,
    pub outcomes: Vec<Outcome>,
    pub checks: Vec<Check>,
    pub failures: Vec<Failure>,
    pub brokers: Vec<BrokerState>,
    #[serde(skip)]
    pub facts: BTreeMap<String, Facts>,
    /// Whether the steps were to be done, or only shown.
    pub applied: bool,
}

/// Something that stopped a broker's part of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its name; [`crate::model::STACK`] for what is no broker's, such as the folder.
    pub broker: String,
    pub text: String,
}

/// One broker at the end of a run.
#[derive(Clone, Debug, Serialize)]
pub struct BrokerState {
    pub name: String,
    pub kind: &'static str,
    /// As it says itself, else as the file says.
    pub version: String,
    /// Its containers that run, helpers included.
    pub containers_running: usize,
    /// The containers that the file wants.
    pub containers_wanted: usize,
    /// It answered on its own protocol.
    pub ready: bool,
    /// What is missing of one that answered: `2 of 3 nodes are in the cluster`.
    pub degraded: Option<String>,
    /// `host:port` by port name, node 1 first.
    pub endpoints: BTreeMap<String, Vec<String>>,
    pub image: Option<ImageServed>,
    pub containers: Vec<String>,
    pub user: Option<String>,
}

impl BrokerState {
    /// All its containers run.
    pub fn runs(&self) -> bool {
        self.containers_running == self.containers_wanted
    }

    /// In a word or few: `ready`, `degraded, 2 of 3 run`.
    pub fn state(&self) -> String {
        let (running, wanted) = (self.containers_running, self.containers_wanted);
        let word = match (running, self.ready) {
            (0, _) => return "stopped".to_owned(),
            (_, true) if self.degraded.is_some() || running < wanted => "degraded",
            (_, true) => "ready",
            (_, false) => "running",
        };
        if running < wanted { format!("{word}, {running} of {wanted} run") } else { word.to_owned() }
    }
}

impl Report {
    /// Notes that a broker's part, or with [`crate::model::STACK`] another part, of the run could not go on.
    pub(super) fn fail(&mut self, broker: &str, error: &dyn std::error::Error) {
        self.failures.push(Failure { broker: broker.to_owned(), text: crate::error_chain(error) });
    }

    pub fn steps_blocked(&self) -> usize {
        self.plans.iter().flat_map(|plan| &plan.steps).filter(|step| step.action.is_blocked()).count()
    }

    pub fn steps_pending(&self) -> usize {
        self.plans.iter().flat_map(|plan| &plan.steps).filter(|step| !step.action.is_blocked()).count()
    }

    pub fn done(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.result == OutcomeResult::Done).count()
    }

    /// Steps that failed, or that may have: their answer did not come.
    pub fn failed(&self) -> usize {
        let failed =
            |result: &OutcomeResult| matches!(result, OutcomeResult::Failed { .. } | OutcomeResult::Unknown { .. });
        self.outcomes.iter().filter(|outcome| failed(&outcome.result)).count()
    }

    pub fn not_tried(&self) -> usize {
        let not_tried = |result: &OutcomeResult| matches!(result, OutcomeResult::NotTried { .. });
        self.outcomes.iter().filter(|outcome| not_tried(&outcome.result)).count()
    }

    pub fn checks_failed(&self) -> usize {
        self.checks.iter().filter(|check| !check.ok).count()
    }

    pub fn unmanaged_counts(&self) -> bool {
        self.plans.iter().any(Plan::unmanaged_counts)
    }
}
