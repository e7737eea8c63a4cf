//! The topology stage on fake brokers: a folder, a RabbitMQ and a Kafka that outlive the runs on them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::memory::Memory;
use super::prepare::Lowered;
use super::report::Report;
use super::topology::{Connected, Topology};
use super::{Answer, Cancel, Canceller, Confirm, Events, survey};
use crate::brokers::fake::{Gate, Mischief};
use crate::brokers::{self, FakeKafka, FakeRabbit, Target};
use crate::model::{Address, BrokerModel, Facts, Resource, Secret, Stack};
use crate::plan::{DiffOptions, Plan};
use crate::spec::{self, Environment, Input, render};
use crate::state::{Folder, Journal};

pub(super) struct Lab {
    directory: TempDir,
    pub(super) gate: Gate,
    pub(super) rabbit: FakeRabbit,
    pub(super) kafka: FakeKafka,
}

/// What may happen between the plan and its execution: the question is asked there.
pub(super) struct Asked<F: Fn() -> Answer + Send + Sync>(pub(super) F);

impl<F: Fn() -> Answer + Send + Sync> Confirm for Asked<F> {
    fn confirm(&self, _question: &str) -> Answer {
        (self.0)()
    }
}

struct NoEnvironment;

impl Environment for NoEnvironment {
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _spec: &str, path: &str) -> Result<String, String> {
        Err(format!("no {path}"))
    }
}

/// The stack of a valid file.
pub(super) fn stack(yaml: &str) -> Stack {
    let input = Input { name: "mqlab.yaml".into(), bytes: yaml.as_bytes().to_vec() };
    let mut loaded = spec::load(vec![input], &NoEnvironment);
    let tree = loaded.tree.as_ref();
    let stack = tree.and_then(|tree| Stack::build(tree, &loaded.sources, PathBuf::new(), &mut loaded.diagnostics));
    stack.unwrap_or_else(|| panic!("{}\n{yaml}", render::plain(&loaded.diagnostics, &loaded.sources)))
}

/// Runs with a clock that jumps whenever everybody waits.
pub(super) fn simulate<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(work)
}

/// Everything may be replaced and lost.
pub(super) fn anything_goes(stack: &Stack) -> DiffOptions {
    let replace = lowered(stack).iter().flat_map(|one| &one.topology).map(|one| one.address.clone()).collect();
    DiffOptions { replace, allow_data_loss: true, ..DiffOptions::default() }
}

pub(super) fn lowered(stack: &Stack) -> Vec<Lowered<'_>> {
    stack.brokers.iter().map(lower).collect()
}

fn lower(model: &BrokerModel) -> Lowered<'_> {
    let facts = Facts { version: model.version.clone(), ..Facts::default() };
    let broker = brokers::find(model.kind).unwrap();
    let topology = broker.topology(model, &facts);
    Lowered { model, broker, facts, nodes: Vec::new(), topology }
}

impl Lab {
    /// Inside [`simulate`]: the fakes look at its clock.
    pub(super) fn new() -> Self {
        let gate = Gate::default();
        Self {
            directory: tempfile::tempdir().unwrap(),
            rabbit: FakeRabbit::new("jobs", gate.clone()),
            kafka: FakeKafka::new("events", gate.clone()),
            gate,
        }
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn folder(&self) -> Folder {
        Folder::of(self.directory.path(), "lab")
    }

    /// Both brokers misbehave in this way, from now on.
    pub(super) fn behave(&self, mischief: &Mischief) {
        self.rabbit.shared.behave(mischief.clone());
        self.kafka.shared.behave(mischief.clone());
    }

    pub(super) fn journal(&self) -> Journal {
        self.folder().journal().unwrap()
    }

    /// Everything that is there.
    pub(super) fn resources(&self) -> Vec<Resource> {
        self.rabbit.resources().into_iter().chain(self.kafka.resources()).collect()
    }

    pub(super) fn has(&self, address: &Address) -> bool {
        self.resources().iter().any(|one| one.address == *address)
    }

    fn connect<'b, 'l>(&self, lowered: &'b [Lowered<'l>]) -> Vec<Connected<'b, 'l>> {
        let connect = |one: &'b Lowered<'l>| {
            let session = match one.model.name.as_str() {
                "jobs" => self.rabbit.connect(Target {
                    broker: one.model.name.clone(),
                    nodes: 1,
                    endpoints: [].into(),
                    user: "mqlab".to_owned(),
                    password: Secret::new("x"),
                    facts: one.facts.clone(),
                    deadline: Duration::from_secs(15),
                }),
                _ => self.kafka.connect(),
            };
            Connected { lowered: one, session }
        };
        lowered.iter().map(connect).collect()
    }

    pub(super) async fn apply(&self, stack: &Stack, options: &DiffOptions) -> Report {
        self.apply_asking(stack, options, &Asked(|| Answer::Yes)).await
    }

    pub(super) async fn apply_asking(&self, stack: &Stack, options: &DiffOptions, confirm: &dyn Confirm) -> Report {
        let (_canceller, cancel) = Canceller::new();
        self.apply_with(stack, options, confirm, &(), &cancel).await
    }

    pub(super) async fn apply_with(
        &self,
        stack: &Stack,
        options: &DiffOptions,
        confirm: &dyn Confirm,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Report {
        let folder = self.folder();
        let stage = Topology { folder: &folder, options, events, confirm, cancel };
        let lowered = lowered(stack);
        let mut report = Report { applied: true, ..Report::default() };
        let memory = Memory::read(&folder).unwrap();
        stage.apply(memory, self.connect(&lowered), &mut report).await;
        report
    }

    pub(super) async fn plan(&self, stack: &Stack, options: &DiffOptions) -> Vec<Plan> {
        let lowered = lowered(stack);
        let memory = Memory::read(&self.folder()).unwrap();
        let surveys = survey::brokers(options, &memory, self.connect(&lowered)).await;
        surveys.into_iter().map(|(_, survey)| survey.unwrap().plan).collect()
    }

    /// An apply that is killed at the gate. Whether it was: one that ends before is complete.
    pub(super) async fn apply_killed_at(&self, moment: usize, stack: &Stack, options: &DiffOptions) -> bool {
        self.gate.kill(moment);
        let killed = tokio::select! {
            biased;
            () = self.gate.killed() => true,
            _ = self.apply(stack, options) => false,
        };
        self.gate.kill(0);
        killed
    }
}
