//! Stacks of two kinds of broker that need no engine, for the tests of the site.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use mqlab::brokers::Broker;
use mqlab::cli::manual;
use mqlab::model::{
    Address, App, BrokerModel, Facts, Flow, ImageSettings, Instances, Origin, Resource, Secret, SiteSettings, Stack,
    Storage, Value,
};
use mqlab::site::{
    BrokerInput, BrokerReport, BrokerStatus, CheckReport, ImageReport, Manual, RunReport, SiteInput, StepOutcome,
    StepReport,
};
use mqlab::spec::{Node, Position};

use crate::site_kinds::{Logs, Routes};

/// A stack and everything that the site reads of it.
pub(crate) struct Fixture {
    pub(crate) stack: Stack,
    topology: BTreeMap<String, Vec<Resource>>,
    pub(crate) report: Option<RunReport>,
    manual: Manual,
    line: u32,
}

impl Fixture {
    pub(crate) fn new(name: &str) -> Self {
        let stack = Stack {
            name: name.to_owned(),
            brokers: vec![broker_model("events", "kafka"), broker_model("jobs", "rabbitmq")],
            apps: Vec::new(),
            images: ImageSettings::default(),
            site: SiteSettings { title: None, languages: vec!["en".to_owned()], out: PathBuf::from("mqlab-site") },
            directory: PathBuf::from("."),
        };
        Self { stack, topology: BTreeMap::new(), report: None, manual: manual(), line: 10 }
    }

    pub(crate) fn input(&self) -> SiteInput<'_> {
        let brokers = self.stack.brokers.iter().map(|model| {
            let broker: &'static dyn Broker = if model.kind == "kafka" { &Logs } else { &Routes };
            let ports = [("kafka", 9092), ("amqp", 5672), ("management", 15672)];
            let facts = Facts {
                version: model.version.clone(),
                ports: ports.iter().map(|(name, port)| ((*name).to_owned(), vec![*port])).collect(),
                ..Facts::default()
            };
            BrokerInput { model, broker, topology: self.topology.get(&model.name).cloned().unwrap_or_default(), facts }
        });
        SiteInput { stack: &self.stack, brokers: brokers.collect(), report: self.report.as_ref(), manual: &self.manual }
    }

    fn origin(&mut self) -> Origin {
        self.line += 3;
        Origin { file: Arc::from("mqlab.yaml"), line: self.line, column: 7 }
    }

    pub(crate) fn add(&mut self, resource: Resource) {
        let origin = self.origin();
        self.topology.entry(resource.address.broker.clone()).or_default().push(resource.at(Some(origin)));
    }

    pub(crate) fn topic(&mut self, name: &str, partitions: u32) {
        let topic = Resource::new(Address::new("events", "topic", name));
        self.add(topic.with("partitions", partitions).with("replication_factor", 1_u32));
    }

    pub(crate) fn exchange(&mut self, name: &str, kind: &str, alternate: Option<&str>) {
        let mut exchange =
            Resource::new(Address::new("jobs", "exchange", name)).with("type", kind).with("durable", true);
        if let Some(alternate) = alternate {
            exchange = exchange.with("alternate_exchange", alternate);
        }
        self.add(exchange);
    }

    pub(crate) fn queue(&mut self, name: &str, kind: &str, dead_letter: Option<&str>) {
        let mut queue = Resource::new(Address::new("jobs", "queue", name)).with("type", kind).with("durable", true);
        if let Some(exchange) = dead_letter {
            queue = queue.with("dead_letter_exchange", exchange).with("arguments.x-message-ttl", 60_000_u32);
        }
        self.add(queue);
    }

    pub(crate) fn bind(&mut self, source: &str, destination: &str, key: &str) {
        self.bind_to(source, "queue", destination, key);
    }

    pub(crate) fn bind_to(&mut self, source: &str, kind: &str, destination: &str, key: &str) {
        let name = Address::binding_name(source, destination, kind == "exchange", key, None);
        let binding = Resource::new(Address::new("jobs", "binding", name))
            .with("source", source)
            .with("destination", destination)
            .with("destination_type", kind)
            .with("routing_key", key)
            .needing(Address::new("jobs", "exchange", source))
            .needing(Address::new("jobs", kind, destination));
        self.add(binding);
    }

    pub(crate) fn app(&mut self, name: &str, produces: &[(&str, &str)], consumes: &[&str], instances: u32) {
        let mut flow = |address: &str, key: &str| Flow {
            address: address.parse().unwrap(),
            routing_key: (!key.is_empty()).then(|| key.to_owned()),
            headers: BTreeMap::new(),
            origin: self.origin(),
        };
        let app = App {
            name: name.to_owned(),
            description: Some(format!("The {name} service.")),
            produces: produces.iter().map(|(address, key)| flow(address, key)).collect(),
            consumes: consumes.iter().map(|address| flow(address, "")).collect(),
            group: (instances > 1).then(|| name.to_owned()),
            instances: Instances(instances),
            user: None,
            origin: self.origin(),
        };
        self.stack.apps.push(app);
    }
}

fn broker_model(name: &str, kind: &'static str) -> BrokerModel {
    let origin = Origin { file: Arc::from("mqlab.yaml"), line: 4, column: 3 };
    BrokerModel {
        name: name.to_owned(),
        kind,
        version: "4.3".to_owned(),
        distribution: None,
        image: None,
        platform: None,
        nodes: 1,
        storage: Storage::Volume,
        memory: None,
        heap: None,
        env: BTreeMap::new(),
        ports: BTreeMap::new(),
        bind: "127.0.0.1".to_owned(),
        advertise_host: None,
        config: BTreeMap::from([("log.retention.hours".to_owned(), Value::from(24_i64))]),
        config_origins: BTreeMap::new(),
        unmanaged_fails: false,
        origin,
        files: Vec::new(),
        body: Node::empty(Position::default()),
    }
}

/// Two topics, one queue: small enough to be read as a golden file.
pub(crate) fn small() -> Fixture {
    let mut fixture = Fixture::new("small");
    fixture.topic("orders", 3);
    fixture.exchange("mail", "topic", None);
    fixture.queue("mail.eu", "quorum", Some("mail"));
    fixture.bind("mail", "mail.eu", "mail.eu.#");
    fixture.app("checkout", &[("events/topic/orders", ""), ("jobs/exchange/mail", "mail.eu.sent")], &[], 1);
    fixture.app("mailer", &[], &["jobs/queue/mail.eu"], 2);
    fixture.report = Some(report());
    fixture
}

/// Like the tour: all exchange types, exchange to exchange, alternate, dead letter, apps on both brokers.
pub(crate) fn tour() -> Fixture {
    let mut fixture = Fixture::new("shop");
    fixture.stack.site.title = Some("Shop messaging".to_owned());
    let orders = Resource::new(Address::new("events", "topic", "orders"))
        .with("partitions", 6_u32)
        .with("replication_factor", 1_u32)
        .with("config.cleanup.policy", "delete")
        .with("config.retention.ms", 604_800_000_i64);
    fixture.add(Resource { description: Some("Every order, keyed by customer.".to_owned()), ..orders });
    fixture.topic("payments", 3);
    for (name, kind, alternate) in [
        ("mail", "topic", Some("unrouted")),
        ("tasks", "direct", None),
        ("announce", "fanout", None),
        ("reports", "headers", None),
        ("mail.dead", "fanout", None),
        ("unrouted", "fanout", None),
    ] {
        fixture.exchange(name, kind, alternate);
    }
    fixture.queue("mail.eu", "quorum", Some("mail.dead"));
    fixture.queue("mail.us", "quorum", Some("mail.dead"));
    for (name, kind) in [
        ("resize", "classic"),
        ("audit", "stream"),
        ("reports.pdf", "classic"),
        ("parked", "quorum"),
        ("lost", "classic"),
    ] {
        fixture.queue(name, kind, None);
    }
    for (source, queue, key) in [
        ("mail", "mail.eu", "mail.eu.#"),
        ("mail", "mail.us", "mail.us.*"),
        ("mail", "mail.us", "mail.ca.*"),
        ("tasks", "resize", "resize"),
        ("announce", "audit", ""),
        ("reports", "reports.pdf", "x-match: all, format: pdf"),
        ("mail.dead", "parked", ""),
        ("unrouted", "lost", ""),
    ] {
        fixture.bind(source, queue, key);
    }
    fixture.bind_to("mail", "exchange", "announce", "mail.#");
    let user = Resource::new(Address::new("jobs", "user", "mailer"));
    fixture.add(user.with("tags", "monitoring").with("password", Value::Secret(Secret::new("planted-password"))));
    let policy = Resource::new(Address::new("jobs", "policy", "ttl"));
    fixture.add(policy.with("pattern", "^mail\\.").with("definition.message-ttl", 60_000_u32).with("priority", 1_u32));
    fixture.app(
        "checkout",
        &[("events/topic/orders", ""), ("jobs/exchange/mail", "mail.eu.sent"), ("jobs/exchange/tasks", "resize")],
        &[],
        1,
    );
    fixture.app(
        "billing",
        &[("events/topic/payments", ""), ("jobs/exchange/reports", "")],
        &["events/topic/orders"],
        3,
    );
    fixture.app("mailer", &[], &["jobs/queue/mail.eu", "jobs/queue/mail.us"], 2);
    fixture.app("ledger", &[], &["events/topic/payments"], 1);
    fixture.app("printer", &[], &["jobs/queue/reports.pdf"], 1);
    fixture.report = Some(report());
    fixture
}

/// Names that want to be markup, paths, devices or something else than names.
pub(crate) fn hostile() -> Fixture {
    let mut fixture = Fixture::new("hostile");
    fixture.stack.site.title = Some("\"><img src=x onerror=alert(1)>".to_owned());
    for name in [
        "<script>alert(1)</script>".to_owned(),
        format!("{}abc", "🐇".repeat(63)),
        "..".to_owned(),
        ".".to_owned(),
        "CON".to_owned(),
        "con".to_owned(),
        "Orders".to_owned(),
        "orders".to_owned(),
        "a/b?c#d%41".to_owned(),
        "javascript:alert(1)".to_owned(),
        "\u{202e}txt.exe\u{0}".to_owned(),
        "订单.支付 失败".to_owned(),
        "{{ 7 * 7 }}{% raw %}".to_owned(),
        "</textarea></svg><svg onload=alert(1)>".to_owned(),
        "index".to_owned(),
        "x".repeat(255),
    ] {
        fixture.queue(&name, "classic", None);
        fixture.bind("amq.topic", &name, "<b>key</b> & \"more\"");
    }
    fixture.exchange("a<b>'\"", "x-<i>", Some("a<b>'\""));
    fixture.app("<app>", &[("jobs/exchange/a<b>'\"", "\"><script>alert(2)</script>")], &["jobs/queue/.."], 1);
    let mut report = report();
    report.notes = vec!["<script>alert(3)</script>".to_owned()];
    "<img src=x onerror=alert(4)>".clone_into(&mut report.checks[0].detail);
    fixture.report = Some(report);
    fixture
}

/// About `count` objects with a page, and as many bindings as queues.
pub(crate) fn large(count: u32) -> Fixture {
    let mut fixture = Fixture::new("large");
    let areas = ["orders", "mail", "stock", "audit", "search", "billing", "media", "users"];
    let area = |at: u32| areas[at as usize % areas.len()];
    for at in 0..count / 10 {
        fixture.exchange(
            &format!("{}.{at}", area(at)),
            ["topic", "direct", "fanout", "headers"][at as usize % 4],
            None,
        );
    }
    for at in 0..count / 5 {
        fixture.topic(&format!("{}-{at}", area(at)), 1 + at % 12);
    }
    for at in 0..count * 7 / 10 {
        let queue = format!("{}.queue.{at}", area(at));
        let exchange = at % (count / 10);
        let dead_letter = (at % 9 == 0).then(|| format!("{}.{exchange}", area(exchange)));
        fixture.queue(&queue, "quorum", dead_letter.as_deref());
        fixture.bind(&format!("{}.{exchange}", area(exchange)), &queue, &format!("{}.key.{at}", area(at)));
    }
    for at in 0..12 {
        let exchange = format!("jobs/exchange/{}.{at}", area(at));
        fixture.app(&format!("app-{at}"), &[(&exchange, "key")], &[&format!("jobs/queue/{}.queue.{at}", area(at))], 1);
    }
    fixture
}

fn report() -> RunReport {
    let broker = |version: &str, ports: &[(&str, &str)], reference: &str, container: &str| BrokerReport {
        version: version.to_owned(),
        status: BrokerStatus::Ready,
        endpoints: ports.iter().map(|(name, at)| ((*name).to_owned(), vec![(*at).to_owned()])).collect(),
        advertise_host: "127.0.0.1".to_owned(),
        image: ImageReport {
            source: "built here from the recipe".to_owned(),
            reference: reference.to_owned(),
            digest: format!("sha256:{}", "0123456789abcdef".repeat(4)),
            when: "2026-03-01 14:05 UTC".to_owned(),
        },
        containers: vec![container.to_owned()],
    };
    let step = |address: &str, outcome, detail: &str| StepReport {
        address: address.parse().unwrap(),
        verb: "create".to_owned(),
        cause: "not there".to_owned(),
        outcome,
        detail: detail.to_owned(),
    };
    let check = |name: &str, broker: &str, detail: &str| CheckReport {
        name: name.to_owned(),
        broker: broker.to_owned(),
        ok: true,
        detail: detail.to_owned(),
    };
    RunReport {
        command: "mqlab up".to_owned(),
        finished: "2026-03-01 14:05 UTC".to_owned(),
        tool_version: "0.1.0".to_owned(),
        brokers: BTreeMap::from([
            ("events".to_owned(), broker("4.3.1", &[("kafka", "127.0.0.1:9092")], "mqlab/kafka:4.3", "shop-events-1")),
            (
                "jobs".to_owned(),
                broker(
                    "4.0.5",
                    &[("amqp", "127.0.0.1:5672"), ("management", "127.0.0.1:15672")],
                    "mqlab/rabbitmq:4.0",
                    "shop-jobs-1",
                ),
            ),
        ]),
        steps: vec![
            step("events/topic/orders", StepOutcome::Done, ""),
            step("jobs/exchange/mail", StepOutcome::Done, ""),
            step("jobs/queue/mail.eu", StepOutcome::Failed, "the broker refuses: precondition failed"),
        ],
        unchanged: 4,
        unmanaged: vec![Address::new("jobs", "queue", "left-over")],
        checks: vec![
            check("topics are usable", "events", "2 topics, 9 partitions with a leader"),
            check("a message goes round", "jobs", "published, routed and taken back in 4 ms"),
        ],
        notes: Vec::new(),
    }
}
