//! One run: the containers, then the topology; each observed, compared, asked about, executed and verified.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::prepare::{Lowered, prepare};
use super::report::{BrokerState, Failure, Report};
use super::survey::{self, BrokerSurvey, EngineSurvey, Memory};
use super::{Cancel, Confirm, ConvergeError, Event, Events, confirm, execute, ready};
use crate::brokers::{Batch, Check, Outcome, OutcomeResult, Session};
use crate::docker::{Engine, StackId};
use crate::images::Images;
use crate::model::{Address, ImageServed, Resource, Stack};
use crate::net::Backoff;
use crate::plan::{Action, DiffOptions, Plan, Step};
use crate::state::{BegunReplace, Folder, Journal};

/// What a run works on and with.
pub struct Run<'a> {
    pub stack: &'a Stack,
    pub engine: Engine,
    pub id: StackId,
    pub folder: Folder,
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
    /// A terminal is there, so that `sudo` may ask.
    pub interactive: bool,
}

/// How long the broker may go on showing an older state after it answered.
const STALE_READS: Duration = Duration::from_secs(20);
/// Ports can be lost between choosing and starting: choose again, but not for ever.
const PORT_TRIES: u32 = 3;

impl Run<'_> {
    /// What `up` would do. Changes nothing and writes nothing.
    pub async fn plan(&self) -> Result<Report, ConvergeError> {
        let lowered = prepare(self.stack, &self.engine, &self.id, &self.folder, false).await?;
        let memory = self.memory()?;
        let engine = survey::engine(self, &lowered).await?;
        let mut report = Report::default();
        let mut sessions = Vec::new();
        let mut projected = BTreeMap::new();
        for broker in &lowered {
            if waits_for_containers(&engine.plan, &broker.model.name) {
                projected.insert(broker.model.name.clone(), survey::projected(self, broker, &memory));
            } else {
                sessions.push((broker, broker.broker.connect(broker.target(&self.engine))));
            }
        }
        let mut surveys: BTreeMap<String, _> = survey::brokers(self, &memory, sessions).await.into_iter().collect();
        report.plans.push(engine.plan);
        let mut observed = BTreeMap::new();
        for broker in &lowered {
            let name = &broker.model.name;
            match surveys.remove(name) {
                Some(Ok(survey)) => {
                    observed.insert(name.clone(), survey.observation.facts.version.clone());
                    report.plans.push(survey.plan);
                }
                Some(Err(error)) => report.failures.push(failure(name, &error)),
                None => report.plans.extend(projected.remove(name)),
            }
        }
        self.describe(&lowered, &observed, &mut report).await?;
        Ok(report)
    }

    /// Containers, readiness, topology, verification.
    pub async fn up(&self) -> Result<Report, ConvergeError> {
        let (lowered, mut report) = self.containers().await?;
        self.topology(&lowered, &mut report).await?;
        Ok(report)
    }

    /// Topology only, on brokers that run.
    pub async fn apply(&self) -> Result<Report, ConvergeError> {
        let lowered = prepare(self.stack, &self.engine, &self.id, &self.folder, true).await?;
        let states = self.engine.stack(&self.id.name).await?;
        for broker in &lowered {
            let runs = states
                .iter()
                .flat_map(|stack| &stack.nodes)
                .any(|node| node.broker == broker.model.name && node.state == "running");
            if !runs {
                return Err(ConvergeError::NotRunning { broker: broker.model.name.clone() });
            }
        }
        let mut report = Report { applied: true, ..Report::default() };
        self.topology(&lowered, &mut report).await?;
        Ok(report)
    }

    async fn containers(&self) -> Result<(Vec<Lowered<'_>>, Report), ConvergeError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let lowered = prepare(self.stack, &self.engine, &self.id, &self.folder, true).await?;
            let mut survey = survey::engine(self, &lowered).await?;
            self.protect_memory(&lowered, &mut survey).await;
            confirm::settle(&mut survey.plan, |step| is_running(&survey.observation.resources, step), self.confirm);
            let images = self.images(&lowered, &survey.plan).await?;
            survey.session.set_images(images);
            let outcomes = execute::execute(&mut survey.session, &survey.plan, self.events, &self.cancel).await;
            if !survey.session.lost_ports().is_empty() && tries < PORT_TRIES {
                continue;
            }
            let report = Report { plans: vec![survey.plan], outcomes, applied: true, ..Report::default() };
            return Ok((lowered, report));
        }
    }

    /// Images for the brokers that get a new container; the others keep theirs.
    async fn images(
        &self,
        lowered: &[Lowered<'_>],
        plan: &Plan,
    ) -> Result<BTreeMap<String, ImageServed>, ConvergeError> {
        let needed = lowered.iter().filter(|broker| gets_a_container(plan, &broker.model.name));
        let needed: Vec<&Lowered<'_>> = needed.collect();
        if needed.is_empty() {
            return Ok(BTreeMap::new());
        }
        let used = self.engine.images_in_use(&self.id.name).await?;
        let images = Images::new(self.engine.clone(), self.stack.images.clone(), self.options.interactive);
        let fetched = needed.into_iter().filter_map(|broker| {
            let wanted = &broker.nodes.first()?.container.image;
            let (images, used) = (&images, used.get(&broker.model.name));
            let catalogue = broker.broker.description().catalogue;
            Some(async move {
                let served = images.ensure(wanted, catalogue, used, self.events, &self.cancel).await?;
                Ok((broker.model.name.clone(), served))
            })
        });
        join_all(fetched).await.into_iter().collect()
    }

    /// A broker in memory forgets everything when it is recreated: that needs `--allow-data-loss` once something is inside.
    async fn protect_memory(&self, lowered: &[Lowered<'_>], survey: &mut EngineSurvey) {
        use crate::model::Storage;
        for broker in lowered.iter().filter(|broker| broker.model.storage == Storage::Memory) {
            let doomed = |step: &Step| step.address.broker == broker.model.name && step.action == Action::Replace;
            if self.options.diff.allow_data_loss || !survey.plan.steps.iter().any(doomed) {
                continue;
            }
            let inside = inside(broker, &self.engine).await;
            for step in survey.plan.steps.iter_mut().filter(|step| doomed(step)) {
                if let Some(inside) = &inside {
                    step.action = Action::Blocked {
                        reason: format!("its data is in memory and {inside} would be lost"),
                        way_out: "mqlab up --allow-data-loss".to_owned(),
                    };
                }
            }
        }
    }

    async fn topology(&self, lowered: &[Lowered<'_>], report: &mut Report) -> Result<(), ConvergeError> {
        let memory = self.memory()?;
        let sessions = self.ready_sessions(lowered, report).await;
        let mut surveys = Vec::new();
        for (name, survey) in survey::brokers(self, &memory, sessions).await {
            match survey {
                Ok(survey) => surveys.push(survey),
                Err(error) => report.failures.push(failure(&name, &error)),
            }
        }
        for survey in &mut surveys {
            if let Some(broker) = lowered.iter().find(|broker| broker.model.name == survey.broker) {
                confirm::settle(&mut survey.plan, |step| confirm::holds_data(broker.broker, step), self.confirm);
            }
        }
        self.begin_replaces(&memory.journal, &surveys)?;
        let work = surveys.into_iter().filter_map(|survey| {
            let broker = lowered.iter().find(|broker| broker.model.name == survey.broker)?;
            Some(self.one_broker(broker, &memory, survey))
        });
        let mut versions = BTreeMap::new();
        let mut last = memory.last.clone();
        let mut journal = self.folder.journal()?;
        for done in join_all(work).await {
            if done.settled {
                journal.replaces.retain(|begun| begun.address.broker != done.broker);
            }
            if let Some(applied) = done.applied {
                last.insert(done.broker.clone(), applied);
            }
            versions.insert(done.broker, done.version);
            report.plans.push(done.plan);
            report.outcomes.extend(done.outcomes);
            report.checks.extend(done.checks);
        }
        self.folder.write_last_applied(&last)?;
        if journal != memory.journal || !journal.replaces.is_empty() {
            self.folder.write_journal(&journal)?;
        }
        self.describe(lowered, &versions, report).await
    }

    /// Waits for all brokers at once. One that does not come is a failure of its own.
    async fn ready_sessions<'b, 'l>(
        &self,
        lowered: &'b [Lowered<'l>],
        report: &mut Report,
    ) -> Vec<(&'b Lowered<'l>, Box<dyn Session>)> {
        let failed: Vec<Address> = report
            .outcomes
            .iter()
            .filter(|outcome| outcome.result != OutcomeResult::Done)
            .map(|outcome| outcome.address.clone())
            .collect();
        let waits = lowered.iter().map(|broker| {
            let has_container = !failed.iter().any(|address| address.broker == broker.model.name);
            async move {
                if !has_container {
                    return None;
                }
                let mut session = broker.broker.connect(broker.target(&self.engine));
                let ready =
                    ready::wait(broker, session.as_mut(), &self.engine, &self.id, self.events, &self.cancel).await;
                Some((broker, ready.map(|()| session)))
            }
        });
        let mut sessions = Vec::new();
        for (broker, session) in join_all(waits).await.into_iter().flatten() {
            match session {
                Ok(session) => sessions.push((broker, session)),
                Err(error) => report.failures.push(failure(&broker.model.name, &error)),
            }
        }
        sessions
    }

    /// Before anything is deleted it is written down what must be made again.
    fn begin_replaces(&self, before: &Journal, surveys: &[BrokerSurvey]) -> Result<(), ConvergeError> {
        let mut journal = before.clone();
        for step in surveys.iter().flat_map(|survey| &survey.plan.steps) {
            if step.action == Action::Replace && !step.dependants.is_empty() {
                journal.replaces.retain(|begun| begun.address != step.address);
                journal
                    .replaces
                    .push(BegunReplace { address: step.address.clone(), dependants: step.dependants.clone() });
            }
        }
        if journal != *before {
            self.folder.write_journal(&journal)?;
        }
        Ok(())
    }

    async fn one_broker(&self, lowered: &Lowered<'_>, memory: &Memory, mut survey: BrokerSurvey) -> BrokerDone {
        let session = survey.session.as_mut();
        let outcomes = execute::execute(session, &survey.plan, self.events, &self.cancel).await;
        let mut done = BrokerDone {
            broker: survey.broker,
            version: survey.observation.facts.version,
            plan: survey.plan,
            outcomes,
            checks: Vec::new(),
            settled: false,
            applied: None,
        };
        let created: Vec<Step> = succeeded(&done.plan, &done.outcomes);
        let all_done = created.len() == done.outcomes.len();
        if done.outcomes.is_empty() {
            done.settled = !done.plan.steps.iter().any(|step| step.action.is_blocked());
        } else {
            let batch = Batch { steps: &created, events: self.events, cancel: &self.cancel };
            done.checks.extend(session.usable(batch).await);
            let verified = self.verify(lowered, memory, session).await;
            done.settled = verified.ok && all_done;
            done.checks.push(verified);
            if !self.cancel.is_cancelled() {
                done.checks.extend(session.probe().await);
            }
            for check in &done.checks {
                self.events.emit(Event::Checked { check: check.clone() });
            }
        }
        if all_done {
            done.applied = Some(applied(lowered, &done.plan, memory));
        }
        done
    }

    /// Observes again until nothing is left to do that is not blocked.
    async fn verify(&self, lowered: &Lowered<'_>, memory: &Memory, session: &mut dyn Session) -> Check {
        let began = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
        let (ok, detail) = loop {
            let left = match session.observe().await {
                Ok(observation) => {
                    let plan = survey::compare(self, lowered, memory, &observation, false);
                    let left: Vec<String> =
                        plan.steps.iter().filter(|step| !step.action.is_blocked()).map(Step::to_line).collect();
                    if left.is_empty() {
                        break (true, format!("{} objects are as the file says", plan.unchanged));
                    }
                    format!("still to do: {}", left.join("; "))
                }
                Err(error) => format!("could not look again: {error}"),
            };
            if began.elapsed() > STALE_READS || self.cancel.is_cancelled() {
                break (false, left);
            }
            backoff.wait().await;
        };
        Check {
            name: "nothing is left to do".to_owned(),
            broker: lowered.model.name.clone(),
            ok,
            detail,
            milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn memory(&self) -> Result<Memory, ConvergeError> {
        Ok(Memory { last: self.folder.last_applied()?, journal: self.folder.journal()? })
    }

    /// The brokers as they are at the end.
    pub(super) async fn describe(
        &self,
        lowered: &[Lowered<'_>],
        versions: &BTreeMap<String, String>,
        report: &mut Report,
    ) -> Result<(), ConvergeError> {
        let nodes = self.engine.stack(&self.id.name).await?.map(|stack| stack.nodes).unwrap_or_default();
        for broker in lowered {
            let name = &broker.model.name;
            let own: Vec<_> = nodes.iter().filter(|node| node.broker == *name).collect();
            let said = versions.get(name).filter(|version| !version.is_empty());
            let exact = own.first().and_then(|node| node.image.as_ref()?.exact_version.as_ref());
            let target = broker.target(&self.engine);
            let endpoints = target
                .endpoints
                .iter()
                .map(|(port, all)| (port.clone(), all.iter().map(ToString::to_string).collect()));
            report.brokers.push(BrokerState {
                name: name.clone(),
                kind: broker.model.kind,
                version: said.or(exact).unwrap_or(&broker.model.version).clone(),
                running: !own.is_empty() && own.iter().all(|node| node.state == "running"),
                ready: versions.contains_key(name),
                endpoints: endpoints.collect(),
                image: own.first().and_then(|node| node.image.clone()),
                containers: own.iter().map(|node| node.container.clone()).collect(),
                user: (!broker.broker.description().secrets.is_empty()).then_some(target.user),
            });
            report.facts.insert(name.clone(), broker.facts.clone());
        }
        Ok(())
    }
}

/// One broker's part of a report.
struct BrokerDone {
    broker: String,
    version: String,
    plan: Plan,
    outcomes: Vec<Outcome>,
    checks: Vec<Check>,
    /// Nothing that was begun is open any more.
    settled: bool,
    /// What to remember as applied; `None` if not all of it was.
    applied: Option<Vec<Resource>>,
}

/// A blocked object was not applied: what was known of it before stays.
fn applied(lowered: &Lowered<'_>, plan: &Plan, memory: &Memory) -> Vec<Resource> {
    let before = memory.last.get(&lowered.model.name);
    let blocked =
        |address: &Address| plan.steps.iter().any(|step| step.action.is_blocked() && step.address == *address);
    let old = |address: &Address| before.and_then(|all| all.iter().find(|one| one.address == *address)).cloned();
    let keep = |one: &Resource| if blocked(&one.address) { old(&one.address) } else { Some(one.clone()) };
    lowered.topology.iter().filter_map(keep).collect()
}

fn failure(broker: &str, error: &ConvergeError) -> Failure {
    Failure { broker: broker.to_owned(), text: crate::error_chain(error) }
}

fn succeeded(plan: &Plan, outcomes: &[Outcome]) -> Vec<Step> {
    let done = |address: &Address| {
        outcomes.iter().any(|outcome| outcome.address == *address && outcome.result == OutcomeResult::Done)
    };
    plan.steps.iter().filter(|step| done(&step.address)).cloned().collect()
}

/// Whether the broker's topology cannot be asked before a container step is done.
fn waits_for_containers(plan: &Plan, broker: &str) -> bool {
    plan.steps.iter().any(|step| step.address.broker == broker && !step.action.is_blocked())
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

/// What a broker holds altogether, in words; `None` if nothing, or if it cannot be asked.
async fn inside(lowered: &Lowered<'_>, engine: &Engine) -> Option<String> {
    let mut session = lowered.broker.connect(lowered.target(engine));
    let observation = session.observe().await.ok()?;
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
    let messages: u64 = contents.values().filter_map(|contents| contents.messages).sum();
    (messages > 0).then(|| format!("{messages} message{}", if messages == 1 { "" } else { "s" }))
}
