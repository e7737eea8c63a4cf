//! One obligation each, on the fake brokers, where the moment matters.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;

use super::lab::{Asked, Lab, simulate, stack};
use super::report::Report;
use super::{Answer, Canceller, Event, Events};
use crate::brokers::fake::{Happened, Mischief};
use crate::brokers::{FakeTopic, OutcomeResult};
use crate::model::{Address, Stack};
use crate::plan::{DiffOptions, Mover, Plan, Step};

/// A queue of this type that may be replaced, a binding to it, and a topic of so many partitions.
fn mail(kind: &str, partitions: u32) -> Stack {
    stack(&format!(
        "stack: lab
brokers:
  events: {{ kind: kafka, version: '4.3', topics: {{ orders: {{ partitions: {partitions} }} }} }}
  jobs:
    kind: rabbitmq
    version: '4.0'
    exchanges: {{ mail: {{ type: topic }} }}
    queues:
      mail.eu: {{ type: {kind}, on_change: replace, bindings: [ {{ exchange: mail, routing_key: eu }} ] }}
"
    ))
}

fn queue() -> Address {
    Address::new("jobs", "queue", "mail.eu")
}

fn topic() -> Address {
    Address::new("events", "topic", "orders")
}

fn by_hand() -> Address {
    Address::new("jobs", "binding", "mail→mail.eu?by%20hand")
}

/// Applied once with a classic queue and three partitions; somebody bound the queue once more by hand since.
async fn lab() -> Lab {
    let lab = Lab::new();
    let report = lab.apply(&mail("classic", 3), &DiffOptions::default()).await;
    assert_eq!((report.done(), report.checks_failed()), (4, 0), "{:#?}", report.checks);
    let binding = json!({ "vhost": "/", "source": "mail", "destination": "mail.eu", "destination_type": "queue",
                          "routing_key": "by hand", "arguments": {} });
    lab.rabbit.by_hand("bindings", binding);
    lab
}

fn lines(report: &Report) -> Vec<String> {
    report.plans.iter().flat_map(|plan| &plan.steps).map(Step::to_line).collect()
}

fn outcome<'a>(report: &'a Report, address: &Address) -> &'a OutcomeResult {
    &report.outcomes.iter().find(|outcome| outcome.address == *address).unwrap().result
}

fn kind_of(lab: &Lab, address: &Address) -> String {
    let found = lab.resources().into_iter().find(|one| one.address == *address);
    found.map_or_else(String::new, |one| one.attribute("type").unwrap().to_string())
}

fn partitions(lab: &Lab) -> String {
    let found = lab.resources().into_iter().find(|one| one.address == topic()).unwrap();
    found.attribute("partitions").unwrap().to_string()
}

fn allowed() -> DiffOptions {
    DiffOptions { allow_data_loss: true, ..DiffOptions::default() }
}

#[test]
fn a_replace_that_would_lose_messages_is_blocked_with_their_number_and_nothing_else_is() {
    simulate(async {
        let lab = lab().await;
        lab.rabbit.publish("/", "mail.eu", 7);
        let report = lab.apply(&mail("quorum", 6), &DiffOptions::default()).await;
        assert_eq!(
            lines(&report),
            [
                "~ events/topic/orders: partitions: 3 → 6 [mqlab.yaml:3] (moved: the file)",
                "! jobs/queue/mail.eu: type: classic → quorum [mqlab.yaml:9] (moved: the file) (at risk: 7 messages, 0 \
                 consumers) (made again with it: 2) | it holds 7 messages, 0 consumers, which would be lost | empty it \
                 first, or give them up: `mqlab apply --replace jobs/queue/mail.eu --allow-data-loss`",
            ]
        );
        assert_eq!((report.done(), report.failed(), report.steps_blocked()), (1, 0, 1));
        assert_eq!(report.checks_failed(), 0, "a blocked step is no news to the check: {:#?}", report.checks);
        assert_eq!((kind_of(&lab, &queue()), partitions(&lab)), ("classic".into(), "6".into()));

        let report = lab.apply(&mail("quorum", 6), &allowed()).await;
        assert_eq!((report.done(), report.checks_failed()), (1, 0));
        assert_eq!(kind_of(&lab, &queue()), "quorum");
        assert!(lab.has(&by_hand()));
    });
}

#[test]
fn messages_that_came_after_the_plan_are_not_lost_either() {
    simulate(async {
        let lab = lab().await;
        let publish = Asked(|| {
            lab.rabbit.publish("/", "mail.eu", 2);
            Answer::Yes
        });
        let report = lab.apply_asking(&mail("quorum", 3), &DiffOptions::default(), &publish).await;
        let OutcomeResult::Failed { reason } = outcome(&report, &queue()) else { panic!("{:?}", report.outcomes) };
        assert!(reason.contains("2 messages"), "{reason}");
        assert_eq!(kind_of(&lab, &queue()), "classic");
        assert!(report.checks_failed() > 0 && lab.has(&by_hand()));
    });
}

#[test]
fn a_refused_question_blocks_the_replace_and_nothing_else() {
    simulate(async {
        for answer in [Answer::No, Answer::NobodyThere] {
            let lab = lab().await;
            let report = lab.apply_asking(&mail("quorum", 6), &DiffOptions::default(), &Asked(|| answer)).await;
            assert_eq!((report.done(), report.failed(), report.steps_blocked()), (1, 0, 1));
            assert_eq!(report.checks_failed(), 0, "{:#?}", report.checks);
            assert_eq!((kind_of(&lab, &queue()), partitions(&lab)), ("classic".into(), "6".into()));
        }
    });
}

#[test]
fn a_replace_killed_at_any_moment_is_finished_with_the_binding_made_by_hand() {
    simulate(async {
        let (mut moment, mut was_gone) = (0, 0);
        loop {
            moment += 1;
            let lab = lab().await;
            let killed = lab.apply_killed_at(moment, &mail("quorum", 6), &DiffOptions::default()).await;
            was_gone += u32::from(!lab.has(&by_hand()));
            let report = lab.apply(&mail("quorum", 6), &DiffOptions::default()).await;
            assert_eq!((report.failed(), report.not_tried(), report.checks_failed()), (0, 0, 0), "moment {moment}");
            assert_eq!((kind_of(&lab, &queue()), partitions(&lab)), ("quorum".into(), "6".into()));
            assert!(lab.has(&by_hand()), "moment {moment}");
            assert!(lab.journal().replaces.is_empty(), "moment {moment}");
            if !killed {
                break;
            }
        }
        assert!(moment > 20 && was_gone > 2, "{was_gone} of {moment} moments were the interesting ones");
    });
}

#[test]
fn only_something_else_leaves_the_journal_for_later() {
    simulate(async {
        let lab = lab().await;
        lab.behave(&Mischief { refuses: Some(queue()), ..Mischief::default() });
        let report = lab.apply(&mail("quorum", 6), &DiffOptions::default()).await;
        assert_eq!((report.done(), report.failed()), (1, 1));
        assert!(!lab.has(&queue()) && !lab.has(&by_hand()));
        lab.behave(&Mischief::default());
        let only = DiffOptions { only: [topic()].into(), ..DiffOptions::default() };
        lab.apply(&mail("quorum", 7), &only).await;
        assert_eq!(partitions(&lab), "7");
        assert!(!lab.has(&queue()) && !lab.journal().replaces.is_empty());
        lab.apply(&mail("quorum", 7), &DiffOptions::default()).await;
        assert!(lab.has(&by_hand()) && lab.journal().replaces.is_empty());
    });
}

#[test]
fn what_is_blocked_only_since_the_apply_is_not_green() {
    simulate(async {
        let lab = lab().await;
        lab.behave(&Mischief { ignores: Some(topic()), ..Mischief::default() });
        // The topic grows by hand beyond what the file says: from there it can only be blocked.
        let meanwhile = Asked(|| {
            lab.kafka.by_hand("orders", crate::brokers::FakeTopic { partitions: 9, ..Default::default() });
            Answer::Yes
        });
        let report = lab.apply_asking(&mail("quorum", 6), &DiffOptions::default(), &meanwhile).await;
        let check = report.checks.iter().find(|check| check.broker == "events" && !check.ok).unwrap();
        assert!(check.detail.contains("! events/topic/orders"), "{}", check.detail);
    });
}

#[test]
fn a_broker_that_freezes_ends_in_a_message_and_its_neighbour_is_served() {
    simulate(async {
        let lab = lab().await;
        lab.rabbit.shared.behave(Mischief { frozen: Some(0), ..Mischief::default() });
        let began = tokio::time::Instant::now();
        let report = lab.apply(&mail("quorum", 6), &DiffOptions::default()).await;
        assert_eq!(report.failures.len(), 1);
        assert_eq!(report.failures[0].broker, "jobs");
        assert!(report.failures[0].text.contains("no answer from"), "{}", report.failures[0].text);
        assert_eq!((report.done(), partitions(&lab)), (1, "6".into()));
        assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());

        // What was known to be applied on it stays known.
        lab.behave(&Mischief::default());
        let plans = lab.plan(&mail("quorum", 6), &DiffOptions::default()).await;
        let moved: Vec<_> = plans.iter().flat_map(|plan| &plan.steps).map(|step| step.moved).collect();
        assert_eq!(moved, [Some(Mover::File)]);
    });
}

#[test]
fn a_broker_that_freezes_half_way_leaves_what_nobody_knows() {
    simulate(async {
        let lab = lab().await;
        lab.kafka.shared.behave(Mischief { frozen: Some(0), ..Mischief::default() });
        // Reads still work when the plan is made.
        lab.kafka.shared.behave(Mischief { frozen: Some(1), silent: Some((0, Happened::All)), ..Mischief::default() });
        let began = tokio::time::Instant::now();
        let report = lab.apply(&mail("classic", 6), &DiffOptions::default()).await;
        assert!(matches!(outcome(&report, &topic()), OutcomeResult::Unknown { .. }), "{:?}", report.outcomes);
        let checks: Vec<_> = report.checks.iter().map(|check| (check.name.as_str(), check.ok)).collect();
        assert_eq!(checks, [("nothing is left to do", false)], "who cannot be read is not probed");
        assert!(report.checks[0].detail.contains("could not look again"), "{}", report.checks[0].detail);
        assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
    });
}

#[test]
fn after_a_partial_failure_it_is_still_known_who_moved() {
    simulate(async {
        let lab = lab().await;
        lab.behave(&Mischief { refuses: Some(queue()), ..Mischief::default() });
        lab.apply(&mail("quorum", 6), &DiffOptions::default()).await;
        lab.behave(&Mischief::default());
        lab.kafka.by_hand("orders", crate::brokers::FakeTopic { partitions: 5, ..Default::default() });
        let plans = lab.plan(&mail("quorum", 6), &DiffOptions::default()).await;
        let moved = |address: Address| {
            let mut steps = plans.iter().flat_map(|plan| &plan.steps);
            steps.find(|step| step.address == address).unwrap().moved
        };
        assert_eq!(moved(topic()), Some(Mover::Broker), "six partitions were applied");
        assert_eq!(moved(queue()), Some(Mover::Broker), "it went away there, and was never the file's new one");
    });
}

#[test]
fn what_cannot_be_written_down_is_not_deleted() {
    simulate(async {
        let lab = lab().await;
        let folder = lab.directory().join(".mqlab");
        let spoil = Asked(|| {
            std::fs::remove_dir_all(&folder).unwrap();
            std::fs::write(&folder, "").unwrap();
            Answer::Yes
        });
        let report = lab.apply_asking(&mail("quorum", 6), &DiffOptions::default(), &spoil).await;
        let line = lines(&report).into_iter().find(|line| line.starts_with('!')).unwrap();
        assert!(line.contains("cannot be written down before: "), "{line}");
        assert_eq!((kind_of(&lab, &queue()), partitions(&lab)), ("classic".into(), "6".into()));
        assert_eq!(report.failures.len(), 1, "that nothing was remembered is said too: {:?}", report.failures);
    });
}

/// Asks for a stop when the first step of the kind begins.
struct StopAt(Canceller, &'static str, Mutex<Vec<String>>);

impl Events for StopAt {
    fn emit(&self, event: Event) {
        if let Event::StepStarted { address, .. } = event {
            self.2.lock().unwrap().push(address.to_string());
            if address.kind == self.1 {
                self.0.cancel();
            }
        }
    }
}

#[test]
fn a_stop_between_delete_and_create_waits_for_the_create() {
    simulate(async {
        let lab = lab().await;
        let (canceller, cancel) = Canceller::new();
        let events = StopAt(canceller, "queue", Mutex::default());
        let asked = Asked(|| Answer::Yes);
        let wanted = stack(
            "stack: lab
brokers:
  jobs:
    kind: rabbitmq
    version: '4.0'
    exchanges: { mail: { type: topic } }
    queues:
      mail.eu: { type: quorum, on_change: replace, bindings: [ { exchange: mail, routing_key: eu } ] }
      mail.us: {}
",
        );
        let report = lab.apply_with(&wanted, &DiffOptions::default(), &asked, &events, &cancel).await;
        assert_eq!((report.done(), report.not_tried(), report.failed()), (1, 1, 0), "{:?}", report.outcomes);
        assert_eq!(kind_of(&lab, &queue()), "quorum");
        assert!(lab.has(&by_hand()));
        assert!(report.checks.iter().all(|check| check.name != "a message goes round"), "no probe after a stop");
    });
}

#[test]
fn a_run_that_is_stopped_before_it_begins_does_nothing() {
    simulate(async {
        let lab = lab().await;
        let (canceller, cancel) = Canceller::new();
        canceller.cancel();
        lab.behave(&Mischief::default());
        let asked = Asked(|| Answer::Yes);
        let report = lab.apply_with(&mail("quorum", 6), &DiffOptions::default(), &asked, &(), &cancel).await;
        assert_eq!((report.not_tried(), report.outcomes.len(), report.checks.len()), (2, 2, 0));
        assert!(lab.rabbit.touched().is_empty() && lab.kafka.touched().is_empty());
        let again: Vec<Plan> = lab.plan(&mail("quorum", 6), &DiffOptions::default()).await;
        assert_eq!(again.iter().map(|plan| plan.steps.len()).sum::<usize>(), 2);
    });
}

#[test]
fn one_asked_for_deletes_the_binding_and_nothing_else() {
    simulate(async {
        let lab = lab().await;
        let options = DiffOptions { delete: [by_hand()].into(), ..DiffOptions::default() };
        let never = Asked(|| panic!("a binding holds nothing"));
        let report = lab.apply_asking(&mail("classic", 3), &options, &never).await;
        assert_eq!(lines(&report), ["- jobs/binding/mail→mail.eu?by%20hand: asked for by --delete"]);
        assert_eq!((report.done(), report.checks_failed()), (1, 0));
        assert!(!lab.has(&by_hand()) && lab.has(&queue()));
    });
}

#[test]
fn a_stream_that_no_list_shows_is_waited_for_and_then_declared_again() {
    simulate(async {
        let lab = lab().await;
        let streaming = mail("stream", 3);
        let report = lab.apply(&streaming, &DiffOptions::default()).await;
        assert_eq!((report.done(), report.checks_failed()), (1, 0), "{:#?}", report.checks);

        let restarted = |for_seconds| {
            let recovers_at = Some(tokio::time::Instant::now() + Duration::from_secs(for_seconds));
            lab.rabbit.shared.behave(Mischief { recovers_at, ..Mischief::default() });
        };
        restarted(2);
        let report = lab.apply(&streaming, &DiffOptions::default()).await;
        assert!(lines(&report).is_empty(), "{:?}", lines(&report));

        // One that does not come back by itself is declared again, which brings it back.
        restarted(8);
        let report = lab.apply(&streaming, &DiffOptions::default()).await;
        assert_eq!(lines(&report), ["+ jobs/queue/mail.eu: not there [mqlab.yaml:9] (moved: the broker)"]);
        assert_eq!((report.done(), report.failed(), report.checks_failed()), (1, 0, 0), "{:#?}", report.outcomes);
    });
}

#[test]
fn a_replace_tells_what_of_a_topic_is_in_no_file() {
    simulate(async {
        let lab = lab().await;
        let by_hand = [("retention.ms".to_owned(), Some("1000".to_owned()))].into();
        lab.kafka.by_hand("orders", FakeTopic { partitions: 3, config: by_hand, ..FakeTopic::default() });
        let replace = DiffOptions { replace: [topic()].into(), allow_data_loss: true, ..DiffOptions::default() };
        let plans = lab.plan(&mail("classic", 1), &replace).await;
        let notes: Vec<&str> = plans.iter().flat_map(|plan| &plan.notes).map(|note| note.text.as_str()).collect();
        assert_eq!(notes, ["`config.retention.ms` is 1000 and not in the file: the replace drops it"]);
    });
}
