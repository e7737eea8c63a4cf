//! RabbitMQ by clients that are not ours: the management API over plain HTTP, messages over lapin.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use futures_util::StreamExt as _;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, BasicQosOptions, BasicRejectOptions,
    ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer};
use reqwest::Method;
use serde_json::{Value, json};

/// The default virtual host, as it is written in a path.
pub(crate) const ROOT: &str = "%2F";

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());

/// Runs a client's future to its end.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

/// One account on one broker.
pub(crate) struct Rabbit {
    management: String,
    amqp: String,
    user: String,
    password: String,
}

impl Rabbit {
    /// As the administrator of the broker `jobs`, with what `mqlab env` prints.
    pub(crate) fn jobs(env: &BTreeMap<String, String>) -> Self {
        Self {
            management: env["JOBS_MANAGEMENT_URL"].clone(),
            amqp: format!("{}:{}", env["JOBS_HOST"], env["JOBS_PORT"]),
            user: env["JOBS_USER"].clone(),
            password: env["JOBS_PASSWORD"].clone(),
        }
    }

    /// The same broker as somebody else.
    pub(crate) fn login(&self, user: &str, password: &str) -> Self {
        let (management, amqp) = (self.management.clone(), self.amqp.clone());
        Self { management, amqp, user: user.to_owned(), password: password.to_owned() }
    }

    /// Status and body of the answer to a request below `/api/`.
    pub(crate) fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        wait(async {
            let url = format!("{}/api/{path}", self.management);
            let mut request = crate::lab::http().request(method, url).basic_auth(&self.user, Some(&self.password));
            if let Some(body) = body {
                request = request.json(body);
            }
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json().await.unwrap_or_default())
        })
    }

    #[track_caller]
    fn done(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.ask(method, path, body);
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        self.done(Method::GET, path, None)
    }

    #[track_caller]
    pub(crate) fn put(&self, path: &str, body: &Value) {
        self.done(Method::PUT, path, Some(body));
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) {
        self.done(Method::POST, path, Some(body));
    }

    #[track_caller]
    pub(crate) fn delete(&self, path: &str) {
        self.done(Method::DELETE, path, None);
    }

    pub(crate) fn is_there(&self, path: &str) -> bool {
        self.ask(Method::GET, path, None).0 == 200
    }

    /// Binds a queue by hand.
    pub(crate) fn bind(&self, exchange: &str, queue: &str, key: &str) {
        self.post(&format!("bindings/{ROOT}/e/{exchange}/q/{queue}"), &json!({ "routing_key": key }));
    }

    /// `source key` of every binding of a queue, the default exchange's excepted.
    pub(crate) fn bindings(&self, queue: &str) -> BTreeSet<String> {
        let all = self.get(&format!("queues/{ROOT}/{queue}/bindings"));
        let text = |binding: &Value, field: &str| binding[field].as_str().unwrap().to_owned();
        let own = all.as_array().unwrap().iter().filter(|binding| binding["source"] != "");
        own.map(|binding| format!("{} {}", text(binding, "source"), text(binding, "routing_key"))).collect()
    }

    /// Everything that is declared, one object in a line, sorted. Without what a broker makes up itself.
    pub(crate) fn definitions(&self) -> String {
        let whole = self.get("definitions");
        let mut lines = Vec::new();
        for (section, objects) in whole.as_object().unwrap() {
            for object in objects.as_array().into_iter().flatten().filter(|_| section != "global_parameters") {
                let mut object = object.clone();
                for made_up in ["password_hash", "hashing_algorithm", "metadata"] {
                    object.as_object_mut().unwrap().remove(made_up);
                }
                lines.push(format!("{section} {object}\n"));
            }
        }
        lines.sort();
        lines.concat()
    }

    /// A connection for messages; the refusal if the broker refuses.
    pub(crate) fn talk(&self, vhost: &str) -> Result<Talk, lapin::Error> {
        let url = format!("amqp://{}:{}@{}/{vhost}", self.user, self.password, self.amqp);
        wait(Talk::open(&url))
    }
}

/// Messages over one channel, every one confirmed.
pub(crate) struct Talk {
    connection: Connection,
    channel: Channel,
}

impl Talk {
    /// By a URL alone, as programs get it.
    pub(crate) fn to(url: &str) -> Result<Self, lapin::Error> {
        wait(Self::open(url))
    }

    async fn open(url: &str) -> Result<Self, lapin::Error> {
        let connection = Connection::connect(url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        channel.basic_qos(100, BasicQosOptions::default()).await?;
        Ok(Self { connection, channel })
    }

    /// Publishes a persistent message; false if no queue takes it.
    pub(crate) fn publish(
        &self,
        exchange: &str,
        key: &str,
        headers: &[(&str, Value)],
        body: &str,
    ) -> Result<bool, lapin::Error> {
        let fields: BTreeMap<_, _> = headers.iter().map(|(name, value)| ((*name).into(), amqp(value))).collect();
        let properties = BasicProperties::default().with_headers(fields.into()).with_delivery_mode(2);
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        wait(async {
            let sent =
                self.channel.basic_publish(exchange.into(), key.into(), options, body.as_bytes(), properties).await?;
            Ok(match sent.await? {
                Confirmation::Ack(None) => true,
                Confirmation::Ack(Some(_returned)) => false,
                other => panic!("{exchange} {key}: {other:?}"),
            })
        })
    }

    /// So many messages, straight into a queue.
    pub(crate) fn fill(&self, queue: &str, count: usize) {
        for number in 0..count {
            assert!(self.publish("", queue, &[], &number.to_string()).unwrap());
        }
    }

    /// How many messages are ready in a queue at this moment.
    pub(crate) fn count(&self, queue: &str) -> u32 {
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let declared = self.channel.queue_declare(queue.into(), options, FieldTable::default());
        wait(declared).unwrap().message_count()
    }

    /// Takes every message out of a queue: their bodies, in order.
    pub(crate) fn drain(&self, queue: &str) -> Vec<String> {
        wait(async {
            let mut bodies = Vec::new();
            while let Some(message) =
                self.channel.basic_get(queue.into(), BasicGetOptions { no_ack: true }).await.unwrap()
            {
                bodies.push(String::from_utf8(message.delivery.data).unwrap());
            }
            bodies
        })
    }

    /// Takes one message and gives it up, as a program does that cannot work on it.
    pub(crate) fn reject_one(&self, queue: &str) {
        wait(async {
            let message = self.channel.basic_get(queue.into(), BasicGetOptions::default()).await.unwrap().unwrap();
            message.delivery.acker.reject(BasicRejectOptions { requeue: false }).await.unwrap();
        });
    }

    /// Reads a stream from its first message to the one with the body `last`.
    pub(crate) fn read_stream(&self, stream: &str, last: &str) -> Vec<String> {
        let from_the_first = BTreeMap::from([("x-stream-offset".into(), AMQPValue::LongString("first".into()))]);
        wait(async {
            let mut consumer = self.consumer(stream, from_the_first.into()).await;
            let mut bodies = Vec::new();
            loop {
                let message = consumer.next().await.unwrap().unwrap();
                message.ack(BasicAckOptions::default()).await.unwrap();
                let body = String::from_utf8(message.data).unwrap();
                if body == last {
                    return bodies;
                }
                bodies.push(body);
            }
        })
    }

    /// Listens on a queue until this is dropped.
    pub(crate) fn listen(&self, queue: &str) -> Consumer {
        wait(self.consumer(queue, FieldTable::default()))
    }

    async fn consumer(&self, queue: &str, arguments: FieldTable) -> Consumer {
        let options = BasicConsumeOptions::default();
        self.channel.basic_consume(queue.into(), "".into(), options, arguments).await.unwrap()
    }

    pub(crate) fn close(self) {
        // A broker that ended the connection already has closed it.
        wait(self.connection.close(200, "bye".into())).ok();
    }
}

fn amqp(value: &Value) -> AMQPValue {
    match value {
        Value::Bool(value) => AMQPValue::Boolean(*value),
        Value::String(text) => AMQPValue::LongString(text.as_str().into()),
        other => panic!("{other} in a header"),
    }
}
