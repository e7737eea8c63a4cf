//! Random topologies on a real RabbitMQ: where it sends messages, and again what a queue rejects, and where both
//! engines of the site's figures do.

use std::collections::{BTreeMap, BTreeSet};

use lapin::options::{
    BasicPublishOptions, ConfirmSelectOptions, ExchangeBindOptions, ExchangeDeclareOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use mqlab::brokers::{Router, find};
use mqlab::model::{Address, Resource, Value};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::lab::Lab;
use super::rabbit::{Rabbit, wait};
use super::rabbitmq_routing::drain;
use super::vectors::{Dice, script};

const SPEC: &str = r#"brokers: { jobs: { kind: rabbitmq, version: "4.0" } }"#;
const VHOST: &str = "vectors";
const TYPES: [&str; 4] = ["direct", "fanout", "topic", "headers"];
const KEYS: [&str; 9] = ["", "a", "b", "a.b", "a.b.c", "b.a", "a..b", "q0", "q1"];
const PATTERNS: [&str; 11] = ["", "#", "*", "a", "a.*", "a.#", "#.b", "*.b", "#.a.#", "a.*.c", "q0"];
const MESSAGES: usize = 12;

/// `MQLAB_SOAK` for ten times as many.
fn stacks() -> u64 {
    if std::env::var_os("MQLAB_SOAK").is_some() { 1_000 } else { 100 }
}

#[test]
fn routes_of_random_topologies() {
    let lab = Lab::new("routes", SPEC);
    lab.mqlab(&["up"]).code(0);
    let env = lab.env();
    let rabbit = Rabbit::jobs(&env);
    rabbit.put(&format!("vhosts/{VHOST}"), &json!({}));
    let url = env["JOBS_AMQP_URL"].rsplit_once('/').unwrap().0.to_owned() + "/" + VHOST;
    let router = find("rabbitmq").unwrap().lesson().router().unwrap();
    let mut asked = Vec::new();
    let mut live = Vec::new();
    for seed in 0..stacks() {
        let stack = Topology::random(seed);
        let went = wait(stack.run(&url));
        let resources = stack.resources();
        for (message, went) in stack.messages.iter().zip(&went) {
            assert_eq!(traced(router, &resources, message), *went, "Rust: {seed}: {message:?} in {stack:#?}");
        }
        asked.push(stack.question(router, &resources));
        live.push(went);
        rabbit.delete(&format!("vhosts/{VHOST}"));
        rabbit.put(&format!("vhosts/{VHOST}"), &json!({}));
    }
    let answers = script(&json!({ "stacks": asked }));
    for (seed, (went, answer)) in live.iter().zip(answers.as_array().unwrap()).enumerate() {
        assert_eq!(*answer, json!(went), "the script: {seed}: {}", asked[seed]);
    }
    let all = live.len() * MESSAGES;
    let taken = live.iter().flatten().filter(|went| !went.queues.is_empty()).count();
    let rejected: Vec<&Vec<String>> = live.iter().flatten().flat_map(|went| went.dead.values()).collect();
    let moved = rejected.iter().filter(|queues| !queues.is_empty()).count();
    println!("{} topologies, {all} messages, {taken} of them routed: no difference", live.len());
    println!("{} copies rejected, {moved} of them routed again: no difference", rejected.len());
    assert!(taken * 4 > all, "hardly anything is routed, so hardly anything is tried: {taken}");
    assert!(moved * 20 > all, "hardly anything is routed again: {moved}");
}

/// Where a message is: in these queues, and when they reject it, those of them that have dead letters, in these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Went {
    queues: BTreeSet<String>,
    dead: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
struct Topology {
    /// Name, type, alternate exchange.
    exchanges: Vec<(String, &'static str, Option<String>)>,
    queues: Vec<Queue>,
    bindings: Vec<Binding>,
    messages: Vec<Message>,
}

#[derive(Debug)]
struct Queue {
    name: String,
    /// The exchange, and the key that replaces the message's own.
    dead: Option<(String, Option<&'static str>)>,
}

#[derive(Debug)]
struct Binding {
    source: String,
    to: String,
    onward: bool,
    key: &'static str,
    arguments: Map<String, Json>,
}

#[derive(Debug)]
struct Message {
    exchange: String,
    key: &'static str,
    headers: Map<String, Json>,
}

fn headers(dice: &mut Dice, most: usize) -> Map<String, Json> {
    let values = [json!("1"), json!("2"), json!(1), json!(true), json!("")];
    (0..dice.throw(most + 1))
        .map(|_| ((*dice.pick(&["a", "b", "x-a"])).to_owned(), dice.pick(&values).clone()))
        .collect()
}

impl Topology {
    fn random(seed: u64) -> Self {
        let mut dice = Dice::new(seed + 77);
        let names: Vec<String> = (0..2 + dice.throw(5)).map(|number| format!("e{number}")).collect();
        let exchanges = names.iter().map(|name| {
            let alternate = (dice.throw(3) == 0).then(|| dice.pick(&names).clone());
            (name.clone(), *dice.pick(&TYPES), alternate)
        });
        let exchanges: Vec<_> = exchanges.collect();
        let queues: Vec<Queue> = (0..=dice.throw(5))
            .map(|number| {
                let dead = (dice.throw(3) == 0).then(|| {
                    let exchange = match dice.throw(8) {
                        0 => String::new(),
                        1 => "nowhere".to_owned(),
                        _ => dice.pick(&names).clone(),
                    };
                    (exchange, (dice.throw(2) == 0).then(|| *dice.pick(&KEYS)))
                });
                Queue { name: format!("q{number}"), dead }
            })
            .collect();
        let bindings = (0..3 + dice.throw(14)).map(|_| {
            let (source, kind, _) = dice.pick(&exchanges);
            let onward = dice.throw(4) == 0;
            let to = if onward { dice.pick(&names) } else { &dice.pick(&queues).name }.clone();
            let mut arguments = Map::new();
            if *kind == "headers" {
                arguments = headers(&mut dice, 3);
                let mode = *dice.pick(&["all", "any", "all-with-x", "any-with-x", ""]);
                if !mode.is_empty() {
                    arguments.insert("x-match".to_owned(), json!(mode));
                }
            }
            let key = if *kind == "topic" { *dice.pick(&PATTERNS) } else { *dice.pick(&KEYS) };
            Binding { source: source.clone(), to, onward, key, arguments }
        });
        let bindings = bindings.collect();
        let messages = (0..MESSAGES).map(|number| {
            let exchange = if number == 0 { String::new() } else { dice.pick(&names).clone() };
            Message { exchange, key: KEYS[dice.throw(KEYS.len())], headers: headers(&mut dice, 3) }
        });
        let messages = messages.collect();
        Self { exchanges, queues, bindings, messages }
    }

    /// Declares everything in the empty virtual host, publishes, and says for each message which queues have it, and
    /// which have it when those reject it.
    async fn run(&self, url: &str) -> Vec<Went> {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        self.declare(&channel).await;
        for (number, message) in self.messages.iter().enumerate() {
            let properties = BasicProperties::default().with_headers(table(&message.headers));
            let body = number.to_string();
            let (exchange, key) = (message.exchange.as_str().into(), message.key.into());
            let options = BasicPublishOptions::default();
            let sent = channel.basic_publish(exchange, key, options, body.as_bytes(), properties).await.unwrap();
            sent.await.unwrap();
        }
        let mut went = vec![Went::default(); self.messages.len()];
        let names: Vec<String> = self.queues.iter().map(|queue| queue.name.clone()).collect();
        let rejects = |name: &str| self.queues.iter().any(|queue| queue.name == name && queue.dead.is_some());
        let drained = drain(&channel, &names, rejects).await;
        let number = |body: &[u8]| -> usize { std::str::from_utf8(body).unwrap().parse().unwrap() };
        for (queue, body) in drained.routed {
            let went = &mut went[number(&body)];
            if rejects(&queue) {
                went.dead.insert(queue.clone(), Vec::new());
            }
            assert!(went.queues.insert(queue.clone()), "{queue} got {body:?} twice");
        }
        for (from, to, body) in drained.dead {
            went[number(&body)].dead.get_mut(&from).unwrap().push(to);
        }
        for queues in went.iter_mut().flat_map(|went| went.dead.values_mut()) {
            queues.sort();
        }
        drop(connection.close(200, "done".into()).await);
        went
    }

    async fn declare(&self, channel: &Channel) {
        for (name, kind, alternate) in &self.exchanges {
            let arguments = alternate.iter().map(|to| ("alternate-exchange".to_owned(), json!(to))).collect();
            let kind = ExchangeKind::Custom((*kind).to_owned());
            let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
            channel.exchange_declare(name.as_str().into(), kind, options, table(&arguments)).await.unwrap();
        }
        for Queue { name, dead } in &self.queues {
            let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
            let mut arguments = Map::new();
            if let Some((exchange, key)) = dead {
                arguments.insert("x-dead-letter-exchange".to_owned(), json!(exchange));
                arguments.extend(key.map(|key| ("x-dead-letter-routing-key".to_owned(), json!(key))));
            }
            channel.queue_declare(name.as_str().into(), options, table(&arguments)).await.unwrap();
        }
        for one in &self.bindings {
            let (to, source, key) = (one.to.as_str().into(), one.source.as_str().into(), one.key.into());
            let arguments = table(&one.arguments);
            if one.onward {
                channel.exchange_bind(to, source, key, ExchangeBindOptions::default(), arguments).await.unwrap();
            } else {
                channel.queue_bind(to, source, key, QueueBindOptions::default(), arguments).await.unwrap();
            }
        }
    }

    fn resources(&self) -> Vec<Resource> {
        let address = |kind: &str, name: &str| Address::in_vhost("jobs", "/", kind, name);
        let mut all: Vec<Resource> = self
            .queues
            .iter()
            .map(|Queue { name, dead }| {
                let one = Resource::new(address("queue", name)).with("type", "classic");
                let Some((exchange, key)) = dead else { return one };
                let one = one.with("arguments.x-dead-letter-exchange", exchange.as_str());
                key.iter().fold(one, |one, key| one.with("arguments.x-dead-letter-routing-key", *key))
            })
            .collect();
        all.extend(self.exchanges.iter().map(|(name, kind, alternate)| {
            let one = Resource::new(address("exchange", name)).with("type", *kind);
            match alternate {
                Some(to) => one.with("arguments.alternate-exchange", to.as_str()),
                None => one,
            }
        }));
        all.extend(self.bindings.iter().enumerate().map(|(number, one)| {
            Resource::new(address("binding", &number.to_string()))
                .with("source", one.source.as_str())
                .with("destination", one.to.as_str())
                .with("destination_type", if one.onward { "exchange" } else { "queue" })
                .with("routing_key", one.key)
                .with("arguments", Value::from(Json::Object(one.arguments.clone())))
        }));
        all
    }

    fn question(&self, router: &dyn Router, resources: &[Resource]) -> Json {
        let messages = self.messages.iter().map(|message| {
            let headers: BTreeMap<&String, String> =
                message.headers.iter().map(|(name, value)| (name, value.to_string())).collect();
            json!({ "exchange": message.exchange, "key": message.key, "headers": headers })
        });
        json!({ "map": router.map(resources, "jobs", "/"), "messages": messages.collect::<Vec<_>>() })
    }
}

/// What the steps say of dead letters, followed as if each were a message of its own.
fn traced(router: &dyn Router, resources: &[Resource], message: &Message) -> Went {
    let exchange = Address::in_vhost("jobs", "/", "exchange", message.exchange.as_str());
    let headers: BTreeMap<String, Value> =
        message.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
    let trace = router.trace(resources, &exchange, message.key, &headers);
    let dead = trace.steps.iter().filter(|step| ["dead", "dead_key"].contains(&step.reason.code)).map(|step| {
        let value = |place| step.reason.values.iter().find(|(own, _)| *own == place).map(|(_, value)| value.as_str());
        let key = value("key").unwrap_or(message.key);
        let lands = router.trace(resources, step.to.as_ref().unwrap(), key, &headers).delivered;
        (value("queue").unwrap().to_owned(), lands.into_iter().map(|queue| queue.name).collect())
    });
    Went { dead: dead.collect(), queues: trace.delivered.into_iter().map(|queue| queue.name).collect() }
}

fn table(fields: &Map<String, Json>) -> FieldTable {
    let amqp = |value: &Json| match value {
        Json::Bool(value) => AMQPValue::Boolean(*value),
        Json::Number(number) => AMQPValue::LongLongInt(number.as_i64().unwrap()),
        other => AMQPValue::LongString(other.as_str().unwrap().into()),
    };
    let fields: BTreeMap<_, _> = fields.iter().map(|(name, value)| (name.as_str().into(), amqp(value))).collect();
    fields.into()
}
