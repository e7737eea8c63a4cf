//! Every example: clean, pinned, planned, with a site. What is shown to newcomers must be right.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::{Command, Output};

use mqlab::brokers::Trace;
use mqlab::cli::manual;
use mqlab::model::{Address, Stack, Value};
use mqlab::site::{Page, SiteInput, build};

use crate::golden::Golden;
use crate::links::{attributes, follow};
use crate::plans::{engine_resources, first_plans, lower, text};
use crate::specs::{Nothing, clean, example, examples, facts, name_of, root};

#[test]
fn every_example_is_without_mistakes_and_lints() {
    for file in examples() {
        let stack = example(&file);
        assert!(!stack.brokers.is_empty() && !stack.apps.is_empty(), "{}", file.display());
    }
}

#[test]
fn every_example_pins_its_versions_and_explains_its_objects() {
    for file in examples() {
        let name = name_of(&file);
        let stack = example(&file);
        let facts = facts(&stack);
        for broker in lower(&stack, &facts) {
            assert!(broker.model.body.text_of("version").is_some(), "{name}: {} has no version", broker.model.name);
            let described = ["topic", "exchange", "queue", "user"];
            let mut objects = broker.topology.iter().filter(|one| described.contains(&one.address.kind.as_str()));
            let silent = objects.find(|one| one.description.is_none());
            assert_eq!(silent.map(|one| one.address.to_string()), None, "{name}");
        }
        let silent = stack.apps.iter().find(|app| app.description.is_none());
        assert_eq!(silent.map(|app| &app.name), None, "{name}");
    }
}

/// What a comment tells the reader to type is there: the verb, its flags and the file.
#[test]
fn every_command_in_an_example_can_be_typed() {
    let mut commands = 0;
    for file in examples().into_iter().chain([root().join("examples/ci.github-actions.yml")]) {
        let text = std::fs::read_to_string(&file).unwrap();
        for command in text.lines().flat_map(commands_in) {
            let help = mqlab(&[command[0], "--help"]);
            assert!(help.status.success(), "{}: {command:?}", file.display());
            let help = String::from_utf8(help.stdout).unwrap();
            for flag in command.iter().filter(|word| word.starts_with('-')) {
                assert!(help.split([' ', ',', '\n']).any(|word| word == *flag), "{flag} in {command:?}");
            }
            let files = command.iter().zip(&command[1..]).filter(|(word, _)| **word == "-f").map(|(_, file)| file);
            for named in files {
                let name = named.trim_start_matches("examples/");
                assert!(root().join("examples").join(name).is_file(), "{}: {command:?}", file.display());
            }
            commands += 1;
        }
    }
    assert!(commands >= 10, "{commands}");
}

/// The words behind each `mqlab` of a line that is a command: up to the next command, comment or `--`.
fn commands_in(line: &str) -> Vec<Vec<&str>> {
    if !["#   mqlab ", "run: "].iter().any(|start| line.trim_start().starts_with(start)) {
        return Vec::new();
    }
    let end = |rest: &str| ["   ", " -- ", " &&", "'"].iter().filter_map(|end| rest.find(end)).min();
    line.split("mqlab ")
        .skip(1)
        .map(|rest| rest[..end(rest).unwrap_or(rest.len())].split_whitespace().collect())
        .collect()
}

fn mqlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mqlab")).args(arguments).env_clear().output().unwrap()
}

/// By the command itself, as the pipeline does.
#[test]
fn every_example_passes_a_strict_check() {
    for file in examples() {
        let output = mqlab(&["check", "--strict", "-f", file.to_str().unwrap()]);
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn every_example_is_planned_as_recorded() {
    let mut golden = Golden::new("golden/examples", ".plan.txt");
    for file in examples() {
        let stack = example(&file);
        let facts = facts(&stack);
        let lowered = lower(&stack, &facts);
        let plans = first_plans(&stack, &lowered);
        let blocked = plans.iter().flat_map(|plan| &plan.steps).find(|step| step.action.is_blocked());
        assert_eq!(blocked.map(mqlab::plan::Step::to_line), None);
        golden.add(&name_of(&file), plans.iter().map(text).collect::<Vec<_>>().join("\n"));
    }
    golden.check();
}

/// The same stack twice would take its own things for somebody else's.
#[test]
fn no_two_examples_share_a_stack() {
    let stacks: Vec<String> = examples().iter().map(|file| example(file).name).collect();
    assert_eq!(stacks.iter().collect::<BTreeSet<_>>().len(), stacks.len(), "{stacks:?}");
}

#[test]
fn every_example_has_a_site_without_dead_links_and_the_same_one_each_time() {
    for file in examples() {
        let name = name_of(&file);
        let stack = example(&file);
        let first = site(&stack);
        let checked = follow(&name, &first);
        assert!(checked > 100, "{name}: only {checked} links");
        assert_eq!(different(&first, &site(&example(&file))), None, "{name}");
        for page in first.iter().filter(|page| page.path.ends_with("html")) {
            let mut seen = BTreeSet::new();
            let twice = attributes(&page.content, "id").find(|id| !seen.insert((*id).to_owned()));
            assert_eq!(twice, None, "{name}: {}", page.path);
        }
        let objects = engine_free_objects(&stack);
        assert!(first.len() > objects, "{name}: {} files for {objects} objects", first.len());
    }
}

fn site(stack: &Stack) -> Vec<Page> {
    build(&SiteInput::new(stack, &facts(stack), None, &manual())).unwrap()
}

/// Topics, exchanges and queues: each has a page.
fn engine_free_objects(stack: &Stack) -> usize {
    let facts = facts(stack);
    let lowered = lower(stack, &facts);
    let kinds = ["topic", "exchange", "queue"];
    lowered.iter().flat_map(|broker| &broker.topology).filter(|one| kinds.contains(&one.address.kind.as_str())).count()
}

fn different(one: &[Page], two: &[Page]) -> Option<String> {
    assert_eq!(one.len(), two.len());
    let mut pairs = one.iter().zip(two);
    pairs.find(|(one, two)| one.path != two.path || one.content != two.content).map(|(one, _)| one.path.clone())
}

/// Where every message of the tour's apps goes, and why.
#[test]
fn the_tour_routes_as_recorded() {
    let stack = example(&root().join("examples/tour.yaml"));
    let facts = facts(&stack);
    let mut out = String::new();
    let mut fed = BTreeSet::new();
    for broker in lower(&stack, &facts) {
        let Some(router) = broker.broker.lesson().router() else { continue };
        for app in &stack.apps {
            for flow in app.produces.iter().filter(|flow| flow.address.broker == broker.model.name) {
                let key = flow.routing_key.as_deref().unwrap_or_default();
                let trace = router.trace(&broker.topology, &flow.address, key, &flow.headers);
                let headers: Vec<String> = flow.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let head = format!("{} → {} {key:?} {}", app.name, flow.address, headers.join(" "));
                writeln!(out, "{}", head.trim_end()).unwrap();
                write_trace(&mut out, &trace);
                assert!(!trace.delivered.is_empty(), "{} to {} {key:?} goes nowhere", app.name, flow.address);
                fed.extend(trace.delivered);
            }
        }
    }
    assert_eq!(delivered(&stack, "oder.eu.placed"), ["jobs/queue/unrouted"], "a misspelt key");
    let consumed = stack.apps.iter().flat_map(|app| &app.consumes).filter(|flow| flow.address.broker == "jobs");
    let starved: Vec<String> =
        consumed.filter(|flow| !fed.contains(&flow.address)).map(|flow| flow.address.to_string()).collect();
    // These two get dead letters alone.
    assert_eq!(starved, ["jobs/queue/failed.invoices", "jobs/queue/failed.payments"]);
    let mut golden = Golden::new("golden/examples", ".routes.txt");
    golden.add("tour", out);
    golden.check();
}

fn write_trace(out: &mut String, trace: &Trace) {
    for step in &trace.steps {
        let sign = if step.matched { "✓" } else { "·" };
        let to = step.to.as_ref().map(|to| format!(" → {}", to.name)).unwrap_or_default();
        writeln!(out, "  {sign} {}{to}: {}", step.exchange.name, step.why).unwrap();
    }
    for queue in &trace.delivered {
        writeln!(out, "  = {queue}").unwrap();
    }
}

/// Where a message to the exchange `orders` goes.
fn delivered(stack: &Stack, key: &str) -> Vec<String> {
    let facts = facts(stack);
    let lowered = lower(stack, &facts);
    let broker = lowered.iter().find(|broker| broker.model.name == "jobs").unwrap();
    let router = broker.broker.lesson().router().unwrap();
    let exchange = Address::new("jobs", "exchange", "orders");
    let trace = router.trace(&broker.topology, &exchange, key, &BTreeMap::new());
    trace.delivered.iter().map(ToString::to_string).collect()
}

#[test]
fn large_examples_are_clean_and_as_large_as_asked_for() {
    let count = |stack: &Stack, kind: &str| {
        let facts = facts(stack);
        let lowered = lower(stack, &facts);
        lowered.iter().flat_map(|broker| &broker.topology).filter(|one| one.address.kind == kind).count()
    };
    let topics = large(&["topics", "1000"]);
    let stack = clean("topics.yaml", &topics, &Nothing);
    assert_eq!(count(&stack, "topic"), 1000);
    let facts = facts(&stack);
    let partitions: i64 = lower(&stack, &facts)[0]
        .topology
        .iter()
        .filter_map(|topic| topic.attribute("partitions").and_then(Value::as_i64))
        .sum();
    assert_eq!(partitions, 3000);

    let stack = clean("queues.yaml", &large(&["queues", "1000", "memory"]), &Nothing);
    assert_eq!(["queue", "binding", "exchange"].map(|kind| count(&stack, kind)), [1000, 1000, 100]);
    let mut volumes = engine_resources(&stack, &lower(&stack, &self::facts(&stack))).into_iter();
    assert!(!volumes.any(|one| one.address.kind == "volume"), "memory was asked for");

    let lines = large(&["lines", "10000"]);
    assert_eq!(lines.lines().count(), 10_000);
    clean("lines.yaml", &lines, &Nothing);
    assert_eq!(lines, large(&["lines", "10000"]));
}

fn large(arguments: &[&str]) -> String {
    let output = Command::new(root().join("scripts/large-example")).args(arguments).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_workflow_beside_the_pipeline_example_is_a_workflow() {
    let text = std::fs::read_to_string(root().join("examples/ci.github-actions.yml")).unwrap();
    let workflow: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    let steps = workflow["jobs"]["integration"]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["run"].is_string() || step["uses"].is_string()));
    let verbs: Vec<&str> = text.lines().flat_map(commands_in).map(|command| command[0]).collect();
    assert_eq!(verbs, ["check", "run", "drift"]);
    // The variable that it passes on is the one that the spec reads.
    let spec = std::fs::read_to_string(root().join("examples/ci.yaml")).unwrap();
    let passed: Vec<&String> =
        steps.iter().filter_map(|step| step["env"].as_object()).flat_map(serde_json::Map::keys).collect();
    assert!(passed.len() == 1 && spec.contains(&format!("${{env:{}:-", passed[0])), "{passed:?}");
}
