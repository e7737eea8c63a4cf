//! RabbitMQ, by a client that closes channels and loses connections as programs do.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use lapin::message::{BasicGetMessage, Delivery};
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions,
    BasicQosOptions, BasicRejectOptions, ConfirmSelectOptions, ExchangeBindOptions, ExchangeDeclareOptions,
    ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions, QueuePurgeOptions,
};
use lapin::types::FieldTable;
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer, ErrorKind, ExchangeKind,
};
use serde_json::{Value, json};

use crate::lab::{Lab, docker, until};
use crate::rabbit::{ROOT, Rabbit, wait};
use crate::rabbitmq_routing::table;

/// Both versions side by side: a claim names one test.
#[test]
fn lifetime_acks_and_routes() {
    let four_three = include_str!("../../fixtures/stacks/rabbitmq-4.3.yaml");
    std::thread::scope(|scope| {
        scope.spawn(|| claims("4.0", r#"brokers: { jobs: { kind: rabbitmq, version: "4.0" } }"#));
        scope.spawn(|| claims("4.3", four_three));
    });
}

fn claims(version: &str, spec: &str) {
    let lab = Lab::new(&format!("claims-rabbit-{}", version.replace('.', "-")), spec);
    lab.mqlab(&["up"]).code(0);
    let env = lab.env();
    let address = format!("{}:{}", env["JOBS_HOST"], env["JOBS_PORT"]);
    let broker = Broker {
        rabbit: Rabbit::jobs(&env),
        url: format!("amqp://{}:{}@{address}/{ROOT}", env["JOBS_USER"], env["JOBS_PASSWORD"]),
    };
    macro_rules! each {
        ($($name:ident),* $(,)?) => {
            $(
                let since = Instant::now();
                $name(&broker);
                eprintln!("RabbitMQ {version}: {} {:.1} s", stringify!($name), since.elapsed().as_secs_f64());
            )*
        };
    }
    each!(
        the_default_exchange_knows_every_queue,
        nobody_changes_the_default_exchange,
        consumers_of_a_queue_take_turns,
        a_queue_is_declared_again_with_equal_properties_alone,
        the_type_of_a_queue_is_for_life,
        what_is_unacknowledged_comes_back,
        what_is_acknowledged_automatically_is_gone,
        only_its_own_channel_acknowledges_and_once,
        prefetch_bounds_what_is_unacknowledged,
        a_refused_message_is_dead_lettered_or_gone,
        a_missing_dead_letter_exchange_drops,
        a_message_dies_in_four_ways,
        a_quorum_queue_gives_up_after_20_more_deliveries,
        a_rejection_and_a_lost_connection_count,
        an_exclusive_queue_is_of_one_connection,
        an_exclusive_queue_goes_with_its_connection,
        an_auto_delete_queue_goes_with_its_last_consumer,
        an_exchange_keeps_nothing,
        what_nobody_takes_is_dropped_and_confirmed,
        a_mandatory_message_comes_back,
        the_alternate_exchange_counts,
        direct_needs_an_equal_key,
        fanout_ignores_the_key,
        topic_compares_words,
        headers_are_compared,
        a_queue_gets_one_copy,
        reading_a_stream_removes_nothing,
        a_stream_needs_prefetch_and_acknowledgement,
    );
    // What counts towards the delivery limit changed in 4.3.
    let nacked = deliveries(&broker, "nacked", |client, queue| {
        let options = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
        wait(client.take(queue).acker.nack(options)).unwrap();
    });
    assert_eq!(nacked, if version == "4.0" { Some(3) } else { None });
    restart_keeps_what_is_durable(&broker, &lab.container("jobs"));
}

struct Broker {
    rabbit: Rabbit,
    url: String,
}

impl Broker {
    fn client(&self) -> Client {
        wait(Client::open(&self.url)).unwrap()
    }
}

/// A connection with a channel that confirms.
struct Client {
    connection: Connection,
    channel: Channel,
}

const DURABLE: QueueDeclareOptions =
    QueueDeclareOptions { durable: true, passive: false, exclusive: false, auto_delete: false, nowait: false };
const AUTO_DELETE: QueueDeclareOptions = QueueDeclareOptions { auto_delete: true, ..DURABLE };
const TRANSIENT: QueueDeclareOptions = QueueDeclareOptions { durable: false, ..DURABLE };
const EXCLUSIVE: QueueDeclareOptions = QueueDeclareOptions { exclusive: true, ..DURABLE };
const PASSIVE: QueueDeclareOptions = QueueDeclareOptions { passive: true, ..DURABLE };

impl Client {
    async fn open(url: &str) -> Result<Self, lapin::Error> {
        let connection = Connection::connect(url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        Ok(Self { connection, channel })
    }

    /// One more: a refusal closes the channel that it came on.
    fn another(&self) -> Channel {
        wait(self.connection.create_channel()).unwrap()
    }

    /// What a declaration is refused with.
    fn tried(&self, queue: &str, options: QueueDeclareOptions, arguments: &Value) -> Option<u16> {
        refusal(wait(self.another().queue_declare(queue.into(), options, table(arguments))))
    }

    #[track_caller]
    fn queue(&self, queue: &str, arguments: &Value) {
        assert_eq!(self.tried(queue, DURABLE, arguments), None, "{queue}");
    }

    /// What stands between this connection and a queue: 404 if it is not there.
    fn absent(&self, queue: &str) -> Option<u16> {
        self.tried(queue, PASSIVE, &json!({}))
    }

    fn exchange(&self, exchange: &str, kind: ExchangeKind, arguments: &Value) {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        wait(self.channel.exchange_declare(exchange.into(), kind, options, table(arguments))).unwrap();
    }

    fn bind(&self, exchange: &str, queue: &str, key: &str, arguments: &Value) {
        let (options, arguments) = (QueueBindOptions::default(), table(arguments));
        wait(self.channel.queue_bind(queue.into(), exchange.into(), key.into(), options, arguments)).unwrap();
    }

    /// Publishes and waits for the confirm; the code with which the message came back before it.
    fn send(&self, exchange: &str, key: &str, body: &str, mandatory: bool, properties: BasicProperties) -> Option<u16> {
        let options = BasicPublishOptions { mandatory, ..BasicPublishOptions::default() };
        wait(async {
            let sent =
                self.channel.basic_publish(exchange.into(), key.into(), options, body.as_bytes(), properties).await;
            match sent.unwrap().await.unwrap() {
                Confirmation::Ack(returned) => returned.map(|message| message.reply_code),
                other => panic!("{exchange} {key}: {other:?}"),
            }
        })
    }

    /// One persistent message, straight into a queue that has to be there.
    #[track_caller]
    fn put(&self, queue: &str, body: &str) {
        let properties = BasicProperties::default().with_delivery_mode(2);
        assert_eq!(self.send("", queue, body, true, properties), None, "{queue}");
    }

    fn get(&self, queue: &str) -> Option<BasicGetMessage> {
        wait(self.channel.basic_get(queue.into(), BasicGetOptions::default())).unwrap()
    }

    /// One message, as soon as there is one.
    #[track_caller]
    fn take(&self, queue: &str) -> Delivery {
        let mut taken = None;
        until(&format!("{queue} has a message"), 20, || {
            taken = self.get(queue);
            taken.is_some()
        });
        taken.unwrap().delivery
    }

    /// Everything that is ready, taken for good.
    fn drain(&self, queue: &str) -> Vec<String> {
        let all = std::iter::from_fn(|| {
            let options = BasicGetOptions { no_ack: true };
            wait(self.channel.basic_get(queue.into(), options)).unwrap()
        });
        all.map(|message| text(&message.delivery)).collect()
    }

    /// How many are ready.
    fn ready(&self, queue: &str) -> u32 {
        wait(self.channel.queue_declare(queue.into(), PASSIVE, FieldTable::default())).unwrap().message_count()
    }

    fn consume(&self, queue: &str) -> Consumer {
        consume(&self.channel, queue, BasicConsumeOptions::default(), &json!({})).unwrap()
    }

    fn prefetch(&self, count: u16) {
        wait(self.channel.basic_qos(count, BasicQosOptions::default())).unwrap();
    }

    fn close(self) {
        wait(self.connection.close(200, "bye".into())).unwrap();
    }
}

fn consume(
    channel: &Channel,
    queue: &str,
    options: BasicConsumeOptions,
    arguments: &Value,
) -> Result<Consumer, lapin::Error> {
    wait(channel.basic_consume(queue.into(), "".into(), options, table(arguments)))
}

#[track_caller]
fn next(consumer: &mut Consumer) -> Delivery {
    wait(async { tokio::time::timeout(Duration::from_secs(20), consumer.next()).await }).unwrap().unwrap().unwrap()
}

fn acknowledge(delivery: &Delivery) {
    wait(delivery.acker.ack(BasicAckOptions::default())).unwrap();
}

fn reject(delivery: &Delivery, requeue: bool) {
    wait(delivery.acker.reject(BasicRejectOptions { requeue })).unwrap();
}

fn text(delivery: &Delivery) -> String {
    String::from_utf8(delivery.data.clone()).unwrap()
}

/// The code of the broker's refusal, if it refused.
#[track_caller]
fn refusal<T: Debug>(result: Result<T, lapin::Error>) -> Option<u16> {
    let error = result.err()?;
    match error.kind() {
        ErrorKind::ProtocolError(said) => Some(said.get_id()),
        other => panic!("{other:?}"),
    }
}

fn the_default_exchange_knows_every_queue(broker: &Broker) {
    let client = broker.client();
    client.queue("known", &json!({}));
    assert_eq!(client.send("", "known", "1", true, BasicProperties::default()), None);
    assert_eq!(client.send("", "Known", "2", true, BasicProperties::default()), Some(312));
    assert_eq!(client.drain("known"), ["1"]);
}

fn nobody_changes_the_default_exchange(broker: &Broker) {
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

fn consumers_of_a_queue_take_turns(broker: &Broker) {
    let client = broker.client();
    client.exchange("both", ExchangeKind::Fanout, &json!({}));
    for queue in ["turns", "copies-1", "copies-2"] {
        client.queue(queue, &json!({}));
    }
    client.bind("both", "copies-1", "", &json!({}));
    client.bind("both", "copies-2", "", &json!({}));
    // One queue with two consumers, and for comparison two queues.
    let mut shared = [client.consume("turns"), client.consume("turns")];
    let mut own = [client.consume("copies-1"), client.consume("copies-2")];
    for number in 0..10 {
        client.put("turns", &number.to_string());
        client.send("both", "", &number.to_string(), true, BasicProperties::default());
    }
    let read =
        |consumer: &mut Consumer, count: usize| -> Vec<String> { (0..count).map(|_| text(&next(consumer))).collect() };
    let mut turns = shared.each_mut().map(|consumer| read(consumer, 5));
    turns.sort();
    assert_eq!(turns, [["0", "2", "4", "6", "8"], ["1", "3", "5", "7", "9"]]);
    let [one, two] = own.each_mut().map(|consumer| read(consumer, 10));
    assert_eq!(one, two);
}

fn a_queue_is_declared_again_with_equal_properties_alone(broker: &Broker) {
    let client = broker.client();
    client.queue("equal", &json!({ "x-max-length": 5 }));
    assert_eq!(client.tried("equal", DURABLE, &json!({ "x-max-length": 5 })), None);
    assert_eq!(client.tried("equal", DURABLE, &json!({ "x-max-length": 6 })), Some(406));
    assert_eq!(client.tried("equal", DURABLE, &json!({})), Some(406));
    assert_eq!(client.tried("equal", AUTO_DELETE, &json!({ "x-max-length": 5 })), Some(406));
}

fn the_type_of_a_queue_is_for_life(broker: &Broker) {
    let client = broker.client();
    let kind = || broker.rabbit.get(&format!("queues/{ROOT}/typed"))["type"].as_str().unwrap().to_owned();
    client.queue("typed", &json!({ "x-queue-type": "classic" }));
    assert_eq!(client.tried("typed", DURABLE, &json!({ "x-queue-type": "quorum" })), Some(406));
    assert_eq!(kind(), "classic");
    // The same declaration is taken where no queue of another type is in the way.
    wait(client.channel.queue_delete("typed".into(), QueueDeleteOptions::default())).unwrap();
    client.queue("typed", &json!({ "x-queue-type": "quorum" }));
    assert_eq!(kind(), "quorum");
    // Nor by a policy, which has no word for it.
    let policy = |definition: Value| {
        let body = json!({ "pattern": "^typed$", "definition": definition });
        let path = format!("policies/{ROOT}/typed");
        broker.rabbit.ask(reqwest::Method::PUT, &path, Some(&body)).0
    };
    assert_eq!([policy(json!({ "queue-type": "classic" })), policy(json!({ "max-length": 1 }))], [400, 201]);
}

fn what_is_unacknowledged_comes_back(broker: &Broker) {
    let client = broker.client();
    client.queue("unacked", &json!({}));
    for body in ["done", "open"] {
        client.put("unacked", body);
    }
    let channel = client.another();
    let take = || wait(channel.basic_get("unacked".into(), BasicGetOptions::default())).unwrap().unwrap().delivery;
    let (done, open) = (take(), take());
    assert_eq!([done.redelivered, open.redelivered], [false, false]);
    acknowledge(&done);
    assert_eq!(client.ready("unacked"), 0);
    wait(channel.close(200, "bye".into())).unwrap();
    let back = client.take("unacked");
    assert_eq!((text(&back), back.redelivered), ("open".to_owned(), true));
    assert!(client.get("unacked").is_none());
}

fn what_is_acknowledged_automatically_is_gone(broker: &Broker) {
    let client = broker.client();
    for (queue, no_ack, left) in [("automatic", true, 0), ("manual", false, 3)] {
        client.queue(queue, &json!({}));
        for number in 0..3 {
            client.put(queue, &number.to_string());
        }
        let other = broker.client();
        // Nobody reads what the consumer has been sent.
        let options = BasicConsumeOptions { no_ack, ..BasicConsumeOptions::default() };
        let consumer = consume(&other.channel, queue, options, &json!({})).unwrap();
        until("all is sent", 20, || client.ready(queue) == 0);
        drop(consumer);
        other.close();
        until("what comes back is back", 20, || client.ready(queue) == left);
    }
    // What was out comes back a moment later, so this is asked last.
    assert_eq!(client.ready("automatic"), 0);
}

fn only_its_own_channel_acknowledges_and_once(broker: &Broker) {
    let client = broker.client();
    client.queue("tags", &json!({}));
    client.put("tags", "1");
    let take = |channel: &Channel| wait(channel.basic_get("tags".into(), BasicGetOptions::default())).unwrap();
    let ack = |channel: &Channel, tag: u64| wait(channel.basic_ack(tag, BasicAckOptions::default())).unwrap();
    let is_open = |channel: &Channel| wait(channel.basic_qos(1, BasicQosOptions::default())).is_ok();
    let (own, other) = (client.another(), client.another());
    let tag = take(&own).unwrap().delivery.delivery_tag;
    ack(&other, tag);
    assert!(!is_open(&other));
    assert!(is_open(&own));
    ack(&own, tag);
    assert!(is_open(&own));
    assert_eq!(client.ready("tags"), 0);
    ack(&own, tag);
    assert!(!is_open(&own));
}

fn prefetch_bounds_what_is_unacknowledged(broker: &Broker) {
    for (prefetch, ready) in [(Some(3), 7), (None, 0)] {
        let client = broker.client();
        let queue = format!("prefetch-{ready}");
        client.queue(&queue, &json!({}));
        for number in 0..10 {
            client.put(&queue, &number.to_string());
        }
        if let Some(count) = prefetch {
            client.prefetch(count);
        }
        let mut consumer = client.consume(&queue);
        let first = next(&mut consumer);
        // The queue has sent what it may before it answers the next question.
        assert_eq!(client.ready(&queue), ready);
        if prefetch.is_some() {
            acknowledge(&first);
            for _ in 0..3 {
                next(&mut consumer);
            }
            assert_eq!(client.ready(&queue), ready - 1);
        }
    }
}

fn a_refused_message_is_dead_lettered_or_gone(broker: &Broker) {
    let client = broker.client();
    client.queue("refused-dead", &json!({}));
    let dead = json!({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "refused-dead" });
    client.queue("refused", &dead);
    client.queue("refused-for-good", &json!({}));
    for (queue, requeue, left, died) in
        [("refused", false, 0, 1), ("refused-for-good", false, 0, 0), ("refused-for-good", true, 1, 0)]
    {
        client.put(queue, "m");
        reject(&client.take(queue), requeue);
        if died + left > 0 {
            until("the message is somewhere", 20, || client.ready("refused-dead") + client.ready(queue) == 1);
        }
        assert_eq!((client.ready(queue), client.ready("refused-dead")), (left, died), "{queue} {requeue}");
        client.drain("refused-dead");
    }
}

fn a_missing_dead_letter_exchange_drops(broker: &Broker) {
    let client = broker.client();
    client.queue("late-dead", &json!({}));
    client.queue("late", &json!({ "x-dead-letter-exchange": "late", "x-dead-letter-routing-key": "k" }));
    for body in ["before", "after"] {
        client.put("late", body);
        reject(&client.take("late"), false);
        // No channel was closed, and the queue has handled it before it answers.
        assert_eq!(client.ready("late"), 0);
        client.exchange("late", ExchangeKind::Fanout, &json!({}));
        client.bind("late", "late-dead", "", &json!({}));
    }
    assert_eq!(text(&client.take("late-dead")), "after");
    assert!(client.get("late-dead").is_none());
}

fn a_message_dies_in_four_ways(broker: &Broker) {
    let client = broker.client();
    client.queue("four-dead", &json!({}));
    let with = |arguments: Value| {
        let mut all = json!({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "four-dead" });
        all.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
        all
    };
    client.queue("four-rejected", &with(json!({})));
    client.queue("four-expired", &with(json!({})));
    client.queue("four-maxlen", &with(json!({ "x-max-length": 1 })));
    client.queue("four-limit", &with(json!({ "x-queue-type": "quorum", "x-delivery-limit": 1 })));
    let reason = || {
        let dead = client.take("four-dead");
        acknowledge(&dead);
        let headers = dead.properties.headers().clone().unwrap();
        let reason = headers.inner().get("x-first-death-reason").unwrap().as_long_string().unwrap().to_string();
        (text(&dead), reason)
    };
    let died = |body: &str, why: &str| (body.to_owned(), why.to_owned());
    client.put("four-rejected", "1");
    reject(&client.take("four-rejected"), false);
    assert_eq!(reason(), died("1", "rejected"));
    client.send("", "four-expired", "2", true, BasicProperties::default().with_expiration("1".into()));
    assert_eq!(reason(), died("2", "expired"));
    client.put("four-maxlen", "3");
    assert_eq!((client.ready("four-maxlen"), client.ready("four-dead")), (1, 0));
    client.put("four-maxlen", "4");
    assert_eq!(reason(), died("3", "maxlen"));
    client.put("four-limit", "5");
    reject(&client.take("four-limit"), true);
    reject(&client.take("four-limit"), true);
    assert_eq!(reason(), died("5", "delivery_limit"));
    // What is acknowledged dies in none.
    client.put("four-rejected", "6");
    acknowledge(&client.take("four-rejected"));
    assert_eq!((client.ready("four-rejected"), client.ready("four-dead")), (0, 0));
}

fn a_quorum_queue_gives_up_after_20_more_deliveries(broker: &Broker) {
    let client = broker.client();
    client.queue("poison-dead", &json!({}));
    let queue = |kind: &str| json!({ "x-queue-type": kind, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "poison-dead" });
    for (kind, wanted) in [("quorum", 21), ("classic", 40)] {
        let name = format!("poison-{kind}");
        client.queue(&name, &queue(kind));
        client.put(&name, kind);
        client.prefetch(1);
        let mut consumer = client.consume(&name);
        let mut delivered = 0;
        while delivered < 40 && client.ready("poison-dead") == 0 {
            reject(&next(&mut consumer), true);
            delivered += 1;
            // Until it is delivered again or given up; a consumer alone would wait for ever.
            if delivered == 21 && kind == "quorum" {
                until("the message is given up", 20, || client.ready("poison-dead") == 1);
            }
        }
        assert_eq!(delivered, wanted, "{kind}");
        assert_eq!(client.drain("poison-dead").len(), usize::from(kind == "quorum"));
        wait(client.channel.basic_cancel(consumer.tag(), BasicCancelOptions::default())).unwrap();
    }
}

/// How often a quorum queue with the limit 2 delivers a message that is given back each time; `None` if ten times are
/// not enough for it to give up.
fn deliveries(broker: &Broker, name: &str, give_back: impl Fn(&Client, &str)) -> Option<usize> {
    let (client, dead) = (broker.client(), format!("{name}-dead"));
    client.queue(&dead, &json!({}));
    let arguments = json!({
        "x-queue-type": "quorum",
        "x-delivery-limit": 2,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead,
    });
    client.queue(name, &arguments);
    client.put(name, "m");
    for delivered in 0..10 {
        until("the message is back or given up", 20, || client.ready(name) + client.ready(&dead) == 1);
        if client.ready(&dead) == 1 {
            return Some(delivered);
        }
        give_back(&client, name);
    }
    None
}

fn a_rejection_and_a_lost_connection_count(broker: &Broker) {
    let rejected = deliveries(broker, "given-back", |client, queue| reject(&client.take(queue), true));
    assert_eq!(rejected, Some(3));
    let closed = deliveries(broker, "channel-closed", |client, queue| {
        let channel = client.another();
        wait(channel.basic_get(queue.into(), BasicGetOptions::default())).unwrap().unwrap();
        wait(channel.close(200, "bye".into())).unwrap();
    });
    assert_eq!(closed, Some(3));
    let lost = deliveries(broker, "connection-lost", |_, queue| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let client = runtime.block_on(Client::open(&broker.url)).unwrap();
        runtime.block_on(client.channel.basic_get(queue.into(), BasicGetOptions::default())).unwrap().unwrap();
        // The socket goes without a word.
        runtime.shutdown_background();
    });
    assert_eq!(lost, Some(3));
}

fn an_exclusive_queue_is_of_one_connection(broker: &Broker) {
    let (owner, other) = (broker.client(), broker.client());
    for (queue, options, refused) in [("held", EXCLUSIVE, Some(405)), ("shared", DURABLE, None)] {
        assert_eq!(owner.tried(queue, options, &json!({})), None);
        other.put(queue, "from elsewhere");
        assert_eq!(owner.drain(queue), ["from elsewhere"]);
        let consumed = consume(&other.another(), queue, BasicConsumeOptions::default(), &json!({}));
        assert_eq!(refusal(consumed), refused, "consume from {queue}");
        let purged = wait(other.another().queue_purge(queue.into(), QueuePurgeOptions::default()));
        assert_eq!(refusal(purged), refused, "purge {queue}");
        let deleted = wait(other.another().queue_delete(queue.into(), QueueDeleteOptions::default()));
        assert_eq!(refusal(deleted), refused, "delete {queue}");
    }
    let own = owner.another();
    assert_eq!(refusal(consume(&own, "held", BasicConsumeOptions::default(), &json!({}))), None);
    assert_eq!(refusal(wait(own.queue_purge("held".into(), QueuePurgeOptions::default()))), None);
    assert_eq!(refusal(wait(own.queue_delete("held".into(), QueueDeleteOptions::default()))), None);
}

fn an_exclusive_queue_goes_with_its_connection(broker: &Broker) {
    let (owner, other) = (broker.client(), broker.client());
    assert_eq!(owner.tried("goes", EXCLUSIVE, &json!({})), None);
    assert_eq!(owner.tried("stays", DURABLE, &json!({})), None);
    assert_eq!((other.absent("goes"), other.absent("stays")), (Some(405), None));
    owner.close();
    until("the queue is gone", 20, || other.absent("goes") == Some(404));
    assert_eq!(other.absent("stays"), None);
}

fn an_auto_delete_queue_goes_with_its_last_consumer(broker: &Broker) {
    let (client, other) = (broker.client(), broker.client());
    for (queue, options) in [("auto-never", AUTO_DELETE), ("auto-used", AUTO_DELETE), ("plain-used", DURABLE)] {
        assert_eq!(other.tried(queue, options, &json!({})), None);
        other.put(queue, "m");
    }
    other.close();
    let channel = client.another();
    let consumers = ["plain-used", "auto-used", "auto-used"]
        .map(|queue| consume(&channel, queue, BasicConsumeOptions::default(), &json!({})).unwrap());
    for consumer in consumers {
        assert_eq!(client.absent("auto-used"), None, "a consumer is left");
        wait(channel.basic_cancel(consumer.tag(), BasicCancelOptions::default())).unwrap();
    }
    until("the queue is gone", 20, || client.absent("auto-used") == Some(404));
    wait(channel.close(200, "bye".into())).unwrap();
    until("what was out is back", 20, || client.ready("plain-used") == 1);
    assert_eq!(client.ready("auto-never"), 1);
}

fn an_exchange_keeps_nothing(broker: &Broker) {
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

fn what_nobody_takes_is_dropped_and_confirmed(broker: &Broker) {
    let client = broker.client();
    unroutable(&client);
    // `send` waits for the confirm of each, and the channel goes on.
    assert_eq!(client.send("narrow", "unknown", "1", false, BasicProperties::default()), None);
    assert_eq!(client.send("narrow", "known", "2", false, BasicProperties::default()), None);
    assert_eq!(client.drain("narrow"), ["2"]);
}

fn a_mandatory_message_comes_back(broker: &Broker) {
    let client = broker.client();
    unroutable(&client);
    assert_eq!(client.send("narrow", "unknown", "1", true, BasicProperties::default()), Some(312));
    assert_eq!(client.send("narrow", "known", "2", true, BasicProperties::default()), None);
    assert_eq!(client.drain("narrow"), ["2"]);
}

fn the_alternate_exchange_counts(broker: &Broker) {
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

fn direct_needs_an_equal_key(broker: &Broker) {
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

fn fanout_ignores_the_key(broker: &Broker) {
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

fn topic_compares_words(broker: &Broker) {
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

fn headers_are_compared(broker: &Broker) {
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

fn a_queue_gets_one_copy(broker: &Broker) {
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

fn reading_a_stream_removes_nothing(broker: &Broker) {
    let client = broker.client();
    client.prefetch(10);
    let arguments = |kind: &str| json!({ "x-queue-type": kind });
    client.queue("log", &arguments("stream"));
    client.queue("log-not", &arguments("quorum"));
    for number in 0..3 {
        client.put("log", &number.to_string());
        client.put("log-not", &number.to_string());
    }
    let read = |from: &Value, count: usize| -> Vec<String> {
        let mut consumer = consume(&client.channel, "log", BasicConsumeOptions::default(), from).unwrap();
        let each = (0..count).map(|_| {
            let message = next(&mut consumer);
            acknowledge(&message);
            text(&message)
        });
        each.collect()
    };
    let first = json!({ "x-stream-offset": "first" });
    assert_eq!(read(&first, 3), ["0", "1", "2"]);
    assert_eq!(read(&first, 3), ["0", "1", "2"]);
    assert_eq!(read(&json!({ "x-stream-offset": 1 }), 2), ["1", "2"]);
    let mut later = consume(&client.channel, "log", BasicConsumeOptions::default(), &json!({})).unwrap();
    client.put("log", "3");
    assert_eq!(text(&next(&mut later)), "3");
    assert_eq!(client.drain("log-not"), ["0", "1", "2"]);
    assert_eq!(client.drain("log-not"), [] as [&str; 0]);
}

fn a_stream_needs_prefetch_and_acknowledgement(broker: &Broker) {
    for (prefetch, no_ack, refused) in [(10, false, None), (0, false, Some(406)), (10, true, Some(540))] {
        let client = broker.client();
        client.queue("needs", &json!({ "x-queue-type": "stream" }));
        client.prefetch(prefetch);
        let options = BasicConsumeOptions { no_ack, ..BasicConsumeOptions::default() };
        let consumed = consume(&client.channel, "needs", options, &json!({}));
        assert_eq!(refusal(consumed), refused, "prefetch {prefetch}, automatic acknowledgement {no_ack}");
    }
}

/// Debian's 4.3 permits a transient queue that is not exclusive, without a word in the configuration.
fn restart_keeps_what_is_durable(broker: &Broker, container: &str) {
    let client = broker.client();
    let quorum = json!({ "x-queue-type": "quorum" });
    assert_eq!(client.tried("kept", DURABLE, &json!({})), None);
    assert_eq!(client.tried("lost", TRANSIENT, &json!({})), None);
    assert_eq!(client.tried("kept-quorum", DURABLE, &quorum), None);
    assert_eq!(client.tried("lost-quorum", TRANSIENT, &quorum), Some(406));
    let delivery = |mode| BasicProperties::default().with_delivery_mode(mode);
    for queue in ["kept", "lost", "kept-quorum"] {
        assert_eq!(client.send("", queue, "transient", true, delivery(1)), None);
        assert_eq!(client.send("", queue, "persistent", true, delivery(2)), None);
        assert_eq!(client.ready(queue), 2);
    }
    docker(&["restart", container]);
    let mut client = None;
    until("the broker is back", 60, || {
        client = wait(Client::open(&broker.url)).ok();
        client.is_some()
    });
    let client = client.unwrap();
    until("the quorum queue is back", 60, || {
        client.absent("kept-quorum").is_none() && client.ready("kept-quorum") == 2
    });
    assert_eq!(client.drain("kept-quorum"), ["transient", "persistent"]);
    assert_eq!(client.drain("kept"), ["persistent"]);
    assert_eq!(client.absent("lost"), Some(404));
}
