//! A Kafka for tests, from the seam inwards: it answers before what it did is to be seen, gives an outcome for each
//! topic, and knows no condition on a delete.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::config_keys::ConfigKeys;
use super::normalise::{PartitionSeen, TopicSeen, normalise};
use super::topology::config_key;
use super::{TOPIC, rules};
use crate::brokers::fake::{Gate, Happened, Inner, Shared};
use crate::brokers::{Batch, Check, Interest, Ledger, Outcome, OutcomeResult, Readiness, Session, SessionError};
use crate::model::{Address, Facts, Observation, Resource, Value};
use crate::plan::{Action, Contents, Step};

/// The broker. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub(crate) struct FakeKafka {
    broker: String,
    pub(crate) shared: Shared<State>,
    gate: Gate,
}

pub(crate) type State = BTreeMap<String, Topic>;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Topic {
    pub(crate) partitions: u32,
    pub(crate) config: BTreeMap<String, Option<String>>,
    pub(crate) messages: u64,
}

/// For one request.
const ANSWER: Duration = Duration::from_secs(15);
/// As long as the real session waits for a sign of life.
const PATIENCE: Duration = Duration::from_mins(1);

impl FakeKafka {
    /// Empty but for a topic of Kafka's own.
    pub(crate) fn new(broker: &str, gate: Gate) -> Self {
        let own = Topic { partitions: 50, ..Topic::default() };
        let topics = BTreeMap::from([("__consumer_offsets".to_owned(), own)]);
        Self { broker: broker.to_owned(), shared: Shared::new(topics), gate }
    }

    pub(crate) fn connect(&self) -> Box<dyn Session> {
        Box::new(self.clone())
    }

    /// What is there now, as resources.
    pub(crate) fn resources(&self) -> Vec<Resource> {
        self.seen(self.shared.lock().past.now())
    }

    pub(crate) fn by_hand(&self, name: &str, topic: Topic) {
        self.shared.lock().past.change().insert(name.to_owned(), topic);
    }

    /// What was named in a write since the last change of behaviour.
    pub(crate) fn touched(&self) -> Vec<Address> {
        self.shared.lock().touched.iter().cloned().collect()
    }

    fn seen(&self, state: &State) -> Vec<Resource> {
        let partition = PartitionSeen { replicas: 1, has_leader: true };
        let seen = state.iter().map(|(name, topic)| TopicSeen {
            name: name.clone(),
            error: None,
            partitions: vec![partition.clone(); topic.partitions as usize],
        });
        let seen: Vec<TopicSeen> = seen.collect();
        let configs = state.iter().map(|(name, topic)| (name.clone(), Ok(topic.config.clone()))).collect();
        normalise(&self.broker, ConfigKeys::of("4.3"), &seen, &configs).0
    }

    fn stale(&self) -> Vec<Resource> {
        let inner = self.shared.lock();
        self.seen(inner.past.before(inner.mischief.stale))
    }

    /// One request for many topics, with an answer for each.
    async fn request<'a>(
        &self,
        ledger: &mut Ledger<'a>,
        steps: impl Iterator<Item = &'a Step>,
        work: fn(&mut State, &Step) -> Result<(), String>,
    ) {
        let mut possible = Vec::new();
        for step in steps {
            match ledger.hindrance(step) {
                Some(because) => ledger.end(step, OutcomeResult::NotTried { because }),
                None => possible.push(step),
            }
        }
        if possible.is_empty() {
            return;
        }
        self.gate.pass().await;
        let frozen = self.shared.lock().is_frozen();
        let silence = self.shared.lock().silence().or(frozen.then_some(Happened::Nothing));
        if silence.is_some() {
            tokio::time::sleep(ANSWER).await;
        }
        let count = silence.unwrap_or(Happened::All).of(possible.len());
        for (index, step) in possible.into_iter().enumerate() {
            let did = if index < count { one(&mut self.shared.lock(), step, work) } else { Ok(()) };
            ledger.end(
                step,
                match did {
                    _ if silence.is_some() => OutcomeResult::Unknown { reason: "no answer within 15 s".to_owned() },
                    Ok(()) => OutcomeResult::Done,
                    Err(reason) => OutcomeResult::Failed { reason },
                },
            );
        }
        self.gate.pass().await;
    }
}

fn one(inner: &mut Inner<State>, step: &Step, work: fn(&mut State, &Step) -> Result<(), String>) -> Result<(), String> {
    inner.touched.insert(step.address.clone());
    if inner.mischief.refuses.as_ref() == Some(&step.address) {
        return Err("POLICY_VIOLATION".to_owned());
    }
    if inner.mischief.ignores.as_ref() == Some(&step.address) {
        return Ok(());
    }
    work(inner.past.change(), step)
}

fn create(topics: &mut State, step: &Step) -> Result<(), String> {
    let name = &step.address.name;
    if topics.keys().any(|other| other.replace('.', "_") == name.replace('.', "_")) {
        return Err("TOPIC_ALREADY_EXISTS or INVALID_TOPIC_EXCEPTION".to_owned());
    }
    let after = step.after.as_ref().ok_or("nothing to create")?;
    let mut topic = Topic { partitions: count(after.attribute("partitions")), ..Topic::default() };
    let set = after.attributes.iter().filter(|(_, value)| !value.is_null());
    topic.config = set.filter_map(|(key, value)| Some((config_key(key)?.into(), Some(text(value))))).collect();
    topics.insert(name.clone(), topic);
    Ok(())
}

fn change(topics: &mut State, step: &Step) -> Result<(), String> {
    let topic = topics.get_mut(&step.address.name).ok_or("UNKNOWN_TOPIC_OR_PARTITION")?;
    for change in &step.changes {
        if change.attribute == "partitions" {
            if count(Some(&change.new)) <= topic.partitions {
                return Err("INVALID_PARTITIONS".to_owned());
            }
            topic.partitions = count(Some(&change.new));
        } else if let Some(key) = config_key(&change.attribute) {
            match &change.new {
                Value::Null => drop(topic.config.remove(key)),
                value => drop(topic.config.insert(key.to_owned(), Some(text(value)))),
            }
        }
    }
    Ok(())
}

/// There is no "delete if empty": the session asks before, as the real one does.
fn delete(topics: &mut State, step: &Step) -> Result<(), String> {
    match topics.get(&step.address.name) {
        Some(topic) if topic.messages > 0 && !step.allow_data_loss => {
            Err(format!("it holds {} messages; `--allow-data-loss` deletes them", topic.messages))
        }
        _ => {
            topics.remove(&step.address.name);
            Ok(())
        }
    }
}

fn count(value: Option<&Value>) -> u32 {
    value.and_then(Value::as_i64).and_then(|count| u32::try_from(count).ok()).unwrap_or(1)
}

fn text(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[async_trait]
impl Session for FakeKafka {
    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        Ok(Readiness::Whole)
    }

    async fn observe(&mut self, interest: Interest<'_>) -> Result<Observation, SessionError> {
        self.gate.pass().await;
        if self.shared.lock().is_frozen() {
            tokio::time::sleep(ANSWER).await;
            return Err(SessionError::TimedOut { endpoint: self.broker.clone(), seconds: ANSWER.as_secs() });
        }
        let facts = Facts { version: "4.3.1".to_owned(), ..Facts::default() };
        let mut resources = self.stale();
        if !interest.whole {
            let asked = |topic: &Address, attribute: &str| {
                let mut both = interest.wanted.iter().chain(interest.last);
                both.any(|one| one.address == *topic && one.attributes.contains_key(attribute))
            };
            for topic in &mut resources {
                let Resource { address, attributes, .. } = topic;
                attributes.retain(|name, _| config_key(name).is_none() || asked(address, name));
            }
        }
        Ok(Observation { resources, unknown: Vec::new(), facts })
    }

    async fn inspect(&mut self, addresses: &[Address]) -> BTreeMap<Address, Contents> {
        self.gate.pass().await;
        let inner = self.shared.lock();
        let held = |address: &Address| {
            let messages = inner.past.now().get(&address.name).map(|topic| topic.messages);
            (address.clone(), Contents { messages, ..Contents::default() })
        };
        addresses.iter().map(held).collect()
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        let mut ledger = Ledger::new(batch);
        let steps = |wanted: fn(&Action) -> bool| batch.steps.iter().filter(move |step| wanted(&step.action));
        self.request(&mut ledger, steps(|action| matches!(action, Action::Delete | Action::Replace)), delete).await;
        let is_gone = |step: &&Step| step.action == Action::Create || ledger.is_done(&step.address);
        let made = steps(|action| matches!(action, Action::Create | Action::Replace)).filter(is_gone);
        let made: Vec<&Step> = made.collect();
        self.request(&mut ledger, made.into_iter(), create).await;
        self.request(&mut ledger, steps(|action| matches!(action, Action::Update)), change).await;
        ledger.outcomes()
    }

    async fn usable(&mut self, batch: Batch<'_>) -> Vec<Check> {
        let began = Instant::now();
        let made = batch.steps.iter().filter(|step| matches!(step.action, Action::Create | Action::Replace));
        let made: Vec<&Address> = made.map(|step| &step.address).collect();
        loop {
            self.gate.pass().await;
            let seen = self.stale();
            let ok = made.iter().all(|address| seen.iter().any(|one| one.address == **address));
            if ok || began.elapsed() > PATIENCE {
                let detail = format!("{} topics", made.len());
                return vec![Check {
                    name: "topics are usable".to_owned(),
                    broker: self.broker.clone(),
                    ok,
                    detail,
                    milliseconds: 0,
                }];
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn probe(&mut self) -> Vec<Check> {
        self.gate.pass().await;
        let detail = "written and read back".to_owned();
        let name = "a message goes round".to_owned();
        vec![Check { name, broker: self.broker.clone(), ok: true, detail, milliseconds: 0 }]
    }
}

#[test]
fn kafka_s_own_topics_are_not_seen() {
    let fake = FakeKafka::new("events", Gate::default());
    assert!(fake.resources().is_empty() && rules::is_protected("__consumer_offsets"));
    fake.by_hand("orders", Topic { partitions: 3, ..Topic::default() });
    assert_eq!(fake.resources()[0].address, Address::new("events", TOPIC, "orders"));
}
