//! Queues, topics and composites.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{check_destination, check_filled_in, plain};
use crate::brokers::activemq::destination::Destination;
use crate::brokers::activemq::kinds::is_reserved;
use crate::brokers::activemq::read::{Body, Composite};
use crate::spec::{Diagnostics, Position, quote, suggest};

pub(super) fn check(body: &Body<'_>, diagnostics: &mut Diagnostics) {
    for declared in &body.destinations {
        check_destination(declared.destination, declared.at, diagnostics);
    }
    check_collisions(body, diagnostics);
    check_composites(body, diagnostics);
}

/// Every queue and topic that will be there, with the place that asks for it.
fn made<'a>(body: &'a Body<'_>) -> impl Iterator<Item = (Destination<'a>, Position)> {
    let declared = body.destinations.iter().map(|one| (one.destination, one.at));
    let composites = body.composites.iter().filter_map(|one| Some((one.destination()?, one.name.at)));
    let dead = body.all_policies().filter_map(|(_, settings)| settings.dead_letter());
    let dead = dead.map(|(queue, at)| (Destination::queue(queue), at)).collect::<Vec<_>>();
    declared.chain(composites).chain(dead)
}

/// The management of the broker writes `_` for some characters: the second of two names that then are one is in no list.
fn check_collisions(body: &Body<'_>, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for (destination, at) in made(body) {
        let shown = destination.name.replace([':', '\'', '"'], "_");
        let first = seen.entry((destination.kind.noun(), shown)).or_insert(destination.name);
        if *first != destination.name {
            let text = format!(
                "{} and {} differ only by `:`, quotes and `_`, and ActiveMQ shows only one of them",
                quote(destination.name),
                quote(first)
            );
            diagnostics.error("name-collision", at, text, "use one of these characters in all names".to_owned());
        }
    }
}

fn check_composites(body: &Body<'_>, diagnostics: &mut Diagnostics) {
    let made: BTreeSet<Destination<'_>> = made(body).map(|(destination, _)| destination).collect();
    for composite in &body.composites {
        if let Some(destination) = plain(composite.name, diagnostics)
            && is_reserved(destination.name)
        {
            check_destination(destination, composite.name.at, diagnostics);
        }
        if composite.forward_to.is_empty() {
            let text = format!("{} hands on to nobody", quote(composite.name.name));
            diagnostics.error(
                "forward-to-nobody",
                composite.forward_to_at,
                text,
                "name at least one queue or topic".to_owned(),
            );
        }
        for forward in &composite.forward_to {
            let target = plain(forward.to, diagnostics);
            if let Some(target) = target.filter(|target| !made.contains(target) && !is_reserved(target.name)) {
                let text = format!("no {} {} is declared", target.kind.noun(), quote(target.name));
                let known =
                    made.iter().filter(|one| one.kind == target.kind && !one.name.is_empty()).map(|one| one.name);
                let help = suggest(target.name, known, &format!("add it under `{}s`", target.kind.noun()));
                diagnostics.error("unknown-destination", forward.to.at, text, help);
            }
            if let Some(selector) = forward.selector {
                check_filled_in(selector.name, selector.at, diagnostics);
                if selector.name.trim().is_empty() {
                    let text = "an empty selector selects nothing".to_owned();
                    diagnostics.error("empty-selector", selector.at, text, "leave it out, or write one".to_owned());
                }
            }
        }
        check_circle(body, composite, diagnostics);
    }
}

/// The broker would hand a message round until its stack is full.
fn check_circle(body: &Body<'_>, composite: &Composite<'_>, diagnostics: &mut Diagnostics) {
    let Some(start) = composite.destination() else { return };
    let mut open = vec![start];
    let mut seen = BTreeSet::new();
    while let Some(at) = open.pop() {
        let own = body.composites.iter().filter(|one| one.destination() == Some(at));
        for target in own.flat_map(|one| &one.forward_to).filter_map(|forward| Destination::parse(forward.to.name)) {
            if target == start {
                let text = format!("{} hands on to itself in the end", quote(composite.name.name));
                let help = "take one of the composites out of the circle".to_owned();
                diagnostics.error("composite-circle", composite.forward_to_at, text, help);
                return;
            }
            if seen.insert(target) {
                open.push(target);
            }
        }
    }
}
