use super::super::fake::{FakeBroker, Mood, session};
use super::*;
use crate::brokers::rocketmq::{GROUP, TOPIC};
use crate::brokers::{Interest, Session as _};
use crate::converge::{Cancel, Canceller};
use crate::model::Resource;

fn address() -> Address {
    Address::new("trades", TOPIC, "orders")
}

fn failed(reason: &str) -> OutcomeResult {
    OutcomeResult::Failed { reason: reason.to_owned() }
}

fn unknown(reason: &str) -> OutcomeResult {
    OutcomeResult::Unknown { reason: reason.to_owned() }
}

fn not_tried(because: &str) -> OutcomeResult {
    OutcomeResult::NotTried { because: because.to_owned() }
}

/// The whole, and each node where they differ, for what master and replica said; `None` is nothing.
fn outcome(said: [Option<OutcomeResult>; 2]) -> (OutcomeResult, Vec<OutcomeResult>) {
    let address = address();
    let by_node = said.map(|result| result.map(|result| (&address, result)).into_iter().collect::<Results<'_>>());
    let nodes = apart(&address, &[1, 2], &by_node);
    assert!(nodes.is_empty() || nodes.keys().eq(["1", "2"]));
    (worst(&on_each(&address, &by_node)), nodes.into_values().collect())
}

#[test]
fn a_step_is_done_where_both_have_done_it() {
    let done = || Some(OutcomeResult::Done);
    assert_eq!(outcome([done(), done()]), (OutcomeResult::Done, vec![]));
    for bad in [failed("no"), unknown("silence")] {
        assert_eq!(outcome([done(), Some(bad.clone())]), (bad.clone(), vec![OutcomeResult::Done, bad.clone()]));
        let refused = not_tried("its master did not do it");
        assert_eq!(outcome([Some(bad.clone()), None]), (bad.clone(), vec![bad, refused]));
    }
    let stopped = not_tried("stopped on request");
    assert_eq!(outcome([done(), None]), (stopped.clone(), vec![OutcomeResult::Done, stopped.clone()]));
    assert_eq!(outcome([None, None]), (stopped, vec![]));
}

#[test]
fn the_worst_counts_and_of_equals_the_masters() {
    let mixed = [Some(unknown("silence")), Some(failed("no"))];
    assert_eq!(outcome(mixed), (failed("no"), vec![unknown("silence"), failed("no")]));
    let mixed = [Some(failed("no")), Some(unknown("silence"))];
    assert_eq!(outcome(mixed), (failed("no"), vec![failed("no"), unknown("silence")]));
    assert_eq!(outcome([Some(failed("one")), Some(failed("two"))]).0, failed("one"));
}

fn orders() -> Resource {
    Resource::new(address())
        .with("write_queues", 4_u32)
        .with("read_queues", 4_u32)
        .with("message_type", "normal")
        .with("permission", "read_write")
        .with("attributes.cleanup.policy", "DELETE")
}

fn wanted() -> Vec<Resource> {
    vec![orders(), Resource::new(Address::new("trades", GROUP, "booking")).with("retry_max", 5_u32)]
}

fn steps(action: &Action, resources: &[Resource]) -> Vec<Step> {
    let step = |one: &Resource| Step {
        action: action.clone(),
        allow_data_loss: true,
        after: (*action != Action::Delete).then(|| one.clone()),
        ..Step::of(one.address.clone())
    };
    resources.iter().map(step).collect()
}

async fn run(brokers: &[&FakeBroker], steps: &[Step], cancel: &Cancel) -> Vec<Outcome> {
    session(brokers).apply(Batch { steps, events: &(), cancel }).await
}

async fn create(brokers: &[&FakeBroker]) -> Vec<Outcome> {
    let (_canceller, cancel) = Canceller::new();
    run(brokers, &steps(&Action::Create, &wanted()), &cancel).await
}

async fn pair() -> [FakeBroker; 2] {
    [FakeBroker::start().await, FakeBroker::start().await]
}

/// The whole, and each node where they differ.
fn results(outcomes: &[Outcome]) -> Vec<(OutcomeResult, Vec<OutcomeResult>)> {
    outcomes.iter().map(|one| (one.result.clone(), one.nodes.values().cloned().collect())).collect()
}

/// What is told of the topic, and of what cannot be known.
async fn told(brokers: &[&FakeBroker]) -> (Vec<String>, Vec<String>) {
    let interest = wanted();
    let seen = session(brokers).observe(Interest { wanted: &interest, ..Interest::default() }).await.unwrap();
    let topics = seen.resources.iter().filter(|one| one.address == address());
    let told = topics.flat_map(|one| &one.attributes).map(|(attribute, value)| format!("{attribute} {value}"));
    (told.collect(), seen.unknown.into_iter().map(|one| one.reason).collect())
}

#[tokio::test]
async fn both_are_told() {
    let [master, replica] = pair().await;
    let outcomes = create(&[&master, &replica]).await;
    assert_eq!(results(&outcomes), vec![(OutcomeResult::Done, vec![]); 2]);
    for node in [&master, &replica] {
        assert!(node.topic("orders").is_some() && node.has_group("booking"));
    }
}

#[tokio::test]
async fn a_replica_that_refuses_is_told_of_and_so_is_one_that_does_not_answer() {
    let [master, replica] = pair().await;
    replica.behave(Mood::RefusesWrites);
    let refused = failed("no (code 1)");
    let outcomes = create(&[&master, &replica]).await;
    assert_eq!(results(&outcomes), vec![(refused.clone(), vec![OutcomeResult::Done, refused]); 2]);
    assert!(master.topic("orders").is_some() && replica.topic("orders").is_none());

    replica.behave(Mood::Silent);
    for outcome in create(&[&master, &replica]).await {
        assert!(matches!(outcome.result, OutcomeResult::Unknown { .. }), "{outcome:?}");
        assert_eq!(outcome.nodes["1"], OutcomeResult::Done);
        assert_eq!(outcome.nodes["2"], outcome.result);
    }
    let (_, unknown) = told(&[&master, &replica]).await;
    assert!(unknown[0].starts_with("node 2: no answer from"), "{unknown:?}");
}

#[tokio::test]
async fn what_was_done_in_silence_is_read_again() {
    let [master, replica] = pair().await;
    replica.behave(Mood::SilentAboutWrites);
    let outcomes = create(&[&master, &replica]).await;
    assert_eq!(results(&outcomes), vec![(OutcomeResult::Done, vec![]); 2]);
}

#[tokio::test]
async fn what_the_master_refuses_the_replica_is_not_told() {
    let [master, replica] = pair().await;
    master.behave(Mood::RefusesWrites);
    let outcomes = create(&[&master, &replica]).await;
    let expected = vec![failed("no (code 1)"), not_tried("its master did not do it")];
    assert_eq!(results(&outcomes), vec![(failed("no (code 1)"), expected); 2]);
    assert!(replica.topic("orders").is_none());
}

#[tokio::test]
async fn what_is_replaced_is_made_again_whatever_happens_meanwhile() {
    let [master, replica] = pair().await;
    create(&[&master, &replica]).await;
    let replace = steps(&Action::Replace, &[orders().with("attributes.cleanup.policy", "COMPACTION")]);

    // The replica keeps its own, which cannot be changed.
    replica.behave(Mood::RefusesWrites);
    let (canceller, cancel) = Canceller::new();
    let outcomes = run(&[&master, &replica], &replace, &cancel).await;
    assert_eq!(outcomes[0].nodes["1"], OutcomeResult::Done);
    assert_eq!((&outcomes[0].result, &outcomes[0].nodes["2"]), (&failed("no (code 1)"), &failed("no (code 1)")));
    assert_eq!(master.topic("orders").unwrap()["attributes"]["cleanup.policy"], "COMPACTION");

    // A stop between the two waits for the second.
    replica.behave(Mood::Good);
    master.cancel_after_a_deletion(canceller);
    let outcomes = run(&[&master, &replica], &replace, &cancel).await;
    assert_eq!(results(&outcomes), [(OutcomeResult::Done, vec![])]);
    assert!(cancel.is_cancelled());
    for node in [&master, &replica] {
        assert_eq!(node.topic("orders").unwrap()["attributes"]["cleanup.policy"], "COMPACTION");
    }
}

#[tokio::test]
async fn a_deletion_that_only_the_master_did_is_none() {
    let [master, replica] = pair().await;
    create(&[&master, &replica]).await;
    replica.behave(Mood::RefusesWrites);
    let (_canceller, cancel) = Canceller::new();
    let outcomes = run(&[&master, &replica], &steps(&Action::Delete, &[orders()]), &cancel).await;
    assert_eq!(results(&outcomes), [(failed("no (code 1)"), vec![OutcomeResult::Done, failed("no (code 1)")])]);
}

#[tokio::test]
async fn what_the_replica_has_otherwise_is_told_with_its_node_and_set_there() {
    let [master, replica] = pair().await;
    create(&[&master, &replica]).await;
    replica.by_hand("orders", "writeQueueNums", 2);
    let (attributes, unknown) = told(&[&master, &replica]).await;
    assert!(attributes.contains(&r#"write_queues "2 on node 2""#.to_owned()), "{attributes:?}");
    assert_eq!(unknown, [""; 0]);

    let (_canceller, cancel) = Canceller::new();
    let outcomes = run(&[&master, &replica], &steps(&Action::Update, &[orders()]), &cancel).await;
    assert_eq!(results(&outcomes), [(OutcomeResult::Done, vec![])]);
    assert_eq!(replica.topic("orders").unwrap()["writeQueueNums"], 4);
    assert!(told(&[&master, &replica]).await.0.contains(&"write_queues 4".to_owned()));
}
