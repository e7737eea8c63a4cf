//! Waiting until a broker can work, and noticing at once when it never will.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::prepare::{ADMINISTRATOR, Lowered};
use super::report::Report;
use super::run::Run;
use super::topology::Connected;
use super::{Cancel, ConvergeError, Event, Events, Unit};
use crate::brokers::{OutcomeResult, Session, SessionError};
use crate::docker::{Engine, StackId, container_name};
use crate::net::Backoff;

/// From the start of the container. A JVM on a busy laptop takes a minute; three are somebody's mistake.
const PATIENCE: Duration = Duration::from_secs(180);

/// One question costs a broker on its way nothing that can be measured, and half of this is lost on average.
const MOST_PAUSE: Duration = Duration::from_millis(200);

/// Both brokers start in less on an ordinary machine.
const ORDINARY_START: Duration = Duration::from_secs(12);

/// Waits for all brokers at once. One that does not come is a failure of its own; one that the report says has
/// no container, or failed already, is not waited for.
pub(super) async fn connect<'b, 'l>(
    run: &Run<'_>,
    lowered: &'b [Lowered<'l>],
    report: &mut Report,
) -> Vec<Connected<'b, 'l>> {
    let hopeless = hopeless(report);
    let waits = lowered.iter().filter(|broker| !hopeless.contains(&broker.model.name)).map(|broker| async move {
        let mut session = broker.broker.connect(broker.target(&run.engine));
        let ready = wait(broker, session.as_mut(), &run.engine, &run.id, run.events, &run.cancel).await;
        (broker, ready.map(|()| session))
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
    let blocked = steps.filter(|step| step.action.is_blocked() && step.before.is_none()).map(|step| &step.address);
    let failed = report.failures.iter().map(|failure| failure.broker.clone());
    undone.chain(blocked).map(|address| address.broker.clone()).chain(failed).collect()
}

/// Asks until the broker is ready. A container that dies, a wrong version of it all, or the end of the
/// patience are errors with the broker's own last words.
async fn wait(
    lowered: &Lowered<'_>,
    session: &mut dyn Session,
    engine: &Engine,
    stack: &StackId,
    events: &dyn Events,
    cancel: &Cancel,
) -> Result<(), ConvergeError> {
    let began = Instant::now();
    let broker = lowered.model.name.as_str();
    let mut backoff = Backoff::new(Duration::from_millis(50), MOST_PAUSE);
    let mut reset_tried = false;
    let outcome = loop {
        if cancel.is_cancelled() {
            break Err(ConvergeError::Cancelled);
        }
        let reason = match session.ready().await {
            Ok(()) => break Ok(()),
            Err(SessionError::Unauthorized { .. }) if !reset_tried => {
                reset_tried = true;
                match reset(lowered, engine, stack, events).await {
                    Ok(()) => continue,
                    Err(error) => break Err(error),
                }
            }
            Err(SessionError::NotReady(reason)) => reason,
            Err(error @ (SessionError::Unreachable { .. } | SessionError::TimedOut { .. })) => error.to_string(),
            Err(source) => break Err(ConvergeError::Broker { broker: broker.to_owned(), source }),
        };
        for node in &lowered.nodes {
            if let Some(death) = engine.died(&stack.name, &node.container).await? {
                return Err(ConvergeError::Died { broker: broker.to_owned(), death: Box::new(death) });
            }
        }
        if began.elapsed() > PATIENCE {
            let seconds = PATIENCE.as_secs();
            break Err(ConvergeError::NeverReady { broker: broker.to_owned(), seconds, reason });
        }
        events.emit(Event::Progress {
            subject: broker.to_owned(),
            what: words(began.elapsed(), &reason),
            done: began.elapsed().as_secs(),
            total: 0,
            unit: Unit::Seconds,
        });
        tokio::select! {
            () = backoff.wait() => {}
            () = cancel.cancelled() => {}
        }
    };
    events.emit(Event::ProgressEnded { subject: broker.to_owned() });
    outcome
}

/// At first every broker refuses connections; later the reason is worth reading.
fn words(waited: Duration, reason: &str) -> String {
    if waited < ORDINARY_START { "starting".to_owned() } else { format!("is not ready yet: {reason}") }
}

/// Our password is not the broker's: the file with it was lost. The container is ours, so it is set again there.
async fn reset(
    lowered: &Lowered<'_>,
    engine: &Engine,
    stack: &StackId,
    events: &dyn Events,
) -> Result<(), ConvergeError> {
    let broker = &lowered.model.name;
    for command in lowered.broker.lesson().reset(lowered.model, &lowered.facts) {
        let container = container_name(&stack.name, broker, command.node);
        let input = command.input.as_ref().map(|secret| secret.reveal().as_bytes());
        let result = engine.exec(&container, None, &command.command, input, 60).await?;
        if result.exit_code != 0 {
            let said = format!("could not {}: {}", command.what, result.error_output.trim());
            return Err(ConvergeError::Broker { broker: broker.clone(), source: SessionError::Refused(said) });
        }
    }
    events.emit(Event::Warning {
        text: format!("{broker}: the password of `{ADMINISTRATOR}` was not the one in .mqlab/; it was set again through the container"),
    });
    Ok(())
}
