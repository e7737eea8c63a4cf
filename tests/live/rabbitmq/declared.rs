//! What is declared exists exactly so, and again there is nothing to do.

use mqlab::brokers::Target;
use serde_json::{Value as Json, json};

use super::live::{Live, encoded, fields};

/// Every kind with every attribute, in two virtual hosts.
const SPEC: &str = r##"
users:
  live-mailer:
    password: "pass wörd'"
    tags: [monitoring, policymaker]
    permissions: { live-declared: { configure: "", write: "^mail$", read: "mail.*" }, "live/other": { read: ".*" } }
    topic_permissions: { live-declared: { mail: { write: "^eu\\.", read: ".*" } } }
    limits: { max-connections: 10, max-channels: -1 }
vhosts:
  live-declared:
    description: Everything.
    tags: [blue, green]
    default_queue_type: quorum
    limits: { max-queues: 100, max-connections: -1 }
    exchanges:
      direct: { type: direct }
      mail: { type: topic, alternate_exchange: rest }
      rest: { type: fanout, durable: false, auto_delete: true }
      inner: { type: headers, internal: true, arguments: { x-own: [1, two, { three: 3.5 }] } }
    queues:
      by-default: { bindings: [ { exchange: direct, routing_key: k } ] }
      classic: { type: classic, auto_delete: true, arguments: { x-max-priority: 5 }, bindings: [ { exchange: rest } ] }
      quorum: { type: quorum, delivery_limit: 7, message_ttl: 1h, dead_letter: { exchange: rest, routing_key: gone } }
      stream: { type: stream, max_length_bytes: 1GiB, arguments: { x-max-age: 7D } }
      headed:
        bindings:
          - { exchange: inner, arguments: { x-match: any, format: pdf, pages: 7, urgent: true, weight: 1.5 } }
          - { exchange: inner, arguments: { x-match: all, signed: null } }
          - { exchange: amq.topic, routing_key: "#" }
    bindings:
      - { source: mail, destination: inner, destination_type: exchange, routing_key: "eu.#" }
      - { source: mail, destination: quorum, routing_key: "*.us" }
    policies:
      most: { pattern: "^(classic|mail)$", apply_to: all, priority: 3, definition: { max-length: 1000, overflow: reject-publish } }
    operator_policies:
      cap: { pattern: ".*", apply_to: queues, definition: { max-length-bytes: 10MiB } }
  live/other:
    queues: { by-default: {} }
    exchanges: { direct: { type: fanout } }
"##;

async fn clean(live: &Live<'_>) {
    for path in ["vhosts/live-declared", "vhosts/live%2Fother", "users/live-mailer"] {
        live.api.delete(path).await;
    }
}

pub(crate) async fn everything_is_made_as_declared(target: &Target) {
    let mut live = Live::connect(target);
    clean(&live).await;
    let plan = live.converge(SPEC).await;
    assert!(plan.steps.iter().all(|step| step.action.verb() == "create"), "{}", plan.to_text());
    users(&live).await;
    objects(&live).await;
    bindings(&live).await;
    // The second run looks and does nothing.
    assert!(live.converge(SPEC).await.is_empty());
    clean(&live).await;
}

async fn users(live: &Live<'_>) {
    let api = &live.api;
    let (status, me) = api.send_as("live-mailer", "pass wörd'", reqwest::Method::GET, "whoami", None).await;
    assert!(status.is_success(), "{status} {me}");
    let user = api.get("users/live-mailer").await;
    let mut tags: Vec<&str> = user["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    tags.sort_unstable();
    assert_eq!(tags, ["monitoring", "policymaker"]);
    assert_eq!(user["limits"], json!({ "max-connections": 10, "max-channels": -1 }));
    let permission =
        |configure: &str, write: &str, read: &str| json!({ "configure": configure, "write": write, "read": read });
    for (vhost, wanted) in
        [("live-declared", permission("", "^mail$", "mail.*")), ("live%2Fother", permission("", "", ".*"))]
    {
        let found = api.get(&format!("permissions/{vhost}/live-mailer")).await;
        assert_eq!(json!(fields(&found, &["configure", "write", "read"])), wanted);
    }
    let topic = api.get("topic-permissions/live-declared/live-mailer").await;
    assert_eq!(
        json!(fields(&topic[0], &["exchange", "write", "read"])),
        json!({ "exchange": "mail", "write": r"^eu\.", "read": ".*" })
    );
}

async fn objects(live: &Live<'_>) {
    let api = &live.api;
    let vhost = api.get("vhosts/live-declared").await;
    let metadata = vhost.get("metadata").unwrap_or(&vhost);
    assert_eq!(metadata["description"], "Everything.");
    assert_eq!(metadata["default_queue_type"], "quorum");
    assert_eq!(metadata["tags"], json!(["blue", "green"]));
    let limits = api.get("vhost-limits/live-declared").await;
    assert_eq!(limits[0]["value"], json!({ "max-queues": 100, "max-connections": -1 }));

    let exchange = |kind: &str, durable: bool, auto_delete: bool, internal: bool, arguments: Json| json!({ "type": kind, "durable": durable, "auto_delete": auto_delete, "internal": internal, "arguments": arguments });
    let exchanges = [
        ("direct", exchange("direct", true, false, false, json!({}))),
        ("mail", exchange("topic", true, false, false, json!({ "alternate-exchange": "rest" }))),
        ("rest", exchange("fanout", false, true, false, json!({}))),
        ("inner", exchange("headers", true, false, true, json!({ "x-own": [1, "two", { "three": 3.5 }] }))),
    ];
    for (name, wanted) in exchanges {
        let found = api.get(&format!("exchanges/live-declared/{name}")).await;
        assert_eq!(
            json!(fields(&found, &["type", "durable", "auto_delete", "internal", "arguments"])),
            wanted,
            "{name}"
        );
    }
    assert_eq!(api.get("exchanges/live%2Fother/direct").await["type"], "fanout");

    let queue = |kind: &str, auto_delete: bool, mut arguments: Json| {
        arguments["x-queue-type"] = json!(kind);
        json!({ "type": kind, "durable": true, "auto_delete": auto_delete, "arguments": arguments })
    };
    let queues = [
        ("live-declared/by-default", queue("quorum", false, json!({}))),
        ("live-declared/classic", queue("classic", true, json!({ "x-max-priority": 5 }))),
        ("live-declared/quorum", queue("quorum", false, json!({}))),
        ("live-declared/stream", queue("stream", false, json!({ "x-max-age": "7D" }))),
        ("live%2Fother/by-default", queue("classic", false, json!({}))),
    ];
    for (path, wanted) in queues {
        let found = api.get(&format!("queues/{path}")).await;
        assert_eq!(json!(fields(&found, &["type", "durable", "auto_delete", "arguments"])), wanted, "{path}");
    }
    let policy = |pattern: &str, apply_to: &str, priority: i64, definition: Json| json!({ "pattern": pattern, "apply-to": apply_to, "priority": priority, "definition": definition });
    let policies = [
        (
            "policies/live-declared/most",
            policy("^(classic|mail)$", "all", 3, json!({ "max-length": 1000, "overflow": "reject-publish" })),
        ),
        ("operator-policies/live-declared/cap", policy(".*", "queues", 0, json!({ "max-length-bytes": 10 << 20 }))),
        (
            "policies/live-declared/mqlab.quorum",
            policy(
                "^quorum$",
                "queues",
                1,
                json!({ "delivery-limit": 7, "message-ttl": 3_600_000, "dead-letter-exchange": "rest", "dead-letter-routing-key": "gone" }),
            ),
        ),
        (
            "policies/live-declared/mqlab.stream",
            policy("^stream$", "queues", 1, json!({ "max-length-bytes": 1 << 30 })),
        ),
    ];
    for (path, wanted) in policies {
        let found = api.get(path).await;
        assert_eq!(json!(fields(&found, &["pattern", "apply-to", "priority", "definition"])), wanted, "{path}");
    }
}

async fn bindings(live: &Live<'_>) {
    let listed = live.api.get("bindings/live-declared").await;
    let mut found: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|binding| binding["source"] != "")
        .map(|binding| {
            let part = |name: &str| binding[name].as_str().unwrap().to_owned();
            format!(
                "{} {} {} {:?} {}",
                part("source"),
                part("destination_type"),
                part("destination"),
                part("routing_key"),
                binding["arguments"]
            )
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            r##"amq.topic queue headed "#" {}"##,
            r#"direct queue by-default "k" {}"#,
            // That the header has no value is what the API shows so; the next scenario shows what it does.
            r#"inner queue headed "" {"format":"pdf","pages":7,"urgent":true,"weight":1.5,"x-match":"any"}"#,
            r#"inner queue headed "" {"signed":"undefined","x-match":"all"}"#,
            r#"mail exchange inner "eu.#" {}"#,
            r#"mail queue quorum "*.us" {}"#,
            r#"rest queue classic "" {}"#,
        ]
    );
}

/// A header that is asked for without a value must only be there, whatever its value is.
pub(crate) async fn a_header_may_be_asked_for_without_a_value(target: &Target) {
    use lapin::BasicProperties;
    use lapin::options::BasicPublishOptions;
    use lapin::types::{AMQPValue, FieldTable};
    let mut live = Live::connect(target);
    live.api.delete("vhosts/live-void").await;
    let spec = r"
vhosts:
  live-void:
    exchanges: { inner: { type: headers } }
    queues: { q: { bindings: [ { exchange: inner, arguments: { x-match: all, signed: null } } ] } }
";
    live.converge(spec).await;
    let (connection, channel) = live.api.channel("live-void").await;
    for (header, arrives) in [("signed", true), ("unsigned", false)] {
        let mut headers = FieldTable::default();
        headers.insert(header.into(), AMQPValue::LongString("by me".into()));
        let properties = BasicProperties::default().with_headers(headers);
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let confirm = channel.basic_publish("inner".into(), "".into(), options, b"m", properties).await.unwrap();
        let routed = matches!(confirm.await.unwrap(), lapin::Confirmation::Ack(None));
        assert_eq!(routed, arrives, "{header}");
    }
    connection.close(200, "done".into()).await.unwrap();
    live.api.delete("vhosts/live-void").await;
}

/// Names that a page, a shell, a URL or a terminal would act on are names like others.
pub(crate) async fn hostile_names_are_only_names(target: &Target) {
    let mut live = Live::connect(target);
    let vhost = "live <b>\"'/ %2F";
    let path = encoded(vhost);
    live.api.delete(&format!("vhosts/{path}")).await;
    // 255 bytes: 63 emoji of four bytes and three letters.
    let emoji = format!("{}end", "📮".repeat(63));
    assert_eq!(emoji.len(), 255);
    let names = [
        "<script>alert(1)</script>",
        "a/b?c#d%2Fe",
        "mit Leerzeichen\t",
        "..hidden",
        "→⇒@",
        "\u{202e}desrever",
        emoji.as_str(),
    ];
    let queues: String = names
        .iter()
        .map(|name| {
            let name = json!(name);
            format!("      {name}: {{ type: quorum, max_length: 5, bindings: [ {{ exchange: {name}, routing_key: {name} }} ] }}\n")
        })
        .collect();
    // The name of a queue's own policy is six bytes longer.
    let queues = queues.replace(
        &format!("{}: {{ type: quorum, max_length: 5,", json!(emoji)),
        &format!("{}: {{ type: quorum,", json!(emoji)),
    );
    let exchanges: String = names.iter().map(|name| format!("      {}: {{ type: topic }}\n", json!(name))).collect();
    let spec = format!("vhosts:\n  {}:\n    exchanges:\n{exchanges}    queues:\n{queues}", json!(vhost));
    live.converge(&spec).await;
    for name in names {
        let encoded = encoded(name);
        let queue = live.api.get(&format!("queues/{path}/{encoded}")).await;
        assert_eq!(queue["name"], name);
        let bindings = live.api.get(&format!("bindings/{path}/e/{encoded}/q/{encoded}")).await;
        assert_eq!(bindings[0]["routing_key"], name);
        live.api.publish(vhost, name, 1).await;
    }
    // One at a time, too: each is replaced by its own requests.
    let spec = spec.replace("type: topic", "type: direct");
    let options = mqlab::plan::DiffOptions {
        replace: live.wanted(&spec).into_iter().map(|resource| resource.address).collect(),
        ..mqlab::plan::DiffOptions::default()
    };
    let plan = live.converge_with(&spec, &options).await;
    assert!(
        plan.steps.iter().all(|step| step.action.verb() == "replace" && step.dependants.len() == 1),
        "{}",
        plan.to_text()
    );
    for name in names {
        let found = live.api.get(&format!("exchanges/{path}/{}", encoded(name))).await;
        assert_eq!(found["type"], "direct");
    }
    live.api.delete(&format!("vhosts/{path}")).await;
}
