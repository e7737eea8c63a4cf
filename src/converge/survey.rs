//! What would have to be done, before anything is: both stages observed and compared.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::prepare::Lowered;
use super::{ConvergeError, Run};
use crate::brokers::Session;
use crate::docker::{self, EngineSession};
use crate::model::{Address, Facts, Observation, Resource, STACK};
use crate::plan::{self, BrokerRules, DiffInput, DiffOptions, Plan, Rules, Stage};
use crate::state::{Journal, LastApplied};

/// The containers as they are and as they should be.
pub struct EngineSurvey {
    pub session: EngineSession,
    pub plan: Plan,
    pub observation: Observation,
}

/// One broker's inside as it is and as it should be.
pub struct BrokerSurvey {
    pub broker: String,
    pub session: Box<dyn Session>,
    pub plan: Plan,
    pub observation: Observation,
}

/// What the folder remembers, read once.
pub struct Memory {
    pub last: LastApplied,
    pub journal: Journal,
}

/// Observes the engine and compares. Changes nothing.
pub async fn engine(run: &Run<'_>, lowered: &[Lowered<'_>]) -> Result<EngineSurvey, ConvergeError> {
    let nodes: Vec<_> = lowered.iter().flat_map(|broker| broker.nodes.iter().cloned()).collect();
    let desired = docker::resources(&run.id.name, &nodes);
    let mut session = EngineSession::new(run.engine.clone(), run.id.clone(), nodes);
    let observation = session.observe().await.map_err(ConvergeError::EngineSession)?;
    let settled = docker::settle(desired, &observation.resources, run.options.recreate);
    let nothing = Facts::default();
    let rules = engine_rules(lowered, &nothing);
    let options = DiffOptions { strict: false, ..DiffOptions::default() };
    let mut plan = plan::diff(&DiffInput {
        stage: Stage::Containers,
        desired: &settled.desired,
        observed: &observation,
        last: &[],
        rules: &rules,
        options: &options,
    });
    plan.notes.extend(settled.notes);
    Ok(EngineSurvey { session, plan, observation })
}

fn engine_rules<'a>(lowered: &'a [Lowered<'_>], nothing: &'a Facts) -> Rules<'a> {
    let row = |facts: &'a Facts| BrokerRules { kinds: docker::kinds(), facts, unmanaged_fails: false };
    let brokers = lowered.iter().map(|broker| (broker.model.name.clone(), row(&broker.facts)));
    brokers.chain([(STACK.to_owned(), row(nothing))]).collect()
}

/// Observes one ready broker and compares. Changes nothing.
pub async fn broker(
    run: &Run<'_>,
    lowered: &Lowered<'_>,
    memory: &Memory,
    mut session: Box<dyn Session>,
) -> Result<BrokerSurvey, ConvergeError> {
    let name = lowered.model.name.clone();
    let failed = |source| ConvergeError::Broker { broker: name.clone(), source };
    let observation = session.observe().await.map_err(failed)?;
    let mut plan = compare(run, lowered, memory, &observation, false);
    let contents = session.inspect(&plan::at_risk(&plan)).await;
    plan::guard(&mut plan, &contents);
    Ok(BrokerSurvey { broker: name, session, plan, observation })
}

/// What would be done on an empty broker: for one that does not run.
pub fn projected(run: &Run<'_>, lowered: &Lowered<'_>, memory: &Memory) -> Plan {
    compare(run, lowered, memory, &Observation::default(), true)
}

/// The same comparison again after an apply: what is still to do.
pub fn compare(
    run: &Run<'_>,
    lowered: &Lowered<'_>,
    memory: &Memory,
    observation: &Observation,
    projected: bool,
) -> Plan {
    let mut facts = lowered.facts.clone();
    facts.observed.extend(observation.facts.observed.clone());
    if !observation.facts.version.is_empty() {
        facts.version.clone_from(&observation.facts.version);
    }
    let row = BrokerRules {
        kinds: lowered.broker.description().kinds,
        facts: &facts,
        unmanaged_fails: lowered.model.unmanaged_fails,
    };
    let rules = BTreeMap::from([(lowered.model.name.clone(), row)]);
    let mut options = run.options.diff.clone();
    options.projected = projected;
    let desired = with_journal(&lowered.topology, &memory.journal, &lowered.model.name);
    let last = memory.last.get(&lowered.model.name).map_or(&[][..], Vec::as_slice);
    let input = DiffInput {
        stage: Stage::Topology,
        desired: &desired,
        observed: observation,
        last,
        rules: &rules,
        options: &options,
    };
    let mut plan = plan::diff(&input);
    plan::object(&mut plan, &lowered.broker.guard(&desired, &observation.resources));
    plan
}

/// What an interrupted replace took away is wanted again, until it is back.
fn with_journal(topology: &[Resource], journal: &Journal, broker: &str) -> Vec<Resource> {
    let mut desired = topology.to_vec();
    let known: std::collections::BTreeSet<Address> = topology.iter().map(|one| one.address.clone()).collect();
    desired.extend(journal.dependants_on(broker).into_iter().filter(|one| !known.contains(&one.address)));
    desired
}

/// Surveys every broker of the list at once; errors stay with their broker.
pub async fn brokers(
    run: &Run<'_>,
    memory: &Memory,
    sessions: Vec<(&Lowered<'_>, Box<dyn Session>)>,
) -> Vec<(String, Result<BrokerSurvey, ConvergeError>)> {
    let surveys = sessions.into_iter().map(|(lowered, session)| async move {
        (lowered.model.name.clone(), broker(run, lowered, memory, session).await)
    });
    join_all(surveys).await
}
