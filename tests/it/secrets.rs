//! The sixth invariant: no password gets out. Planted ones are looked for in everything that a run makes.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mqlab::brokers::Target;
use mqlab::cli::manual;
use mqlab::converge::{BrokerState, Report};
use mqlab::model::Stack;
use mqlab::site::{RunReport, SiteInput, build};
use mqlab::spec::{Environment, Loaded, render};
use mqlab::state::{BegunReplace, Folder, Journal, LastApplied};
use sha2::{Digest, Sha256};

use crate::plans::{engine_resources, first_plans, lower, text};
use crate::specs::{GENERATED, clean, facts, load};

/// In a variable, in a file, in the spec itself and in the default of a variable.
const PLANTED: [&str; 5] =
    ["planted-in-variable", "planted-in-file", "planted-in-spec", "planted-as-default", "planted-in-proxy"];

const SPEC: &str = r#"
stack: secrets
brokers:
  events: { kind: kafka, version: "4.3", topics: { orders: {} } }
  jobs:
    kind: rabbitmq
    version: "4.0"
    users:
      one: { password: "${env:PASSWORD}", permissions: { /: { read: ".*" } } }
      two: { password: "${file:password.txt}" }
      three: { password: planted-in-spec }
      four: { password: "${env:ABSENT:-planted-as-default}" }
    exchanges: { mail: {} }
    queues: { mail: { bindings: [ { exchange: mail } ] } }
apps:
  mailer: { consumes: [ jobs/queue/mail, events/orders ], user: one }
images: { proxy: "http://user:planted-in-proxy@proxy.example:3128" }
"#;

struct Planted;

impl Environment for Planted {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "PASSWORD").then(|| PLANTED[0].to_owned())
    }

    fn file(&self, _spec: &str, path: &str) -> Result<String, String> {
        if path == "password.txt" { Ok(format!("{}\n", PLANTED[1])) } else { Err(format!("cannot read {path}")) }
    }
}

/// Every text that must not be shown: passwords, in the forms in which they could travel.
fn forbidden() -> Vec<String> {
    let generated = [format!("{GENERATED}-jobs-admin_password")];
    let secrets: Vec<String> = PLANTED.iter().map(|text| (*text).to_owned()).chain(generated).collect();
    let mut all = secrets.clone();
    for secret in &secrets {
        // A plain hash can be tried against a list of words. Ours are the first digits of SHA-256.
        all.push(hex::encode(Sha256::digest(secret))[..10].to_owned());
        all.push(STANDARD.encode(secret));
        all.push(URL_SAFE_NO_PAD.encode(secret));
        all.push(STANDARD.encode(format!("mqlab:{secret}")));
    }
    all
}

#[track_caller]
fn silent(what: &str, text: &str) {
    assert!(!text.is_empty(), "{what} says nothing at all");
    for secret in forbidden() {
        let found = text.find(&secret).map(|at| {
            let start = text[..at].char_indices().rev().nth(80).map_or(0, |(at, _)| at);
            &text[start..at + secret.len()]
        });
        assert_eq!(found, None, "{what} shows a secret");
    }
}

fn stack() -> Stack {
    clean("mqlab.yaml", SPEC, &Planted)
}

/// The secrets are really there, or the other tests would look for nothing.
#[test]
fn the_passwords_arrive_where_they_are_needed() {
    let stack = stack();
    let facts = facts(&stack);
    let lowered = lower(&stack, &facts);
    let users = lowered[1].topology.iter().filter(|one| one.address.kind == "user");
    let passwords: Vec<&str> = users
        .map(|user| match user.attribute("password") {
            Some(mqlab::model::Value::Secret(secret)) => secret.reveal(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(passwords.iter().filter(|password| PLANTED.contains(password)).count(), 4, "{passwords:?}");
    assert!(stack.images.proxy.as_ref().unwrap().reveal().contains("planted-in-proxy"));
    let files = lowered[1].nodes.iter().flat_map(|node| &node.container.files).filter(|file| file.secret);
    assert!(files.count() > 0, "the administrator's password goes in as a file");
    let environment = lowered[1].broker.lesson().environment(lowered[1].model, lowered[1].facts);
    assert!(environment.iter().any(|variable| variable.secret && variable.value.contains(GENERATED)));
}

#[test]
fn no_password_is_in_what_was_read() {
    let (stack, loaded) = load("mqlab.yaml", SPEC, &Planted);
    silent("the stack", &format!("{:?}", stack.unwrap()));
    silent("what was read", &format!("{loaded:?}"));
    // Mistakes on the very lines that hold the passwords.
    let wrong = SPEC.replace("password:", "tags: 5, password:");
    let (stack, loaded) = load("mqlab.yaml", &wrong, &Planted);
    assert!(stack.is_none());
    silent("a diagnostic", &said(&loaded));
}

fn said(loaded: &Loaded) -> String {
    let style = render::Style { color: false, unicode: true, width: 120 };
    format!(
        "{}{}{:?}",
        render::plain(&loaded.diagnostics, &loaded.sources),
        render::fancy(&loaded.diagnostics, &loaded.sources, style),
        loaded.diagnostics
    )
}

#[test]
fn no_password_is_in_plans_containers_and_labels() {
    let stack = stack();
    let facts = facts(&stack);
    let lowered = lower(&stack, &facts);
    silent("the facts", &format!("{facts:?}{}", json(&facts)));
    for plan in first_plans(&stack, &lowered) {
        silent("a plan", &format!("{}{plan:?}{}", text(&plan), json(&plan)));
    }
    let resources = engine_resources(&stack, &lowered);
    silent("the engine's resources", &format!("{resources:?}{}", json(&resources)));
    for broker in &lowered {
        silent("a node", &format!("{:?}", broker.nodes));
        silent("a topology", &format!("{:?}{}", broker.topology, json(&broker.topology)));
        for node in &broker.nodes {
            silent("the environment", &format!("{:?}", node.container.env));
            silent("the command", &format!("{:?}", (&node.container.command, &node.container.hostname)));
            let files = node.container.files.iter().filter(|file| !file.secret);
            let shown: String = files.map(|file| String::from_utf8_lossy(&file.content).into_owned() + "\n").collect();
            silent("a file that is no secret", &format!("files of {}\n{shown}", node.container.hostname));
        }
        let target = Target {
            broker: broker.model.name.clone(),
            nodes: 1,
            endpoints: BTreeMap::new(),
            user: "mqlab".to_owned(),
            password: facts["jobs"].secrets["admin_password"].clone(),
            facts: broker.facts.clone(),
            deadline: std::time::Duration::from_secs(1),
        };
        silent("a target", &format!("{target:?}"));
    }
}

#[test]
fn no_password_is_on_the_site() {
    let stack = stack();
    let pages = build(&SiteInput::new(&stack, &facts(&stack), Some(&RunReport::default()), &manual())).unwrap();
    assert!(pages.iter().any(|page| page.path.contains("user")), "the users have a page");
    for page in pages {
        silent(&page.path, &format!("{}\n{}", page.path, page.content));
    }
}

#[test]
fn no_password_is_in_what_a_run_reports_and_remembers() {
    let stack = stack();
    let facts = facts(&stack);
    let lowered = lower(&stack, &facts);
    let report = Report {
        plans: first_plans(&stack, &lowered),
        facts: facts.clone(),
        brokers: vec![BrokerState {
            name: "jobs".to_owned(),
            kind: lowered[1].model.kind,
            version: "4.0".to_owned(),
            containers_running: 1,
            containers_wanted: 1,
            ready: true,
            degraded: None,
            endpoints: BTreeMap::new(),
            image: None,
            containers: Vec::new(),
            user: Some("mqlab".to_owned()),
        }],
        ..Report::default()
    };
    silent("the report", &format!("{}{report:?}", json(&report)));

    let temporary = tempfile::tempdir().unwrap();
    let folder = Folder::of(temporary.path(), &stack.name);
    let last: LastApplied = lowered.iter().map(|broker| (broker.model.name.clone(), broker.topology.clone())).collect();
    folder.write_last_applied(&last).unwrap();
    let user = last["jobs"].iter().find(|one| one.address.kind == "user").unwrap();
    let begun = BegunReplace { address: user.address.clone(), dependants: last["jobs"].clone() };
    folder.write_journal(&Journal { replaces: vec![begun] }).unwrap();
    for file in ["last.json", "journal.json"] {
        let written = std::fs::read_to_string(temporary.path().join(".mqlab").join(&stack.name).join(file)).unwrap();
        assert!(written.contains("***"), "{file} holds the users");
        silent(file, &written);
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}
