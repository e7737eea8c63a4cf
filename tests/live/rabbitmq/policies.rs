//! Policies: which one applies, and where a queue's own settings go.

use mqlab::brokers::Target;
use mqlab::plan::DiffOptions;
use serde_json::{Value as Json, json};

use super::live::Live;

const VHOST: &str = "live-policies";

/// The definition that the broker itself says applies. It takes a moment after the policy was set.
async fn effective(live: &Live<'_>, queue: &str, wanted: &Json) {
    let began = std::time::Instant::now();
    loop {
        let found = live.api.get(&format!("queues/{VHOST}/{queue}")).await;
        if found["effective_policy_definition"] == *wanted {
            return;
        }
        assert!(began.elapsed().as_secs() < 10, "{queue}: {} and not {wanted}", found["effective_policy_definition"]);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// A queue's own settings come together with those of the declared policy that they displace, also when the name
/// is full of what expressions are made of; arguments stay arguments.
pub(crate) async fn own_settings_take_the_declared_policy_along(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let spec = r"
vhosts:
  live-policies:
    exchanges: { dead: { type: fanout } }
    queues:
      a.b[c](d)*e+f?g{h}|i^j$k\l: { message_ttl: 5s }
      mail.eu: { dead_letter: { exchange: dead }, max_length: 10 }
      mail.us: {}
      mailXeu: {}
      argued: { arguments: { x-message-ttl: 7000 } }
    policies:
      mail: { pattern: '^mail', apply_to: queues, priority: 7, definition: { expires: 1h } }
      other: { pattern: '^mail', apply_to: queues, priority: 3, definition: { max-length: 99 } }
";
    live.converge(spec).await;
    effective(&live, "mail%2Eeu", &json!({ "expires": 3_600_000, "dead-letter-exchange": "dead", "max-length": 10 }))
        .await;
    assert_eq!(live.api.get(&format!("queues/{VHOST}/mail.eu")).await["policy"], "mqlab.mail.eu");
    effective(&live, "mail%2Eus", &json!({ "expires": 3_600_000 })).await;
    effective(&live, "mailXeu", &json!({ "expires": 3_600_000 })).await;
    effective(&live, &super::live::encoded(r"a.b[c](d)*e+f?g{h}|i^j$k\l"), &json!({ "message-ttl": 5000 })).await;
    assert_eq!(live.api.get(&format!("queues/{VHOST}/argued")).await["arguments"]["x-message-ttl"], 7000);

    // Taking the settings out of the file replaces nothing; what is left is named.
    let less = spec.replace("{ dead_letter: { exchange: dead }, max_length: 10 }", "{}");
    let wanted = live.wanted(&less);
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    assert!(
        plan.is_empty() && plan.to_text().contains("? jobs/live-policies/policy/mqlab.mail.eu"),
        "{}",
        plan.to_text()
    );
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// A policy that was made by hand and applies to the queue is not pushed out by ours.
pub(crate) async fn a_policy_made_by_hand_is_not_pushed_out(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let spec = |settings: &str| format!("vhosts: {{ {VHOST}: {{ queues: {{ q: {{ {settings} }} }} }} }}");
    live.converge(&spec("")).await;
    live.api
        .put(
            &format!("policies/{VHOST}/by-hand"),
            &json!({ "pattern": "^q", "apply-to": "all", "priority": 0, "definition": { "max-length": 5 } }),
        )
        .await;
    effective(&live, "q", &json!({ "max-length": 5 })).await;
    let lines = live.lines(&spec("message_ttl: 1s")).await;
    assert!(lines.len() == 1 && lines[0].starts_with("! ") && lines[0].contains("`by-hand`"), "{lines:?}");
    // Declared, its settings are taken along.
    let declared = format!(
        "vhosts: {{ {VHOST}: {{ queues: {{ q: {{ message_ttl: 1s }} }}, policies: {{ by-hand: {{ pattern: '^q', definition: {{ max-length: 5 }} }} }} }} }}"
    );
    live.converge(&declared).await;
    effective(&live, "q", &json!({ "max-length": 5, "message-ttl": 1000 })).await;
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// Which policy the broker says applies is the one that mqlab draws and traces with.
pub(crate) async fn the_broker_and_we_agree_which_policy_applies(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let patterns = [
        "^.$",
        "^..$",
        "^[^a]+$",
        "^a.b$",
        r"^a\.b$",
        "(?i)^A",
        "b$",
        "^(?!a)",
        "é",
        "^[日本]+$",
        "x*",
        "^$",
        r"^\d+$",
        r"\.",
        "^a|b$",
        "^(?>a)b$",
    ];
    let names = ["a", "ab", "a.b", "aXb", "é", "日本", "42", "B", "a\\b", "A.b"];
    live.api.put(&format!("vhosts/{VHOST}"), &json!({})).await;
    let kinds = ["classic", "quorum", "stream"];
    for (index, name) in names.iter().enumerate() {
        let body = json!({ "durable": true, "arguments": { "x-queue-type": kinds[index % 3] } });
        live.api.put(&format!("queues/{VHOST}/{}", super::live::encoded(name)), &body).await;
    }
    let apply_to = ["all", "queues", "classic_queues", "quorum_queues", "streams", "exchanges"];
    for (index, pattern) in patterns.iter().enumerate() {
        let body = json!({ "pattern": pattern, "apply-to": apply_to[index % 6], "priority": (index * 7) % 16, "definition": { "dead-letter-exchange": format!("p{index}") } });
        live.api.put(&format!("policies/{VHOST}/p{index}"), &body).await;
    }
    // Two policies can hardly be told apart by when they begin to apply: ask until the answers stay the same.
    let mut theirs = answers(&live).await;
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let again = answers(&live).await;
        if again == theirs {
            break;
        }
        theirs = again;
    }
    let resources = live.observe().await.resources;
    let edges = super::live::broker().lesson().edges(&resources);
    let ours = |name: &str| {
        let drawn = edges.iter().find(|edge| edge.from.name == name && edge.from.vhost.as_deref() == Some(VHOST));
        drawn.map(|edge| edge.to.name.clone())
    };
    for (name, (kind, policy)) in theirs {
        // A stream has a policy and no dead letters.
        let wanted = policy.filter(|_| kind != "stream");
        assert_eq!(ours(&name), wanted, "{name}");
    }
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

async fn answers(live: &Live<'_>) -> std::collections::BTreeMap<String, (String, Option<String>)> {
    let queues = live.api.get(&format!("queues/{VHOST}?disable_stats=true")).await;
    let text = |value: &Json| value.as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let queues = queues.as_array().unwrap().iter();
    queues
        .map(|queue| (text(&queue["name"]).unwrap(), (text(&queue["type"]).unwrap(), text(&queue["policy"]))))
        .collect()
}
