//! Where a real broker sends messages, recorded: the truth that the routing engine is checked against.

use std::collections::BTreeMap;

use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeBindOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions,
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

/// Declares everything in the empty virtual host of the URL, publishes, drains every queue after each
/// message, and gives the fixture.
pub(crate) async fn record(url: &str, version: &str) -> Value {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let mut bench =
        Bench { channel, exchanges: Vec::new(), queues: Vec::new(), bindings: Vec::new(), vectors: Vec::new() };
    bench.topic().await;
    bench.direct_and_fanout().await;
    bench.headers().await;
    bench.exchanges_of_exchanges().await;
    json!({
        "version": version,
        "exchanges": bench.exchanges,
        "queues": bench.queues,
        "bindings": bench.bindings,
        "vectors": bench.vectors,
    })
}

struct Bench {
    channel: Channel,
    exchanges: Vec<Value>,
    queues: Vec<String>,
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

    async fn exchange(&mut self, name: &str, kind: &str, arguments: Value) {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let exchange_kind = ExchangeKind::Custom(kind.to_owned());
        self.channel.exchange_declare(name.into(), exchange_kind, options, table(&arguments)).await.unwrap();
        self.exchanges.push(json!({ "name": name, "type": kind, "arguments": arguments }));
    }

    async fn queue_bound(&mut self, exchange: &str, queue: &str, key: &str, arguments: Value) {
        if !self.queues.iter().any(|known| known == queue) {
            let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
            self.channel.queue_declare(queue.into(), options, FieldTable::default()).await.unwrap();
            self.queues.push(queue.to_owned());
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

    /// Publishes one message and takes it out of every queue that has it.
    async fn publish(&mut self, exchange: &str, key: &str, headers: Value) {
        let properties = BasicProperties::default().with_headers(table(&headers));
        let options = BasicPublishOptions::default();
        let confirm = self.channel.basic_publish(exchange.into(), key.into(), options, b"m", properties).await.unwrap();
        confirm.await.unwrap();
        let mut queues = Vec::new();
        for queue in &self.queues {
            let options = BasicGetOptions { no_ack: true };
            while self.channel.basic_get(queue.as_str().into(), options).await.unwrap().is_some() {
                queues.push(queue.clone());
            }
        }
        queues.sort();
        self.vectors.push(json!({ "exchange": exchange, "key": key, "headers": headers, "queues": queues }));
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
