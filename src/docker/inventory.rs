//! Everything on the engine that can matter to a stack, in three requests.

use std::collections::BTreeMap;

use bollard::models::{ContainerSummary, ContainerSummaryStateEnum, Network, Volume};
use bollard::query_parameters::{ListContainersOptions, ListNetworksOptions, ListVolumesOptions};

use super::dialect::understood;
use super::labels::{self, Labels};
use super::lower::MOUNT;
use super::{Engine, Error};
use crate::model::{NodeId, Value};

/// All containers, networks and volumes of an engine at one moment.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    pub(super) containers: Vec<FoundContainer>,
    pub(super) networks: Vec<FoundNetwork>,
    pub(super) volumes: Vec<FoundVolume>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct FoundContainer {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) image: String,
    /// In the engine's word: `running`.
    pub(super) state: String,
    /// For people: `Up 3 hours`.
    pub(super) status: String,
    pub(super) labels: Labels,
    /// Ports that it holds on the host now.
    pub(super) published: Vec<u16>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct FoundNetwork {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) driver: String,
    /// RFC 3339, in UTC.
    pub(super) created: String,
    pub(super) labels: Labels,
}

#[derive(Clone, Debug, Default)]
pub(super) struct FoundVolume {
    pub(super) name: String,
    pub(super) labels: Labels,
}

/// What has labels can be asked whose it is.
pub(super) trait Labelled {
    fn labels(&self) -> &Labels;

    fn label(&self, name: &str) -> Option<&str> {
        self.labels().get(name).map(String::as_str)
    }

    fn is_of(&self, stack: &str) -> bool {
        self.label(labels::STACK) == Some(stack)
    }

    fn node(&self) -> Option<(String, NodeId)> {
        let broker = self.label(labels::BROKER)?.to_owned();
        Some((broker, self.label(labels::NODE)?.parse().ok()?))
    }
}

impl Labelled for FoundContainer {
    fn labels(&self) -> &Labels {
        &self.labels
    }
}

impl Labelled for FoundNetwork {
    fn labels(&self) -> &Labels {
        &self.labels
    }
}

impl Labelled for FoundVolume {
    fn labels(&self) -> &Labels {
        &self.labels
    }
}

impl FoundContainer {
    pub(super) fn is_running(&self) -> bool {
        self.state == "running"
    }

    /// Its ports are its own: they are in use by nobody else.
    pub(super) fn holds_ports(&self) -> bool {
        matches!(self.state.as_str(), "running" | "paused" | "restarting" | "stopping")
    }

    /// Made but never started: what an interrupted run leaves, perhaps without its files.
    pub(super) fn is_unfinished(&self) -> bool {
        matches!(self.state.as_str(), "created" | "dead" | "removing")
    }

    /// All that it wrote is in memory, and gone when it stops.
    pub(super) fn keeps_nothing(&self) -> bool {
        let attributes: Option<BTreeMap<String, Value>> = labels::parsed(&self.labels, labels::ATTRIBUTES);
        let is_on_volume = |(name, value): (&String, &Value)| {
            name.starts_with(MOUNT) && !value.as_text().is_some_and(|text| text.starts_with("memory "))
        };
        attributes.is_some_and(|attributes| !attributes.iter().any(is_on_volume))
    }

    pub(super) fn recorded_ports(&self) -> labels::Ports {
        labels::parsed(&self.labels, labels::PORTS).unwrap_or_default()
    }
}

impl Inventory {
    /// Three requests at once.
    pub async fn read(engine: &Engine) -> Result<Self, Error> {
        let api = engine.api();
        let all = ListContainersOptions { all: true, ..ListContainersOptions::default() };
        // On the heap: the three together are some kilobytes, and many a future holds this one.
        let (containers, networks, volumes) = Box::pin(async {
            tokio::try_join!(
                engine.call("list containers", understood(api.list_containers(Some(all)))),
                engine.call("list networks", api.list_networks(None::<ListNetworksOptions>)),
                engine.call("list volumes", api.list_volumes(None::<ListVolumesOptions>)),
            )
        })
        .await?;
        Ok(Self {
            containers: containers.into_iter().map(found_container).collect(),
            networks: networks.into_iter().map(found_network).collect(),
            volumes: volumes.volumes.unwrap_or_default().into_iter().map(found_volume).collect(),
        })
    }

    pub(super) fn containers_of<'a>(&'a self, stack: &'a str) -> impl Iterator<Item = &'a FoundContainer> {
        self.containers.iter().filter(move |found| found.is_of(stack))
    }

    /// The oldest: a second one may come late from a run that was killed.
    pub(super) fn network_of(&self, stack: &str) -> Option<&FoundNetwork> {
        self.networks.iter().filter(|found| found.is_of(stack)).min_by_key(|found| &found.created)
    }

    pub(super) fn volumes_of<'a>(&'a self, stack: &'a str) -> impl Iterator<Item = &'a FoundVolume> {
        self.volumes.iter().filter(move |found| found.is_of(stack))
    }

    /// The finished containers of a stack, by broker and node.
    pub(super) fn nodes_of<'a>(&'a self, stack: &'a str) -> BTreeMap<(String, NodeId), &'a FoundContainer> {
        let finished = self.containers_of(stack).filter(|found| !found.is_unfinished());
        finished.filter_map(|found| Some((found.node()?, found))).collect()
    }
}

fn found_container(summary: ContainerSummary) -> FoundContainer {
    let name = summary.names.unwrap_or_default().into_iter().next().unwrap_or_default();
    FoundContainer {
        id: summary.id.unwrap_or_default(),
        name: name.trim_start_matches('/').to_owned(),
        image: summary.image.unwrap_or_default(),
        state: summary.state.unwrap_or(ContainerSummaryStateEnum::EMPTY).to_string(),
        status: summary.status.unwrap_or_default(),
        labels: summary.labels.unwrap_or_default().into_iter().collect(),
        published: summary.ports.unwrap_or_default().into_iter().filter_map(|port| port.public_port).collect(),
    }
}

fn found_network(network: Network) -> FoundNetwork {
    FoundNetwork {
        id: network.id.unwrap_or_default(),
        name: network.name.unwrap_or_default(),
        driver: network.driver.unwrap_or_default(),
        created: network.created.unwrap_or_default(),
        labels: network.labels.unwrap_or_default().into_iter().collect(),
    }
}

fn found_volume(volume: Volume) -> FoundVolume {
    FoundVolume { name: volume.name, labels: volume.labels.into_iter().collect() }
}
