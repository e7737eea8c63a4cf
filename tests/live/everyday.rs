//! A stack's days: settings for programs, stopped and started, taken down and brought back, run for one command.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::json;

use super::kafka_client::Kafka;
use super::kafka_tools;
use super::lab::{Lab, Ran, docker, identity, is_podman, same, until};
use super::rabbit::{ROOT, Rabbit, Talk};
use super::strangers::Stranger;

/// Everything that a shell or a reader of settings could trip over.
const AWKWARD: &str = r#"planted 'it`s' "$HOME" \n#%ü"#;

const SPEC: &str = r#"brokers:
  events:
    kind: kafka
    version: "4.3"
    topics:
      orders: { partitions: 3 }
      stock: { partitions: 1 }
  jobs:
    kind: rabbitmq
    version: "4.0"
    queues:
      letters: { type: quorum }
      parcels: {}
    users:
      mailer: { password: "${env:MAILER_PASSWORD}", permissions: { /: { configure: "", write: ".*", read: ".*" } } }
"#;

#[test]
fn the_days_of_a_stack() {
    let mut lab = Lab::new("everyday", SPEC);
    lab.set("MAILER_PASSWORD", AWKWARD);
    only_what_is_chosen_is_made(&lab);
    lab.mqlab(&["up"]).code(0);
    settings_arrive_in_every_form(&lab);
    status_knows_what_is_inside(&lab);
    logs_are_the_containers_own(&lab);
    a_stack_is_listed(&lab);
    data_survives(&lab);
    a_command_runs_in_what_is_there(&lab);
    data_goes_when_asked(&lab);
    lab.kept_secret(AWKWARD);
    lab.kept_secret(&json!(AWKWARD).to_string());
}

fn only_what_is_chosen_is_made(lab: &Lab) {
    let chosen = ["--only", "events/topic/orders", "--only", "jobs/letters", "--no-site"];
    let ran = lab.mqlab(&[&["up"], &chosen[..]].concat()).code(0);
    assert!(!ran.stdout.contains("site") && !lab.path("mqlab-site").exists(), "{ran:#?}");
    let report = lab.json(&[&["apply"], &chosen[..]].concat());
    assert!(report["site"].is_null() && !lab.path("mqlab-site").exists(), "{report:#}");
    let rabbit = Rabbit::jobs(&lab.env());
    assert!(rabbit.is_there(&format!("queues/{ROOT}/letters")));
    assert!(!rabbit.is_there(&format!("queues/{ROOT}/parcels")));
    assert_eq!(Kafka::events(&lab.env()).partitions(), [("orders".to_owned(), 3)].into());
    lab.mqlab(&["up", "--only", "jobs/lettres"]).code(2).says("did you mean jobs/letters?");
}

fn settings_arrive_in_every_form(lab: &Lab) {
    let wanted = lab.env();
    assert_eq!(wanted["JOBS_MAILER_PASSWORD"], AWKWARD);
    for url in ["JOBS_AMQP_URL", "JOBS_MAILER_AMQP_URL"] {
        let talk = Talk::to(&wanted[url]).unwrap();
        talk.fill("parcels", 1);
        assert_eq!(talk.drain("parcels"), ["0"]);
        talk.close();
    }
    // What a shell takes from the first two forms is what the third has.
    for (format, read) in [("shell", "eval \"$(cat settings)\""), ("dotenv", "set -a; . ./settings")] {
        std::fs::write(lab.path("settings"), lab.mqlab(&["env", "--format", format]).code(0).stdout).unwrap();
        let print: Vec<String> = wanted.keys().map(|name| format!("printf '%s\\0' \"${name}\"")).collect();
        let mut shell = Command::new("sh");
        shell.args(["-euc", &format!("{read}\n{}", print.join("\n"))]).current_dir(lab.folder()).env_clear();
        let ran = Ran::of(shell).code(0);
        let values: Vec<&str> = ran.stdout.split_terminator('\0').collect();
        assert_eq!(values, wanted.values().collect::<Vec<_>>(), "{format}");
    }
    std::fs::remove_file(lab.path("settings")).unwrap();
    let github = lab.mqlab(&["env", "--format", "github"]).code(0);
    let lines: BTreeMap<String, String> = github
        .stdout
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    assert_eq!(lines, wanted);
    assert!(github.stderr.lines().any(|line| line == format!("::add-mask::{AWKWARD}")), "{github:#?}");
}

fn status_knows_what_is_inside(lab: &Lab) {
    let talk = Rabbit::jobs(&lab.env()).talk(ROOT).unwrap();
    talk.fill("letters", 5);
    Kafka::events(&lab.env()).produce("orders", 4);
    let status = lab.mqlab(&["status", "--probe"]).code(0);
    for row in ["events/topic/orders 4", "jobs/queue/letters 5 0"] {
        let has = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(row);
        assert!(status.stdout.lines().any(has), "no {row} in {}", status.stdout);
    }
    assert_eq!(status.stdout.matches("a message goes round").count(), 2, "{}", status.stdout);
    let objects = lab.json(&["status"])["objects"].clone();
    let letters = objects.as_array().unwrap().iter().find(|one| one["address"] == "jobs/queue/letters").unwrap();
    assert_eq!((&letters["messages"], &letters["managed"]), (&json!(5), &json!(true)));
}

fn logs_are_the_containers_own(lab: &Lab) {
    let own = docker(&["logs", "--tail", "3", &lab.container("events")]);
    same(&lab.mqlab(&["logs", "events", "--tail", "3"]).code(0).stdout, &own);
    let both = lab.mqlab(&["logs", "--tail", "1"]).code(0).stdout;
    let heads: std::collections::BTreeSet<&str> = both.lines().filter_map(|line| line.split(" | ").next()).collect();
    assert_eq!(heads, ["events-1", "jobs-1"].into(), "{both}");
    lab.mqlab(&["logs", "evnets"]).code(2).says("did you mean `events`?");
}

fn a_stack_is_listed(lab: &Lab) {
    let stacks = lab.json(&["ls"])["stacks"].clone();
    let own = stacks.as_array().unwrap().iter().find(|stack| stack["name"] == lab.stack()).unwrap();
    assert_eq!(own["nodes"].as_array().unwrap().len(), 2, "{own}");
    assert_eq!(own["directory"], json!(lab.folder().canonicalize().unwrap()));
    let human = lab.mqlab(&["ls"]).code(0).stdout;
    let row = human.lines().find(|line| line.split_whitespace().next() == Some(lab.stack())).unwrap();
    assert!(row.contains("2 of 2"), "{row}");
}

fn data_survives(lab: &Lab) {
    let inside = || {
        let env = lab.env();
        let talk = Rabbit::jobs(&env).talk(ROOT).unwrap();
        (talk.count("letters"), Kafka::events(&env).count("orders"))
    };
    let topics = || kafka_tools::topics(&lab.container("events"));
    let (before, env) = (topics(), lab.env());
    let passwords =
        |env: &BTreeMap<String, String>| [env["JOBS_PASSWORD"].clone(), env["JOBS_MAILER_PASSWORD"].clone()];
    let running = |broker: &str| docker(&["inspect", "--format", "{{.State.Running}}", &lab.container(broker)]);
    lab.mqlab(&["stop"]).code(0).never_says("storage");
    assert_eq!((running("events").trim(), running("jobs").trim()), ("false", "false"));
    lab.mqlab(&["drift"]).code(1).says("does not run, so it cannot be compared");
    lab.mqlab(&["apply"]).code(1).says("start it: mqlab up");
    lab.mqlab(&["env"]).code(1).says("start it: mqlab up");
    let ids = [identity(&lab.container("events")), identity(&lab.container("jobs"))];
    lab.mqlab(&["start"]).code(0);
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
    let same_containers = [identity(&lab.container("events")), identity(&lab.container("jobs"))];
    for (then, now) in ids.iter().zip(&same_containers) {
        assert_eq!(then.split(' ').next(), now.split(' ').next());
    }
    assert_eq!((inside(), lab.env()), ((5, 4), env.clone()));

    lab.mqlab(&["down"]).code(0).says("data stays in");
    let left = |kind: &str| {
        let label = format!("label=dev.mqlab.stack={}", lab.stack());
        docker(&[kind, "ls", "--quiet", "--filter", &label]).lines().count()
    };
    let all = docker(&["ps", "--all", "--quiet", "--filter", &format!("label=dev.mqlab.stack={}", lab.stack())]);
    assert_eq!((all.lines().count(), left("network"), left("volume")), (0, 0, 2));
    lab.mqlab(&["up"]).code(0);
    assert_eq!((inside(), topics(), passwords(&lab.env())), ((5, 4), before, passwords(&env)));
}

fn a_command_runs_in_what_is_there(lab: &Lab) {
    let before = ["events", "jobs"].map(|broker| identity(&lab.container(broker)));
    let ran = lab.mqlab(&["run", "--", "sh", "-c", "test -n \"$JOBS_MAILER_AMQP_URL\" && exit 42"]);
    ran.code(42).says("the last 50 lines of");
    lab.mqlab(&["run", "--quiet", "--", "true"]).code(0);
    assert_eq!(["events", "jobs"].map(|broker| identity(&lab.container(broker))), before);
}

fn data_goes_when_asked(lab: &Lab) {
    let volumes = || {
        let label = format!("label=dev.mqlab.stack={}", lab.stack());
        docker(&["volume", "ls", "--quiet", "--filter", &label]).lines().count()
    };
    lab.mqlab(&["down", "--volumes"]).code(5).says("run it again with `--yes`");
    let volume = |broker: &str| format!("{}-data", lab.container(broker));
    let one = lab.mqlab(&["down", "events", "--volumes"]).code(5);
    one.says(&volume("events")).never_says(&volume("jobs"));
    assert_eq!((volumes(), docker(&["inspect", &lab.container("jobs")]).is_empty()), (2, false));
    // Who holds on to a volume is named, in each form, and the rest is done.
    let mount = format!("{}:/data", volume("jobs"));
    let stranger = Stranger::container("live-everyday-stranger", &["--volume", &mount]);
    let in_use = if is_podman() { "volume is being used" } else { "volume is in use" };
    lab.mqlab(&["down", "--volumes", "--yes"]).code(4).says(in_use).says("jobs/volume/1-data");
    assert_eq!(volumes(), 1);
    let plain = lab.mqlab(&["down", "--volumes", "--yes", "--format", "plain"]).code(1);
    assert!(plain.stdout.starts_with("failed jobs/volume/1-data: ") && plain.stdout.contains(in_use), "{plain:#?}");
    drop(stranger);
    lab.mqlab(&["down", "--volumes", "--yes"]).code(0);
    assert_eq!(volumes(), 0);
    lab.mqlab(&["down"]).code(0).says("nothing of the stack");
}

/// For a pipeline: from nothing to nothing.
#[test]
fn a_command_with_a_stack_of_its_own() {
    let lab = Lab::new("run", "brokers: { jobs: { kind: rabbitmq, version: \"4.0\", queues: { letters: {} } } }\n");
    let label = format!("label=dev.mqlab.stack={}", lab.stack());
    let left = || {
        ["ps --all", "volume ls", "network ls"].map(|kind| {
            let words: Vec<&str> = kind.split(' ').chain(["--quiet", "--filter", &label]).collect();
            docker(&words).lines().count()
        })
    };
    // The command waits until it was looked at from outside.
    let script = "env > settings; touch ready; until [ -e seen ]; do sleep 0.1; done; exit 7";
    let mut run = lab.command(&["run", "--quiet", "--", "sh", "-c", script]).spawn().unwrap();
    until("the command runs", 60, || lab.path("ready").exists());
    let settings = std::fs::read_to_string(lab.path("settings")).unwrap();
    let env = settings.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into()));
    let there = Rabbit::jobs(&env.collect()).is_there(&format!("queues/{ROOT}/letters"));
    std::fs::write(lab.path("seen"), "").unwrap();
    assert_eq!((run.wait().unwrap().code(), there), (Some(7), true));
    assert_eq!(left(), [0, 0, 0]);

    lab.mqlab(&["run", "--quiet", "--", "no-such-program"]).code(1).says("cannot run `no-such-program`");
    assert_eq!(left(), [0, 0, 0]);

    // A pipeline that is cancelled ends the command and takes the stack away too.
    let mut run = lab.command(&["run", "--quiet", "--", "sh", "-c", "touch begun; exec sleep 600"]);
    let run = run.stderr(Stdio::piped()).spawn().unwrap();
    until("the command runs", 60, || lab.path("begun").exists());
    let pid = run.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ran = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(143), "{said}");
    assert!(!said.contains("lines of"), "nobody asked for logs: {said}");
    assert_eq!(left(), [0, 0, 0]);
}
