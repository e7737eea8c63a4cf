//! Where a real broker sends messages, recorded: the truth that the routing engine is checked against.

use std::collections::BTreeMap;

use lapin::message::BasicGetMessage;
use lapin::options::{
    BasicGetOptions, BasicNackOptions, BasicPublishOptions, BasicRejectOptions, ConfirmSelectOptions,
    ExchangeBindOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldArray, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use serde_json::{Value, json};

const TOPIC_PATTERNS: &[&str] = &[
    "",
    "#",
    "*",
    "*.#",
    "#.*",
    "#.#",
    "*.*",
    "a",
    "A",
    "a.b",
    "a.*",
    "*.b",
    "a.#",
    "#.b",
    "a.*.c",
    "a.#.c",
    "a..b",
    ".",
    "..",
    "*..*",
    "#.a.#",
    "a.#.#.b",
    "a.*.#",
    "#.*.#",
    "a*",
    "a#",
    "x.*y",
    "*.",
    ".*",
    "#.",
    ".#",
    "mail.eu.#",
    "日本.*",
    "é",
    "*.*.*.*",
];
const TOPIC_KEYS: &[&str] = &[
    "",
    ".",
    "..",
    "...",
    "a",
    "A",
    "b",
    "ab",
    "a.b",
    "a.c",
    "b.a",
    "a.b.c",
    "a.c.c",
    "a..c",
    "a..b",
    "a.",
    ".a",
    ".b",
    "b.",
    "a.b.b",
    "a.a.a",
    "*",
    "#",
    "a.*",
    "a.#",
    "*.b",
    "#.b",
    "*.*",
    "mail.eu",
    "mail.eu.sent",
    "mail.eu.sent.now",
    "mail.us",
    "mail",
    "日本.東京",
    "日本",
    "日本.",
    "é",
    "e\u{301}",
    "a*",
    "a#",
    "x.*y",
    "x.zy",
    " ",
    "a b",
    "a.b ",
    "a.b.c.d.e.f.b",
    "a.x.y.b",
    "c.a.c",
    "é.b",
    "😀.😀",
    "\t",
    "a\n.b",
    "a.b.",
    ".a.b",
    "a...b",
    "b.b.b.b",
    "a.c.b.c",
    "..b",
];
const DIRECT_KEYS: &[&str] = &["", "a", "A", "a.b", "*", "#", "é", "e\u{301}", " a", "日本"];

/// What was in some queues, and what became of it.
#[derive(Default)]
pub(crate) struct Drained {
    /// Queue and body.
    pub(crate) routed: Vec<(String, Vec<u8>)>,
    /// The queue that rejected it, the one that it came to, the body.
    pub(crate) dead: Vec<(String, String, Vec<u8>)>,
}

/// Takes every message out of these queues. Some of them reject what they have, once everything is out. What comes
/// of that is taken and kept: nobody rejects it again, so nothing goes round for ever.
pub(crate) async fn drain(channel: &Channel, queues: &[String], rejects: impl Fn(&str) -> bool) -> Drained {
    let mut drained = Drained::default();
    let mut rejected = Vec::new();
    for queue in queues {
        let rejects = rejects(queue);
        while let Some(got) = get(channel, queue, !rejects).await {
            if rejects {
                rejected.push(got.delivery.delivery_tag);
            }
            drained.routed.push((queue.clone(), got.delivery.data));
        }
    }
    if rejected.is_empty() {
        return drained;
    }
    for (number, tag) in rejected.into_iter().enumerate() {
        // Two words for the same.
        if number % 2 == 0 {
            channel.basic_nack(tag, BasicNackOptions { multiple: false, requeue: false }).await.unwrap();
        } else {
            channel.basic_reject(tag, BasicRejectOptions { requeue: false }).await.unwrap();
        }
    }
    // A queue that answers has passed on what was rejected before it was asked: when the first pass is over, all of it
    // is where it belongs, and the second finds it.
    let mut passes_without = 0;
    while passes_without < 2 {
        let before = drained.dead.len();
        for queue in queues {
            while let Some(got) = get(channel, queue, true).await {
                drained.dead.push((first_death(&got), queue.clone(), got.delivery.data));
            }
        }
        passes_without = if drained.dead.len() == before { passes_without + 1 } else { 0 };
    }
    drained
}

async fn get(channel: &Channel, queue: &str, no_ack: bool) -> Option<BasicGetMessage> {
    channel.basic_get(queue.into(), BasicGetOptions { no_ack }).await.unwrap()
}

fn first_death(got: &BasicGetMessage) -> String {
    let headers = got.delivery.properties.headers().as_ref().unwrap();
    headers.inner().get("x-first-death-queue").unwrap().as_long_string().unwrap().to_string()
}

/// Declares everything in the empty virtual host of the URL, publishes, drains every queue after each
/// message, and gives the fixture.
pub(crate) async fn record(url: &str, version: &str) -> Value {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let mut bench = Bench {
        channel,
        exchanges: Vec::new(),
        queues: Vec::new(),
        dead_letters: BTreeMap::new(),
        bindings: Vec::new(),
        vectors: Vec::new(),
    };
    bench.topic().await;
    bench.direct_and_fanout().await;
    bench.headers().await;
    bench.exchanges_of_exchanges().await;
    bench.dead_letters().await;
    json!({
        "version": version,
        "exchanges": bench.exchanges,
        "queues": bench.queues,
        "dead_letters": bench.dead_letters,
        "bindings": bench.bindings,
        "vectors": bench.vectors,
    })
}

struct Bench {
    channel: Channel,
    exchanges: Vec<Value>,
    queues: Vec<String>,
    /// Of the queues that have such: the exchange, and the key that replaces the message's own.
    dead_letters: BTreeMap<String, (String, Option<String>)>,
    bindings: Vec<Value>,
    vectors: Vec<Value>,
}

impl Bench {
    async fn topic(&mut self) {
        self.exchange("t", "topic", json!({})).await;
        for (index, pattern) in TOPIC_PATTERNS.iter().enumerate() {
            self.queue_bound("t", &format!("t{index}"), pattern, json!({})).await;
        }
        for key in TOPIC_KEYS {
            self.publish("t", key, json!({})).await;
        }
        self.publish("t", &"k".repeat(255), json!({})).await;
        self.publish("t", &"a.".repeat(127), json!({})).await;
    }

    async fn direct_and_fanout(&mut self) {
        self.exchange("d", "direct", json!({})).await;
        self.exchange("f", "fanout", json!({})).await;
        for (index, key) in DIRECT_KEYS.iter().enumerate() {
            self.queue_bound("d", &format!("d{index}"), key, json!({})).await;
        }
        self.queue_bound("d", "d0", "a", json!({})).await;
        self.queue_bound("f", "f0", "", json!({})).await;
        self.queue_bound("f", "f1", "ignored", json!({})).await;
        for key in DIRECT_KEYS {
            self.publish("d", key, json!({})).await;
            self.publish("f", key, json!({})).await;
        }
        // The default exchange, by a queue's name and by none.
        for key in ["f0", "nobody", "", "T0"] {
            self.publish("", key, json!({})).await;
        }
        self.queue_bound("amq.topic", "built-in", "x.#", json!({})).await;
        self.publish("amq.topic", "x.y", json!({})).await;
        self.publish("amq.topic", "y.x", json!({})).await;
        self.publish("amq.direct", "x", json!({})).await;
    }

    async fn headers(&mut self) {
        self.exchange("h", "headers", json!({})).await;
        let bindings = [
            json!({}),
            json!({ "x-match": "all" }),
            json!({ "x-match": "any" }),
            json!({ "x-match": "all-with-x" }),
            json!({ "x-match": "any-with-x" }),
            json!({ "a": "1" }),
            json!({ "a": 1 }),
            json!({ "a": 1.0 }),
            json!({ "a": true }),
            json!({ "a": null }),
            json!({ "x-match": "all", "a": "1", "b": "2" }),
            json!({ "x-match": "any", "a": "1", "b": "2" }),
            json!({ "x-match": "any", "a": null, "b": "2" }),
            json!({ "x-match": "all", "x-a": "1" }),
            json!({ "x-match": "any", "x-a": "1" }),
            json!({ "x-match": "all-with-x", "x-a": "1" }),
            json!({ "x-match": "any-with-x", "x-a": "1" }),
            json!({ "x-match": "all-with-x", "x-a": "1", "a": "1" }),
            json!({ "x-match": "any-with-x", "x-a": "1", "a": "1" }),
            json!({ "x-match": "all", "x-a": "1", "a": "1" }),
            json!({ "x-match": "any", "x-a": "1", "a": "1" }),
            json!({ "x-match": "all", "A": "1" }),
            json!({ "x-match": "all", "é": "日本" }),
            json!({ "x-match": "all", "empty": "" }),
        ];
        for (index, arguments) in bindings.into_iter().enumerate() {
            self.queue_bound("h", &format!("h{index}"), "key", arguments).await;
        }
        let messages = [
            json!({}),
            json!({ "a": "1" }),
            json!({ "a": "2" }),
            json!({ "a": 1 }),
            json!({ "a": 1.0 }),
            json!({ "a": 2 }),
            json!({ "a": true }),
            json!({ "a": false }),
            json!({ "a": null }),
            json!({ "a": "" }),
            json!({ "a": "1", "b": "2" }),
            json!({ "a": "1", "b": "3" }),
            json!({ "a": "0", "b": "2" }),
            json!({ "b": "2" }),
            json!({ "x-a": "1" }),
            json!({ "x-a": "1", "a": "1" }),
            json!({ "x-a": "2", "a": "1" }),
            json!({ "x-a": "1", "a": "2" }),
            json!({ "A": "1" }),
            json!({ "é": "日本" }),
            json!({ "é": "" }),
            json!({ "empty": "" }),
            json!({ "empty": null }),
            json!({ "a": "1", "b": "2", "c": "3", "x-a": "1", "A": "1" }),
            json!({ "x-match": "any" }),
            json!({ "a": "true" }),
            json!({ "a": -1 }),
        ];
        for headers in messages {
            self.publish("h", "key", headers.clone()).await;
            self.publish("h", "", headers).await;
        }
    }

    async fn exchanges_of_exchanges(&mut self) {
        self.exchange("rest", "fanout", json!({})).await;
        self.exchange("a1", "topic", json!({ "alternate-exchange": "rest" })).await;
        self.exchange("a2", "direct", json!({ "alternate-exchange": "nowhere" })).await;
        self.exchange("a3", "direct", json!({ "alternate-exchange": "a3" })).await;
        // An alternate exchange that has an alternate exchange.
        self.exchange("a4", "direct", json!({ "alternate-exchange": "a1" })).await;
        self.exchange("e1", "topic", json!({})).await;
        self.exchange("e2", "direct", json!({ "alternate-exchange": "rest" })).await;
        self.queue_bound("rest", "caught", "", json!({})).await;
        self.queue_bound("a1", "one", "one.#", json!({})).await;
        self.queue_bound("a4", "four", "four", json!({})).await;
        self.exchange_bound("e1", "e2", "x.#").await;
        // A cycle, and two ways to one queue.
        self.exchange_bound("e2", "e1", "x.back").await;
        self.queue_bound("e1", "end", "x.#", json!({})).await;
        self.queue_bound("e2", "end", "x.back", json!({})).await;
        self.exchange_bound("e2", "a1", "x.on").await;
        // Bound to itself.
        self.exchange("self", "fanout", json!({})).await;
        self.exchange_bound("self", "self", "").await;
        self.queue_bound("self", "itself", "", json!({})).await;
        for (exchange, key) in [
            ("a1", "one"),
            ("a1", "one.two"),
            ("a1", "two"),
            ("a1", ""),
            ("a2", "x"),
            ("a3", "x"),
            ("a4", "four"),
            ("a4", "one.x"),
            ("a4", "none"),
            ("e1", "x"),
            ("e1", "x.back"),
            ("e1", "x.on"),
            ("e1", "y"),
            ("e2", "x.back"),
            ("e2", "x.on"),
            ("e2", "x"),
            ("e2", ""),
            ("rest", "any"),
            ("self", "any"),
            ("e1", "x.back.more"),
        ] {
            self.publish(exchange, key, json!({})).await;
        }
    }

    /// Queues whose messages are rejected.
    async fn dead_letters(&mut self) {
        self.exchange("dead", "topic", json!({ "alternate-exchange": "rest" })).await;
        self.exchange("dead-headers", "headers", json!({})).await;
        self.exchange("all", "fanout", json!({})).await;
        self.queue_bound("dead", "by-its-key", "x.#", json!({})).await;
        self.queue_bound("dead", "by-a-new-key", "new.*", json!({})).await;
        self.queue_bound("dead", "by-no-key", "", json!({})).await;
        self.queue_bound("dead-headers", "by-headers", "", json!({ "a": 1 })).await;
        for (queue, exchange, key) in [
            ("kept-key", "dead", None),
            ("new-key", "dead", Some("new.key")),
            ("no-key", "dead", Some("")),
            ("unrouted", "dead", Some("unrouted")),
            ("headers", "dead-headers", None),
            ("default", "", None),
            ("named", "", Some("end")),
            ("lost", "nowhere", Some("x.y")),
            // Back into the queue that it came from, and into others that reject.
            ("round", "all", None),
        ] {
            let mut arguments = json!({ "x-dead-letter-exchange": exchange });
            if let Some(key) = key {
                arguments["x-dead-letter-routing-key"] = json!(key);
            }
            self.queue(queue, arguments).await;
            self.dead_letters.insert(queue.to_owned(), (exchange.to_owned(), key.map(str::to_owned)));
            self.queue_bound("all", queue, "", json!({})).await;
        }
        for (key, headers) in [
            ("x.y", json!({})),
            ("new.one", json!({ "a": 1 })),
            ("", json!({ "a": "1" })),
            ("end", json!({})),
            ("default", json!({})),
        ] {
            self.publish("all", key, headers).await;
        }
        self.publish("", "new-key", json!({})).await;
    }

    async fn exchange(&mut self, name: &str, kind: &str, arguments: Value) {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let exchange_kind = ExchangeKind::Custom(kind.to_owned());
        self.channel.exchange_declare(name.into(), exchange_kind, options, table(&arguments)).await.unwrap();
        self.exchanges.push(json!({ "name": name, "type": kind, "arguments": arguments }));
    }

    async fn queue(&mut self, name: &str, arguments: Value) {
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(name.into(), options, table(&arguments)).await.unwrap();
        self.queues.push(name.to_owned());
    }

    async fn queue_bound(&mut self, exchange: &str, queue: &str, key: &str, arguments: Value) {
        if !self.queues.iter().any(|known| known == queue) {
            self.queue(queue, json!({})).await;
        }
        let table = table(&arguments);
        let bind =
            self.channel.queue_bind(queue.into(), exchange.into(), key.into(), QueueBindOptions::default(), table);
        bind.await.unwrap();
        self.bindings.push(json!({ "source": exchange, "queue": queue, "key": key, "arguments": arguments }));
    }

    async fn exchange_bound(&mut self, source: &str, destination: &str, key: &str) {
        let options = ExchangeBindOptions::default();
        let table = FieldTable::default();
        self.channel.exchange_bind(destination.into(), source.into(), key.into(), options, table).await.unwrap();
        self.bindings.push(json!({ "source": source, "exchange": destination, "key": key, "arguments": {} }));
    }

    /// Publishes one message and takes it out of every queue that has it; those with dead letters reject it.
    async fn publish(&mut self, exchange: &str, key: &str, headers: Value) {
        let properties = BasicProperties::default().with_headers(table(&headers));
        let options = BasicPublishOptions::default();
        let confirm = self.channel.basic_publish(exchange.into(), key.into(), options, b"m", properties).await.unwrap();
        confirm.await.unwrap();
        let drained = drain(&self.channel, &self.queues, |queue| self.dead_letters.contains_key(queue)).await;
        let mut queues: Vec<String> = drained.routed.into_iter().map(|(queue, _)| queue).collect();
        queues.sort();
        let rejected = queues.iter().filter(|queue| self.dead_letters.contains_key(*queue));
        let mut dead: BTreeMap<String, Vec<String>> = rejected.map(|queue| (queue.clone(), Vec::new())).collect();
        for (from, to, _) in drained.dead {
            dead.get_mut(&from).unwrap().push(to);
        }
        let mut vector = json!({ "exchange": exchange, "key": key, "headers": headers, "queues": queues });
        if !dead.is_empty() {
            for queues in dead.values_mut() {
                queues.sort();
            }
            vector["dead"] = json!(dead);
        }
        self.vectors.push(vector);
    }
}

pub(crate) fn table(value: &Value) -> FieldTable {
    let fields: BTreeMap<_, _> =
        value.as_object().unwrap().iter().map(|(name, value)| (name.as_str().into(), amqp(value))).collect();
    fields.into()
}

fn amqp(value: &Value) -> AMQPValue {
    match value {
        Value::Null => AMQPValue::Void,
        Value::Bool(value) => AMQPValue::Boolean(*value),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| AMQPValue::Double(number.as_f64().unwrap()), AMQPValue::LongLongInt)
        }
        Value::String(text) => AMQPValue::LongString(text.as_str().into()),
        Value::Array(items) => AMQPValue::FieldArray(FieldArray::from(items.iter().map(amqp).collect::<Vec<_>>())),
        Value::Object(_) => AMQPValue::FieldTable(table(value)),
    }
}
