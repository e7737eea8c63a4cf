//! The commands that the site shows do by hand what mqlab does.

use std::process::Command;

use mqlab::brokers::Target;
use mqlab::model::{Facts, Resource};
use mqlab::plan::DiffOptions;

use super::live::{Live, broker};

const SPEC: &str = r#"
users:
  live-hand:
    password: "p'ass $word"
    tags: [monitoring, policymaker]
    permissions: { live-hand: { configure: "", write: "^mail$", read: "mail.*" } }
    topic_permissions: { live-hand: { mail: { write: "^eu\\.", read: ".*" } } }
    limits: { max-connections: 10, max-channels: -1 }
vhosts:
  live-hand:
    description: It's by hand.
    default_queue_type: quorum
    limits: { max-queues: 100 }
    exchanges:
      mail: { type: topic, alternate_exchange: rest }
      rest: { type: fanout, durable: false, auto_delete: true }
      inner: { type: headers, internal: true }
    queues:
      quorum: { dead_letter: { exchange: rest }, arguments: { x-single-active-consumer: true }, bindings: [ { exchange: mail, routing_key: "eu.#" } ] }
      stream: { type: stream }
      "-rf 'a' $(id) `id` \"b\" \\ ; &": { type: classic, bindings: [ { exchange: inner, arguments: { x-match: any, "it's": 1, t: true } } ] }
      "<script>alert(1)</script>": {}
    bindings: [ { source: mail, destination: inner, destination_type: exchange, routing_key: "-#" } ]
    policies: { p: { pattern: "^mail\\.", apply_to: quorum_queues, priority: -1, definition: { max-length: 5, overflow: reject-publish } } }
    operator_policies: { p: { pattern: ".*", apply_to: queues, definition: { max-length-bytes: 1MiB } } }
"#;

/// Runs every command of one tool in a shell, in the order of the plan, and requires that mqlab has nothing left to
/// do. What the tool cannot express is made by the HTTP API instead; those addresses are given back.
pub(crate) async fn the_commands_do_what_mqlab_does(target: &Target, tool: &str) -> Vec<String> {
    let mut live = Live::connect(target);
    for path in ["vhosts/live-hand", "users/live-hand"] {
        live.api.delete(path).await;
    }
    let ports = target.endpoints.iter();
    let facts = Facts {
        advertise_host: target.endpoint("management").unwrap().host.clone(),
        ports: ports.map(|(name, all)| (name.clone(), all.iter().map(|one| one.port).collect())).collect(),
        ..target.facts.clone()
    };
    let wanted = live.wanted(SPEC);
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    let mut without = Vec::new();
    for resource in plan.steps.iter().filter_map(|step| step.after.as_ref()) {
        let calls = broker().lesson().calls(resource, &facts);
        let call = calls.iter().find(|call| call.tool == tool).unwrap_or_else(|| {
            without.push(resource.address.to_string());
            calls.iter().find(|call| call.tool == "HTTP API").unwrap()
        });
        run(&call.text, target, resource);
    }
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    assert!(plan.is_empty(), "{}", plan.to_text());
    for path in ["vhosts/live-hand", "users/live-hand"] {
        live.api.delete(path).await;
    }
    without
}

fn run(text: &str, target: &Target, resource: &Resource) {
    let output = Command::new("sh")
        .args(["-ec", text])
        .env("JOBS_PASSWORD", target.password.reveal())
        .env("JOBS_LIVE_HAND_PASSWORD", "p'ass $word")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // curl says so of an error answer only in its body.
    assert!(
        output.status.success() && !said.contains("\"error\""),
        "{}\n{text}\n{said}{}",
        resource.address,
        String::from_utf8_lossy(&output.stderr)
    );
}
