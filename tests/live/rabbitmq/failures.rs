//! What goes wrong is said by name, and harms nothing else.

use std::time::{Duration, Instant};

use mqlab::brokers::{Endpoint, Interest, OutcomeResult, Target};
use mqlab::model::{Address, Resource, Value};
use mqlab::plan::{Action, DiffOptions};
use serde_json::json;

use super::live::Live;

const VHOST: &str = "live-failures";

fn inside(kind: &str, name: &str) -> Resource {
    Resource::new(Address::in_vhost("jobs", VHOST, kind, name)).needing(Address::new("jobs", "vhost", VHOST))
}

fn queue(name: &str) -> Resource {
    inside("queue", name).with("type", "classic").with("durable", true).with("auto_delete", false)
}

fn policy(name: &str, definition: &[(&str, Value)]) -> Resource {
    let definition = definition.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let mut policy = inside("policy", name).with("pattern", "x").with("apply_to", "queues").with("priority", 0_i64);
    policy.attributes.insert("definition".to_owned(), Value::Map(definition));
    policy
}

fn bound(source: &str, destination: &str) -> Resource {
    let name = Address::binding_name(source, destination, false, "", None);
    let mut binding = inside("binding", &name)
        .with("source", source)
        .with("destination", destination)
        .with("destination_type", "queue")
        .with("routing_key", "");
    binding.attributes.insert("arguments".to_owned(), Value::Map([].into()));
    binding.needing(Address::in_vhost("jobs", VHOST, "queue", destination))
}

/// What only the broker can refuse: each culprit fails by name with the broker's reason, everything else is done,
/// and what needs a culprit is not tried.
pub(crate) async fn each_refused_object_is_named(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let vhost = Resource::new(Address::new("jobs", "vhost", VHOST)).with("description", "d");
    let wanted = [
        vhost,
        queue("good"),
        queue("bad").with("arguments.x-max-length", "ten"),
        queue("other").with("arguments.x-max-length", 10_i64),
        inside("exchange", "odd")
            .with("type", "x-nobody-has-it")
            .with("durable", true)
            .with("auto_delete", false)
            .with("internal", false),
        policy("good", &[("max-length", Value::from(1_i64))]),
        policy("typo", &[("max-lenght", Value::from(1_i64))]),
        policy("wrong", &[("message-ttl", Value::from("soon"))]),
        bound("amq.fanout", "good"),
        bound("amq.fanout", "bad"),
        bound("nowhere", "good"),
    ];
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    let outcomes = live.apply(&plan).await;
    let lines: Vec<String> = outcomes
        .iter()
        .map(|outcome| {
            let address = outcome.address.to_string().replace(&format!("jobs/{VHOST}/"), "");
            match &outcome.result {
                OutcomeResult::Done => format!("{address}: done"),
                OutcomeResult::Failed { reason } => format!("{address}: failed: {reason}"),
                OutcomeResult::NotTried { because } => format!("{address}: not tried: {because}"),
                OutcomeResult::Unknown { reason } => format!("{address}: unknown: {reason}"),
            }
        })
        .collect();
    let done = ["jobs/vhost/live-failures", "queue/good", "queue/other", "policy/good", "binding/amq.fanout→good"];
    let mut wanted: Vec<String> = done.iter().map(|address| format!("{address}: done")).collect();
    let has = |start: &str, words: &[&str]| {
        let line =
            lines.iter().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start} in {lines:#?}"));
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
        line.clone()
    };
    wanted.push(has("queue/bad: failed", &["x-max-length", "expected integer"]));
    wanted.push(has("exchange/odd: failed", &["x-nobody-has-it"]));
    wanted.push(has("policy/typo: failed", &["max-lenght", "not recognised"]));
    wanted.push(has("policy/wrong: failed", &["soon", "message TTL"]));
    wanted.push(has("binding/nowhere→good: failed", &["nowhere"]));
    wanted.push(has("binding/amq.fanout→bad: not tried", &["queue/bad, which was not done"]));
    let (mut lines, mut wanted) = (lines, wanted);
    lines.sort();
    wanted.sort();
    assert_eq!(lines, wanted);
    for line in lines {
        assert!(!line.contains("<<") && !line.contains('\n') && !line.contains("bad_request"), "{line}");
    }
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// Between looking and making, somebody made another object of the same name: the import would skip it in silence.
pub(crate) async fn an_object_that_came_in_between_is_noticed(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    live.api.put(&format!("vhosts/{VHOST}"), &json!({})).await;
    let spec = format!(
        "vhosts: {{ {VHOST}: {{ exchanges: {{ e: {{ type: topic }} }}, queues: {{ q: {{ type: quorum }}, r: {{}} }}, policies: {{ p: {{ pattern: q, definition: {{ max-length: 1 }} }} }} }} }}"
    );
    let wanted = live.wanted(&spec);
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    live.api
        .put(&format!("queues/{VHOST}/q"), &json!({ "durable": true, "arguments": { "x-queue-type": "classic" } }))
        .await;
    live.api.put(&format!("exchanges/{VHOST}/e"), &json!({ "type": "fanout", "durable": true })).await;
    let outcomes = live.apply(&plan).await;
    for outcome in outcomes {
        let differs = ["q", "e"].contains(&outcome.address.name.as_str());
        match outcome.result {
            OutcomeResult::Failed { reason } => {
                assert!(differs && reason.contains("`type`"), "{}: {reason}", outcome.address);
            }
            result => assert!(!differs && result == OutcomeResult::Done, "{}: {result:?}", outcome.address),
        }
    }
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// A queue that some connection has for itself, and a limit that is reached: both come out by name.
pub(crate) async fn what_is_in_the_way_is_named(target: &Target) {
    use lapin::options::QueueDeclareOptions;
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    live.converge(&format!("vhosts: {{ {VHOST}: {{ limits: {{ max-queues: 2 }} }} }}")).await;
    let (connection, channel) = live.api.channel(VHOST).await;
    let exclusive = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
    channel.queue_declare("held".into(), exclusive, lapin::types::FieldTable::default()).await.unwrap();
    let spec = format!(
        "vhosts: {{ {VHOST}: {{ limits: {{ max-queues: 2 }}, queues: {{ held: {{}}, one: {{}} , two: {{}} }}, exchanges: {{ e: {{}} }} }} }}"
    );
    let wanted = live.wanted(&spec);
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    let outcomes = live.apply(&plan).await;
    let of = |name: &str| &outcomes.iter().find(|outcome| outcome.address.name == name).unwrap().result;
    assert_eq!(of("e"), &OutcomeResult::Done);
    assert!(matches!(of("held"), OutcomeResult::Failed { reason } if reason.contains("'held'")), "{outcomes:?}");
    // Which of the two is the one too many is the broker's choice.
    let (done, failed): (Vec<_>, Vec<_>) =
        ["one", "two"].map(of).into_iter().partition(|result| **result == OutcomeResult::Done);
    assert_eq!((done.len(), failed.len()), (1, 1), "{outcomes:?}");
    assert!(matches!(failed[0], OutcomeResult::Failed { reason } if reason.contains("(2) is reached")), "{outcomes:?}");
    connection.close(200, "done".into()).await.unwrap();
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// A stop that was asked for before the work begins leaves everything as it was, and says so of each step.
pub(crate) async fn a_stop_leaves_the_rest(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let wanted = live.wanted(&format!("vhosts: {{ {VHOST}: {{ queues: {{ q: {{}}, r: {{}} }} }} }}"));
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    live.canceller.cancel();
    for outcome in live.apply(&plan).await {
        assert!(
            matches!(&outcome.result, OutcomeResult::NotTried { because } if because.contains("stop")),
            "{outcome:?}"
        );
    }
    assert!(live.api.get(&format!("vhosts/{VHOST}")).await.is_null());
}

/// A broker that does not answer ends in a clear error within the deadline, whatever is asked, and however many
/// steps there are; then it turns out what was done. `pause` freezes it, `resume` lets it go on.
pub(crate) async fn a_frozen_broker_is_an_error(target: &Target, pause: impl FnOnce(), resume: impl FnOnce()) {
    let deadline = Duration::from_secs(2);
    let hasty = Target { deadline, ..target.clone() };
    let mut live = Live::connect(&hasty);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let spec = |length: u32| {
        let queues: String = (0..30).map(|number| format!("q{number}: {{ max_length: {length} }}, ")).collect();
        format!("vhosts: {{ {VHOST}: {{ queues: {{ {queues} }} }} }}")
    };
    live.converge(&spec(1)).await;
    let (changed, replaced) =
        (live.wanted(&spec(2)), live.wanted(&spec(1).replace("max_length", "type: quorum, max_length")));
    let update = live.plan(&changed, &DiffOptions::default()).await;
    let replace = replaced.iter().map(|resource| resource.address.clone()).collect();
    let replace = live.plan(&replaced, &DiffOptions { replace, ..DiffOptions::default() }).await;
    let create =
        live.plan(&live.wanted("queues: { live-frozen-1: {}, live-frozen-2: {} }"), &DiffOptions::default()).await;
    pause();

    let started = Instant::now();
    let error = live.session.observe(Interest { whole: true, ..Interest::default() }).await.unwrap_err().to_string();
    assert!(error.contains("jobs (management, ") && error.contains("within 2 s"), "{error}");
    let error = live.session.ready().await.unwrap_err().to_string();
    assert!(error.contains("jobs (amqp, ") && error.contains("within 2 s"), "{error}");
    assert!(started.elapsed() < deadline * 3, "{:?}", started.elapsed());

    let addresses: Vec<Address> = replace.steps.iter().map(|step| step.address.clone()).collect();
    let started = Instant::now();
    let held = live.session.inspect(&addresses).await;
    assert!(held.values().all(|contents| contents.messages.is_none()), "unknown, and not empty: {held:?}");
    assert!(started.elapsed() < deadline * 3, "{:?}", started.elapsed());

    // An import waits a little longer for each object, and looks again.
    for (plan, patience) in [(&update, deadline * 3), (&replace, deadline * 3), (&create, deadline * 4)] {
        let started = Instant::now();
        let outcomes = live.apply(plan).await;
        assert!(started.elapsed() < patience, "{:?} for {}", started.elapsed(), plan.to_text());
        for outcome in &outcomes {
            let said = match &outcome.result {
                OutcomeResult::Unknown { reason } => reason,
                OutcomeResult::NotTried { because } => because,
                other => panic!("{}: {other:?}", outcome.address),
            };
            assert!(said.contains("no answer from jobs"), "{said}");
        }
        let unknown = outcomes.iter().filter(|outcome| matches!(outcome.result, OutcomeResult::Unknown { .. }));
        assert!(unknown.count() >= 1, "{outcomes:?}");
    }
    let started = Instant::now();
    let checks = live.session.probe().await;
    assert!(!checks[0].ok && started.elapsed() < deadline * 3, "{checks:?}");

    resume();
    let mut live = Live::connect(target);
    let began = Instant::now();
    while live.session.ready().await.is_err() {
        assert!(began.elapsed() < Duration::from_mins(1), "it never came back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // What was in doubt may have been done. The same again is no mistake.
    live.converge(&spec(2)).await;
    for name in ["live-frozen-1", "live-frozen-2"] {
        live.api.delete(&format!("queues/%2F/{name}")).await;
    }
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// A closed port is told from a silent broker, at once.
pub(crate) async fn a_closed_port_is_said_at_once(target: &Target) {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = Endpoint { node: 1, host: closed.ip().to_string(), port: closed.port() };
    let endpoints = ["amqp", "management"].map(|name| (name.to_owned(), vec![endpoint.clone()])).into();
    let nobody = Target { endpoints, ..target.clone() };
    let mut live = Live::connect(&nobody);
    let started = Instant::now();
    let error = live.session.observe(Interest { whole: true, ..Interest::default() }).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot reach jobs (management, {endpoint})"));
    let error = live.session.ready().await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("not ready: cannot reach jobs (amqp, {endpoint})")), "{error}");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

/// Killed and started again, it is not ready until it can work, and what is durable is still there.
pub(crate) async fn a_killed_broker_is_ready_when_it_can_work(target: &Target, kill: impl FnOnce()) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let spec =
        format!("vhosts: {{ {VHOST}: {{ queues: {{ c: {{}}, q: {{ type: quorum }}, s: {{ type: stream }} }} }} }}");
    live.converge(&spec).await;
    for queue in ["c", "q", "s"] {
        live.api.publish(VHOST, queue, 2).await;
    }
    kill();
    let mut live = Live::connect(target);
    let began = Instant::now();
    while live.session.ready().await.is_err() {
        assert!(began.elapsed() < Duration::from_mins(2), "it never came back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // A stream that its broker forgot to bring back is declared again; nothing else is left to do.
    let plan = live.converge(&spec).await;
    let others = plan.steps.iter().filter(|step| step.address.name != "s" || step.action != Action::Create).count();
    assert_eq!(others, 0, "{}", plan.to_text());
    assert_eq!(live.api.read_stream(VHOST, "s", 2).await, ["m", "m"]);
    let checks = live.session.probe().await;
    assert!(checks[0].ok, "{checks:?}");
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}
