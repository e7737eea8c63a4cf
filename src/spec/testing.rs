//! A kind of broker that only tests know: boxes with slots, some of them in rooms, and guests who may enter.

use super::{Environment, Field, Input, Loaded, Object, Shape, load_with};
use crate::brokers::{
    Artefacts, Broker, Call, Catalogue, Channel, Description, Edge, EnvironmentVariable, Lesson, OfficialImage,
    PortDescription, Recipe, ResetCommand, Session, Target, Version,
};
use crate::model::{Address, App, BrokerModel, Container, Facts, Home, KindRules, Resource};
use crate::spec::Diagnostics;

const BOXES: Field = Field::new("boxes", Shape::Map { key: "box", value: &Shape::Object(&BOX) }, "Boxes.");

const BOX: Object = Object {
    name: "box",
    doc: "Holds things.",
    fields: &[
        Field::new("slots", Shape::Int { least: 1, most: 100 }, "How many things fit in.").required(),
        Field::new("type", Shape::Choice(&["wood", "paper", "steel"]), "What it is made of."),
        Field::new("keep", Shape::Duration, "How long things stay."),
        Field::new("size", Shape::Size, "How large it is."),
        Field::new("open", Shape::Bool, "Whether it has no lid."),
        Field::new("label", Shape::Text, "What is written on it."),
        Field::new("key", Shape::Text, "What opens it.").secret(),
        Field::new("config", Shape::Map { key: "setting", value: &Shape::Scalar }, "Settings."),
        Field::new("links", Shape::List(&Shape::Object(&LINK)), "Other boxes."),
        Field::new("arguments", Shape::Map { key: "argument", value: &Shape::Any }, "Anything."),
        Field::new("on_change", Shape::Choice(&["refuse", "replace"]), "What to do."),
        Field::new("wheels", Shape::Any, "Wheels.").reserved(),
    ],
};

const LINK: Object =
    Object { name: "link", doc: "Another box.", fields: &[Field::new("to", Shape::Text, "Its name.").required()] };

static ROOM: Object = Object { name: "room", doc: "Boxes apart.", fields: &[BOXES] };

static GUEST: Object = Object {
    name: "guest",
    doc: "Somebody.",
    fields: &[Field::new("password", Shape::Text, "The password.").secret()],
};

pub(crate) static TEST_KIND: Description = Description {
    kind: "shelf",
    title: "Shelf",
    fields: &[
        BOXES,
        Field::new("rooms", Shape::Map { key: "room", value: &Shape::Object(&ROOM) }, "Rooms."),
        Field::new("users", Shape::Map { key: "user", value: &Shape::Object(&GUEST) }, "Guests."),
    ],
    kinds: &[kind("box", "boxes", true, true), kind("door", "doors", true, false), kind("user", "users", false, false)],
    ports: &[
        PortDescription { name: "front", role: "", number: 1, doc: "", when: |_| true, scheme: "" },
        PortDescription { name: "back", role: "", number: 2, doc: "", when: |_| true, scheme: "" },
    ],
    secrets: &[],
    ids: &[],
    helpers: &[],
    errors: &[],
    lints: &[],
    meanings: &[],
    impossible: &[],
    examples: &[],
    heap: false,
    most_nodes: 3,
    growth: "",
    memory_floor: 64 << 20,
    catalogue: &Catalogue {
        default_version: "2.1",
        versions: &[
            Version {
                number: "4.10",
                official: IMAGE,
                distributions: &[],
                recipe: None,
                upgrades_from: &[],
                config_keys: "{}",
            },
            Version {
                number: "2.1",
                official: IMAGE,
                distributions: &[],
                recipe: Some(&RECIPE),
                upgrades_from: &[],
                config_keys: "{}",
            },
        ],
    },
};

const IMAGE: OfficialImage = OfficialImage { repository: "registry.example/shelf", tag: "2", digest: None };
static RECIPE: Recipe = Recipe {
    folder: "shelf",
    files: &[],
    suite: "trixie",
    arguments: &[],
    artefacts: Artefacts::Debian,
    exact_version: None,
};

const fn kind(kind: &'static str, plural: &'static str, produce: bool, consume: bool) -> KindRules {
    let protected = |address: &Address| address.name.is_empty() || address.name.starts_with("own.");
    KindRules { kind, plural, attributes: &[], protected, holds_data: false, produce, consume, home: Home::Broker }
}

/// The only broker of the tests' registry.
pub(crate) struct TestBroker;

pub(crate) static TEST_REGISTRY: &[&'static dyn Broker] = &[&TestBroker];

impl Broker for TestBroker {
    fn description(&self) -> &'static Description {
        &TEST_KIND
    }

    fn validate(&self, broker: &BrokerModel, diagnostics: &mut Diagnostics) {
        for entry in broker.body.entries_of("boxes").iter().filter(|entry| entry.key.contains(' ')) {
            diagnostics.error("invalid-name", entry.at, "a box's name has no spaces", None);
        }
    }

    fn lint(&self, broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
        for entry in broker.body.entries_of("boxes") {
            let address = Address::new(&broker.name, "box", &entry.key);
            if !apps.iter().any(|app| app.consumes.iter().any(|flow| flow.address == address)) {
                diagnostics.lint("box-unread", entry.at, "nobody reads it", None);
            }
        }
    }

    fn containers(&self, _broker: &BrokerModel, _facts: &Facts) -> Vec<Container> {
        Vec::new()
    }

    fn topology(&self, broker: &BrokerModel, _facts: &Facts) -> Vec<Resource> {
        let boxes = |node: &super::Node, room: &str| -> Vec<Resource> {
            let address = |name: &str| Address::in_vhost(&broker.name, room, "box", name);
            node.entries_of("boxes").iter().map(|entry| Resource::new(address(&entry.key))).collect()
        };
        let mut all = boxes(&broker.body, "/");
        for room in broker.body.entries_of("rooms") {
            all.extend(boxes(&room.value, &room.key));
        }
        let users = broker.body.entries_of("users").iter();
        all.extend(users.map(|entry| Resource::new(Address::new(&broker.name, "user", &entry.key))));
        if broker.body.get("boxes").is_some_and(|boxes| boxes.get("door").is_some()) {
            all.push(Resource::new(Address::new(&broker.name, "door", "door")));
        }
        all
    }

    fn lesson(&self) -> &'static dyn Lesson {
        &NoLesson
    }

    fn connect(&self, _target: Target) -> Box<dyn Session> {
        unreachable!("tests of the spec connect to nothing")
    }
}

struct NoLesson;

impl Lesson for NoLesson {
    fn edges(&self, _resources: &[Resource]) -> Vec<Edge> {
        Vec::new()
    }

    fn calls(&self, _resource: &Resource, _facts: &Facts) -> Vec<Call> {
        Vec::new()
    }

    fn environment(&self, _broker: &BrokerModel, _facts: &Facts) -> Vec<EnvironmentVariable> {
        Vec::new()
    }

    fn reset(&self, _broker: &BrokerModel, _facts: &Facts) -> Vec<ResetCommand> {
        Vec::new()
    }

    fn channel(&self, _resource: &Resource) -> Channel {
        Channel { protocol: "http", port: "http", path: String::new(), binding: None }
    }
}

/// `ROOM` is `kitchen`, the file `secret` is there, and nothing else.
pub(crate) struct TestEnvironment;

impl Environment for TestEnvironment {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "ROOM").then(|| "kitchen".to_owned())
    }

    fn file(&self, _spec: &str, path: &str) -> Result<String, String> {
        match path {
            "secret" => Ok("from-a-file\n".to_owned()),
            "large" => Ok("x".repeat(1 << 20)),
            _ => Err(format!("cannot read {path}: no such file")),
        }
    }
}

/// The texts as `a.yaml`, `b.yaml` … with only the test kind known.
pub(crate) fn load_texts(texts: &[&str]) -> Loaded {
    let inputs = texts
        .iter()
        .zip('a'..)
        .map(|(text, letter)| Input { name: format!("{letter}.yaml").into(), bytes: text.as_bytes().to_vec() });
    load_with(inputs.collect(), &TestEnvironment, &[&TEST_KIND])
}

/// `line:column code` of everything that was found.
pub(crate) fn places(loaded: &Loaded) -> Vec<String> {
    let list = &loaded.diagnostics.list;
    list.iter().map(|one| format!("{}:{} {}", one.at.line, one.at.column, one.code)).collect()
}
