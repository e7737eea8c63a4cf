use super::*;
use crate::brokers::{self, Outcome, OutcomeResult};
use crate::model::Unknown;
use crate::plan::{Stage, Step};

fn queue(name: &str) -> Resource {
    Resource::new(Address::new("jobs", "queue", name)).with("type", "classic")
}

fn exchange(name: &str) -> Resource {
    Resource::new(Address::new("jobs", "exchange", name))
}

/// A binding that nobody declared.
fn binding(source: &str, destination: &str) -> Resource {
    let name = Address::binding_name(source, destination, false, "", None);
    Resource::new(Address::new("jobs", "binding", name))
        .needing(exchange(source).address)
        .needing(queue(destination).address)
}

fn step(action: Action, resource: &Resource) -> Step {
    Step { action, after: Some(resource.clone()), ..Step::of(resource.address.clone()) }
}

fn replace(resource: &Resource, dependants: &[Resource]) -> Step {
    Step { dependants: dependants.to_vec(), ..step(Action::Replace, resource) }
}

fn plan(steps: Vec<Step>) -> Plan {
    Plan { stage: Stage::Topology, steps, unchanged: 0, unmanaged: Vec::new(), notes: Vec::new(), projected: false }
}

fn journal(address: &Resource, dependants: &[Resource]) -> Journal {
    let begun = BegunReplace { address: address.address.clone(), dependants: dependants.to_vec() };
    Journal { replaces: vec![begun] }
}

fn seen(resources: &[Resource]) -> Observation {
    Observation { resources: resources.to_vec(), ..Observation::default() }
}

fn inside<'a>(desired: &'a [Resource], observed: &'a Observation) -> Inside<'a> {
    Inside { broker: "jobs", kinds: brokers::find("rabbitmq").unwrap().description().kinds, desired, observed }
}

fn blocked() -> Action {
    Action::Blocked { reason: String::new(), way_out: String::new() }
}

#[test]
fn only_replaces_that_take_something_along_are_written_down() {
    let hand_made = binding("mail", "mail.eu");
    let mut refused = replace(&queue("refused"), std::slice::from_ref(&hand_made));
    refused.action = blocked();
    let steps = vec![
        replace(&queue("mail.eu"), std::slice::from_ref(&hand_made)),
        replace(&queue("alone"), &[]),
        step(Action::Create, &queue("new")),
        refused,
    ];
    let found = begun(&Journal::default(), [plan(steps)].iter());
    assert_eq!(found, journal(&queue("mail.eu"), &[hand_made]));
}

#[test]
fn what_an_earlier_replace_still_owes_is_not_forgotten_by_the_next() {
    let (owed, new) = (binding("mail", "mail.eu"), binding("audit", "mail.eu"));
    let before = journal(&queue("mail.eu"), std::slice::from_ref(&owed));
    let again = plan(vec![replace(&queue("mail.eu"), std::slice::from_ref(&new))]);
    assert_eq!(begun(&before, [again].iter()), journal(&queue("mail.eu"), &[owed, new]));
}

#[test]
fn what_is_owed_is_wanted_until_it_is_back() {
    let owed = binding("mail", "mail.eu");
    let book = journal(&queue("mail.eu"), std::slice::from_ref(&owed));
    let desired = [queue("mail.eu"), exchange("mail")];

    let gone = seen(&[exchange("mail")]);
    let (wanted, notes) = inside(&desired, &gone).with_journal(&book);
    assert_eq!((wanted.last(), notes.len()), (Some(&owed), 0));
    assert_eq!(inside(&desired, &gone).finished(book.clone()), book);

    let back = seen(&[exchange("mail"), queue("mail.eu"), owed.clone()]);
    assert_eq!(inside(&desired, &back).finished(book), Journal::default());
}

#[test]
fn what_changed_since_it_came_back_is_left_alone() {
    let owed = binding("mail", "mail.eu").with("write", "a");
    let changed = binding("mail", "mail.eu").with("write", "b");
    let observed = seen(&[exchange("mail"), queue("mail.eu"), changed.clone()]);
    let (wanted, _) = inside(&[], &observed).with_journal(&journal(&queue("mail.eu"), &[owed]));
    assert_eq!(*wanted, [changed]);
}

#[test]
fn what_cannot_come_back_is_named_and_given_up() {
    let owed = binding("mail", "mail.eu");
    let book = journal(&queue("mail.eu"), &[owed]);
    let desired = [queue("mail.eu")];
    let without_exchange = seen(&[queue("mail.eu")]);
    let (wanted, notes) = inside(&desired, &without_exchange).with_journal(&book);
    assert_eq!(*wanted, desired);
    assert_eq!(notes[0].text, "it went away in an interrupted replace and cannot come back without jobs/exchange/mail");
    assert_eq!(inside(&desired, &without_exchange).finished(book.clone()), Journal::default());

    // Not being able to read it is no reason to give up.
    let unread = Observation { unknown: vec![Unknown::broker("jobs", "403")], ..without_exchange };
    assert_eq!(inside(&desired, &unread).finished(book.clone()), book);
}

#[test]
fn what_is_owed_may_need_what_is_owed_too() {
    let volatile = exchange("volatile").needing(queue("mail.eu").address);
    let owed = binding("volatile", "mail.eu");
    let book = journal(&queue("mail.eu"), &[volatile.clone(), owed.clone()]);
    let desired = [queue("mail.eu")];
    let nothing = Observation::default();
    let (wanted, notes) = inside(&desired, &nothing).with_journal(&book);
    assert_eq!((&*wanted, notes.len()), (&[queue("mail.eu"), volatile, owed][..], 0));
    assert_eq!(inside(&[], &nothing).finished(book), Journal::default(), "nobody wants the queue any more");
}

#[test]
fn exchanges_of_the_broker_itself_are_there_though_nobody_lists_them() {
    let owed = binding("amq.topic", "mail.eu");
    let desired = [queue("mail.eu")];
    let nothing = Observation::default();
    let (wanted, _) = inside(&desired, &nothing).with_journal(&journal(&queue("mail.eu"), std::slice::from_ref(&owed)));
    assert_eq!(wanted.last(), Some(&owed));
}

#[test]
fn the_journal_of_another_broker_is_no_matter() {
    let other = Resource::new(Address::new("events", "topic", "orders"));
    let book = journal(&other, &[Resource::new(Address::new("events", "topic", "x"))]);
    let nothing = Observation::default();
    assert_eq!(inside(&[], &nothing).with_journal(&book).0.as_ref(), []);
    assert_eq!(inside(&[], &nothing).finished(book.clone()), book);
}

#[test]
fn only_what_was_done_is_remembered_as_applied() {
    let now = |name: &str| queue(name).with("durable", true);
    let topology: Vec<Resource> =
        ["done", "failed", "unknown", "not-tried", "blocked", "same", "vanished", "new-and-failed"].map(now).into();
    let before: Vec<Resource> =
        ["done", "failed", "unknown", "not-tried", "blocked", "same", "vanished", "gone-from-the-file"]
            .map(queue)
            .into();
    let mut steps: Vec<Step> = topology.iter().map(|one| step(Action::Update, one)).collect();
    steps.retain(|step| step.address.name != "same");
    steps.iter_mut().filter(|step| step.address.name == "blocked").for_each(|step| step.action = blocked());
    let reason = || String::new();
    let outcomes: Vec<Outcome> = steps
        .iter()
        .filter(|step| !step.action.is_blocked())
        .map(|step| {
            let result = match step.address.name.as_str() {
                "done" | "vanished" => OutcomeResult::Done,
                "unknown" => OutcomeResult::Unknown { reason: reason() },
                "not-tried" => OutcomeResult::NotTried { because: reason() },
                _ => OutcomeResult::Failed { reason: reason() },
            };
            Outcome::new(step.address.clone(), result)
        })
        .collect();
    let left = BTreeSet::from([queue("vanished").address]);
    let options = DiffOptions::default();
    let found = applied(&topology, &plan(steps), &outcomes, &left, &options, &before);
    assert_eq!(
        found,
        [
            now("done"),
            queue("failed"),
            queue("unknown"),
            queue("not-tried"),
            queue("blocked"),
            now("same"),
            queue("vanished"),
        ]
    );
}

#[test]
fn what_was_not_chosen_is_not_remembered_as_applied() {
    let options = DiffOptions { only: [queue("a").address].into(), ..DiffOptions::default() };
    let topology = [queue("a").with("durable", true), queue("b").with("durable", true)];
    let before = [queue("a"), queue("b")];
    let found = applied(&topology, &plan(Vec::new()), &[], &BTreeSet::new(), &options, &before);
    assert_eq!(found, [queue("a").with("durable", true), queue("b")]);
}
