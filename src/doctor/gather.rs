//! Asks the engine, the registries and this machine, and hands what they say to the checks.

use std::collections::BTreeMap;
use std::path::Path;

use super::disk::{self, DiskPlace, DiskSeen};
use super::facts::{EngineSeen, Examined, Facts};
use super::finding::{Finding, in_order};
use super::images::ImageSeen;
use super::lock::LockSeen;
use super::memory::MemoryNeed;
use super::reach::{self, PortSeen, Road};
use super::{engine, images, lock, memory, mirrors, ports, system};
use crate::brokers::{self, Broker};
use crate::docker::{self, AskedPort, ConnectSettings, Engine, Inventory, StackId};
use crate::images::{Images, LOCK, Lock, OutlookSource, Sources, reference_of};
use crate::model::{BrokerModel, Facts as BrokerFacts, ImageWanted, PublishedPort, Reference, Secret, Stack};

/// What is to be looked at.
#[derive(Debug)]
pub struct Question<'a> {
    pub engine: &'a ConnectSettings,
    /// Without the lock if that cannot be read.
    pub sources: Sources,
    /// Why the lock cannot be read.
    pub bad_lock: Option<String>,
    pub stack: Option<&'a Stack>,
    /// The spec's, or the working one.
    pub folder: &'a Path,
}

type Known<'a> = (&'a BrokerModel, &'static dyn Broker);

/// Everything that can be looked at; what cannot be is a finding itself.
pub async fn examine(question: Question<'_>) -> Examined {
    let mut findings = Vec::new();
    let connected = docker::connect(question.engine).await;
    let mut facts = Facts {
        stack: question.stack.map(|stack| stack.name.clone()),
        folder: question.folder.to_owned(),
        engine: connected.as_ref().ok().map(|engine| EngineSeen::from(engine.facts())),
        locked: question.sources.lock.as_ref().map(|lock| lock.images.len()),
        selinux: system::selinux(),
        ..Facts::default()
    };
    if let Some(words) = &question.bad_lock {
        findings.push(lock::bad(&question.folder.join(LOCK).display().to_string(), words));
    }
    let locked = question.sources.lock.clone();
    let brokers: Vec<Known<'_>> = question
        .stack
        .into_iter()
        .flat_map(|stack| &stack.brokers)
        .filter_map(|model| Some((model, brokers::find(model.kind)?)))
        .collect();
    match connected {
        Ok(engine) => {
            let images = Images::new(engine.clone(), question.sources);
            of_engine(&engine, &images, question.stack, &brokers, &mut facts, &mut findings).await;
            of_sources(&images, locked.as_ref(), &brokers, &mut facts, &mut findings).await;
        }
        Err(error) => {
            findings.push(engine::check(&error));
            if let Ok(nobody) = docker::nobody() {
                let images = Images::new(nobody, question.sources);
                of_sources(&images, locked.as_ref(), &brokers, &mut facts, &mut findings).await;
            }
        }
    }
    facts.disks.extend(seen_disk(DiskPlace::Folder, question.folder, disk::FOLDER));
    findings.extend(facts.disks.iter().filter_map(disk::check));
    Examined { findings: in_order(findings), facts }
}

/// What takes an engine that answers.
async fn of_engine(
    engine: &Engine,
    images: &Images,
    stack: Option<&Stack>,
    brokers: &[Known<'_>],
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) {
    facts.memory = brokers.iter().map(|(model, broker)| need(model, *broker)).collect();
    findings.extend(memory::check(&facts.memory, engine.facts().memory));
    let mut used = BTreeMap::new();
    if let Some(stack) = stack {
        let id = StackId::new(&stack.name, Some(&stack.directory));
        match engine.inventory(&id).await {
            Ok(inventory) => {
                used = inventory.images_in_use(&id.name);
                of_ports(engine, &inventory, &id, brokers, facts, findings).await;
            }
            Err(error) => findings.push(engine::check(&error)),
        }
    }
    for (model, broker) in brokers {
        let (wanted, catalogue) = (ImageWanted::of(model), broker.description().catalogue);
        let sources = match images.outlook(&wanted, catalogue, used.get(&model.name)).await {
            Ok(sources) => sources,
            Err(crate::images::Error::Engine(error)) => {
                findings.push(engine::check(&error));
                return;
            }
            Err(_) => continue,
        };
        let image = reference_of(&wanted, catalogue).and_then(|text| Reference::parse(&text));
        let own = format!("linux/{}", engine.facts().architecture);
        let others = model.platform.as_ref().filter(|platform| !platform.starts_with(&own));
        facts.images.push(ImageSeen {
            broker: model.name.clone(),
            wanted: model.image.clone().unwrap_or_else(|| format!("{} {}", model.kind, model.version)),
            emulated: others.map(|platform| format!("{platform}, and the engine is {own}")),
            locked_for_others: image.and_then(|image| images.locked_for_others(&image, &wanted)),
            sources,
        });
    }
    findings.extend(images::check(&facts.images));
    if engine.facts().shares_the_machine
        && let Some(root) = &engine.facts().data_root
    {
        facts.disks.extend(seen_disk(DiskPlace::Engine, root, to_be_written(&facts.images, brokers, used.len())));
    }
}

fn need(model: &BrokerModel, broker: &dyn Broker) -> MemoryNeed {
    let description = broker.description();
    let helpers = description.containers(model.nodes).saturating_sub(model.nodes);
    MemoryNeed::of(&model.name, (model.nodes, helpers), description.memory_floor, model.heap, model.memory)
}

/// By the sources that would serve, each image once, and what new nodes begin with.
fn to_be_written(images: &[ImageSeen], brokers: &[Known<'_>], running: usize) -> u64 {
    let mut costs: BTreeMap<&str, u64> = BTreeMap::new();
    for image in images {
        let cost = match image.serves().map(|source| source.source) {
            Some(OutlookSource::Registry | OutlookSource::Mirror) => disk::PULL,
            Some(OutlookSource::Recipe) => disk::BUILD,
            Some(OutlookSource::Present) | None => 0,
        };
        costs.insert(&image.wanted, cost);
    }
    let fresh = if running == 0 { brokers.iter().map(|(model, _)| u64::from(model.nodes)).sum() } else { 0 };
    costs.values().sum::<u64>() + disk::NODE * std::cmp::max(fresh, 1)
}

fn seen_disk(place: DiskPlace, path: &Path, needed: u64) -> Option<DiskSeen> {
    let free = crate::fs::free_space(path)?;
    Some(DiskSeen { place, path: path.to_owned(), free, needed })
}

async fn of_ports(
    engine: &Engine,
    inventory: &Inventory,
    id: &StackId,
    brokers: &[Known<'_>],
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) {
    let described: Vec<_> = brokers.iter().map(|(model, broker)| (*model, broker.description())).collect();
    let asked = docker::asked_ports(engine, inventory, id, &described).await;
    findings.extend(ports::check(&asked));
    let road = road(engine, &asked).await;
    for (model, broker) in brokers {
        let own: Vec<&AskedPort> = asked.iter().filter(|port| port.broker == model.name).collect();
        let published = published(model, *broker, &own);
        for port in own {
            let Some(host) = port.host else { continue };
            let behind = published.iter().find(|one| one.name == port.name && one.host == host);
            let container = behind.map_or(host, |one| one.container);
            let (who, why) = reach::who(&port.bind, host, container, &road);
            facts.ports.push(PortSeen {
                broker: port.broker.clone(),
                port: port.name.to_owned(),
                node: port.node.clone(),
                bind: port.bind.clone(),
                host,
                container,
                pinned: port.pinned,
                held_by: port.holder.clone(),
                who,
                why,
            });
        }
    }
    findings.extend(reach::check(&facts.ports, &road));
}

/// Which port of its container each host port leads to: the broker itself says.
fn published(model: &BrokerModel, broker: &dyn Broker, asked: &[&AskedPort]) -> Vec<PublishedPort> {
    let description = broker.description();
    let mut hosts: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for port in asked {
        hosts.entry(port.name.to_owned()).or_default().extend(port.host);
    }
    // Nothing of these reaches anybody: only the ports are looked at.
    let stand_in = |name: &&str| ((*name).to_owned(), Secret::new("none"));
    let facts = BrokerFacts {
        version: model.version.clone(),
        ports: hosts,
        ids: description.ids.iter().map(|id| (id.name.to_owned(), (id.make)(model, "none".to_owned()))).collect(),
        advertise_host: "127.0.0.1".to_owned(),
        secrets: description.secrets.iter().map(stand_in).collect(),
        ..BrokerFacts::default()
    };
    broker.containers(model, &facts).into_iter().flat_map(|container| container.ports).collect()
}

/// Rules are read only where they decide anything.
async fn road(engine: &Engine, asked: &[AskedPort]) -> Road {
    if asked.iter().all(|port| reach::is_loopback(&port.bind)) {
        return Road::Unseen("no rule was read".to_owned());
    }
    let facts = engine.facts();
    if !facts.shares_the_machine {
        return Road::Unseen(
            "the rules on the engine's machine decide, and they are not to be seen from here".to_owned(),
        );
    }
    match system::rules().await {
        Ok(rules) => Road::of(rules, facts.rootless),
        Err(why) => Road::Unseen(why),
    }
}

/// Mirrors and lock: what takes no engine.
async fn of_sources(
    images: &Images,
    locked: Option<&Lock>,
    brokers: &[Known<'_>],
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) {
    // Without a file nothing is wanted of a mirror but an answer.
    let wanted = of_brokers(brokers);
    let references: Vec<Reference> = wanted.keys().filter_map(|text| Reference::parse(text)).collect();
    facts.mirrors = images.ask_mirrors(&references).await;
    findings.extend(mirrors::check(&facts.mirrors));
    findings.extend(mirrors::without_a_lock(&facts.mirrors, locked.is_some()));
    let Some(locked) = locked else { return };
    let mut seen = LockSeen::default();
    for (text, by) in wanted {
        let Some((image, name)) = Reference::parse(&text).and_then(|image| Some((image.clone(), image.by_tag()?)))
        else {
            continue;
        };
        if let Some(now) = images.told_now(&image).await {
            seen.told_now.insert(name.clone(), now);
        }
        seen.wanted.entry(name).or_default().extend(by);
    }
    findings.extend(lock::check(locked, &seen));
}

/// References with the brokers that want them.
fn of_brokers(brokers: &[Known<'_>]) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (model, broker) in brokers {
        if let Some(text) = reference_of(&ImageWanted::of(model), broker.description().catalogue) {
            all.entry(text).or_default().push(model.name.clone());
        }
    }
    all
}
