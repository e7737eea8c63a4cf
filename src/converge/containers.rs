//! The first stage: networks, volumes and containers.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::prepare::{Lowered, prepare};
use super::report::Report;
use super::run::Run;
use super::survey::{self, EngineSurvey};
use super::{ConvergeError, Event, confirm, execute};
use crate::brokers::Interest;
use crate::docker::{Engine, Inventory};
use crate::images::Images;
use crate::model::{Address, ImageServed, Resource, Storage};
use crate::plan::{Action, Plan, Step};

/// Ports can be lost between choosing and starting: choose again, but not for ever.
const PORT_TRIES: u32 = 3;

impl Run<'_> {
    /// Makes the containers as the file wants them, and starts them.
    pub(super) async fn containers(
        &self,
        mut inventory: Inventory,
    ) -> Result<(Vec<Lowered<'_>>, Report), ConvergeError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let lowered = prepare(self.stack, &self.engine, &inventory, &self.id, &self.folder, true).await?;
            let mut survey = survey::engine(self, &inventory, &lowered).await?;
            self.protect_memory(&lowered, &mut survey).await;
            confirm::settle(&mut survey.plan, |step| is_running(&survey.observation.resources, step), self.confirm);
            let images = self.images(&inventory, &lowered, &survey.plan).await?;
            survey.session.set_images(images);
            let outcomes = execute::execute(&mut survey.session, &survey.plan, self.events, &self.cancel).await;
            if !survey.session.lost_ports().is_empty() && tries < PORT_TRIES {
                inventory = Inventory::read(&self.engine).await?;
                continue;
            }
            let report = Report { plans: vec![survey.plan], outcomes, applied: true, ..Report::default() };
            return Ok((lowered, report));
        }
    }

    /// Images for the brokers that get a new container; the others keep theirs.
    async fn images(
        &self,
        inventory: &Inventory,
        lowered: &[Lowered<'_>],
        plan: &Plan,
    ) -> Result<BTreeMap<String, ImageServed>, ConvergeError> {
        let needed = lowered.iter().filter(|broker| gets_a_container(plan, &broker.model.name));
        let needed: Vec<&Lowered<'_>> = needed.collect();
        let used = inventory.images_in_use(&self.id.name);
        let images = Images::new(self.engine.clone(), self.images.clone());
        if self.images.locked {
            let others = lowered.iter().filter(|broker| !gets_a_container(plan, &broker.model.name));
            for broker in others {
                let (Some(node), Some(used)) = (broker.nodes.first(), used.get(&broker.model.name)) else { continue };
                let catalogue = broker.broker.description().catalogue;
                images.confirm_locked(&node.container.image, catalogue, used).await?;
            }
        }
        let fetched = needed.into_iter().filter_map(|broker| {
            let wanted = &broker.nodes.first()?.container.image;
            let (images, used) = (&images, used.get(&broker.model.name));
            let catalogue = broker.broker.description().catalogue;
            Some(async move {
                let served = images.ensure(wanted, catalogue, used, self.events, &self.cancel).await?;
                Ok((broker.model.name.clone(), served))
            })
        });
        let (mut served, mut failed) = (BTreeMap::new(), None);
        for result in join_all(fetched).await {
            match result {
                Ok((broker, image)) => drop(served.insert(broker, image)),
                Err(error) if failed.is_none() => failed = Some(error),
                Err(error) => self.events.emit(Event::Warning { text: crate::error_chain(&error) }),
            }
        }
        failed.map_or(Ok(served), Err)
    }

    /// A broker in memory forgets everything when it is recreated: that needs `--allow-data-loss` once something is inside.
    async fn protect_memory(&self, lowered: &[Lowered<'_>], survey: &mut EngineSurvey) {
        if self.options.diff.allow_data_loss {
            return;
        }
        for broker in lowered.iter().filter(|broker| broker.model.storage == Storage::Memory) {
            let found = &survey.observation.resources;
            let doomed = |step: &Step| step.address.broker == broker.model.name && step.action == Action::Replace;
            // One that stands still has forgotten everything already.
            if !survey.plan.steps.iter().any(|step| doomed(step) && is_running(found, step)) {
                continue;
            }
            let Some(inside) = inside(broker, &self.engine).await else { continue };
            for step in survey.plan.steps.iter_mut().filter(|step| doomed(step)) {
                step.action = Action::Blocked {
                    reason: format!("its data is in memory and {inside} would be lost"),
                    way_out: "mqlab up --allow-data-loss".to_owned(),
                };
            }
        }
    }
}

fn gets_a_container(plan: &Plan, broker: &str) -> bool {
    plan.steps
        .iter()
        .any(|step| step.address.broker == broker && matches!(step.action, Action::Create | Action::Replace))
}

fn is_running(observed: &[Resource], step: &Step) -> bool {
    let found = observed.iter().find(|resource| resource.address == step.address);
    found.and_then(|resource| resource.attribute("running")?.as_bool()).unwrap_or(false)
}

/// What a running broker holds altogether, in words; `None` if nothing.
async fn inside(lowered: &Lowered<'_>, engine: &Engine) -> Option<String> {
    const UNKNOWN: &str = "what it holds, which could not be read,";
    let mut session = lowered.broker.connect(lowered.target(engine));
    let Ok(observation) = session.observe(Interest::default()).await else { return Some(UNKNOWN.to_owned()) };
    let kinds = lowered.broker.description().kinds;
    let holders: Vec<Address> = observation
        .resources
        .into_iter()
        .map(|resource| resource.address)
        .filter(|address| {
            kinds.iter().any(|kind| kind.kind == address.kind && kind.consume && !(kind.protected)(address))
        })
        .collect();
    let contents = session.inspect(&holders).await;
    let counts: Option<Vec<u64>> = holders.iter().map(|address| contents.get(address)?.messages).collect();
    let Some(counts) = counts else { return Some(UNKNOWN.to_owned()) };
    let messages: u64 = counts.into_iter().sum();
    (messages > 0).then(|| format!("{messages} message{}", if messages == 1 { "" } else { "s" }))
}
