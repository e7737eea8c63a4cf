//! Looking without a plan: what runs, what is inside, and whether a message goes round.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;

use super::describe::{Answered, describe};
use super::prepare::{Lowered, prepare};
use super::report::Report;
use super::{ConvergeError, Run};
use crate::brokers::{Check, Interest, Readiness, SessionError};
use crate::model::Address;
use crate::plan::Contents;

/// What one object holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holding {
    pub address: Address,
    #[serde(flatten)]
    pub contents: Contents,
    /// The file declares it.
    pub managed: bool,
}

/// What a look found. The brokers, failures and checks are in the report.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Look {
    #[serde(flatten)]
    pub report: Report,
    /// Everything that messages can wait in, by address.
    pub objects: Vec<Holding>,
    /// Brokers that run under this stack's name and are not in the file.
    pub orphans: Vec<String>,
}

/// A running broker answers at once or something is wrong with it.
const PATIENCE: Duration = Duration::from_secs(5);

impl Run<'_> {
    /// Asks every broker that runs, once. With `probe`, sends a message through each.
    pub async fn look(&self, probe: bool) -> Result<Look, ConvergeError> {
        let inventory = self.engine.inventory(&self.id).await?;
        self.say_where();
        let lowered = prepare(self.stack, &self.engine, &inventory, &self.id, &self.folder, false).await?;
        let stack = inventory.stack(&self.id.name).unwrap_or_default();
        let is_paused = |name: &str| stack.nodes.iter().any(|node| node.broker == name && node.state == "paused");
        let paused: Vec<String> =
            lowered.iter().map(|broker| broker.model.name.clone()).filter(|name| is_paused(name)).collect();
        let runs = |name: &str| stack.nodes.iter().any(|node| node.broker == name && node.state == "running");
        let asked = lowered.iter().filter(|broker| runs(&broker.model.name));
        let answers = join_all(asked.map(|broker| self.ask(broker, probe))).await;
        let mut look = Look::default();
        let mut answered = BTreeMap::new();
        for answer in answers {
            match answer {
                Ok(answer) => {
                    answered.insert(answer.broker, answer.answered);
                    look.objects.extend(answer.objects);
                    look.report.checks.extend(answer.checks);
                }
                Err((broker, source)) => {
                    look.report.fail(&broker, &ConvergeError::Broker { broker: broker.clone(), source });
                }
            }
        }
        for broker in paused {
            look.report.fail(&broker, &ConvergeError::Paused { broker: broker.clone() });
        }
        let mut orphans: Vec<String> = stack.nodes.into_iter().map(|node| node.broker).collect();
        orphans.retain(|name| self.stack.broker(name).is_none());
        orphans.dedup();
        look.orphans = orphans;
        describe(&self.engine, &inventory, &self.id, &lowered, &answered, &mut look.report);
        Ok(look)
    }

    async fn ask(&self, broker: &Lowered<'_>, probe: bool) -> Result<Answer, (String, SessionError)> {
        let name = broker.model.name.clone();
        let failed = |error| (name.clone(), error);
        let mut target = broker.target(&self.engine);
        target.deadline = PATIENCE;
        let mut session = broker.broker.connect(target);
        let degraded = match session.ready().await.map_err(failed)? {
            Readiness::Whole => None,
            Readiness::Degraded(reason) => Some(reason),
        };
        let interest = Interest { wanted: &broker.topology, ..Interest::default() };
        let observation = session.observe(interest).await.map_err(failed)?;
        let kinds = broker.broker.description().kinds;
        let holds = |address: &Address| {
            kinds.iter().any(|kind| kind.kind == address.kind && kind.consume && !(kind.protected)(address))
        };
        let mut holders: Vec<Address> = observation.resources.into_iter().map(|one| one.address).collect();
        holders.retain(holds);
        let declared: std::collections::BTreeSet<&Address> = broker.topology.iter().map(|one| &one.address).collect();
        let objects = session.inspect(&holders).await.into_iter().map(|(address, contents)| Holding {
            managed: declared.contains(&address),
            address,
            contents,
        });
        let objects = objects.collect();
        let checks = if probe { session.probe().await } else { Vec::new() };
        Ok(Answer {
            broker: name,
            answered: Answered { version: observation.facts.version, degraded },
            objects,
            checks,
        })
    }
}

struct Answer {
    broker: String,
    answered: Answered,
    objects: Vec<Holding>,
    checks: Vec<Check>,
}
