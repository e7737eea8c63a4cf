//! A RabbitMQ for tests, from the wire inwards: the management API with its recorded habits.
//!
//! An import skips what conflicts and drops bindings whose ends are missing, both with 204; it stops at what is
//! refused, and what came before stays. Declarations cannot be changed. Bindings go away with either end, and an
//! exchange with `auto_delete` with the last binding from it. As since 4.3, the definitions leave internal
//! exchanges out; the list of exchanges has them.

mod state;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::super::{kinds, normalise};
use super::RabbitSession;
use super::wire::{Request, Wire};
use crate::brokers::fake::{Gate, Happened, Inner, Shared};
use crate::brokers::{Session, SessionError, Target};
use crate::model::{Address, Resource, Value};
use crate::net::http::{Answer, HttpError};
use crate::plan::Contents;

use state::{LISTS, No, State, identity, joined, text};

/// The broker. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub(crate) struct FakeRabbit {
    broker: String,
    pub(crate) shared: Shared<State>,
    gate: Gate,
}

const NO_CONTENT: StatusCode = StatusCode::NO_CONTENT;
const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;
const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;

type Reply = (StatusCode, Json);

fn down(queue: &str) -> String {
    format!("home node 'n' of durable queue '{queue}' is down or inaccessible")
}

fn done() -> Reply {
    (NO_CONTENT, Json::Null)
}

fn refused(reason: &str) -> Reply {
    (BAD_REQUEST, json!({ "error": "bad_request", "reason": reason }))
}

impl Inner<State> {
    /// A stream that the broker has not brought back yet.
    fn is_hidden(&self, vhost: &str, queue: &str) -> bool {
        self.mischief.is_recovering() && self.past.now().kind(vhost, queue) == "stream"
    }
}

impl FakeRabbit {
    /// Empty but for the virtual host `/` and the administrator.
    pub(crate) fn new(broker: &str, gate: Gate) -> Self {
        let mut state = State::default();
        let empty = json!({ "description": "Default virtual host", "tags": [] });
        state.insert("vhosts", json!({ "name": "/", "metadata": empty }));
        let hash = json!("ZJzI0CyI78aR1kKqUWInxSQkI0yR0O2OMr3D+Q6fENdFLY+e");
        state.insert(
            "users",
            json!({ "name": "mqlab", "password_hash": hash, "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": ["administrator"], "limits": {} }),
        );
        let all = json!({ "user": "mqlab", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*" });
        state.insert("permissions", all);
        Self { broker: broker.to_owned(), shared: Shared::new(state), gate }
    }

    /// The real session, over this wire.
    pub(crate) fn connect(&self, target: Target) -> Box<dyn Session> {
        Box::new(RabbitSession::over(target, Box::new(self.clone())))
    }

    /// What is there now, as resources.
    pub(crate) fn resources(&self) -> Vec<Resource> {
        let inner = self.shared.lock();
        let state = inner.past.now();
        normalise::resources(&self.broker, &state.export(), &state.exchanges())
    }

    /// Somebody makes something by hand, in the form of an import's item.
    pub(crate) fn by_hand(&self, list: &'static str, item: Json) {
        let made = self.shared.lock().past.change().put(list, item);
        assert!(made.is_ok(), "what is made by hand must be possible");
    }

    /// What was named in a write since the last change of behaviour.
    pub(crate) fn touched(&self) -> Vec<Address> {
        self.shared.lock().touched.iter().cloned().collect()
    }

    pub(crate) fn publish(&self, vhost: &str, queue: &str, count: u64) {
        self.shared.lock().past.change().messages.insert((vhost.to_owned(), queue.to_owned()), count);
    }

    fn read(&self, path: &[&str]) -> Reply {
        let inner = self.shared.lock();
        let state = inner.past.before(inner.mischief.stale);
        match path {
            ["definitions"] => {
                let mut export = state.export();
                if inner.mischief.is_recovering()
                    && let Some(queues) = export["queues"].as_array_mut()
                {
                    queues.retain(|queue| queue["arguments"]["x-queue-type"] != "stream");
                }
                (StatusCode::OK, export)
            }
            ["exchanges"] => (StatusCode::OK, state.exchanges()),
            ["whoami"] => (StatusCode::OK, json!({ "name": "mqlab", "tags": ["administrator"] })),
            ["queues", vhost] => (StatusCode::OK, state.totals(vhost)),
            ["consumers", _] => (StatusCode::OK, json!([])),
            ["overview"] => (StatusCode::OK, json!({ "rabbitmq_version": "4.0.5" })),
            ["nodes"] => (StatusCode::OK, json!([{ "name": "n", "running": true }])),
            ["queues"] => (StatusCode::OK, state.running()),
            ["bindings", vhost, "e", source, to, destination] => {
                let to = if *to == "e" { "exchange" } else { "queue" };
                let ends = |item: &Json| {
                    text(item, "vhost") == *vhost
                        && text(item, "source") == *source
                        && text(item, "destination_type") == to
                        && text(item, "destination") == *destination
                };
                let found = state.list("bindings").filter(|(_, item)| ends(item));
                let shown = found.map(|(identity, item)| {
                    let mut item = item.clone();
                    item["properties_key"] = json!(identity);
                    item
                });
                (StatusCode::OK, shown.collect())
            }
            _ => (NOT_FOUND, json!({ "error": "Object Not Found", "reason": "Not Found" })),
        }
    }

    /// Does a write. `done` is how much of it happens: an import is not atomic.
    fn write(&self, request: Request<'_>, done_so_far: Happened) -> Reply {
        let body = request.body.cloned().unwrap_or_default();
        match (request.method, request.path) {
            (&Method::POST, ["definitions"]) => self.import(&body, done_so_far),
            _ if done_so_far == Happened::Nothing => done(),
            (&Method::DELETE, path) => self.delete(path, request.query),
            // The limits are a part of the user, by a request of their own.
            (_, ["user-limits", user, limit]) => match self.heed(&self.address("users", &json!({ "name": user }))) {
                Err(reply) => reply,
                Ok(false) => done(),
                Ok(true) => self.limit("users", user, "limits", limit, &body["value"]),
            },
            (_, ["vhost-limits", vhost, limit]) => {
                let address = Address::in_vhost(&self.broker, vhost, kinds::LIMIT, *limit);
                let fresh = json!({ "vhost": vhost, "component": "vhost-limits", "name": "limits", "value": {} });
                let identity = identity("parameters", &fresh);
                match self.heed(&address) {
                    Err(reply) => return reply,
                    Ok(false) => return done(),
                    Ok(true) => {}
                }
                if !self.shared.lock().past.now().has("parameters", &identity) {
                    self.shared.lock().past.change().insert("parameters", fresh);
                }
                self.limit("parameters", &identity, "value", limit, &body["value"])
            }
            (_, ["queues", vhost, queue]) if self.shared.lock().is_hidden(vhost, queue) => refused(&down(queue)),
            (_, path) => match item_of(path, body) {
                Some((list, item)) => match self.put(list, item) {
                    Ok(()) => done(),
                    Err(No::EndMissing) => (NOT_FOUND, json!({ "error": "Object Not Found", "reason": "Not Found" })),
                    Err(No::Conflict(reason) | No::Refused(reason)) => refused(&reason),
                },
                None => (NOT_FOUND, json!({ "error": "Object Not Found", "reason": "Not Found" })),
            },
        }
    }

    fn limit(&self, list: &'static str, identity: &str, group: &str, limit: &str, value: &Json) -> Reply {
        let mut inner = self.shared.lock();
        let state = inner.past.change();
        match state.documents.get_mut(&(list, identity.to_owned())) {
            Some(item) => {
                item[group][limit] = value.clone();
                done()
            }
            None => (NOT_FOUND, json!({ "error": "Object Not Found", "reason": "Not Found" })),
        }
    }

    /// Notes that an object was named. Whether a request for it is followed, or how it is refused.
    fn heed(&self, address: &Address) -> Result<bool, Reply> {
        let mut inner = self.shared.lock();
        inner.touched.insert(address.clone());
        if inner.mischief.refuses.as_ref() == Some(address) {
            return Err(refused(&format!("refused: {address}")));
        }
        Ok(inner.mischief.ignores.as_ref() != Some(address))
    }

    fn put(&self, list: &'static str, item: Json) -> Result<(), No> {
        match self.heed(&self.address(list, &item)) {
            Err((_, reply)) => Err(No::Refused(text(&reply, "reason").to_owned())),
            Ok(false) => Ok(()),
            Ok(true) => self.shared.lock().past.change().put(list, item),
        }
    }

    fn import(&self, body: &Json, happened: Happened) -> Reply {
        let items: Vec<(&'static str, Json)> = LISTS
            .iter()
            .flat_map(|list| body[*list].as_array().into_iter().flatten().map(|item| (*list, item.clone())))
            .collect();
        let count = happened.of(items.len());
        for (list, item) in items.into_iter().take(count) {
            if let Err(No::Refused(reason)) = self.put(list, item) {
                return refused(&reason);
            }
        }
        done()
    }

    fn delete(&self, path: &[&str], query: &[(&str, &str)]) -> Reply {
        let (list, identity) = match path {
            ["vhosts", name] => ("vhosts", (*name).to_owned()),
            ["users", name] => ("users", (*name).to_owned()),
            ["permissions", vhost, user] => ("permissions", joined(&[vhost, user])),
            ["topic-permissions", vhost, user, exchange] => ("topic_permissions", joined(&[vhost, user, exchange])),
            ["policies", vhost, name] => ("policies", joined(&[vhost, name])),
            ["operator-policies", vhost, name] => ("parameters", joined(&[vhost, "operator_policy", name])),
            ["exchanges", vhost, name] => ("exchanges", joined(&[vhost, name])),
            ["queues", vhost, name] => ("queues", joined(&[vhost, name])),
            ["bindings", .., properties] => ("bindings", (*properties).to_owned()),
            _ => return (NOT_FOUND, Json::Null),
        };
        let Some(item) = self.shared.lock().past.now().documents.get(&(list, identity.clone())).cloned() else {
            return (NOT_FOUND, Json::Null);
        };
        let address = self.address(list, &item);
        let mut inner = self.shared.lock();
        inner.touched.insert(address);
        let held = (list == "queues").then(|| {
            let key = (text(&item, "vhost").to_owned(), text(&item, "name").to_owned());
            inner.past.now().messages.get(&key).copied().unwrap_or(0)
        });
        if query.contains(&("if-empty", "true")) && held.is_some_and(|held| held > 0) {
            return refused("PRECONDITION_FAILED - queue is not empty");
        }
        inner.past.change().remove(list, &identity);
        done()
    }

    fn address(&self, list: &str, item: &Json) -> Address {
        let mut document = json!({});
        document[list] = json!([item]);
        let mut found = normalise::resources(&self.broker, &document, &json!([]));
        found.swap_remove(0).address
    }
}

#[async_trait]
impl Wire for FakeRabbit {
    async fn http(&self, request: Request<'_>) -> Result<Answer, HttpError> {
        self.gate.pass().await;
        if self.shared.lock().is_frozen() {
            tokio::time::sleep(request.deadline).await;
            return Err(HttpError::TimedOut(request.deadline));
        }
        let (status, body) = if request.method == Method::GET {
            self.read(request.path)
        } else {
            let silence = self.shared.lock().silence();
            let reply = self.write(request, silence.unwrap_or(Happened::All));
            if silence.is_some() {
                tokio::time::sleep(request.deadline).await;
                return Err(HttpError::TimedOut(request.deadline));
            }
            reply
        };
        self.gate.pass().await;
        Ok(Answer { status, body: body.to_string().into_bytes() })
    }

    async fn greeting(&self) -> Result<(), SessionError> {
        Ok(())
    }

    async fn ready(&self, vhost: &str, queues: &[&str]) -> Result<Vec<Result<Contents, SessionError>>, SessionError> {
        self.gate.pass().await;
        let inner = self.shared.lock();
        let state = inner.past.now();
        let held = |queue: &&str| {
            if inner.is_hidden(vhost, queue) {
                return Err(SessionError::Refused(format!("NOT_FOUND - {}", down(queue))));
            }
            // A passive declare says 0 for every stream.
            let count = if state.kind(vhost, queue) == "stream" { 0 } else { state.held(vhost, queue) };
            Ok(Contents { messages: Some(count), consumers: Some(0), bytes: None })
        };
        Ok(queues.iter().map(held).collect())
    }

    async fn stream_length(&self, vhost: &str, name: &str) -> Result<u64, SessionError> {
        self.gate.pass().await;
        Ok(self.shared.lock().past.now().held(vhost, name))
    }

    async fn bind(&self, binding: &Resource) -> Result<(), SessionError> {
        self.gate.pass().await;
        let attribute = |name: &str| binding.attribute(name).map(Value::to_json).unwrap_or_default();
        let item = json!({
            "vhost": binding.address.vhost_name(), "source": attribute("source"), "destination": attribute("destination"),
            "destination_type": attribute("destination_type"), "routing_key": attribute("routing_key"),
            "arguments": as_shown(attribute("arguments")),
        });
        match self.put("bindings", item) {
            Ok(()) => Ok(()),
            Err(No::EndMissing) => Err(SessionError::Refused("NOT_FOUND".to_owned())),
            Err(No::Conflict(reason) | No::Refused(reason)) => Err(SessionError::Refused(reason)),
        }
    }

    async fn round_trip(&self, _vhost: &str) -> Result<String, SessionError> {
        self.gate.pass().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok("taken back".to_owned())
    }
}

/// The list and the whole item of a `PUT`, or of a `POST` of a binding.
fn item_of(path: &[&str], mut body: Json) -> Option<(&'static str, Json)> {
    let list = match *path {
        ["vhosts" | "users", name] => {
            body["name"] = json!(name);
            let tags = text(&body, "tags").split(',').filter(|tag| !tag.is_empty());
            body["tags"] = tags.collect::<Vec<_>>().into();
            if path[0] == "users" { "users" } else { "vhosts" }
        }
        ["permissions", vhost, user] => {
            (body["vhost"], body["user"]) = (json!(vhost), json!(user));
            "permissions"
        }
        ["topic-permissions", vhost, user] => {
            (body["vhost"], body["user"]) = (json!(vhost), json!(user));
            "topic_permissions"
        }
        ["operator-policies", vhost, name] => {
            body = json!({ "vhost": vhost, "component": "operator_policy", "name": name, "value": body });
            "parameters"
        }
        [kind @ ("exchanges" | "queues" | "policies"), vhost, name] => {
            (body["vhost"], body["name"]) = (json!(vhost), json!(name));
            LISTS.iter().find(|list| **list == kind)?
        }
        ["bindings", vhost, "e", source, to, destination] => {
            (body["vhost"], body["source"], body["destination"]) = (json!(vhost), json!(source), json!(destination));
            body["destination_type"] = json!(if to == "e" { "exchange" } else { "queue" });
            "bindings"
        }
        _ => return None,
    };
    Some((list, body))
}

/// An argument without a value, as the API shows it.
fn as_shown(value: Json) -> Json {
    match value {
        Json::Null => json!("undefined"),
        Json::Object(map) => map.into_iter().map(|(name, value)| (name, as_shown(value))).collect(),
        other => other,
    }
}
