//! A RabbitMQ for tests, from the wire inwards: the management API with its recorded habits.
//!
//! An import skips what conflicts and drops bindings whose ends are missing, both with 204; it stops at what is
//! refused, and what came before stays. Declarations cannot be changed. Bindings go away with either end, and an
//! exchange with `auto_delete` with the last binding from it. As since 4.3, the definitions leave internal
//! exchanges out; the list of exchanges has them.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::kinds;
use super::normalise;
use super::session::RabbitSession;
use super::wire::{Request, Wire};
use crate::brokers::fake::{Gate, Happened, Shared};
use crate::brokers::{Session, SessionError, Target};
use crate::model::{Address, Resource, Value};
use crate::net::http::{Answer, HttpError};
use crate::plan::Contents;

/// The broker. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub(crate) struct FakeRabbit {
    broker: String,
    pub(crate) shared: Shared<State>,
    gate: Gate,
}

/// Everything in it, as an export would show it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    /// By list and identity.
    documents: BTreeMap<(&'static str, String), Json>,
    /// By virtual host and queue.
    messages: BTreeMap<(String, String), u64>,
}

/// The lists of an export, in the order in which an import takes them.
const LISTS: &[&str] = &[
    "users",
    "vhosts",
    "permissions",
    "topic_permissions",
    "parameters",
    "policies",
    "queues",
    "exchanges",
    "bindings",
];
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

/// Why something is not made.
enum No {
    /// It is there and other: an import says nothing.
    Conflict(String),
    /// An end of a binding is missing: an import says nothing.
    EndMissing,
    Refused(String),
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
            (_, ["user-limits", user, limit]) => self.limit("users", user, "limits", limit, &body["value"]),
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
            (_, ["queues", vhost, queue]) if self.is_hidden(vhost, queue) => refused(&down(queue)),
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

    fn is_hidden(&self, vhost: &str, queue: &str) -> bool {
        let inner = self.shared.lock();
        inner.mischief.is_recovering() && inner.past.now().kind(vhost, queue) == "stream"
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
            if inner.mischief.is_recovering() && state.kind(vhost, queue) == "stream" {
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

impl State {
    fn insert(&mut self, list: &'static str, item: Json) {
        self.documents.insert((list, identity(list, &item)), item);
    }

    fn has(&self, list: &'static str, identity: &str) -> bool {
        self.documents.contains_key(&(list, identity.to_owned()))
    }

    fn list(&self, list: &'static str) -> impl Iterator<Item = (&String, &Json)> {
        self.documents.iter().filter(move |((own, _), _)| *own == list).map(|((_, identity), item)| (identity, item))
    }

    fn export(&self) -> Json {
        let mut whole = json!({});
        for list in LISTS {
            let shown = self.list(list).filter(|(_, item)| *list != "exchanges" || item["internal"] != true);
            whole[*list] = shown.map(|(_, item)| item.clone()).collect();
        }
        whole
    }

    fn exchanges(&self) -> Json {
        self.list("exchanges").map(|(_, item)| item.clone()).collect()
    }

    fn kind(&self, vhost: &str, queue: &str) -> &str {
        let found = self.documents.get(&("queues", joined(&[vhost, queue])));
        found.and_then(|queue| queue["arguments"]["x-queue-type"].as_str()).unwrap_or("classic")
    }

    fn held(&self, vhost: &str, queue: &str) -> u64 {
        self.messages.get(&(vhost.to_owned(), queue.to_owned())).copied().unwrap_or(0)
    }

    /// The totals lag: they show nothing yet.
    fn totals(&self, vhost: &str) -> Json {
        let own = self.list("queues").filter(|(_, queue)| text(queue, "vhost") == vhost);
        let shown = own.map(|(_, queue)| {
            let name = text(queue, "name");
            json!({ "name": name, "type": self.kind(vhost, name), "messages": 0, "messages_unacknowledged": 0 })
        });
        shown.collect()
    }

    fn running(&self) -> Json {
        let shown = self.list("queues").map(|(_, queue)| {
            let kind = queue["arguments"]["x-queue-type"].as_str().unwrap_or("classic");
            json!({ "vhost": queue["vhost"], "name": queue["name"], "type": kind, "state": "running", "leader": "n" })
        });
        shown.collect()
    }

    fn put(&mut self, list: &'static str, mut item: Json) -> Result<(), No> {
        if let Some(vhost) = item.get("vhost").and_then(Json::as_str)
            && !self.has("vhosts", vhost)
        {
            return Err(No::Refused(format!("vhost_not_found: {vhost}")));
        }
        let own = identity(list, &item);
        match list {
            "vhosts" => {
                // An import takes the default queue type out of the metadata, and from nowhere else.
                let given = item.get("metadata").unwrap_or(&item);
                let tags = if given["tags"].is_null() { json!([]) } else { given["tags"].clone() };
                let mut metadata = json!({ "description": text(given, "description"), "tags": tags });
                metadata["default_queue_type"] = given.get("default_queue_type").cloned().unwrap_or(json!("classic"));
                // Who makes one may do everything in it.
                if !self.has(list, &own) {
                    let all = json!({ "user": "mqlab", "vhost": item["name"], "configure": ".*", "write": ".*", "read": ".*" });
                    self.insert("permissions", all);
                }
                item = json!({ "name": item["name"], "metadata": metadata });
            }
            "users" => {
                let before = self.documents.get(&(list, own)).map(|user| user["limits"].clone());
                if item["limits"].as_object().is_none_or(serde_json::Map::is_empty) {
                    item["limits"] = before.unwrap_or_else(|| json!({}));
                }
            }
            "permissions" | "topic_permissions" if !self.has("users", text(&item, "user")) => {
                return Err(No::Refused(format!("no_such_user: {}", text(&item, "user"))));
            }
            "policies" if item["definition"].as_object().is_none_or(serde_json::Map::is_empty) => {
                return Err(No::Refused("Validation failed: no policy".to_owned()));
            }
            "exchanges" | "queues" => {
                if let Some(found) = self.documents.get(&(list, own))
                    && *found != item
                {
                    return Err(No::Conflict(format!("inequivalent arg for {list} {}", text(&item, "name"))));
                }
            }
            "bindings" => {
                let vhost = text(&item, "vhost");
                let target = if text(&item, "destination_type") == "exchange" { "exchanges" } else { "queues" };
                if !self.has_exchange(vhost, text(&item, "source"))
                    || !self.has(target, &joined(&[vhost, text(&item, "destination")]))
                {
                    return Err(No::EndMissing);
                }
            }
            _ => {}
        }
        self.insert(list, item);
        Ok(())
    }

    fn has_exchange(&self, vhost: &str, name: &str) -> bool {
        name.starts_with("amq.") || self.has("exchanges", &joined(&[vhost, name]))
    }

    fn remove(&mut self, list: &'static str, own: &str) {
        let Some(item) = self.documents.remove(&(list, own.to_owned())) else { return };
        let (vhost, name) = (text(&item, "vhost"), text(&item, "name"));
        match list {
            "vhosts" => {
                self.documents.retain(|_, other| text(other, "vhost") != name);
                self.messages.retain(|(vhost, _), _| vhost != name);
            }
            "users" => self.documents.retain(|_, other| text(other, "user") != name),
            "queues" => {
                self.messages.remove(&(vhost.to_owned(), name.to_owned()));
                self.unbind(|binding| is_end(binding, vhost, "queue", name));
            }
            "exchanges" => self.unbind(|binding| {
                is_end(binding, vhost, "exchange", name)
                    || text(binding, "vhost") == vhost && text(binding, "source") == name
            }),
            "bindings" => self.auto_delete(vhost, text(&item, "source")),
            _ => {}
        }
    }

    fn unbind(&mut self, doomed: impl Fn(&Json) -> bool) {
        let gone: Vec<String> =
            self.list("bindings").filter(|(_, item)| doomed(item)).map(|(identity, _)| identity.clone()).collect();
        for identity in gone {
            self.remove("bindings", &identity);
        }
    }

    fn auto_delete(&mut self, vhost: &str, exchange: &str) {
        let own = joined(&[vhost, exchange]);
        let from = |item: &Json| text(item, "vhost") == vhost && text(item, "source") == exchange;
        let is_bound = self.list("bindings").any(|(_, item)| from(item));
        let goes = self.documents.get(&("exchanges", own.clone())).is_some_and(|item| item["auto_delete"] == true);
        if goes && !is_bound {
            self.remove("exchanges", &own);
        }
    }
}

fn is_end(binding: &Json, vhost: &str, kind: &str, name: &str) -> bool {
    text(binding, "vhost") == vhost && text(binding, "destination_type") == kind && text(binding, "destination") == name
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

/// What tells an item of a list from the others.
fn identity(list: &str, item: &Json) -> String {
    let arguments = item["arguments"].to_string();
    let keys: &[&str] = match list {
        "permissions" => &["vhost", "user"],
        "topic_permissions" => &["vhost", "user", "exchange"],
        "parameters" => &["vhost", "component", "name"],
        "bindings" => &["vhost", "source", "destination_type", "destination", "routing_key"],
        "vhosts" | "users" => &["name"],
        _ => &["vhost", "name"],
    };
    let mut parts: Vec<&str> = keys.iter().map(|key| text(item, key)).collect();
    if list == "bindings" {
        parts.push(&arguments);
    }
    joined(&parts)
}

fn joined(parts: &[&str]) -> String {
    parts.join("\n")
}

/// An argument without a value, as the API shows it.
fn as_shown(value: Json) -> Json {
    match value {
        Json::Null => json!("undefined"),
        Json::Object(map) => map.into_iter().map(|(name, value)| (name, as_shown(value))).collect(),
        other => other,
    }
}

fn text<'a>(item: &'a Json, key: &str) -> &'a str {
    item.get(key).and_then(Json::as_str).unwrap_or_default()
}
