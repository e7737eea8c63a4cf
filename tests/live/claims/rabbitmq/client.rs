//! A client that closes channels and loses connections as programs do.

use std::fmt::Debug;
use std::time::Duration;

use futures_util::StreamExt as _;
use lapin::message::{BasicGetMessage, Delivery};
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, BasicQosOptions, BasicRejectOptions,
    ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer, ErrorKind, ExchangeKind,
};
use serde_json::{Value, json};

use crate::lab::until;
use crate::rabbit::{Rabbit, wait};
use crate::rabbitmq_routing::table;

pub(super) struct Broker {
    pub(super) rabbit: Rabbit,
    pub(super) url: String,
}

impl Broker {
    pub(super) fn client(&self) -> Client {
        wait(Client::open(&self.url)).unwrap()
    }
}

/// A connection with a channel that confirms.
pub(super) struct Client {
    connection: Connection,
    pub(super) channel: Channel,
}

pub(super) const DURABLE: QueueDeclareOptions =
    QueueDeclareOptions { durable: true, passive: false, exclusive: false, auto_delete: false, nowait: false };
pub(super) const AUTO_DELETE: QueueDeclareOptions = QueueDeclareOptions { auto_delete: true, ..DURABLE };
pub(super) const TRANSIENT: QueueDeclareOptions = QueueDeclareOptions { durable: false, ..DURABLE };
pub(super) const EXCLUSIVE: QueueDeclareOptions = QueueDeclareOptions { exclusive: true, ..DURABLE };
const PASSIVE: QueueDeclareOptions = QueueDeclareOptions { passive: true, ..DURABLE };

impl Client {
    pub(super) async fn open(url: &str) -> Result<Self, lapin::Error> {
        let connection = Connection::connect(url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        Ok(Self { connection, channel })
    }

    /// One more: a refusal closes the channel that it came on.
    pub(super) fn another(&self) -> Channel {
        wait(self.connection.create_channel()).unwrap()
    }

    /// What a declaration is refused with.
    pub(super) fn tried(&self, queue: &str, options: QueueDeclareOptions, arguments: &Value) -> Option<u16> {
        refusal(wait(self.another().queue_declare(queue.into(), options, table(arguments))))
    }

    #[track_caller]
    pub(super) fn queue(&self, queue: &str, arguments: &Value) {
        assert_eq!(self.tried(queue, DURABLE, arguments), None, "{queue}");
    }

    /// What stands between this connection and a queue: 404 if it is not there.
    pub(super) fn absent(&self, queue: &str) -> Option<u16> {
        self.tried(queue, PASSIVE, &json!({}))
    }

    pub(super) fn exchange(&self, exchange: &str, kind: ExchangeKind, arguments: &Value) {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        wait(self.channel.exchange_declare(exchange.into(), kind, options, table(arguments))).unwrap();
    }

    pub(super) fn bind(&self, exchange: &str, queue: &str, key: &str, arguments: &Value) {
        let (options, arguments) = (QueueBindOptions::default(), table(arguments));
        wait(self.channel.queue_bind(queue.into(), exchange.into(), key.into(), options, arguments)).unwrap();
    }

    /// Publishes and waits for the confirm; the code with which the message came back before it.
    pub(super) fn send(
        &self,
        exchange: &str,
        key: &str,
        body: &str,
        mandatory: bool,
        properties: BasicProperties,
    ) -> Option<u16> {
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
    pub(super) fn put(&self, queue: &str, body: &str) {
        let properties = BasicProperties::default().with_delivery_mode(2);
        assert_eq!(self.send("", queue, body, true, properties), None, "{queue}");
    }

    pub(super) fn get(&self, queue: &str) -> Option<BasicGetMessage> {
        wait(self.channel.basic_get(queue.into(), BasicGetOptions::default())).unwrap()
    }

    /// One message, as soon as there is one.
    #[track_caller]
    pub(super) fn take(&self, queue: &str) -> Delivery {
        let mut taken = None;
        until(&format!("{queue} has a message"), 20, || {
            taken = self.get(queue);
            taken.is_some()
        });
        taken.unwrap().delivery
    }

    /// Everything that is ready, taken for good.
    pub(super) fn drain(&self, queue: &str) -> Vec<String> {
        let all = std::iter::from_fn(|| {
            let options = BasicGetOptions { no_ack: true };
            wait(self.channel.basic_get(queue.into(), options)).unwrap()
        });
        all.map(|message| text(&message.delivery)).collect()
    }

    /// How many are ready.
    pub(super) fn ready(&self, queue: &str) -> u32 {
        wait(self.channel.queue_declare(queue.into(), PASSIVE, FieldTable::default())).unwrap().message_count()
    }

    pub(super) fn consume(&self, queue: &str) -> Consumer {
        consume(&self.channel, queue, BasicConsumeOptions::default(), &json!({})).unwrap()
    }

    pub(super) fn prefetch(&self, count: u16) {
        wait(self.channel.basic_qos(count, BasicQosOptions::default())).unwrap();
    }

    pub(super) fn close(self) {
        wait(self.connection.close(200, "bye".into())).unwrap();
    }
}

pub(super) fn consume(
    channel: &Channel,
    queue: &str,
    options: BasicConsumeOptions,
    arguments: &Value,
) -> Result<Consumer, lapin::Error> {
    wait(channel.basic_consume(queue.into(), "".into(), options, table(arguments)))
}

#[track_caller]
pub(super) fn next(consumer: &mut Consumer) -> Delivery {
    wait(async { tokio::time::timeout(Duration::from_secs(20), consumer.next()).await }).unwrap().unwrap().unwrap()
}

pub(super) fn acknowledge(delivery: &Delivery) {
    wait(delivery.acker.ack(BasicAckOptions::default())).unwrap();
}

pub(super) fn reject(delivery: &Delivery, requeue: bool) {
    wait(delivery.acker.reject(BasicRejectOptions { requeue })).unwrap();
}

pub(super) fn text(delivery: &Delivery) -> String {
    String::from_utf8(delivery.data.clone()).unwrap()
}

/// The code of the broker's refusal, if it refused.
#[track_caller]
pub(super) fn refusal<T: Debug>(result: Result<T, lapin::Error>) -> Option<u16> {
    let error = result.err()?;
    match error.kind() {
        ErrorKind::ProtocolError(said) => Some(said.get_id()),
        other => panic!("{other:?}"),
    }
}
