//! From the valid stack to what should be: facts read, secrets at hand, every broker lowered.

use std::collections::BTreeMap;

use rand::distr::{Alphanumeric, SampleString};

use super::ConvergeError;
use crate::brokers::{self, Broker, Endpoint, Target};
use crate::docker::{self, Engine, Inventory, NodeSummary, StackId, WantedNode};
use crate::model::{BrokerModel, Facts, Resource, Secret, Stack};
use crate::state::Folder;

/// mqlab's own administrator on every broker that has users.
pub const ADMINISTRATOR: &str = "mqlab";
/// The generated secret that belongs to it.
const ADMIN_PASSWORD: &str = "admin_password";
/// 32 letters and digits: 190 bits, and safe in every URI.
const SECRET_LENGTH: usize = 32;
/// For one request to a broker.
const REQUEST_SECONDS: u64 = 15;

/// One broker with everything that a run needs of it.
pub(super) struct Lowered<'a> {
    pub model: &'a BrokerModel,
    pub broker: &'static dyn Broker,
    pub facts: Facts,
    pub nodes: Vec<WantedNode>,
    /// What is asked of the broker: without what is rendered into the nodes' files.
    pub topology: Vec<Resource>,
}

/// Decides the facts, makes missing secrets (kept only if `keep_secrets`: a plan writes nothing) and lowers.
pub(super) async fn prepare<'a>(
    stack: &'a Stack,
    engine: &Engine,
    inventory: &Inventory,
    id: &StackId,
    folder: &Folder,
    keep_secrets: bool,
) -> Result<Vec<Lowered<'a>>, ConvergeError> {
    let known: Vec<(&BrokerModel, &'static dyn Broker)> =
        stack.brokers.iter().filter_map(|model| Some((model, brokers::find(model.kind)?))).collect();
    let described: Vec<_> = known.iter().map(|(model, broker)| (*model, broker.description())).collect();
    let mut facts = docker::facts(engine, inventory, id, &described).await?;
    let mut secrets = folder.secrets()?;
    let before = secrets.clone();
    for (model, broker) in &known {
        let own = secrets.entry(model.name.clone()).or_default();
        for name in broker.description().secrets.iter().chain([&docker::SEAL_KEY]) {
            own.entry((*name).to_owned())
                .or_insert_with(|| Alphanumeric.sample_string(&mut rand::rng(), SECRET_LENGTH));
        }
        if let Some(facts) = facts.get_mut(&model.name) {
            facts.secrets = own.iter().map(|(name, text)| (name.clone(), Secret::new(text))).collect();
        }
    }
    if keep_secrets && secrets != before {
        folder.write_secrets(&secrets)?;
    }
    Ok(known
        .into_iter()
        .map(|(model, broker)| lower(model, broker, facts.remove(&model.name).unwrap_or_default()))
        .collect())
}

fn lower<'a>(model: &'a BrokerModel, broker: &'static dyn Broker, facts: Facts) -> Lowered<'a> {
    let description = broker.description();
    let all = broker.topology(model, &facts).into_iter();
    let (rendered, topology): (Vec<_>, Vec<_>) = all.partition(|one| description.is_rendered(&one.address));
    let containers = broker.containers(model, &facts);
    let nodes = docker::wanted(model, description, &facts, &rendered, containers);
    Lowered { model, broker, facts, nodes, topology }
}

impl Lowered<'_> {
    /// Where its session connects to the nodes that run now, with the ports that they have.
    pub(super) fn target_at<'p>(&self, engine: &Engine, nodes: impl Iterator<Item = &'p NodeSummary>) -> Target {
        let mut target = self.target(engine);
        let mut endpoints: BTreeMap<String, Vec<Endpoint>> = BTreeMap::new();
        for node in nodes {
            for (name, port) in &node.ports {
                let endpoint = Endpoint { node: node.node.number, host: engine.probe_host().to_owned(), port: *port };
                endpoints.entry(name.clone()).or_default().push(endpoint);
            }
        }
        target.endpoints.extend(endpoints);
        target
    }

    /// Where and as whom its session connects.
    pub(super) fn target(&self, engine: &Engine) -> Target {
        let endpoint = |(node, port): (u32, &u16)| Endpoint { node, host: engine.probe_host().to_owned(), port: *port };
        let endpoints = |ports: &Vec<u16>| (1..).zip(ports).map(endpoint).collect();
        let endpoints: BTreeMap<String, Vec<Endpoint>> =
            self.facts.ports.iter().map(|(name, ports)| (name.clone(), endpoints(ports))).collect();
        Target {
            broker: self.model.name.clone(),
            nodes: self.model.nodes,
            endpoints,
            user: ADMINISTRATOR.to_owned(),
            password: self.facts.secrets.get(ADMIN_PASSWORD).cloned().unwrap_or_else(|| Secret::new("")),
            facts: self.facts.clone(),
            deadline: std::time::Duration::from_secs(REQUEST_SECONDS),
        }
    }
}
