//! Which queues a message comes to.

use lapin::options::{ExchangeBindOptions, ExchangeDeleteOptions, QueueBindOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, ExchangeKind};
use serde_json::{Value, json};

use super::client::{Broker, Client, refusal};
use crate::rabbit::wait;
use crate::rabbitmq_routing::table;

pub(super) fn the_default_exchange_knows_every_queue(broker: &Broker) {
    let client = broker.client();
    client.queue("known", &json!({}));
    assert_eq!(client.send("", "known", "1", true, BasicProperties::default()), None);
    assert_eq!(client.send("", "Known", "2", true, BasicProperties::default()), Some(312));
    assert_eq!(client.drain("known"), ["1"]);
}

pub(super) fn nobody_changes_the_default_exchange(broker: &Broker) {
    let client = broker.client();
    client.queue("bound", &json!({}));
    client.exchange("spare", ExchangeKind::Direct, &json!({}));
    for (exchange, refused) in [("spare", None), ("", Some(403))] {
        let bind = |channel: Channel| async move {
            let options = QueueBindOptions::default();
            channel.queue_bind("bound".into(), exchange.into(), "k".into(), options, FieldTable::default()).await
        };
        let unbind = |channel: Channel| async move {
            channel.queue_unbind("bound".into(), exchange.into(), "k".into(), FieldTable::default()).await
        };
        let delete = |channel: Channel| async move {
            channel.exchange_delete(exchange.into(), ExchangeDeleteOptions::default()).await
        };
        assert_eq!(refusal(wait(bind(client.another()))), refused, "bind to {exchange:?}");
        assert_eq!(refusal(wait(unbind(client.another()))), refused, "unbind from {exchange:?}");
        assert_eq!(refusal(wait(delete(client.another()))), refused, "delete {exchange:?}");
    }
}

pub(super) fn an_exchange_keeps_nothing(broker: &Broker) {
    let client = broker.client();
    client.exchange("keeps", ExchangeKind::Fanout, &json!({}));
    client.queue("keeps-early", &json!({}));
    client.queue("keeps-late", &json!({}));
    client.bind("keeps", "keeps-early", "", &json!({}));
    client.send("keeps", "", "1", true, BasicProperties::default());
    client.bind("keeps", "keeps-late", "", &json!({}));
    client.send("keeps", "", "2", true, BasicProperties::default());
    assert_eq!(client.drain("keeps-early"), ["1", "2"]);
    assert_eq!(client.drain("keeps-late"), ["2"]);
}

/// An exchange with one binding, and one whose alternate exchange has a queue.
fn unroutable(client: &Client) {
    client.exchange("narrow", ExchangeKind::Direct, &json!({}));
    client.exchange("rest", ExchangeKind::Fanout, &json!({}));
    client.exchange("caring", ExchangeKind::Direct, &json!({ "alternate-exchange": "rest" }));
    client.exchange("futile", ExchangeKind::Direct, &json!({ "alternate-exchange": "narrow" }));
    for queue in ["narrow", "rest"] {
        client.queue(queue, &json!({}));
        client.bind(queue, queue, "known", &json!({}));
    }
}

pub(super) fn what_nobody_takes_is_dropped_and_confirmed(broker: &Broker) {
    let client = broker.client();
    unroutable(&client);
    // `send` waits for the confirm of each, and the channel goes on.
    assert_eq!(client.send("narrow", "unknown", "1", false, BasicProperties::default()), None);
    assert_eq!(client.send("narrow", "known", "2", false, BasicProperties::default()), None);
    assert_eq!(client.drain("narrow"), ["2"]);
}

pub(super) fn a_mandatory_message_comes_back(broker: &Broker) {
    let client = broker.client();
    unroutable(&client);
    assert_eq!(client.send("narrow", "unknown", "1", true, BasicProperties::default()), Some(312));
    assert_eq!(client.send("narrow", "known", "2", true, BasicProperties::default()), None);
    assert_eq!(client.drain("narrow"), ["2"]);
}

pub(super) fn the_alternate_exchange_counts(broker: &Broker) {
    let client = broker.client();
    unroutable(&client);
    assert_eq!(client.send("caring", "unknown", "1", true, BasicProperties::default()), None);
    assert_eq!(client.drain("rest"), ["1"]);
    // An alternate exchange that cannot route it either.
    assert_eq!(client.send("futile", "unknown", "2", true, BasicProperties::default()), Some(312));
    assert_eq!(client.drain("narrow"), [] as [&str; 0]);
}

/// An exchange with a queue for each binding: its key and its arguments.
struct Routes<'a> {
    client: &'a Client,
    exchange: &'a str,
    queues: Vec<String>,
}

impl<'a> Routes<'a> {
    fn new(client: &'a Client, exchange: &'a str, kind: ExchangeKind, bindings: &[(&str, Value)]) -> Self {
        client.exchange(exchange, kind, &json!({}));
        let bound = bindings.iter().enumerate().map(|(index, (key, arguments))| {
            let queue = format!("{exchange}-{index}");
            client.queue(&queue, &json!({}));
            client.bind(exchange, &queue, key, arguments);
            queue
        });
        Self { client, exchange, queues: bound.collect() }
    }

    /// By index, the bindings whose queue gets a message, as often as it gets it.
    fn of(&self, key: &str, headers: &Value) -> Vec<usize> {
        self.client.send(self.exchange, key, "m", false, BasicProperties::default().with_headers(table(headers)));
        let each = self.queues.iter().enumerate();
        each.flat_map(|(index, queue)| self.client.drain(queue).into_iter().map(move |_| index)).collect()
    }
}

pub(super) fn direct_needs_an_equal_key(broker: &Broker) {
    let client = broker.client();
    let keys = ["a", "A", "a.b", "a.*", "é", ""].map(|key| (key, json!({})));
    let routes = Routes::new(&client, "claim-direct", ExchangeKind::Direct, &keys);
    for (index, (key, _)) in keys.iter().enumerate() {
        assert_eq!(routes.of(key, &json!({})), [index], "{key}");
    }
    for key in ["a ", "a.c", "e\u{301}"] {
        assert_eq!(routes.of(key, &json!({})), [] as [usize; 0], "{key}");
    }
}

pub(super) fn fanout_ignores_the_key(broker: &Broker) {
    let client = broker.client();
    let routes = Routes::new(&client, "claim-fanout", ExchangeKind::Fanout, &[("", json!({})), ("x", json!({}))]);
    client.exchange("claim-behind", ExchangeKind::Fanout, &json!({}));
    client.queue("claim-behind", &json!({}));
    client.bind("claim-behind", "claim-behind", "", &json!({}));
    let options = ExchangeBindOptions::default();
    let bound = client.channel.exchange_bind(
        "claim-behind".into(),
        "claim-fanout".into(),
        "y".into(),
        options,
        FieldTable::default(),
    );
    wait(bound).unwrap();
    for key in ["", "x", "anything"] {
        assert_eq!(routes.of(key, &json!({})), [0, 1], "{key}");
        assert_eq!(client.drain("claim-behind").len(), 1, "{key}");
    }
}

pub(super) fn topic_compares_words(broker: &Broker) {
    let client = broker.client();
    let keys = ["a.*", "a.#", "a.*.c", "mail*", "mail#"].map(|key| (key, json!({})));
    let routes = Routes::new(&client, "claim-topic", ExchangeKind::Topic, &keys);
    for (key, wanted) in [
        ("a", &[1][..]),
        ("a.b", &[0, 1]),
        ("a.b.c", &[1, 2]),
        ("a..c", &[1, 2]),
        ("a.", &[0, 1]),
        ("b.a", &[]),
        ("mail*", &[3]),
        ("mail#", &[4]),
        ("mails", &[]),
        ("mail", &[]),
    ] {
        assert_eq!(routes.of(key, &json!({})), wanted, "{key}");
    }
}

pub(super) fn headers_are_compared(broker: &Broker) {
    let client = broker.client();
    let bindings = [
        json!({ "a": "1", "b": "2" }),
        json!({ "x-match": "any", "a": "1", "b": "2" }),
        json!({ "a": 1 }),
        json!({ "x-match": "all", "x-a": "1", "c": "3" }),
        json!({ "x-match": "all-with-x", "x-a": "1", "c": "3" }),
        json!({ "x-match": "any-with-x", "x-a": "1", "d": "4" }),
        json!({ "x-match": "any", "x-a": "1", "d": "4" }),
    ];
    let bindings = bindings.map(|arguments| ("key", arguments));
    let routes = Routes::new(&client, "claim-headers", ExchangeKind::Headers, &bindings);
    for (headers, wanted) in [
        (json!({ "a": "1", "b": "2" }), &[0, 1][..]),
        (json!({ "a": "1" }), &[1]),
        (json!({ "a": "1", "b": "3" }), &[1]),
        (json!({ "a": "2" }), &[]),
        (json!({ "a": 1 }), &[2]),
        (json!({ "c": "3" }), &[3]),
        (json!({ "c": "3", "x-a": "1" }), &[3, 4, 5]),
        (json!({ "d": "4" }), &[5, 6]),
        (json!({}), &[]),
    ] {
        for key in ["key", "another", ""] {
            assert_eq!(routes.of(key, &headers), wanted, "{headers} {key}");
        }
    }
}

pub(super) fn a_queue_gets_one_copy(broker: &Broker) {
    let client = broker.client();
    client.exchange("one-behind", ExchangeKind::Fanout, &json!({}));
    let routes = Routes::new(&client, "one", ExchangeKind::Topic, &[("a.#", json!({})), ("a.b", json!({}))]);
    client.bind("one", "one-0", "*.b", &json!({}));
    client.bind("one-behind", "one-0", "", &json!({}));
    let options = ExchangeBindOptions::default();
    let bound =
        client.channel.exchange_bind("one-behind".into(), "one".into(), "#".into(), options, FieldTable::default());
    wait(bound).unwrap();
    // Three ways to the first queue, one to the second.
    assert_eq!(routes.of("a.b", &json!({})), [0, 1]);
    assert_eq!(routes.of("c.d", &json!({})), [0]);
    let twice = [routes.of("a.b", &json!({})), routes.of("a.b", &json!({}))].concat();
    assert_eq!(twice, [0, 1, 0, 1]);
}
