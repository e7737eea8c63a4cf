//! Waiting until a broker can work, and noticing at once when it never will.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::prepare::{ADMINISTRATOR, Lowered};
use super::report::Report;
use super::run::Run;
use super::topology::Connected;
use super::{ConvergeError, Event, Patience, Unit};
use crate::brokers::{OutcomeResult, Readiness, Session, SessionError};
use crate::docker::{Death, container_name, is_node};
use crate::model::{Container, NodeId, Resource, Value};
use crate::net::Backoff;
use crate::plan::{Plan, Step};

/// From the start of the container. A JVM on a busy laptop takes a minute; three are somebody's mistake.
const START: Duration = Duration::from_mins(3);

/// A broker that has long been running answers at once, or after a pause that no work should take.
const PAUSE: Duration = Duration::from_secs(30);

/// One question costs a broker on its way nothing that can be measured, and half of this is lost on average.
const MOST_PAUSE: Duration = Duration::from_millis(60);

/// Both brokers start in less on an ordinary machine.
const ORDINARY_START: Duration = Duration::from_secs(12);

/// What a broker is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All its nodes.
    Whole,
    /// It can be asked, with a node missing or not.
    Able,
}

/// Waits for all brokers at once. One that does not come is a failure of its own; one that the report says has
/// no container, or failed already, is not waited for.
pub(super) async fn connect<'b, 'l>(
    run: &Run<'_>,
    lowered: &'b [Lowered<'l>],
    wanted: Wanted,
    report: &mut Report,
) -> Vec<Connected<'b, 'l>> {
    let hopeless = hopeless(report);
    let held_back = held_back(report);
    let waits = lowered.iter().filter(|broker| !hopeless.contains(&broker.model.name)).map(|broker| {
        let wanted = if held_back.contains(broker.model.name.as_str()) { Wanted::Able } else { wanted };
        async move {
            let mut session = broker.broker.connect(broker.target(&run.engine));
            let ready = Wait { run, lowered: broker, wanted }.until_ready(session.as_mut()).await;
            (broker, ready.map(|()| session))
        }
    });
    let mut connected = Vec::new();
    for (broker, session) in join_all(waits).await {
        match session {
            Ok(session) => connected.push(Connected { lowered: broker, session }),
            Err(error) => report.fail(&broker.model.name, &error),
        }
    }
    connected
}

/// Brokers that nobody needs to wait for.
fn hopeless(report: &Report) -> BTreeSet<String> {
    let undone = report.outcomes.iter().filter(|outcome| outcome.result != OutcomeResult::Done);
    let undone = undone.map(|outcome| &outcome.address);
    let steps = report.plans.iter().flat_map(|plan| &plan.steps);
    let blocked = steps.filter(|step| keeps_down(step)).map(|step| &step.address);
    let failed = report.failures.iter().map(|failure| failure.broker.clone());
    undone.chain(blocked).map(|address| address.broker.clone()).chain(failed).collect()
}

/// Brokers with a node that stays as it is: new ones may never meet it.
fn held_back(report: &Report) -> BTreeSet<&str> {
    let steps = report.plans.iter().flat_map(|plan| &plan.steps);
    let blocked = steps.filter(|step| step.action.is_blocked() && is_node(&step.address));
    blocked.map(|step| step.address.broker.as_str()).collect()
}

/// Whether a broker has no running container, and will get none. Whoever listens on its port is somebody else.
pub(super) fn is_out_of_reach(containers: &Plan, broker: &str) -> bool {
    containers.steps.iter().any(|step| step.address.broker == broker && keeps_down(step))
}

fn keeps_down(step: &Step) -> bool {
    let runs = |before: &Resource| before.attribute("running").and_then(Value::as_bool).unwrap_or(true);
    step.action.is_blocked() && step.after.is_some() && !step.before.as_ref().is_some_and(runs)
}

/// One broker to wait for.
struct Wait<'a, 'l> {
    run: &'a Run<'a>,
    lowered: &'a Lowered<'l>,
    wanted: Wanted,
}

impl Wait<'_, '_> {
    /// Asks until the broker is ready. A container that dies, a wrong version of it all, or the end of the
    /// patience are errors with the broker's own last words.
    async fn until_ready(&self, session: &mut dyn Session) -> Result<(), ConvergeError> {
        let outcome = self.ask(session).await;
        self.run.events.emit(Event::ProgressEnded { subject: self.lowered.model.name.clone() });
        outcome
    }

    async fn ask(&self, session: &mut dyn Session) -> Result<(), ConvergeError> {
        let began = Instant::now();
        let broker = self.lowered.model.name.as_str();
        let mut patience = self.run.options.patience.fixed.unwrap_or(PAUSE);
        let mut backoff = Backoff::new(Duration::from_millis(50), MOST_PAUSE);
        let mut is_reset = false;
        let mut started_again = BTreeSet::new();
        loop {
            if self.run.cancel.is_cancelled() {
                return Err(ConvergeError::Cancelled);
            }
            let left = patience.saturating_sub(began.elapsed()).max(Duration::from_millis(100));
            let answer = tokio::select! {
                answer = tokio::time::timeout(left, session.ready()) => answer,
                () = self.run.cancel.cancelled() => continue,
            };
            let reason = match answer {
                Ok(Ok(Readiness::Degraded(reason))) if self.wanted == Wanted::Whole => reason,
                Ok(Ok(_)) => return Ok(()),
                Ok(Err(SessionError::Unauthorized { .. })) if !is_reset => {
                    is_reset = true;
                    self.reset().await?;
                    continue;
                }
                Ok(Err(SessionError::NotReady(reason))) => reason,
                Ok(Err(error @ (SessionError::Unreachable { .. } | SessionError::TimedOut { .. }))) => {
                    crate::error_chain(&error)
                }
                Ok(Err(source)) => return Err(ConvergeError::Broker { broker: broker.to_owned(), source }),
                Err(_) => "it takes connections and does not answer".to_owned(),
            };
            if let Some(death) = self.death().await? {
                // Nodes that start at the same moment ask each other, and one may be asked too early: RabbitMQ 4.0 dies of
                // it. With the others up it goes better.
                if self.lowered.model.nodes < 2 || !started_again.insert(death.container.clone()) {
                    return Err(ConvergeError::Died { broker: broker.to_owned(), death: Box::new(death) });
                }
                let text = format!("{} stopped while the others started; starting it again", death.container);
                self.run.events.emit(Event::Warning { text });
                self.run.engine.start_again(&death.container).await?;
            }
            patience = self.patience().await?;
            if began.elapsed() >= patience {
                let seconds = began.elapsed().as_secs();
                return Err(ConvergeError::NeverReady { broker: broker.to_owned(), seconds, reason });
            }
            self.run.events.emit(Event::Progress {
                subject: broker.to_owned(),
                what: words(began.elapsed(), &reason),
                done: began.elapsed().as_secs(),
                total: 0,
                unit: Unit::Seconds,
            });
            tokio::select! {
                () = backoff.wait() => {}
                () = self.run.cancel.cancelled() => {}
            }
        }
    }

    /// From the beginning of the wait: what is left of the start, and never less than a pause.
    async fn patience(&self) -> Result<Duration, ConvergeError> {
        let Patience { fixed, now } = self.run.options.patience;
        if let Some(fixed) = fixed {
            return Ok(fixed);
        }
        let Some(now) = now else { return Ok(START) };
        let mut patience = PAUSE;
        for node in &self.lowered.nodes {
            let state = self.run.engine.state(&self.name_of(&node.container)).await?.unwrap_or_default();
            let started = state.started_at.and_then(|text| text.parse::<jiff::Timestamp>().ok()).unwrap_or(now);
            let age = Duration::try_from(now.duration_since(started)).unwrap_or_default();
            patience = patience.max(START.saturating_sub(age));
        }
        Ok(patience)
    }

    /// The first of its containers that stopped by itself.
    async fn death(&self) -> Result<Option<Death>, ConvergeError> {
        for node in &self.lowered.nodes {
            if let Some(death) = self.run.engine.died(&self.run.id.name, &node.container).await? {
                return Ok(Some(death));
            }
        }
        Ok(None)
    }

    fn name_of(&self, container: &Container) -> String {
        container_name(&self.run.id.name, &container.broker, &container.node)
    }

    /// Our password is not the broker's: the file with it was lost. The container is ours, so it is set again
    /// there.
    async fn reset(&self) -> Result<(), ConvergeError> {
        let broker = &self.lowered.model.name;
        for command in self.lowered.broker.lesson().reset(self.lowered.model, &self.lowered.facts) {
            let container = container_name(&self.run.id.name, broker, &NodeId::node(command.node));
            let input = command.input.as_ref().map(|secret| secret.reveal().as_bytes());
            let result = self.run.engine.exec(&container, None, &command.command, input, 60).await?;
            if result.exit_code != 0 {
                let said = format!("could not {}: {}", command.what, result.error_output.trim());
                return Err(ConvergeError::Broker { broker: broker.clone(), source: SessionError::Refused(said) });
            }
        }
        self.run.events.emit(Event::Warning {
            text: format!("{broker}: the password of `{ADMINISTRATOR}` was not the one in .mqlab/; it was set again through the container"),
        });
        Ok(())
    }
}

/// At first every broker refuses connections; later the reason is worth reading.
fn words(waited: Duration, reason: &str) -> String {
    if waited < ORDINARY_START { "starting".to_owned() } else { format!("is not ready yet: {reason}") }
}
