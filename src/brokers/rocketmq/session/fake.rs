//! A broker that keeps topics and groups by the rules of 5.5.0, and misbehaves as it is told. Name server enough to
//! forget a route. For tests.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::connection::read_frame;
use super::{BROKER_PORT, NAMESRV_PORT, RocketSession};
use crate::brokers::rocketmq::protocol::code;
use crate::brokers::{Endpoint, Target};
use crate::converge::Canceller;
use crate::model::{Facts, Secret};

/// How it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mood {
    #[default]
    Good,
    RefusesWrites,
    /// Does what it is told, and does not say so.
    SilentAboutWrites,
    Silent,
}

#[derive(Clone, Default)]
pub(super) struct FakeBroker {
    inside: Arc<Mutex<Inside>>,
    port: u16,
}

#[derive(Default)]
struct Inside {
    mood: Mood,
    topics: Map<String, Json>,
    groups: Map<String, Json>,
    /// Stops the run once something was deleted.
    canceller: Option<Canceller>,
}

/// A session with these for its nodes, the first being the name server too.
pub(super) fn session(brokers: &[&FakeBroker]) -> RocketSession {
    let endpoint = |(node, broker): (u32, &&FakeBroker)| Endpoint { node, ..broker.endpoint() };
    let nodes: Vec<Endpoint> = (1..).zip(brokers).map(endpoint).collect();
    RocketSession::new(Target {
        broker: "trades".to_owned(),
        nodes: u32::try_from(brokers.len()).unwrap(),
        endpoints: [(BROKER_PORT.to_owned(), nodes), (NAMESRV_PORT.to_owned(), vec![brokers[0].endpoint()])].into(),
        user: String::new(),
        password: Secret::new(""),
        facts: Facts::default(),
        deadline: Duration::from_millis(200),
    })
}

impl FakeBroker {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let own = fake.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let own = own.clone();
                tokio::spawn(async move { own.serve(stream).await });
            }
        });
        fake
    }

    pub(super) fn behave(&self, mood: Mood) {
        self.inside().mood = mood;
    }

    pub(super) fn cancel_after_a_deletion(&self, canceller: Canceller) {
        self.inside().canceller = Some(canceller);
    }

    /// What somebody else sets there.
    pub(super) fn by_hand(&self, topic: &str, key: &str, value: impl Into<Json>) {
        self.inside().topics[topic][key] = value.into();
    }

    pub(super) fn topic(&self, name: &str) -> Option<Json> {
        self.inside().topics.get(name).cloned()
    }

    pub(super) fn has_group(&self, name: &str) -> bool {
        self.inside().groups.contains_key(name)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint { node: 1, host: "127.0.0.1".to_owned(), port: self.port }
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Ok(frame) = read_frame(&mut stream).await {
            let length = usize::from(frame[2]) << 8 | usize::from(frame[3]);
            let (header, body) = frame[4..].split_at(length);
            let header: Json = serde_json::from_slice(header).unwrap();
            let body = serde_json::from_slice(body).unwrap_or(Json::Null);
            let Some((code, body)) = self.inside().answer(&header, &body) else { continue };
            let header = json!({ "code": code, "flag": 1, "opaque": header["opaque"], "remark": "no" }).to_string();
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let length = |bytes: usize| u32::try_from(bytes).unwrap().to_be_bytes();
            let lengths = [length(4 + header.len() + body.len()), length(header.len())].concat();
            stream.write_all(&[&lengths, header.as_bytes(), body.as_bytes()].concat()).await.unwrap();
        }
    }
}

impl Inside {
    /// A code and a body, if anything.
    fn answer(&mut self, header: &Json, body: &Json) -> Option<(i32, Json)> {
        let number = i32::try_from(header["code"].as_i64().unwrap()).unwrap();
        let answer = match number {
            code::GET_ALL_TOPIC_CONFIG => json!({ "topicConfigTable": self.topics }),
            code::GET_ALL_SUBSCRIPTIONGROUP_CONFIG => json!({ "subscriptionGroupTable": self.groups }),
            code::GET_BROKER_RUNTIME_INFO => json!({ "table": { "brokerVersionDesc": "V5_5_0" } }),
            _ if self.mood == Mood::RefusesWrites => return Some((1, Json::Null)),
            _ => {
                self.write(number, &header["extFields"], body);
                if self.mood == Mood::SilentAboutWrites {
                    return None;
                }
                Json::Null
            }
        };
        (self.mood != Mood::Silent).then_some((code::SUCCESS, answer))
    }

    fn write(&mut self, number: i32, fields: &Json, body: &Json) {
        match number {
            code::UPDATE_AND_CREATE_TOPIC_LIST => {
                let list = body["topicConfigList"].as_array().unwrap();
                // One that equals what is stored is taken for all of them.
                if list.iter().all(|topic| self.topics.get(topic["topicName"].as_str().unwrap()) != Some(topic)) {
                    for topic in list {
                        self.put_topic(topic);
                    }
                }
            }
            code::UPDATE_AND_CREATE_TOPIC => self.put_topic(&single(fields)),
            code::UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST => {
                for group in body["groupConfigList"].as_array().unwrap() {
                    self.put_group(group);
                }
            }
            code::UPDATE_AND_CREATE_SUBSCRIPTIONGROUP => self.put_group(body),
            code::DELETE_TOPIC_IN_BROKER => {
                self.topics.remove(fields["topic"].as_str().unwrap());
                self.canceller.iter().for_each(Canceller::cancel);
            }
            code::DELETE_SUBSCRIPTIONGROUP => drop(self.groups.remove(fields["groupName"].as_str().unwrap())),
            code::DELETE_TOPIC_IN_NAMESRV => {}
            other => panic!("request {other}"),
        }
    }

    /// Attributes come as changes, of which only `message.type` can be made later.
    fn put_topic(&mut self, topic: &Json) {
        let name = topic["topicName"].as_str().unwrap();
        let mut config = topic.clone();
        let stored = self.topics.get(name).map(|stored| stored["attributes"].clone());
        let mut attributes = stored.clone().unwrap_or_else(|| json!({}));
        for (key, value) in topic["attributes"].as_object().unwrap() {
            let key = key.strip_prefix('+').unwrap();
            if stored.is_none() || key == "message.type" {
                attributes[key] = value.clone();
            }
        }
        config["attributes"] = attributes;
        self.topics.insert(name.to_owned(), config);
    }

    /// What is not said is reset.
    fn put_group(&mut self, group: &Json) {
        let mut config = json!({
            "retryMaxTimes": 16, "consumeMessageOrderly": false, "consumeEnable": true, "consumeBroadcastEnable": true,
        });
        for (key, value) in group.as_object().unwrap() {
            config[key] = value.clone();
        }
        self.groups.insert(group["groupName"].as_str().unwrap().to_owned(), config);
    }
}

/// A single topic comes in fields, which are text.
fn single(fields: &Json) -> Json {
    let number = |key: &str| fields[key].as_str().unwrap().parse::<i64>().unwrap();
    let changes = fields["attributes"].as_str().unwrap().split(',').filter_map(|change| change.split_once('='));
    let changes: Map<String, Json> = changes.map(|(key, value)| (key.to_owned(), value.into())).collect();
    json!({
        "topicName": fields["topic"], "writeQueueNums": number("writeQueueNums"),
        "readQueueNums": number("readQueueNums"), "perm": number("perm"), "attributes": changes,
    })
}
