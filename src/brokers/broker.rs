//! The pure half of the seam.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::{Catalogue, Session, Target};
use crate::model::{Address, App, BrokerModel, Container, Facts, Flow, Home, KindRules, Resource, Secret, Value};
use crate::plan::Objection;
use crate::spec::{Diagnostics, Field};

/// A kind of broker. Everything but [`Broker::connect`] is a pure function, so `check`, `plan` and the
/// site work without an engine.
pub trait Broker: Send + Sync {
    fn description(&self) -> &'static Description;

    /// Errors and lints that the shape alone cannot tell. Reports all of them; misfits that the shape
    /// check reported read as absent.
    fn validate(&self, broker: &BrokerModel, diagnostics: &mut Diagnostics);

    /// Lints that need the apps beside the resources: a queue that nothing can reach, more instances than
    /// partitions. Called once the whole stack is valid.
    fn lint(&self, _broker: &BrokerModel, _apps: &[App], _diagnostics: &mut Diagnostics) {}

    /// One container per node, in node order, then the helpers.
    fn containers(&self, broker: &BrokerModel, facts: &Facts) -> Vec<Container>;

    /// What must exist inside the broker: only what the spec mentions, in the broker's own terms.
    /// Must work with the facts of a broker that has never run (version from the catalogue).
    fn topology(&self, broker: &BrokerModel, facts: &Facts) -> Vec<Resource>;

    /// What the rules of single attributes cannot see: desired objects that other observed ones keep from working,
    /// or that would keep those from working. Each is a blocked step.
    fn guard(&self, _desired: &[Resource], _observed: &[Resource]) -> Vec<Objection> {
        Vec::new()
    }

    /// What the site says about it.
    fn lesson(&self) -> &'static dyn Lesson;

    /// A handle to running nodes. Opens nothing: the first IO is [`Session::ready`].
    fn connect(&self, target: Target) -> Box<dyn Session>;
}

/// The constants of a kind.
#[derive(Debug)]
pub struct Description {
    /// As in the spec: `kafka`.
    pub kind: &'static str,
    /// As its makers write it: `Apache Kafka`.
    pub title: &'static str,
    /// The keys under the broker that only this kind has.
    pub fields: &'static [Field],
    /// One row per kind of resource.
    pub kinds: &'static [KindRules],
    pub ports: &'static [PortDescription],
    /// Secrets that mqlab generates and keeps: `admin_password`.
    pub secrets: &'static [&'static str],
    /// What is settled when the data begins, and stays with it.
    pub ids: &'static [IdDescription],
    /// Containers beside the nodes.
    pub helpers: &'static [Helper],
    /// What `check` finds wrong with this kind, beside what can be wrong with all: `unknown-config`, and what it means.
    pub errors: &'static [(&'static str, &'static str)],
    /// What `check` finds suspicious about this kind: `queue-unreachable`, and why it is told.
    pub lints: &'static [(&'static str, &'static str)],
    /// What its configuration keys mean that the broker itself says nothing about.
    pub meanings: &'static [Meaning],
    /// What cannot happen to attributes of its objects. Everything else is tried on a real broker.
    pub impossible: &'static [Impossible],
    /// Files that `mqlab init --from` writes, as under `examples/`, by name. The kind's own name is one.
    pub examples: &'static [(&'static str, &'static str)],
    /// Whether a JVM heap can be set.
    pub heap: bool,
    /// The most nodes that this version of mqlab runs.
    pub most_nodes: u32,
    /// What nodes that are added to a running broker take over and what not, in a sentence or two.
    pub growth: &'static str,
    /// Bytes of memory that one node needs to start and work.
    pub memory_floor: u64,
    pub catalogue: &'static Catalogue,
}

impl Description {
    /// Whether objects of this kind are in a file of the container, and nobody asks the broker for them.
    pub fn is_rendered(&self, address: &Address) -> bool {
        self.kinds.iter().any(|kind| kind.kind == address.kind && kind.home == Home::File)
    }

    /// What is known of a configuration key beside what the broker said.
    pub fn meaning(&self, key: &str) -> Option<&'static Meaning> {
        self.meanings.iter().find(|meaning| meaning.keys.contains(&key))
    }

    /// How many containers of this role a broker of so many nodes has.
    pub fn count(&self, role: &str, nodes: u32) -> u32 {
        match self.helpers.iter().find(|helper| helper.role == role) {
            Some(helper) => (helper.count)(nodes),
            None => nodes,
        }
    }

    /// All containers of a broker of so many nodes.
    pub fn containers(&self, nodes: u32) -> u32 {
        nodes + self.helpers.iter().map(|helper| (helper.count)(nodes)).sum::<u32>()
    }
}

/// What a configuration key means, and what it is where nobody sets it.
#[derive(Debug)]
pub struct Meaning {
    /// Several are one setting under several names: a policy's `max-age` is a queue's `x-max-age`.
    pub keys: &'static [&'static str],
    /// The broker's own; empty where nothing is set.
    pub default: &'static str,
    /// One sentence; empty for an attribute that its kind's rules explain.
    pub doc: &'static str,
}

/// What can happen to an object, in the file or by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// It is declared and not there.
    Create,
    /// The file says another value.
    Change,
    /// The file says one that the broker cannot take on.
    Forbidden,
    /// Only the attribute is taken out of the file; the object stays in it.
    Release,
    /// The object is taken out of the file.
    Remove,
    /// Somebody makes one that the file does not have.
    Foreign,
    /// Somebody changes one that the file has.
    ByHand,
}

/// An operation that makes no sense for some attributes.
#[derive(Debug)]
pub struct Impossible {
    /// The kind of object.
    pub kind: &'static str,
    /// By the names of their rules; none is all.
    pub attributes: &'static [&'static str],
    pub operation: Operation,
    /// One sentence.
    pub why: &'static str,
}

/// A container that is no node of the broker, and that the broker or its clients need: a name server.
#[derive(Debug)]
pub struct Helper {
    /// In its container's name: `namesrv`.
    pub role: &'static str,
    /// How many, beside so many nodes.
    pub count: fn(u32) -> u32,
}

/// Something that is settled when the data begins, and recorded with it: `cluster_id`.
#[derive(Debug)]
pub struct IdDescription {
    pub name: &'static str,
    /// From the broker as the file has it then, and 16 random bytes as base64url.
    pub make: fn(&BrokerModel, String) -> String,
}

/// A port that clients use.
#[derive(Debug)]
pub struct PortDescription {
    /// As in `ports:`: `amqp`.
    pub name: &'static str,
    /// The role of the containers that have it; empty for the nodes.
    pub role: &'static str,
    /// In the container, and the host port that is tried first.
    pub number: u16,
    /// One sentence: who speaks what on it.
    pub doc: &'static str,
    /// Published only if this says so (a plugin was asked for).
    pub when: fn(&BrokerModel) -> bool,
    /// The URL scheme for `status` and `env`, such as `amqp`; empty for a bare `host:port`.
    pub scheme: &'static str,
}

/// What a kind teaches, and what its parts look like in a picture.
pub trait Lesson: Send + Sync {
    /// The arrows between resources: bindings, dead letters, alternate exchanges, diverts.
    fn edges(&self, resources: &[Resource]) -> Vec<Edge>;

    /// How one would have made the resource by hand, with the reader's own names and ports.
    fn calls(&self, resource: &Resource, facts: &Facts) -> Vec<Call>;

    /// Variables for programs: `EVENTS_BOOTSTRAP_SERVERS`. Includes credentials.
    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable>;

    /// The name of the variable that a program reads for an object, by its end: `AMQP_URL` is `JOBS_AMQP_URL` for most.
    fn variable(&self, resource: &Resource, end: &str) -> String {
        format!("{}_{end}", resource.address.broker.to_uppercase())
    }

    /// Commands that give a running container our newly generated secrets, after the old ones were lost.
    fn reset(&self, broker: &BrokerModel, facts: &Facts) -> Vec<ResetCommand>;

    /// Where messages go inside, for the kinds that route.
    fn router(&self) -> Option<&'static dyn Router> {
        None
    }

    /// How an AsyncAPI document tells of an object that apps talk to.
    fn channel(&self, resource: &Resource) -> Channel;

    /// What such a document says of one flow of an app, under the name of the same protocol.
    fn operation(&self, _app: &App, _flow: &Flow) -> Option<Json> {
        None
    }

    /// The topology as the broker's own tools import it, where they do. Holds no users: an import would carry, or
    /// clear, their passwords.
    fn definitions(&self, _resources: &[Resource]) -> Option<Json> {
        None
    }
}

/// An object as a channel of AsyncAPI 3.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Of the server, one of AsyncAPI's names where it has one.
    pub protocol: &'static str,
    /// The name of the port that speaks it.
    pub port: &'static str,
    /// The path of the server's address, as AMQP's virtual host; empty where there is none.
    pub path: String,
    /// The channel's binding, under the name of its protocol; `None` where AsyncAPI has none for it.
    pub binding: Option<(&'static str, Json)>,
}

/// An arrow in a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    pub from: Address,
    pub to: Address,
    /// A binding key; empty where there is none.
    pub label: String,
    pub style: EdgeStyle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeStyle {
    Binding,
    /// Exchange to exchange.
    ExchangeBinding,
    DeadLetter,
    Alternate,
    /// A copy, or the message itself, goes on: a composite, a divert, a virtual topic.
    Forward,
}

/// A command or request that does by hand what mqlab did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// `kafka-topics.sh`, `rabbitmqadmin`, `HTTP API`.
    pub tool: &'static str,
    /// The text to paste, several lines if need be.
    pub text: String,
}

/// A line of `mqlab env`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentVariable {
    pub name: String,
    pub value: String,
    /// The value holds a password: the site writes a placeholder instead.
    pub secret: bool,
}

/// A command to run inside our own container.
#[derive(Clone, Debug)]
pub struct ResetCommand {
    pub node: u32,
    pub command: Vec<String>,
    /// Goes in by standard input, so that no process list shows it.
    pub input: Option<Secret>,
    /// What it does, for the message.
    pub what: &'static str,
}

/// Where a message goes, and why. Shared by `mqlab trace` and the site.
pub trait Router: Send + Sync {
    /// Follows a message through the resources of one broker.
    fn trace(&self, resources: &[Resource], exchange: &Address, key: &str, headers: &BTreeMap<String, Value>) -> Trace;

    /// Everything in one virtual host that decides about routes, policies applied.
    fn map(&self, resources: &[Resource], broker: &str, vhost: &str) -> RouteMap;
}

/// A virtual host for a router that knows no resources: the script of the site has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteMap {
    pub exchanges: Vec<MapExchange>,
    pub queues: Vec<MapQueue>,
    pub bindings: Vec<MapBinding>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MapExchange {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub internal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MapQueue {
    pub name: String,
    /// The exchange for dead letters, and the routing key that they get instead of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead: Option<(String, Option<String>)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MapBinding {
    pub source: String,
    pub to: String,
    /// Whether `to` is an exchange.
    pub onward: bool,
    pub key: String,
    /// Values as JSON text, so that `1`, `1.0` and `"1"` stay apart in a script.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
}

/// The answer of a router.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// In the order in which the broker would decide.
    pub steps: Vec<TraceStep>,
    /// The queues that get a copy, each once, sorted.
    pub delivered: Vec<Address>,
}

/// One decision on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceStep {
    /// The exchange that decides.
    pub exchange: Address,
    /// The binding or relation that was looked at; `None` for a remark about the exchange itself.
    pub binding: Option<Address>,
    pub to: Option<Address>,
    pub matched: bool,
    /// One sentence: `topic: "mail.eu.#" matches "mail.eu.sent"`.
    pub why: String,
    /// The same for a site in another language.
    #[serde(skip)]
    pub reason: Reason,
}

/// Which rule decided, and about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub code: &'static str,
    /// The places of the sentence.
    pub values: Vec<(&'static str, String)>,
}
