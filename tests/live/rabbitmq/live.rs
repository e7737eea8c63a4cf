//! A session driven as a run drives it, and beside it a client that shares nothing with it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions};
use lapin::types::AMQPValue;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use mqlab::brokers::{Batch, Broker, Check, Interest, Outcome, OutcomeResult, Session, Target, find};
use mqlab::converge::{Cancel, Canceller, Event, Events};
use mqlab::model::{BrokerModel, Facts, Observation, Resource, Stack};
use mqlab::plan::{self, BrokerRules, DiffInput, DiffOptions, Plan, Rules, Stage};
use mqlab::spec::{self, Environment, Input};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

/// One broker, from both sides.
pub(crate) struct Live<'a> {
    pub(crate) target: &'a Target,
    pub(crate) session: Box<dyn Session>,
    pub(crate) api: Api<'a>,
    pub(crate) canceller: Canceller,
    cancel: Cancel,
    pub(crate) seen: Seen,
    /// What the last observation told.
    facts: Facts,
}

/// The events that went by, as text.
#[derive(Default)]
pub(crate) struct Seen(pub(crate) Mutex<Vec<String>>);

impl Events for Seen {
    fn emit(&self, event: Event) {
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
}

/// A spec has no environment here.
struct Nothing;

impl Environment for Nothing {
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _spec: &str, path: &str) -> Result<String, String> {
        Err(format!("there is no {path}"))
    }
}

impl<'a> Live<'a> {
    pub(crate) fn connect(target: &'a Target) -> Self {
        let (canceller, cancel) = Canceller::new();
        Self {
            target,
            session: broker().connect(target.clone()),
            api: Api::new(target),
            canceller,
            cancel,
            seen: Seen::default(),
            facts: target.facts.clone(),
        }
    }

    /// The broker's model with this body, which must be valid.
    pub(crate) fn model(&self, body: &str) -> BrokerModel {
        let version = self.target.facts.version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
        let text = format!(
            "mqlab: 1\nstack: live\nbrokers:\n  {}:\n    kind: rabbitmq\n    version: \"{version}\"\n{indented}",
            self.target.broker
        );
        let input = Input { name: Arc::from("mqlab.yaml"), bytes: text.clone().into_bytes() };
        let mut loaded = spec::load(vec![input], &Nothing);
        let stack = loaded
            .tree
            .as_ref()
            .and_then(|tree| Stack::build(tree, &loaded.sources, PathBuf::from("."), &mut loaded.diagnostics));
        let errors = spec::render::plain(&loaded.diagnostics, &loaded.sources);
        let stack = stack.unwrap_or_else(|| panic!("{errors}\n{text}"));
        stack.brokers.into_iter().next().unwrap()
    }

    /// What a spec with this body asks for.
    pub(crate) fn wanted(&self, body: &str) -> Vec<Resource> {
        broker().topology(&self.model(body), &self.facts)
    }

    pub(crate) async fn observe(&mut self) -> Observation {
        self.observe_for(&[]).await
    }

    async fn observe_for(&mut self, wanted: &[Resource]) -> Observation {
        let observation = self.session.observe(Interest { wanted, ..Interest::default() }).await.unwrap();
        self.facts = observation.facts.clone();
        observation
    }

    /// As a run compares: the diff, the broker's own objections, and what would be lost.
    pub(crate) async fn plan(&mut self, wanted: &[Resource], options: &DiffOptions) -> Plan {
        let observation = self.observe_for(wanted).await;
        let facts = self.facts.clone();
        let row = BrokerRules { kinds: broker().description().kinds, facts: &facts, unmanaged_fails: false };
        let rules = Rules::from([(self.target.broker.clone(), row)]);
        let input = DiffInput {
            stage: Stage::Topology,
            desired: wanted,
            observed: &observation,
            last: &[],
            rules: &rules,
            options,
        };
        let mut found = plan::diff(&input);
        plan::object(&mut found, &broker().guard(wanted, &observation.resources));
        let contents = self.session.inspect(&plan::at_risk(&found)).await;
        plan::guard(&mut found, &contents, broker().description().kinds);
        found
    }

    /// Executes what is not blocked.
    pub(crate) async fn apply(&mut self, plan: &Plan) -> Vec<Outcome> {
        let steps: Vec<_> = plan.steps.iter().filter(|step| !step.action.is_blocked()).cloned().collect();
        let batch = Batch { steps: &steps, events: &self.seen, cancel: &self.cancel };
        let outcomes = self.session.apply(batch).await;
        let asked: Vec<_> = steps.iter().map(|step| &step.address).collect();
        assert_eq!(outcomes.iter().map(|outcome| &outcome.address).collect::<Vec<_>>(), asked);
        outcomes
    }

    pub(crate) async fn usable(&mut self, plan: &Plan) -> Vec<Check> {
        self.session.usable(Batch { steps: &plan.steps, events: &self.seen, cancel: &self.cancel }).await
    }

    /// Makes the broker what the spec says and requires that nothing is left to do. Gives the plan that did it.
    pub(crate) async fn converge(&mut self, body: &str) -> Plan {
        self.converge_with(body, &DiffOptions::default()).await
    }

    pub(crate) async fn converge_with(&mut self, body: &str, options: &DiffOptions) -> Plan {
        let wanted = self.wanted(body);
        let plan = self.plan(&wanted, options).await;
        let blocked: Vec<_> = plan.steps.iter().filter(|step| step.action.is_blocked()).collect();
        assert!(blocked.is_empty(), "{}", plan.to_text());
        for outcome in self.apply(&plan).await {
            assert_eq!(outcome.result, OutcomeResult::Done, "{}", outcome.address);
        }
        for check in self.usable(&plan).await {
            assert!(check.ok, "{check:?}");
        }
        let left = self.plan(&wanted, &DiffOptions::default()).await;
        assert!(left.is_empty(), "{}", left.to_text());
        plan
    }

    /// The lines of the plan that are about a name; nothing is done.
    pub(crate) async fn lines(&mut self, body: &str) -> Vec<String> {
        let wanted = self.wanted(body);
        let plan = self.plan(&wanted, &DiffOptions::default()).await;
        plan.steps.iter().map(mqlab::plan::Step::to_line).collect()
    }
}

pub(crate) fn broker() -> &'static dyn Broker {
    find("rabbitmq").unwrap()
}

/// The management API and AMQP, spoken by other code than mqlab's.
pub(crate) struct Api<'a> {
    target: &'a Target,
    client: reqwest::Client,
}

impl<'a> Api<'a> {
    fn new(target: &'a Target) -> Self {
        Self { target, client: crate::lab::http() }
    }

    /// `path` is encoded already.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Json>) -> (StatusCode, Json) {
        self.send_as(&self.target.user, self.target.password.reveal(), method, path, body).await
    }

    pub(crate) async fn send_as(
        &self,
        user: &str,
        password: &str,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> (StatusCode, Json) {
        let url = format!("http://{}/api/{path}", self.target.endpoint("management").unwrap());
        let mut request = self.client.request(method, url).basic_auth(user, Some(password));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Json::Null))
    }

    /// What is there; null for what is not.
    pub(crate) async fn get(&self, path: &str) -> Json {
        let (status, body) = self.send(Method::GET, path, None).await;
        assert!(status.is_success() || status == StatusCode::NOT_FOUND, "{path}: {status} {body}");
        if status.is_success() { body } else { Json::Null }
    }

    pub(crate) async fn put(&self, path: &str, body: &Json) {
        let (status, answer) = self.send(Method::PUT, path, Some(body)).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
    }

    pub(crate) async fn post(&self, path: &str, body: &Json) {
        let (status, answer) = self.send(Method::POST, path, Some(body)).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
    }

    /// What is not there is deleted already.
    pub(crate) async fn delete(&self, path: &str) {
        let (status, answer) = self.send(Method::DELETE, path, None).await;
        assert!(status.is_success() || status == StatusCode::NOT_FOUND, "{path}: {status} {answer}");
    }

    pub(crate) async fn amqp(&self, vhost: &str) -> Connection {
        self.amqp_as(&self.target.user, self.target.password.reveal(), vhost).await.unwrap()
    }

    pub(crate) async fn amqp_as(&self, user: &str, password: &str, vhost: &str) -> lapin::Result<Connection> {
        let endpoint = self.target.endpoint("amqp").unwrap();
        let url = format!("amqp://{}:{}@{endpoint}/{}", encoded(user), encoded(password), encoded(vhost));
        Connection::connect(&url, ConnectionProperties::default()).await
    }

    /// A channel with confirms. The connection must be kept.
    pub(crate) async fn channel(&self, vhost: &str) -> (Connection, Channel) {
        let connection = self.amqp(vhost).await;
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        (connection, channel)
    }

    /// Publishes to a queue by its name and waits for the confirms.
    /// The first messages of a stream. After a start 4.3 lists a stream before its first reader gets more than an
    /// internal error.
    pub(crate) async fn read_stream(&self, vhost: &str, stream: &str, count: usize) -> Vec<String> {
        let read = async {
            loop {
                match self.try_to_read_stream(vhost, stream, count).await {
                    Ok(bodies) => break bodies,
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("all of them in time")
    }

    async fn try_to_read_stream(&self, vhost: &str, stream: &str, count: usize) -> lapin::Result<Vec<String>> {
        let (connection, channel) = self.channel(vhost).await;
        channel.basic_qos(100, BasicQosOptions::default()).await?;
        let first = BTreeMap::from([("x-stream-offset".into(), AMQPValue::LongString("first".into()))]);
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(stream.into(), "".into(), options, first.into()).await?;
        let bodies = consumer.take(count).map_ok(|delivery| String::from_utf8(delivery.data).unwrap());
        let bodies = bodies.try_collect().await?;
        connection.close(200, "done".into()).await?;
        Ok(bodies)
    }

    pub(crate) async fn publish(&self, vhost: &str, queue: &str, count: usize) {
        let (connection, channel) = self.channel(vhost).await;
        for _ in 0..count {
            let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
            let properties = BasicProperties::default().with_delivery_mode(2);
            let confirm = channel.basic_publish("".into(), queue.into(), options, b"m", properties).await.unwrap();
            assert!(matches!(confirm.await.unwrap(), lapin::Confirmation::Ack(None)), "not routed to {queue}");
        }
        connection.close(200, "done".into()).await.unwrap();
    }
}

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The fields of an object, for comparing with what was declared.
pub(crate) fn fields(object: &Json, names: &[&str]) -> BTreeMap<String, Json> {
    names.iter().map(|name| ((*name).to_owned(), object[*name].clone())).collect()
}
