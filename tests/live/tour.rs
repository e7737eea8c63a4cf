//! The tour, from nothing: it comes up, it is exactly what the file says, and messages go where they should.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::kafka_tools;
use super::lab::{Lab, docker, identity, same};
use super::rabbit::{Rabbit, Talk};

const SECRETS: [(&str, &str, &str); 4] = [
    ("SHOP_PASSWORD", "shop", "planted-Sh0p"),
    ("WAREHOUSE_PASSWORD", "warehouse", "planted-War3house"),
    ("OFFICE_PASSWORD", "office", "planted-0ffice"),
    ("HARBOUR_PASSWORD", "harbour", "planted-H4rbour"),
];

#[test]
fn the_tour() {
    let mut lab = Lab::new("tour", include_str!("../../examples/tour.yaml"));
    for (variable, _, password) in SECRETS {
        lab.set(variable, password);
    }
    it_comes_up(&lab);
    a_second_up_changes_nothing(&lab);
    let rabbit = Rabbit::jobs(&lab.env());
    rabbitmq_has_what_is_declared_and_nothing_else(&rabbit);
    kafka_has_what_is_declared(&lab);
    users_may_do_what_is_declared_and_no_more(&rabbit);
    messages_arrive_where_the_topology_says_and_only_there(&lab, &rabbit);
    what_is_given_up_goes_to_its_dead_letter_queue(&rabbit);
    every_verb_has_json(&lab);
    the_exported_definitions_make_it_anew(&lab, &rabbit);
    for (_, _, password) in SECRETS {
        lab.kept_secret(password);
    }
    lab.kept_secret(&lab.env()["JOBS_PASSWORD"]);
}

fn it_comes_up(lab: &Lab) {
    let up = lab.mqlab(&["up"]).code(0);
    let rows: Vec<Vec<&str>> = up.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    let published = |broker: &str, port: &str| {
        docker(&["port", &lab.container(broker), port]).lines().next().unwrap().trim().to_owned()
    };
    let ports = [
        ("kafka", "", published("events", "9092/tcp")),
        ("amqp", "amqp://", published("jobs", "5672/tcp")),
        ("management", "http://", published("jobs", "15672/tcp")),
        ("prometheus", "http://", published("jobs", "15692/tcp")),
        ("stomp", "stomp://", published("jobs", "61613/tcp")),
    ];
    for (name, scheme, address) in ports {
        let row = [name, &format!("{scheme}{address}")];
        assert!(rows.iter().any(|words| words.windows(2).any(|pair| pair == row)), "no {row:?} in {}", up.stdout);
        assert!(address.starts_with("127.0.0.1:"), "{address}");
    }
    for start in [["events", "kafka", "4.3", "ready"], ["jobs", "rabbitmq", "4.0", "ready"]] {
        let same = |words: &&Vec<&str>| {
            words.len() > 4 && words.iter().zip(start).all(|(word, wanted)| word.starts_with(wanted))
        };
        assert_eq!(rows.iter().filter(same).count(), 1, "{start:?} in {}", up.stdout);
    }
    assert!(up.stdout.contains(lab.path("mqlab-site/index.html").to_str().unwrap()), "{}", up.stdout);
    assert!(lab.path("mqlab-site/index.html").is_file());
}

fn a_second_up_changes_nothing(lab: &Lab) {
    let state = || (identity(&lab.container("events")), identity(&lab.container("jobs")));
    let before = state();
    let files = site(lab);
    let again = lab.mqlab(&["up"]).code(0).says("Nothing to do: everything is as the file says (66 unchanged)");
    assert_eq!(state(), before);
    let written: Vec<_> = site(lab).difference(&files).cloned().collect();
    assert!(written.is_empty(), "{written:?}");
    let plain = lab.mqlab(&["up", "--format", "plain"]).code(0);
    let footer = "Plan: 0 create, 0 update, 0 replace, 0 delete; 66 unchanged; 0 unmanaged";
    assert!(plain.stdout.lines().any(|line| line == footer), "{}", plain.stdout);
    assert_eq!(state(), before);
    // A page that somebody wrote to or threw away is made again by the same command.
    let pages = ["index.html", "brokers/jobs/index.html"].map(|page| lab.path("mqlab-site").join(page));
    let text = || pages.each_ref().map(|page| std::fs::read_to_string(page).unwrap_or_default());
    let good = text();
    std::fs::write(&pages[0], "by hand").unwrap();
    std::fs::remove_file(&pages[1]).unwrap();
    lab.mqlab(&["up"]).code(0).says("(2 pages new or changed)");
    assert_eq!(text(), good);
    println!("an up with nothing to do took {:?}", again.took);
}

/// Paths and times of change of all pages.
fn site(lab: &Lab) -> BTreeSet<(std::path::PathBuf, std::time::SystemTime)> {
    let mut found = BTreeSet::new();
    let mut folders = vec![lab.path("mqlab-site")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                found.insert((entry.path(), entry.metadata().unwrap().modified().unwrap()));
            }
        }
    }
    found
}

/// The whole export, against lines that were written from the tour's file by hand.
fn rabbitmq_has_what_is_declared_and_nothing_else(rabbit: &Rabbit) {
    same(&rabbit.definitions(), include_str!("tour_definitions.txt"));
    assert_eq!(rabbit.login("guest", "guest").ask(reqwest::Method::GET, "whoami", None).0, 401);
}

fn kafka_has_what_is_declared(lab: &Lab) {
    let container = lab.container("events");
    let topics = kafka_tools::topics(&container);
    let shape: Vec<_> =
        topics.iter().map(|(name, topic)| (name.as_str(), topic.partitions, topic.replication)).collect();
    assert_eq!(shape, [("clicks", 6, 1), ("orders", 3, 1), ("stock", 2, 1)]);
    let wanted = [
        ("clicks", &[("compression.type", "lz4"), ("retention.bytes", "67108864"), ("retention.ms", "3600000")][..]),
        ("orders", &[("retention.ms", "604800000")]),
        (
            "stock",
            &[("cleanup.policy", "compact"), ("min.cleanable.dirty.ratio", "0.2"), ("segment.bytes", "16777216")],
        ),
    ];
    for (topic, configs) in wanted {
        let configs: BTreeMap<String, String> =
            configs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        assert_eq!(kafka_tools::configs(&container, topic), configs, "{topic}");
    }
    let broker = ["--describe", "--entity-type", "brokers", "--entity-name", "1", "--all"];
    let broker = kafka_tools::run(&container, "configs", &broker);
    assert!(broker.contains("log.retention.hours=48 "), "{broker}");
}

fn users_may_do_what_is_declared_and_no_more(rabbit: &Rabbit) {
    let (root, partners) = ("%2F", "partners");
    for (_, user, password) in SECRETS {
        assert!(rabbit.login(user, "wrong").talk(if user == "harbour" { partners } else { root }).is_err());
        for vhost in [root, partners] {
            let enters = rabbit.login(user, password).talk(vhost).is_ok();
            let wanted = user == "office" || (user == "harbour") == (vhost == partners);
            assert_eq!(enters, wanted, "{user} in {vhost}");
        }
    }
    let publishes = |user: &str, vhost: &str, exchange: &str, key: &str| {
        let (_, _, password) = SECRETS.iter().find(|(_, name, _)| *name == user).unwrap();
        let talk = rabbit.login(user, password).talk(vhost).unwrap();
        let result = talk.publish(exchange, key, &[], "as a user");
        talk.close();
        result.is_ok()
    };
    let cases = [
        ("shop", root, "payments", "nobody", true),
        ("shop", root, "failed", "nobody", false),
        ("warehouse", root, "orders", "order.eu.sent", true),
        ("warehouse", root, "orders", "order.eu.placed", false),
        ("warehouse", root, "payments", "nobody", false),
        ("office", partners, "sales", "harbour.paperback", true),
        ("office", root, "orders", "order.eu.sent", false),
        ("harbour", partners, "sales", "harbour.paperback", false),
    ];
    for (user, vhost, exchange, key, may) in cases {
        assert_eq!(publishes(user, vhost, exchange, key), may, "{user} {exchange} {key}");
    }
    let status =
        |user: &str, password: &str| rabbit.login(user, password).ask(reqwest::Method::GET, "overview", None).0;
    assert_eq!((status("office", SECRETS[2].2), status("shop", SECRETS[0].2)), (200, 401));
    let harbour = rabbit.login("harbour", SECRETS[3].2).talk(partners).unwrap();
    assert_eq!(harbour.drain("sales.harbour"), ["as a user"]);
    // What went through on the way is not part of the next scenario.
    let admin = rabbit.talk(root).unwrap();
    assert_eq!(admin.drain("shop.news"), ["as a user"]);
}

/// Exchange, key, headers, and the queues that get it, by the tour's own words.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const ROOT_CASES: &[Case] = &[
    ("orders", "order.eu.placed", &[], &["history", "invoices", "parcels.eu"]),
    ("orders", "order.us.placed", &[], &["history", "invoices", "parcels.us"]),
    ("orders", "order.asia.placed", &[], &["history", "invoices"]),
    ("orders", "order.eu.returned", &[], &["history", "parcels.eu"]),
    ("orders", "order.us.returned", &[], &["history", "parcels.us"]),
    ("orders", "order.eu.sent", &[], &["history", "shop.news"]),
    ("orders", "order.us.sent", &[], &["history", "shop.news"]),
    ("orders", "order", &[], &["history"]),
    ("orders", "order.placed", &[], &["history"]),
    ("orders", "order.eu.placed.late", &[], &["history"]),
    ("orders", "order.eu.placed.", &[], &["history"]),
    ("orders", "Order.eu.placed", &[], &["unrouted"]),
    ("orders", "orders.eu.placed", &[], &["unrouted"]),
    ("orders", "", &[], &["unrouted"]),
    ("payments", "card", &[], &["payments.card"]),
    ("payments", "transfer", &[], &["payments.transfer"]),
    ("payments", "giro", &[], &["payments.transfer"]),
    ("payments", "cash", &[], &[]),
    ("payments", "card.visa", &[], &[]),
    ("payments", "Card", &[], &[]),
    ("payments", "", &[], &[]),
    ("documents", "", &[("kind", "label"), ("abroad", "true")], &["print.labels"]),
    ("documents", "", &[("kind", "label"), ("abroad", "false")], &[]),
    ("documents", "", &[("kind", "label")], &[]),
    ("documents", "", &[("kind", "invoice")], &["print.office"]),
    ("documents", "", &[("kind", "invoice"), ("abroad", "true")], &["print.office"]),
    ("documents", "", &[("urgent", "true")], &["print.office"]),
    ("documents", "", &[("urgent", "false")], &[]),
    ("documents", "", &[("kind", "label"), ("abroad", "true"), ("urgent", "true")], &["print.labels", "print.office"]),
    ("documents", "label", &[], &[]),
    ("announcements", "", &[], &["history", "shop.news"]),
    ("announcements", "anything", &[], &["history", "shop.news"]),
    ("orders.unrouted", "", &[], &["unrouted"]),
    ("orders.unrouted", "anything", &[], &["unrouted"]),
    ("failed", "invoices", &[], &["failed.invoices"]),
    ("failed", "payments.card", &[], &["failed.payments"]),
    ("failed", "payments.transfer", &[], &[]),
    ("failed", "", &[], &[]),
    ("", "invoices", &[], &["invoices"]),
    ("", "unrouted", &[], &["unrouted"]),
    ("", "nobody", &[], &[]),
];

const PARTNERS_CASES: &[Case] = &[
    ("sales", "harbour.paperback", &[], &["sales.harbour"]),
    ("sales", "harbour.hardback", &[], &["sales.harbour"]),
    ("sales", "harbour", &[], &[]),
    ("sales", "harbour.paperback.signed", &[], &[]),
    ("sales", "other.paperback", &[], &[]),
    ("", "sales.harbour", &[], &["sales.harbour"]),
];

/// The broker and `mqlab trace` are each held against the table, not against one another.
fn messages_arrive_where_the_topology_says_and_only_there(lab: &Lab, rabbit: &Rabbit) {
    for (vhost, cases) in [("%2F", ROOT_CASES), ("partners", PARTNERS_CASES)] {
        let talk = rabbit.talk(vhost).unwrap();
        let queues: Vec<String> = names(&rabbit.get(&format!("queues/{vhost}?columns=name")));
        // A stream keeps what came before.
        let mut seen = queues.contains(&"history".to_owned()).then(|| read_history(&talk));
        for case in cases {
            let (exchange, key, headers, queues) = *case;
            let headers: Vec<(&str, Value)> = headers.iter().map(|(name, text)| (*name, header(text))).collect();
            let routed = talk.publish(exchange, key, &headers, &body(case)).unwrap();
            assert_eq!(routed, !queues.is_empty(), "{}", body(case));
        }
        for queue in queues {
            let got = match &mut seen {
                Some(seen) if queue == "history" => read_history(&talk).split_off(seen.len()),
                _ => talk.drain(&queue),
            };
            let wanted: Vec<String> =
                cases.iter().filter(|(_, _, _, queues)| queues.contains(&queue.as_str())).map(body).collect();
            assert_eq!(got, wanted, "{queue}");
        }
        for case in cases {
            assert_eq!(traced(lab, vhost, case), case.3, "{}", body(case));
        }
    }
}

/// All of the stream so far. The mark that ends the reading stays in it.
fn read_history(talk: &Talk) -> Vec<String> {
    let mark = format!("mark {:?}", std::time::Instant::now());
    assert!(talk.publish("", "history", &[], &mark).unwrap());
    let mut bodies = talk.read_stream("history", &mark);
    bodies.retain(|body| !body.starts_with("mark "));
    bodies
}

fn body(case: &Case) -> String {
    let (exchange, key, headers, _) = case;
    format!("{exchange:?} {key:?} {headers:?}")
}

fn header(text: &str) -> Value {
    text.parse().map_or_else(|_| json!(text), Value::Bool)
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

fn traced(lab: &Lab, vhost: &str, case: &Case) -> Vec<String> {
    let (exchange, key, headers, _) = case;
    let place = if vhost == "partners" { "jobs/partners" } else { "jobs" };
    let exchange = format!("{place}/exchange/{exchange}");
    let mut arguments = vec!["trace", &exchange, key, "--format", "plain"];
    let headers: Vec<String> = headers.iter().map(|(name, text)| format!("--header={name}={text}")).collect();
    arguments.extend(headers.iter().map(String::as_str));
    let prefix = format!("{place}/queue/");
    let text = lab.mqlab(&arguments).code(0).stdout;
    text.lines().map(|line| line.strip_prefix(&prefix).unwrap_or(line).to_owned()).collect()
}

fn what_is_given_up_goes_to_its_dead_letter_queue(rabbit: &Rabbit) {
    let talk = rabbit.talk("%2F").unwrap();
    for (queue, dead) in [("invoices", "failed.invoices"), ("payments.card", "failed.payments")] {
        talk.fill(queue, 1);
        talk.reject_one(queue);
        super::lab::until("the dead letter arrives", 10, || talk.count(dead) == 1);
        assert_eq!(talk.drain(dead), ["0"]);
        assert_eq!(talk.count(queue), 0);
    }
}

/// The site's file, given to the broker by its own API after everything that holds or routes messages is gone.
fn the_exported_definitions_make_it_anew(lab: &Lab, rabbit: &Rabbit) {
    let wanted = rabbit.definitions();
    let part = |text: &str| text.replace('%', "%25").replace('/', "%2F");
    for kind in ["policies", "queues", "exchanges"] {
        for object in rabbit.get(kind).as_array().unwrap() {
            let name = object["name"].as_str().unwrap();
            if !name.is_empty() && !name.starts_with("amq.") {
                rabbit.delete(&format!("{kind}/{}/{}", part(object["vhost"].as_str().unwrap()), part(name)));
            }
        }
    }
    assert_ne!(rabbit.definitions(), wanted);
    let file = std::fs::read_to_string(lab.path("mqlab-site/export/brokers/jobs.definitions.json")).unwrap();
    rabbit.post("definitions", &serde_json::from_str(&file).unwrap());
    same(&rabbit.definitions(), &wanted);
    lab.mqlab(&["drift"]).code(0);
}

fn every_verb_has_json(lab: &Lab) {
    let cases: [&[&str]; 12] = [
        &["check"],
        &["plan"],
        &["up"],
        &["apply"],
        &["drift"],
        &["status", "--probe"],
        &["ls"],
        &["trace", "jobs/payments", "card"],
        &["images", "list"],
        &["site", "build"],
        &["site", "check", "--strict"],
        &["start"],
    ];
    for verb in cases {
        let ran = lab.mqlab(&[verb, &["--format", "json"]].concat()).code(0);
        let json: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"));
        let words = verb.iter().take_while(|word| !word.starts_with("--") && !word.contains('/'));
        let command: Vec<&str> = words.copied().collect();
        assert_eq!((&json["format"], &json["command"]), (&json!(1), &json!(command.join(" "))), "{json}");
    }
}
