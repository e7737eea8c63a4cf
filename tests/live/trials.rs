//! What goes wrong with other tools, told or prevented by ours: nothing destroyed, nothing dropped in silence, no
//! hang, no success while a change is pending.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::kafka_client::Kafka;
use super::kafka_tools;
use super::lab::{Lab, Ran, docker, identity, same, until};
use super::rabbit::{ROOT, Rabbit, Talk};

const SPEC: &str = r#"brokers:
  events:
    kind: kafka
    version: "4.3"
    storage: memory
    topics:
      orders: { partitions: 3, config: { retention.ms: 7d } }
  jobs:
    kind: rabbitmq
    version: "4.0"
    storage: memory
    exchanges:
      mail: { type: topic }
    queues:
      letters: { bindings: [ { exchange: mail, routing_key: letter } ] }
"#;

/// An edit of the file, and the mistake that is found in it.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "orders:",
        "\"or ders\":",
        "7:7: error[invalid-name]: ` ` cannot be in the name of a topic (help: Kafka takes 1 to 249 letters, digits, `.`, `_` and `-`)",
    ),
    (
        "retention.ms",
        "retention.mss",
        "7:42: error[unknown-config]: Kafka 4.3 has no topic configuration `retention.mss` (help: did you mean `retention.ms`?)",
    ),
    (
        "retention.ms: 7d",
        "retention.ms: often",
        "7:56: error[bad-config-value]: `retention.ms`: `often` is not a whole number (help: `retention.ms` takes a whole number of milliseconds, or one with ms, s, m, h or d: `7d`)",
    ),
    (
        "partitions: 3",
        "partitons: 3",
        "7:17: error[unknown-key]: unknown key `partitons` in a topic (help: did you mean `partitions`? A topic takes `config`, `description`, `on_change`, `partitions` and `replication_factor`)",
    ),
    (
        "routing_key: letter",
        "routing_kye: letter",
        "15:48: error[unknown-key]: unknown key `routing_kye` in a binding (help: did you mean `routing_key`? A binding takes `arguments`, `exchange` and `routing_key`)",
    ),
    (
        "exchange: mail,",
        "exchange: mial,",
        "15:42: error[unknown-exchange]: the source of this binding is the exchange `mial`, which nobody declares (help: did you mean `mail`?)",
    ),
    (
        "letters: {",
        "letters: { arguments: { x-max-length: many },",
        "15:31: error[argument-type]: `x-max-length` of the queue `letters` is the text \"many\", and RabbitMQ wants a whole number (help: write a whole number there)",
    ),
];

#[test]
fn trials() {
    let lab = Lab::new("trials", SPEC);
    lab.mqlab(&["up"]).code(0);
    let env = lab.env();
    let rabbit = Rabbit::jobs(&env);
    let scene = Scene { kafka: Kafka::events(&env), talk: rabbit.talk(ROOT).unwrap(), lab, rabbit };
    scene.kafka.produce("orders", 5);
    scene.talk.fill("letters", 2);
    scene.a_mistake_in_the_file_changes_nothing();
    scene.a_misspelt_argument_is_said_before();
    scene.a_dry_run_is_no_success();
    scene.fewer_partitions();
    scene.partitions_grown_by_hand();
    scene.durable_to_transient();
    scene.an_exchange_deleted_by_hand();
    scene.a_config_set_by_hand();
    scene.paused_brokers();
    scene.frozen_brokers();
    scene.killed_in_the_middle_of_an_apply();
}

struct Scene {
    lab: Lab,
    kafka: Kafka,
    rabbit: Rabbit,
    talk: Talk,
}

impl Scene {
    fn state(&self) -> String {
        let mut text = self.rabbit.definitions();
        for (topic, partitions) in self.kafka.partitions() {
            let (configs, messages) = (self.kafka.configs(&topic), self.kafka.count(&topic));
            writeln!(text, "topic {topic} {partitions} {configs:?} {messages}").unwrap();
        }
        writeln!(text, "letters {}", self.talk.count("letters")).unwrap();
        text
    }

    fn edited(&self, old: &str, new: &str, check: impl FnOnce()) {
        self.lab.edit(old, new);
        check();
        self.lab.spec(SPEC);
    }

    /// An invalid new name, typos in keys, configs and arguments, a binding to nothing.
    fn a_mistake_in_the_file_changes_nothing(&self) {
        let before = self.state();
        for (old, new, mistake) in MISTAKES {
            self.edited(old, new, || {
                let wanted = format!("mqlab.yaml:{mistake}\n1 error\n");
                same(&self.lab.mqlab(&["check", "--format", "plain"]).code(2).stdout, &wanted);
                for verb in ["plan", "up", "apply"] {
                    let ran = self.lab.mqlab(&[verb, "--format", "plain"]).code(2);
                    same(&ran.stderr, &wanted);
                    assert_eq!(ran.stdout, "");
                }
            });
        }
        same(&self.state(), &before);
    }

    /// The broker takes it and ignores it, so it is a warning, and an error where warnings are.
    fn a_misspelt_argument_is_said_before(&self) {
        self.edited("letters: {", "letters: { arguments: { x-max-lenght: 5 },", || {
            let warning = "mqlab.yaml:15:31: warning[unknown-argument]: RabbitMQ ignores the argument `x-max-lenght` of \
                           the queue `letters` (help: did you mean `x-max-length`?)\n";
            self.lab.mqlab(&["check", "--format", "plain"]).code(0).says(warning);
            self.lab.mqlab(&["check", "--strict"]).code(2);
            self.lab.mqlab(&["plan", "--format", "plain"]).says(warning);
        });
    }

    fn a_dry_run_is_no_success(&self) {
        let before = self.state();
        self.edited("retention.ms: 7d", "retention.ms: 8d", || {
            let wanted = "\
~ events/topic/orders: config.retention.ms: 604800000 → 691200000 [mqlab.yaml:7] (moved: the file)
Plan: 0 create, 1 update, 0 replace, 0 delete; 6 unchanged; 0 unmanaged
";
            same(&self.lab.mqlab(&["plan", "--exit-code", "--format", "plain"]).code(3).stdout, wanted);
            let ran = self.lab.mqlab(&["plan"]).code(0).says("Plan: 0 create, 1 update");
            for word in ["success", "Done", "In sync", "✓"] {
                assert!(!ran.stdout.contains(word) && !ran.stderr.contains(word), "{word} in {ran:#?}");
            }
            self.lab.mqlab(&["drift"]).code(3).never_says("In sync");
        });
        same(&self.state(), &before);
    }

    fn fewer_partitions(&self) {
        let before = (self.state(), kafka_tools::topics(&self.lab.container("events")));
        self.edited("partitions: 3", "partitions: 1", || {
            let way_out = "set `partitions: 3`, or lose its messages with `mqlab apply --replace events/topic/orders \
                           --allow-data-loss`";
            self.lab.mqlab(&["plan", "--exit-code"]).code(3).says(way_out);
            for verb in ["apply", "up"] {
                self.lab.mqlab(&[verb, "--yes"]).code(5).says(way_out);
            }
            // A permission to replace is none to lose messages.
            self.lab.mqlab(&["apply", "--yes", "--replace", "events/topic/orders"]).code(5).says("5 messages");
        });
        assert_eq!((self.state(), kafka_tools::topics(&self.lab.container("events"))), before);
    }

    fn partitions_grown_by_hand(&self) {
        self.kafka.grow("orders", 4);
        for verb in ["apply", "up"] {
            let ran = self.lab.mqlab(&[verb, "--yes"]).code(5);
            ran.says("the topic has 4 and the file says 3").says("set `partitions: 4`");
        }
        assert_eq!((self.kafka.partitions()["orders"], self.kafka.count("orders")), (4, 5));
        let now = SPEC.replace("partitions: 3", "partitions: 4");
        self.lab.spec(&now);
        self.lab.mqlab(&["apply"]).code(0);
        self.kafka.produce("orders", 1);
        // From here on another file, and the topic as it says: made again on purpose.
        self.lab.spec(SPEC);
        let replace = ["apply", "--yes", "--replace", "events/topic/orders", "--allow-data-loss"];
        self.lab.mqlab(&replace).code(0);
        assert_eq!((self.kafka.partitions()["orders"], self.kafka.count("orders")), (3, 0));
        self.kafka.produce("orders", 5);
    }

    fn durable_to_transient(&self) {
        let before = self.state();
        self.edited("letters: {", "letters: { durable: false,", || {
            self.lab.mqlab(&["plan", "--exit-code"]).code(3).says("! queue/letters  durable: true → false");
            for arguments in [&["apply", "--yes"][..], &["up", "--yes"]] {
                let ran = self.lab.mqlab(arguments).code(5).says("durable: true → false");
                ran.says("mqlab apply --replace jobs/queue/letters");
            }
            let ran = self.lab.mqlab(&["apply", "--yes", "--replace", "jobs/queue/letters"]).code(5);
            ran.says("2 messages");
        });
        same(&self.state(), &before);
    }

    /// Its binding goes with it, and both come back.
    fn an_exchange_deleted_by_hand(&self) {
        let before = self.state();
        self.rabbit.delete(&format!("exchanges/{ROOT}/mail"));
        let wanted = "\
+ jobs/exchange/mail: not there [mqlab.yaml:13] (moved: the broker)
+ jobs/binding/mail→letters?letter: not there [mqlab.yaml:15] (moved: the broker)
Plan: 2 create, 0 update, 0 replace, 0 delete; 5 unchanged; 0 unmanaged
";
        same(&self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout, wanted);
        self.lab.mqlab(&["apply"]).code(0);
        same(&self.state(), &before);
    }

    /// Left alone: not drift, not removed, whatever else is changed.
    fn a_config_set_by_hand(&self) {
        let add =
            ["--alter", "--entity-type", "topics", "--entity-name", "orders", "--add-config", "max.message.bytes=2000"];
        kafka_tools::run(&self.lab.container("events"), "configs", &add);
        self.rabbit.put(
            &format!("policies/{ROOT}/by-hand"),
            &json!({ "pattern": "^nothing$", "definition": { "max-length": 1 } }),
        );
        self.lab.mqlab(&["drift"]).code(0).says("? policy/by-hand: not in the file, left alone");
        self.lab.mqlab(&["drift", "--strict"]).code(3);
        self.edited("retention.ms: 7d", "retention.ms: 8d", || drop(self.lab.mqlab(&["apply"]).code(0)));
        assert_eq!(self.kafka.configs("orders")["max.message.bytes"], "2000");
        assert_eq!(self.kafka.configs("orders")["retention.ms"], "691200000");
        assert!(self.rabbit.is_there(&format!("policies/{ROOT}/by-hand")));
        self.lab.mqlab(&["apply"]).code(0);
        self.rabbit.delete(&format!("policies/{ROOT}/by-hand"));
    }

    /// The engine knows that they are paused: said at once, and let go on by a start.
    fn paused_brokers(&self) {
        let containers = [self.lab.container("events"), self.lab.container("jobs")];
        let before = containers.each_ref().map(|name| identity(name));
        let both = containers.each_ref().map(String::as_str);
        docker(&[&["pause"], &both[..]].concat());
        let words = "\
error: `events` is paused: somebody froze its container
  let it go on: mqlab start events
error: `jobs` is paused: somebody froze its container
  let it go on: mqlab start jobs
";
        for verb in [&["plan", "--exit-code"][..], &["drift"], &["status"], &["apply"]] {
            let ran = self.lab.mqlab(verb).code(1).says(words).never_says("In sync");
            assert!(ran.took < Duration::from_secs(3), "{ran:#?}");
        }
        self.lab.mqlab(&["start", "events"]).code(0);
        self.lab.mqlab(&["up"]).code(0);
        assert_eq!(containers.each_ref().map(|name| identity(name)), before, "nothing was made again");
        self.lab.mqlab(&["drift"]).code(0);
    }

    /// The engine thinks that they run: nobody answers any more.
    fn frozen_brokers(&self) {
        let all = |signal: &str| {
            for broker in ["events", "jobs"] {
                let name = self.lab.container(broker);
                docker(&["exec", "--user", "root", &name, "sh", "-c", &format!("kill -s {signal} -- -1 || true")]);
                docker(&["kill", "--signal", signal, &name]);
            }
        };
        let before = self.state();
        all("STOP");
        thread::scope(|scope| {
            let verbs = [&["plan", "--exit-code"][..], &["drift"], &["status"], &["apply", "--ready-seconds", "5"]];
            let runs = verbs.map(|verb| {
                let command = self.lab.command(verb);
                scope.spawn(move || (verb, Ran::of(command)))
            });
            for run in runs {
                let (verb, ran) = run.join().unwrap();
                let ran = ran.code(1).never_says("In sync").never_says("Nothing to do");
                assert!(ran.took < Duration::from_secs(20), "{ran:#?}");
                for broker in ["events", "jobs"] {
                    assert!(ran.stderr.contains(&format!("mqlab logs {broker}")), "{verb:?} {ran:#?}");
                    let told = ran.stderr.matches(&format!("error: cannot ask `{broker}`: ")).count()
                        + ran.stderr.matches(&format!("error: `{broker}` runs and is not ready after 5 s: ")).count();
                    assert_eq!(told, 1, "{verb:?} {ran:#?}");
                }
            }
        });
        all("CONT");
        self.lab.mqlab(&["up"]).code(0);
        same(&self.state(), &before);
    }

    /// 200 topics and 500 queues, and both brokers die on the way: one piece of news for each.
    fn killed_in_the_middle_of_an_apply(&self) {
        let mut topics = String::from("    topics:\n");
        (0..200).for_each(|number| writeln!(topics, "      many.{number}: {{ partitions: 1 }}").unwrap());
        let mut queues = String::from("    queues:\n");
        (0..500).for_each(|number| writeln!(queues, "      many.{number}: {{}}").unwrap());
        self.lab.edit("    topics:\n", &topics);
        self.lab.edit("    queues:\n", &queues);
        let mut child = self.lab.command(&["apply"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !(said.contains("creating topics") && said.contains("importing definitions")) {
            assert_ne!(reader.read_line(&mut said).unwrap(), 0, "it ended before: {said}");
        }
        docker(&["kill", &self.lab.container("events"), &self.lab.container("jobs")]);
        reader.read_to_string(&mut said).unwrap();
        let code = child.wait().unwrap().code();
        assert!(matches!(code, Some(1 | 4)), "{code:?} {said}");
        assert!(said.contains("run the same command to go on: mqlab apply"), "{said}");
        assert!(said.lines().count() < 40, "{said}");
        for broker in ["events", "jobs"] {
            let reasons = said.lines().filter(|line| line.starts_with(&format!("  ✗ {broker}/"))).count();
            assert!(reasons <= 2, "{broker}: {said}");
        }
        self.lab
            .mqlab(&["apply"])
            .code(1)
            .says("`events` does not run")
            .says("`jobs` does not run")
            .says("start it: mqlab up");
        self.lab.mqlab(&["up"]).code(0);
        self.lab.mqlab(&["drift"]).code(0);
        until("all are there", 10, || Kafka::events(&self.lab.env()).partitions().len() == 201);
        assert_eq!(Rabbit::jobs(&self.lab.env()).get("queues").as_array().unwrap().len(), 501);
    }
}
