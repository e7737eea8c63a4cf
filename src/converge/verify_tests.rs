use std::collections::BTreeMap;

use async_trait::async_trait;

use super::super::lab::{lowered, simulate, stack};
use super::super::{Canceller, survey};
use super::*;
use crate::brokers::{Batch, Interest, Readiness};
use crate::model::{Resource, Unknown};
use crate::plan::Contents;

/// A broker of which some is there, and some cannot be read.
struct Broker {
    there: Vec<Resource>,
    unread: Vec<Address>,
}

#[async_trait]
impl Session for Broker {
    async fn observe(&mut self, _interest: Interest<'_>) -> Result<Observation, SessionError> {
        let unread = |address: &Address| Unknown {
            kind: Some(address.kind.clone()),
            address: Some(address.clone()),
            ..Unknown::broker(&address.broker, "node 2 does not answer")
        };
        let unknown = self.unread.iter().map(unread).collect();
        Ok(Observation { resources: self.there.clone(), unknown, ..Observation::default() })
    }

    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        Ok(Readiness::Whole)
    }

    async fn inspect(&mut self, _addresses: &[Address]) -> BTreeMap<Address, Contents> {
        BTreeMap::new()
    }

    async fn apply(&mut self, _batch: Batch<'_>) -> Vec<Outcome> {
        Vec::new()
    }

    async fn usable(&mut self, _batch: Batch<'_>) -> Vec<Check> {
        Vec::new()
    }

    async fn probe(&mut self) -> Vec<Check> {
        Vec::new()
    }
}

#[test]
fn an_outcome_that_is_not_known_is_decided_by_reading_again_or_stays_unknown() {
    simulate(async {
        let stack = stack(
            "stack: lab
brokers:
  legacy: { kind: activemq, queues: { there: {}, gone: {}, unread: {} } }
",
        );
        let lowered = &lowered(&stack)[0];
        let (memory, options) = (Memory::default(), DiffOptions::default());
        let plan = survey::compare(&options, lowered, &memory, &Observation::default());
        let (_canceller, cancel) = Canceller::new();
        let verifier = Verifier { options: &options, lowered, memory: &memory, plan: &plan, cancel: &cancel };
        let lost = || OutcomeResult::Unknown { reason: "no answer".to_owned() };
        let of = |name: &str| Address::new("legacy", "queue", name);
        let there: Vec<Resource> = lowered.topology.iter().filter(|one| one.address != of("gone")).cloned().collect();
        let mut outcomes: Vec<Outcome> = ["there", "gone", "unread"].map(|name| Outcome::new(of(name), lost())).into();
        let mut broker = Broker { there, unread: vec![of("unread")] };
        assert!(verifier.settle(&mut outcomes, &mut broker).await.is_ok());
        let gone = OutcomeResult::Failed { reason: "no answer; read again, and it is not done".to_owned() };
        assert_eq!(outcomes.into_iter().map(|one| one.result).collect::<Vec<_>>(), [OutcomeResult::Done, gone, lost()]);
    });
}
