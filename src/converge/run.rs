//! One run: the containers, then the topology; each observed, compared, asked about, executed and verified.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::describe::describe;
use super::memory::Memory;
use super::prepare::{Lowered, prepare};
use super::report::Report;
use super::topology::{Connected, Topology};
use super::{Cancel, Confirm, ConvergeError, Event, Events, ready, survey};
use crate::docker::{Engine, Inventory, StackId};
use crate::images::Sources;
use crate::model::{STACK, Stack, Storage};
use crate::plan::{Action, DiffOptions, Plan};
use crate::state::Folder;

/// What a run works on and with.
pub struct Run<'a> {
    pub stack: &'a Stack,
    pub engine: Engine,
    pub id: StackId,
    pub folder: Folder,
    /// Where images may come from.
    pub images: &'a Sources,
    pub options: Options,
    pub events: &'a dyn Events,
    pub confirm: &'a dyn Confirm,
    pub cancel: Cancel,
}

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub diff: DiffOptions,
    /// `up --recreate`: take over what only a newer mqlab would write differently.
    pub recreate: bool,
    /// A plan compares every broker as it is now, also one that would be made anew with nothing in it.
    pub as_it_is: bool,
    pub patience: Patience,
}

/// How long a broker may take until it is ready.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    /// From the beginning of the wait, whenever the broker started.
    pub fixed: Option<Duration>,
    /// The time of day, which tells a broker that starts from one that hangs. Without it all are taken to start.
    pub now: Option<jiff::Timestamp>,
}

impl Run<'_> {
    /// What `up` would do. Changes nothing and writes nothing.
    pub async fn plan(&self) -> Result<Report, ConvergeError> {
        let (inventory, memory) = self.begin().await?;
        let lowered = prepare(self.stack, &self.engine, &inventory, &self.id, &self.folder, false).await?;
        let engine = survey::engine(self, &inventory, &lowered).await?;
        let mut report = Report::default();
        let mut connected = Vec::new();
        let mut projected = BTreeMap::new();
        let paused = self.paused(&inventory);
        let nodes = inventory.stack(&self.id.name).map(|stack| stack.nodes).unwrap_or_default();
        for broker in &lowered {
            let name = &broker.model.name;
            if paused.contains(name) {
                report.fail(name, &ConvergeError::Paused { broker: name.clone() });
            } else if ready::is_out_of_reach(&engine.plan, name) {
                // Its blocked step says all there is to say.
            } else if !nodes.iter().any(|node| node.broker == *name && node.state == "running")
                || (!self.options.as_it_is && forgets(&engine.plan, broker))
            {
                projected.insert(name.clone(), survey::projected(&self.options.diff, broker, &memory.last));
            } else {
                // Where it is now: what is to be made anew may get other ports.
                let own = nodes.iter().filter(|node| node.broker == *name && node.state == "running");
                let target = broker.target_at(&self.engine, own);
                connected.push(Connected { lowered: broker, session: broker.broker.connect(target) });
            }
        }
        let mut surveys: BTreeMap<String, _> =
            survey::brokers(&self.options.diff, &memory, connected).await.into_iter().collect();
        report.plans.push(engine.plan);
        let mut answered = BTreeMap::new();
        for broker in &lowered {
            let name = &broker.model.name;
            match surveys.remove(name) {
                Some(Ok(survey)) => {
                    answered.insert(name.clone(), survey.observation.facts.version.clone().into());
                    report.plans.push(survey.plan);
                }
                Some(Err(error)) => report.fail(name, &error),
                None => report.plans.extend(projected.remove(name)),
            }
        }
        describe(&self.engine, &inventory, &self.id, &lowered, &answered, &mut report);
        Ok(report)
    }

    /// The stack and the engine that has it.
    pub(super) fn say_where(&self) {
        let facts = self.engine.facts();
        let text = format!("{} on {} ({})", self.stack.name, facts.address, facts.title());
        self.events.emit(Event::Phase { text });
    }

    /// Containers, readiness, topology, verification.
    pub async fn up(&self) -> Result<Report, ConvergeError> {
        let (inventory, memory) = self.begin().await?;
        self.say_where();
        let (lowered, mut report) = self.containers(inventory).await?;
        let inventory = self.topology(&lowered, memory, ready::Wanted::Whole, &mut report).await;
        match self.engine.remove_leftovers(&self.id, &inventory).await {
            Ok(removed) => removed.into_iter().for_each(|name| {
                self.events.emit(Event::Note { text: format!("removed {name}, which an interrupted run had left") });
            }),
            Err(error) => report.fail(STACK, &error),
        }
        Ok(report)
    }

    /// Topology only, on brokers that run. One that does not is a failure of its own.
    pub async fn apply(&self) -> Result<Report, ConvergeError> {
        let (inventory, memory) = self.begin().await?;
        let lowered = prepare(self.stack, &self.engine, &inventory, &self.id, &self.folder, true).await?;
        let nodes = inventory.stack(&self.id.name).map(|stack| stack.nodes).unwrap_or_default();
        let mut report = Report { applied: true, ..Report::default() };
        let containers = survey::engine(self, &inventory, &lowered).await?.plan;
        report.plans.extend(waiting_for_a_new_container(containers));
        for broker in &lowered {
            let name = &broker.model.name;
            let is = |state: &str| nodes.iter().any(|node| node.broker == *name && node.state == state);
            if is("paused") {
                report.fail(name, &ConvergeError::Paused { broker: name.clone() });
            } else if !is("running") {
                report.fail(name, &ConvergeError::NotRunning { broker: name.clone() });
            }
        }
        self.topology(&lowered, memory, ready::Wanted::Able, &mut report).await;
        Ok(report)
    }

    /// What everything that follows is compared with.
    async fn begin(&self) -> Result<(Inventory, Memory), ConvergeError> {
        let (inventory, memory) = tokio::join!(self.engine.inventory(&self.id), Memory::read_aside(&self.folder));
        Ok((inventory?, memory?))
    }

    /// Brokers with a container that somebody paused: it answers nobody, and holds all that it had.
    fn paused(&self, inventory: &Inventory) -> BTreeSet<String> {
        let nodes = inventory.stack(&self.id.name).map(|stack| stack.nodes).unwrap_or_default();
        nodes.into_iter().filter(|node| node.state == "paused").map(|node| node.broker).collect()
    }

    /// From here on something may have been done, so whatever goes wrong is told beside it. Gives what the engine
    /// has in the end.
    async fn topology(
        &self,
        lowered: &[Lowered<'_>],
        memory: Memory,
        wanted: ready::Wanted,
        report: &mut Report,
    ) -> Inventory {
        let connected = ready::connect(self, lowered, wanted, report).await;
        let stage = Topology {
            folder: &self.folder,
            options: &self.options.diff,
            events: self.events,
            confirm: self.confirm,
            cancel: &self.cancel,
        };
        let versions = stage.apply(memory, connected, report).await;
        let answered = versions.into_iter().map(|(name, version)| (name, version.into())).collect();
        let inventory = Inventory::read(&self.engine).await.unwrap_or_else(|error| {
            report.fail(STACK, &error);
            Inventory::default()
        });
        describe(&self.engine, &inventory, &self.id, lowered, &answered, report);
        inventory
    }
}

/// What of the file an apply cannot bring about: green would be a lie.
fn waiting_for_a_new_container(mut plan: Plan) -> Option<Plan> {
    plan.steps.retain(|step| step.action == Action::Replace);
    for step in &mut plan.steps {
        step.action = Action::Blocked {
            reason: "it takes a new container, and an apply leaves containers alone".to_owned(),
            way_out: "mqlab up".to_owned(),
        };
    }
    (!plan.steps.is_empty()).then(|| Plan { unchanged: 0, unmanaged: Vec::new(), notes: Vec::new(), ..plan })
}

/// Whether a broker in memory will be made anew, and so will have nothing of what is in it now.
fn forgets(plan: &Plan, broker: &Lowered<'_>) -> bool {
    broker.model.storage == Storage::Memory
        && plan.steps.iter().any(|step| step.address.broker == broker.model.name && step.action == Action::Replace)
}
