//! Random topologies on a real RabbitMQ: where it sends messages, and where both engines of the site's figures do.

use std::collections::{BTreeMap, BTreeSet};

use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeBindOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use mqlab::brokers::{Router, find};
use mqlab::model::{Address, Resource, Value};
use serde_json::{Map, Value as Json, json};

use super::lab::Lab;
use super::rabbit::{Rabbit, wait};
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
    let taken = live.iter().flatten().filter(|went| !went.is_empty()).count();
    println!("{} topologies, {} messages, {taken} of them routed: no difference", live.len(), live.len() * MESSAGES);
    assert!(taken * 4 > live.len() * MESSAGES, "hardly anything is routed, so hardly anything is tried: {taken}");
}

#[derive(Debug)]
struct Topology {
    /// Name, type, alternate exchange.
    exchanges: Vec<(String, &'static str, Option<String>)>,
    queues: Vec<String>,
    bindings: Vec<Binding>,
    messages: Vec<Message>,
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
        let queues: Vec<String> = (0..=dice.throw(5)).map(|number| format!("q{number}")).collect();
        let bindings = (0..3 + dice.throw(14)).map(|_| {
            let (source, kind, _) = dice.pick(&exchanges);
            let onward = dice.throw(4) == 0;
            let to = if onward { dice.pick(&names) } else { dice.pick(&queues) }.clone();
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

    /// Declares everything in the empty virtual host, publishes, and says for each message which queues have it.
    async fn run(&self, url: &str) -> Vec<Vec<String>> {
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
        let mut went = vec![BTreeSet::new(); self.messages.len()];
        for queue in &self.queues {
            while let Some(got) =
                channel.basic_get(queue.as_str().into(), BasicGetOptions { no_ack: true }).await.unwrap()
            {
                let number: usize = std::str::from_utf8(&got.data).unwrap().parse().unwrap();
                assert!(went[number].insert(queue.clone()), "{queue} got message {number} twice");
            }
        }
        drop(connection.close(200, "done".into()).await);
        went.into_iter().map(|queues| queues.into_iter().collect()).collect()
    }

    async fn declare(&self, channel: &Channel) {
        for (name, kind, alternate) in &self.exchanges {
            let arguments = alternate.iter().map(|to| ("alternate-exchange".to_owned(), json!(to))).collect();
            let kind = ExchangeKind::Custom((*kind).to_owned());
            let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
            channel.exchange_declare(name.as_str().into(), kind, options, table(&arguments)).await.unwrap();
        }
        for name in &self.queues {
            let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
            channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await.unwrap();
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
        let mut all: Vec<Resource> =
            self.queues.iter().map(|name| Resource::new(address("queue", name)).with("type", "classic")).collect();
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

fn traced(router: &dyn Router, resources: &[Resource], message: &Message) -> Vec<String> {
    let exchange = Address::in_vhost("jobs", "/", "exchange", message.exchange.as_str());
    let headers: BTreeMap<String, Value> =
        message.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
    let trace = router.trace(resources, &exchange, message.key, &headers);
    trace.delivered.into_iter().map(|queue| queue.name).collect()
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
