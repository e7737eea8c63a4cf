//! Kafka through its session, against a broker that runs. Each scenario takes the broker's endpoint on the host
//! and leaves no topic behind.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use mqlab::brokers::{Batch, Check, Endpoint, Interest, OutcomeResult, Session, Target, find};
use mqlab::converge::{Cancel, Canceller, Event, Events};
use mqlab::model::{Address, Facts, Observation, Resource, Secret, Value};
use mqlab::plan::{Action, FieldChange, Step};

/// A session on the broker `events`.
pub(crate) struct Live {
    session: Box<dyn Session>,
    cancel: (Canceller, Cancel),
    events: Seen,
}

/// The progress that went by, as `what done/total`.
#[derive(Default)]
pub(crate) struct Seen(Mutex<Vec<String>>);

impl Events for Seen {
    fn emit(&self, event: Event) {
        if let Event::Progress { what, done, total, .. } = event {
            self.0.lock().unwrap().push(format!("{what} {done}/{total}"));
        }
    }
}

impl Live {
    pub(crate) fn connect(endpoint: &Endpoint, deadline: Duration) -> Self {
        let target = Target {
            broker: "events".to_owned(),
            nodes: 1,
            endpoints: BTreeMap::from([("kafka".to_owned(), vec![endpoint.clone()])]),
            user: String::new(),
            password: Secret::new(""),
            facts: Facts { version: "4.3".to_owned(), ..Facts::default() },
            deadline,
        };
        let session = find("kafka").unwrap().connect(target);
        Self { session, cancel: Canceller::new(), events: Seen::default() }
    }

    /// Asks until the broker is there.
    pub(crate) async fn ready(&mut self, within: Duration) -> Duration {
        let started = Instant::now();
        loop {
            match self.session.ready().await {
                Ok(_) => return started.elapsed(),
                Err(error) => assert!(started.elapsed() < within, "not ready after {within:?}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn observe(&mut self) -> Observation {
        self.session.observe(Interest { whole: true, ..Interest::default() }).await.unwrap()
    }

    pub(crate) async fn topic(&mut self, name: &str) -> Option<Resource> {
        self.observe().await.resources.into_iter().find(|resource| resource.address.name == name)
    }

    pub(crate) async fn apply(&mut self, steps: &[Step]) -> Vec<OutcomeResult> {
        let batch = Batch { steps, events: &self.events, cancel: &self.cancel.1 };
        let outcomes = self.session.apply(batch).await;
        let asked: Vec<_> = steps.iter().map(|step| &step.address).collect();
        assert_eq!(outcomes.iter().map(|outcome| &outcome.address).collect::<Vec<_>>(), asked);
        outcomes.into_iter().map(|outcome| outcome.result).collect()
    }

    pub(crate) async fn usable(&mut self, steps: &[Step]) -> Vec<Check> {
        self.session.usable(Batch { steps, events: &self.events, cancel: &self.cancel.1 }).await
    }

    async fn done(&mut self, steps: &[Step]) {
        let outcomes = self.apply(steps).await;
        assert!(outcomes.iter().all(|outcome| *outcome == OutcomeResult::Done), "{outcomes:?}");
        for check in self.usable(steps).await {
            assert!(check.ok, "{check:?}");
        }
    }

    async fn remove(&mut self, names: &[&str]) {
        let steps: Vec<_> = names.iter().map(|name| delete(name, true)).collect();
        self.done(&steps).await;
    }
}

fn address(name: &str) -> Address {
    Address::new("events", "topic", name)
}

fn step(name: &str, action: Action) -> Step {
    Step { action, ..Step::of(address(name)) }
}

fn create(name: &str, partitions: u32, config: &[(&str, &str)]) -> Step {
    let mut after = Resource::new(address(name)).with("partitions", partitions).with("replication_factor", 1_u32);
    for (key, value) in config {
        after = after.with(format!("config.{key}"), *value);
    }
    Step { after: Some(after), ..step(name, Action::Create) }
}

fn update(name: &str, changes: &[(&str, Value, Value)]) -> Step {
    let change = |(attribute, old, new): &(&str, Value, Value)| FieldChange {
        attribute: (*attribute).to_owned(),
        old: old.clone(),
        new: new.clone(),
        origin: None,
    };
    Step { changes: changes.iter().map(change).collect(), ..step(name, Action::Update) }
}

fn delete(name: &str, allow_data_loss: bool) -> Step {
    Step { allow_data_loss, ..step(name, Action::Delete) }
}

fn config(resource: &Resource) -> BTreeMap<&str, &str> {
    resource
        .attributes
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("config.")?, value.as_text()?)))
        .collect()
}

/// What was asked for is there, in the broker's spelling, and nothing else is reported.
pub(crate) async fn a_topic_is_made_as_declared(endpoint: &Endpoint) {
    let mut live = Live::connect(endpoint, Duration::from_secs(20));
    let settings =
        [("cleanup.policy", "compact,delete"), ("retention.ms", "604800000"), ("min.cleanable.dirty.ratio", "0.1")];
    live.done(&[create("made", 6, &settings), create("plain", 1, &[])]).await;
    let made = live.topic("made").await.unwrap();
    assert_eq!(made.attribute("partitions"), Some(&Value::from(6_u32)));
    assert_eq!(made.attribute("replication_factor"), Some(&Value::from(1_u32)));
    assert_eq!(config(&made), BTreeMap::from(settings));
    assert!(config(&live.topic("plain").await.unwrap()).is_empty());
    live.remove(&["made", "plain"]).await;
    assert_eq!(live.topic("made").await, None);
}

/// Setting one key and unsetting another leaves the third alone; partitions grow in the same step.
pub(crate) async fn an_update_touches_only_what_it_names(endpoint: &Endpoint) {
    let mut live = Live::connect(endpoint, Duration::from_secs(20));
    live.done(&[create(
        "updated",
        2,
        &[("retention.ms", "1000"), ("segment.bytes", "2097152"), ("max.message.bytes", "2000")],
    )])
    .await;
    let changes = [
        ("config.retention.ms", Value::from("1000"), Value::from("2000")),
        ("config.segment.bytes", Value::from("2097152"), Value::Null),
        ("partitions", Value::from(2_u32), Value::from(5_u32)),
    ];
    live.done(&[update("updated", &changes)]).await;
    let updated = live.topic("updated").await.unwrap();
    assert_eq!(updated.attribute("partitions"), Some(&Value::from(5_u32)));
    assert_eq!(config(&updated), BTreeMap::from([("max.message.bytes", "2000"), ("retention.ms", "2000")]));
    live.remove(&["updated"]).await;
}

/// One bad item fails in the broker's own words, and its siblings are done.
pub(crate) async fn a_refused_item_harms_no_sibling(endpoint: &Endpoint) {
    let mut live = Live::connect(endpoint, Duration::from_secs(20));
    let steps = [create("good", 1, &[]), create("bad", 1, &[("retention.ms", "soon")]), create("wide", 1, &[])];
    let outcomes = live.apply(&steps).await;
    assert_eq!((&outcomes[0], &outcomes[2]), (&OutcomeResult::Done, &OutcomeResult::Done));
    let OutcomeResult::Failed { reason } = &outcomes[1] else { panic!("{outcomes:?}") };
    assert!(reason.contains("soon") && reason.contains("retention.ms"), "{reason}");

    let bad = update("good", &[("config.cleanup.policy", Value::Null, Value::from("kompact"))]);
    let fine = update("wide", &[("config.cleanup.policy", Value::Null, Value::from("compact"))]);
    let outcomes = live.apply(&[bad, fine]).await;
    assert!(matches!(&outcomes[0], OutcomeResult::Failed { reason } if reason.contains("kompact")), "{outcomes:?}");
    assert_eq!(outcomes[1], OutcomeResult::Done);
    live.remove(&["good", "wide"]).await;
}

/// A second create of the same topic is done already; of another one under the name it is a failure.
pub(crate) async fn a_topic_that_is_there_is_looked_at_again(endpoint: &Endpoint) {
    let mut live = Live::connect(endpoint, Duration::from_secs(20));
    live.done(&[create("twice", 3, &[("retention.ms", "1000")])]).await;
    live.done(&[create("twice", 3, &[("retention.ms", "1000")])]).await;
    let outcomes = live.apply(&[create("twice", 4, &[("retention.ms", "1000")])]).await;
    assert!(matches!(&outcomes[0], OutcomeResult::Failed { reason } if reason.contains("exists")), "{outcomes:?}");
    live.remove(&["twice"]).await;
    // For a moment a topic that was deleted is still listed, and says nothing about what it holds.
    let began = Instant::now();
    while live.topic("twice").await.is_some() {
        assert!(began.elapsed() < Duration::from_secs(20), "it is listed for ever");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    live.done(&[delete("twice", false)]).await;
}

/// Messages are counted at the ends of the partitions, and a deletion that was not allowed to lose them fails.
pub(crate) async fn messages_are_not_deleted_unasked(endpoint: &Endpoint) {
    let mut live = Live::connect(endpoint, Duration::from_secs(20));
    live.done(&[create("holding", 2, &[])]).await;
    produce(endpoint, "holding", 3).await;
    let held = live.session.inspect(&[address("holding"), address("absent")]).await;
    assert_eq!(held[&address("holding")].messages, Some(3));
    assert_eq!(held[&address("absent")].messages, None);
    for action in [Action::Delete, Action::Replace] {
        let refused = Step { action, ..create("holding", 1, &[]) };
        let outcomes = live.apply(&[refused]).await;
        assert!(
            matches!(&outcomes[0], OutcomeResult::Failed { reason } if reason.contains("3 messages")),
            "{outcomes:?}"
        );
    }
    let replace = Step { action: Action::Replace, allow_data_loss: true, ..create("holding", 1, &[]) };
    live.done(&[replace]).await;
    assert_eq!(live.topic("holding").await.unwrap().attribute("partitions"), Some(&Value::from(1_u32)));
    assert_eq!(live.session.inspect(&[address("holding")]).await[&address("holding")].messages, Some(0));
    live.done(&[delete("holding", false)]).await;
}

/// The probe goes round, is never listed, and removes what a killed one left.
pub(crate) async fn the_probe_leaves_nothing(endpoint: &Endpoint) {
    let mut live = Live::connect(endpoint, Duration::from_secs(20));
    live.done(&[create("mqlab-probe-left", 1, &[])]).await;
    assert_eq!(live.topic("mqlab-probe-left").await, None, "protected topics are not listed");
    let checks = live.session.probe().await;
    assert!(checks.len() == 1 && checks[0].ok, "{checks:?}");
    let names = independent_topics(endpoint).await;
    assert!(!names.iter().any(|name| name.starts_with("mqlab-probe-")), "{names:?}");
    assert!(!names.contains(&"__consumer_offsets".to_owned()), "the probe needs no group: {names:?}");
}

/// More records than one request may hold are made in several. Gives what took how long.
pub(crate) async fn many_topics_go_in_chunks(endpoint: &Endpoint, topics: usize) -> Vec<(String, Duration)> {
    let mut live = Live::connect(endpoint, Duration::from_mins(1));
    let mut took = Vec::new();
    let steps: Vec<_> = (0..topics).map(|number| create(&format!("many-{number:05}"), 3, &[])).collect();
    let started = Instant::now();
    let outcomes = live.apply(&steps).await;
    took.push(("answered".to_owned(), started.elapsed()));
    assert!(outcomes.iter().all(|outcome| *outcome == OutcomeResult::Done), "{:?}", outcomes.first());
    let checks = live.usable(&steps).await;
    took.push((checks[0].detail.clone(), started.elapsed()));
    assert!(checks[0].ok, "{checks:?}");
    let started = Instant::now();
    let observation = live.observe().await;
    took.push(("observed".to_owned(), started.elapsed()));
    assert_eq!(observation.resources.len(), topics);
    assert!(observation.unknown.is_empty());
    let stages = live.events.0.lock().unwrap().join("\n");
    assert!(stages.contains(&format!("topics visible {topics}/{topics}")), "{stages}");
    assert!(stages.contains(&format!("partitions usable {0}/{0}", topics * 3)), "{stages}");
    let names: Vec<_> = (0..topics).map(|number| delete(&format!("many-{number:05}"), true)).collect();
    let started = Instant::now();
    live.done(&names).await;
    took.push(("deleted".to_owned(), started.elapsed()));
    took
}

/// A broker that does not answer ends in a clear error within the deadline, and nothing hangs after it.
/// `pause` stops it, for example `docker pause`, and `resume` lets it go on: then the request that was in doubt
/// turns out to be done, and asking for it again is no mistake.
pub(crate) async fn a_frozen_broker_is_an_error(endpoint: &Endpoint, pause: impl FnOnce(), resume: impl FnOnce()) {
    let deadline = Duration::from_secs(3);
    let mut live = Live::connect(endpoint, deadline);
    live.ready(Duration::from_secs(30)).await;
    pause();
    let started = Instant::now();
    let error = live.session.observe(Interest { whole: true, ..Interest::default() }).await.unwrap_err();
    assert!(started.elapsed() < deadline * 2, "{:?}", started.elapsed());
    assert!(error.to_string().contains("within 3 s"), "{error}");

    let started = Instant::now();
    let outcomes = live.apply(&[create("frozen", 1, &[])]).await;
    assert!(started.elapsed() < deadline * 3, "{:?}", started.elapsed());
    assert!(matches!(&outcomes[0], OutcomeResult::Unknown { reason } if reason.contains("no answer")), "{outcomes:?}");

    // A client that has not even shaken hands yet.
    let mut fresh = Live::connect(endpoint, deadline);
    let started = Instant::now();
    let error = fresh.session.observe(Interest { whole: true, ..Interest::default() }).await.unwrap_err();
    assert!(started.elapsed() < deadline * 2, "{:?}", started.elapsed());
    assert!(error.to_string().contains("within 3 s"), "{error}");

    resume();
    live.ready(Duration::from_secs(30)).await;
    live.done(&[create("frozen", 1, &[])]).await;
    live.remove(&["frozen"]).await;
}

/// After a kill the node answers before the controller lets it in again: not ready is what that is called.
/// `kill` must kill the broker and start it again.
pub(crate) async fn a_killed_broker_is_ready_when_it_can_work(endpoint: &Endpoint, kill: impl FnOnce()) -> Duration {
    let mut live = Live::connect(endpoint, Duration::from_secs(20));
    live.done(&[create("killed", 3, &[])]).await;
    kill();
    let took = live.ready(Duration::from_secs(90)).await;
    let mut fresh = Live::connect(endpoint, Duration::from_secs(20));
    fresh.ready(Duration::from_secs(1)).await;
    assert!(fresh.topic("killed").await.is_some());
    let checks = live.session.probe().await;
    assert!(checks[0].ok, "{checks:?}");
    live.remove(&["killed"]).await;
    took
}

/// A closed port is told from a silent broker, at once.
pub(crate) async fn a_closed_port_is_said_at_once() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = Endpoint { node: 1, host: closed.ip().to_string(), port: closed.port() };
    let mut live = Live::connect(&endpoint, Duration::from_secs(20));
    let started = Instant::now();
    let error = live.session.observe(Interest { whole: true, ..Interest::default() }).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(error.to_string(), format!("cannot reach {endpoint}"));
    let error = live.session.ready().await.unwrap_err();
    assert!(error.to_string().starts_with("not ready: cannot reach"), "{error}");
}

/// Not by our session: the crate's own client.
async fn independent_topics(endpoint: &Endpoint) -> Vec<String> {
    let servers = endpoint.to_string();
    tokio::task::spawn_blocking(move || {
        use rdkafka::consumer::{BaseConsumer, Consumer};
        let consumer: BaseConsumer = rdkafka::ClientConfig::new().set("bootstrap.servers", servers).create().unwrap();
        let metadata = consumer.fetch_metadata(None, Duration::from_secs(10)).unwrap();
        metadata.topics().iter().map(|topic| topic.name().to_owned()).collect()
    })
    .await
    .unwrap()
}

async fn produce(endpoint: &Endpoint, topic: &str, count: usize) {
    use rdkafka::producer::{FutureProducer, FutureRecord};
    let producer: FutureProducer =
        rdkafka::ClientConfig::new().set("bootstrap.servers", endpoint.to_string()).create().unwrap();
    for number in 0..count {
        let (key, payload) = (format!("k{number}"), format!("m{number}"));
        let record = FutureRecord::to(topic).key(&key).payload(&payload);
        producer.send(record, Duration::from_secs(10)).await.unwrap();
    }
}
