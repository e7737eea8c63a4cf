//! What is suspicious about an ActiveMQ broker: it would start, and do something else than was meant.

use std::collections::BTreeSet;

use crate::brokers::activemq::destination::{Destination, virtual_consumer, winner};
use crate::brokers::activemq::kinds::{self, ADMINISTRATOR, EVERYBODY};
use crate::brokers::activemq::policy::{self, Effective};
use crate::brokers::activemq::read::{Body, Composite, READ, WRITE};
use crate::model::{App, BrokerModel, Value};
use crate::spec::{Diagnostics, list, quote};

/// Every lint and why it is told.
pub(in crate::brokers::activemq) const LINTS: &[(&str, &str)] = &[
    ("authorization-matches-nothing", "An authorization entry is for names that nothing declared has."),
    ("composite-consumed", "An app consumes from a composite that keeps no message."),
    ("consumer-without-virtual-topic", "A queue would get copies of a virtual topic that nobody declares."),
    ("dead-letter-circle", "Messages that are given up come back to where they were given up."),
    ("group-without-users", "An authorization entry lets a group in that nobody is a member of."),
    ("policy-matches-nothing", "A policy is for names that nothing declared has."),
    (
        "redelivery-delay-alone",
        "A delay before messages are given out again, where the broker does not give them out again.",
    ),
    ("redelivery-without-write", "The broker sends again on behalf of who gave a message up, who may not write there."),
    ("user-without-rights", "There is authorization, and a user is in no group that it names."),
];

pub(in crate::brokers::activemq) fn lint(broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
    let body = Body::read(broker);
    let policies = policy::policies(&body, &broker.version);
    matches_nothing(&body, diagnostics);
    virtual_consumers(&body, diagnostics);
    dead_letter_circles(&body, &policies, diagnostics);
    delays(&body, &policies, diagnostics);
    groups(&body, diagnostics);
    redelivery_without_write(&body, &policies, diagnostics);
    consumed_composites(broker, &body, apps, diagnostics);
}

/// Every queue and topic that will be there.
fn made<'a>(body: &'a Body<'_>) -> BTreeSet<Destination<'a>> {
    let composites = body.composites.iter().filter_map(Composite::destination);
    let dead = body.all_policies().filter_map(|(_, settings)| Some(Destination::queue(settings.dead_letter()?.0)));
    body.destinations.iter().map(|one| one.destination).chain(composites).chain(dead).collect()
}

fn matches_nothing(body: &Body<'_>, diagnostics: &mut Diagnostics) {
    let made = made(body);
    let is_for_something = |pattern: Destination<'_>| {
        pattern.name == ">" || kinds::is_reserved(pattern.name) || made.iter().any(|one| pattern.matches(*one))
    };
    let complaint = |name: &str| {
        let pattern = Destination::parse(name).filter(|pattern| !is_for_something(*pattern))?;
        Some(format!("no declared {} is meant by {}", pattern.kind.noun(), quote(name)))
    };
    let help = || "correct the name, or remove it".to_owned();
    for policy in &body.policies {
        if let Some(text) = complaint(policy.name.name) {
            diagnostics.lint("policy-matches-nothing", policy.name.at, text, help());
        }
    }
    for one in &body.authorizations {
        if let Some(text) = complaint(one.name.name) {
            diagnostics.lint("authorization-matches-nothing", one.name.at, text, help());
        }
    }
}

fn virtual_consumers(body: &Body<'_>, diagnostics: &mut Diagnostics) {
    let made = made(body);
    for declared in &body.destinations {
        let Some((_, topic)) = virtual_consumer(declared.destination.name) else { continue };
        if declared.destination == Destination::queue(declared.destination.name)
            && !made.contains(&Destination::topic(topic))
        {
            let text =
                format!("{} gets a copy of {}, which is not declared", quote(declared.destination.name), quote(topic));
            diagnostics.lint("consumer-without-virtual-topic", declared.at, text, "add it under `topics`".to_owned());
        }
    }
}

fn dead_letter<'p>(destination: Destination<'_>, policies: &'p [(Destination<'_>, Effective)]) -> Option<&'p str> {
    let entries = policies.iter().map(|(pattern, policy)| (*pattern, policy));
    winner(destination, entries)?.1.attributes.get("dead_letter")?.as_text()
}

fn dead_letter_circles(body: &Body<'_>, policies: &[(Destination<'_>, Effective)], diagnostics: &mut Diagnostics) {
    for (_, settings) in body.all_policies() {
        let Some((first, at)) = settings.dead_letter() else { continue };
        let mut seen = BTreeSet::from([first]);
        let mut next = dead_letter(Destination::queue(first), policies);
        while let Some(queue) = next {
            if !seen.insert(queue) {
                let text = format!("what {} gives up comes back to it in the end", quote(queue));
                let help = format!("give {} a policy with `dead_letter: ActiveMQ.DLQ`", quote(queue));
                diagnostics.lint("dead-letter-circle", at, text, help);
                break;
            }
            next = dead_letter(Destination::queue(queue), policies);
        }
    }
}

fn delays(body: &Body<'_>, policies: &[(Destination<'_>, Effective)], diagnostics: &mut Diagnostics) {
    for (destination, settings) in body.all_policies() {
        let Some(delay) = settings.field("redelivery_delay") else { continue };
        let effective = policies.iter().find(|(one, _)| *one == destination);
        if effective.is_none_or(|(_, policy)| !policy.attributes.contains_key("max_redeliveries")) {
            let text = "without `max_redeliveries` the broker gives nothing out again".to_owned();
            diagnostics.lint("redelivery-delay-alone", delay.at, text, "add it, or remove the delay".to_owned());
        }
    }
}

fn groups(body: &Body<'_>, diagnostics: &mut Diagnostics) {
    if body.authorizations.is_empty() {
        return;
    }
    let members: BTreeSet<&str> = body.users.iter().flat_map(|user| &user.groups).map(|group| group.name).collect();
    let named: BTreeSet<&str> =
        body.authorizations.iter().flat_map(|one| one.groups.iter().flatten()).map(|group| group.name).collect();
    for group in body.authorizations.iter().flat_map(|one| one.groups.iter().flatten()) {
        if ![ADMINISTRATOR, EVERYBODY].contains(&group.name) && !members.contains(group.name) {
            let text = format!("no user is in the group {}", quote(group.name));
            let known = if members.is_empty() {
                "no user has a group".to_owned()
            } else {
                format!("there is {}", list(members.iter().copied(), "and"))
            };
            diagnostics.lint("group-without-users", group.at, text, known);
        }
    }
    for user in &body.users {
        let has_rights = named.contains(EVERYBODY) || user.groups.iter().any(|group| named.contains(group.name));
        if !has_rights {
            let text =
                format!("{} may use nothing: no entry of `authorization` names a group of it", quote(user.name.name));
            diagnostics.lint("user-without-rights", user.name.at, text, "give it a group that one names".to_owned());
        }
    }
}

/// Groups that may do this with a queue: what several entries allow adds up.
fn allowed<'a>(body: &'a Body<'_>, queue: Destination<'_>, right: usize) -> BTreeSet<&'a str> {
    let entries = body.authorizations.iter();
    let entries = entries.filter(|one| Destination::parse(one.name.name).is_some_and(|pattern| pattern.matches(queue)));
    entries.flat_map(|one| &one.groups[right]).map(|group| group.name).collect()
}

fn redelivery_without_write(body: &Body<'_>, policies: &[(Destination<'_>, Effective)], diagnostics: &mut Diagnostics) {
    for declared in &body.destinations {
        let entries = policies.iter().map(|(pattern, policy)| (*pattern, policy));
        let Some((_, policy)) = winner(declared.destination, entries) else { continue };
        if policy.attributes.get("max_redeliveries").and_then(Value::as_i64).unwrap_or(0) == 0 {
            continue;
        }
        let writers = allowed(body, declared.destination, WRITE);
        let readers = allowed(body, declared.destination, READ);
        if writers.contains(EVERYBODY) {
            continue;
        }
        let without: Vec<&str> = readers.difference(&writers).copied().collect();
        if !without.is_empty() {
            let text = format!(
                "{} may read {} and not write it: what they give up cannot be given out again",
                list(without, "and"),
                quote(declared.destination.name)
            );
            let help = "add them to `write` too, or set `max_redeliveries: 0`".to_owned();
            diagnostics.lint("redelivery-without-write", declared.at, text, help);
        }
    }
}

fn consumed_composites(broker: &BrokerModel, body: &Body<'_>, apps: &[App], diagnostics: &mut Diagnostics) {
    for composite in body.composites.iter().filter(|composite| composite.forward_only) {
        let Some(destination) = composite.destination() else { continue };
        let address = kinds::address(&broker.name, destination);
        for app in apps.iter().filter(|app| app.consumes.iter().any(|flow| flow.address == address)) {
            let text =
                format!("{} consumes from {}, which keeps nothing", quote(&app.name), quote(composite.name.name));
            let help = "let it consume from what the composite hands on to, or set `forward_only: false`".to_owned();
            diagnostics.lint("composite-consumed", composite.name.at, text, help);
        }
    }
}
