//! Names of queues and topics, plain and as patterns.

use crate::brokers::activemq::destination::Destination;
use crate::brokers::activemq::kinds::is_reserved;
use crate::brokers::activemq::read::Named;
use crate::spec::{Diagnostics, Position, quote};

/// What the broker fills in while it reads its configuration file.
const FILLED_IN: [&str; 2] = ["${", "#{"];

/// What is wrong with the name of a queue or topic, and what to write instead.
fn complaint(name: &str) -> Option<(String, &'static str)> {
    if name.is_empty() {
        return Some(("the name is empty".to_owned(), "ActiveMQ wants at least one character"));
    }
    if name.trim() != name {
        return Some(("the name begins or ends with a space, which ActiveMQ cuts off".to_owned(), "leave it out"));
    }
    if let Some(bad) = name.chars().find(|character| character.is_control()) {
        let text = format!("the name holds `{}`", bad.escape_debug());
        return Some((text, "ActiveMQ takes it and shows such a name nowhere; leave it out"));
    }
    let special = name.chars().find(|character| [',', '?', '*', '>'].contains(character));
    let text = |bad: char| format!("the name holds `{bad}`");
    Some(match special? {
        ',' => (text(','), "to ActiveMQ that means several at once; use another character"),
        '?' => (text('?'), "ActiveMQ reads options behind it; use another character"),
        other => (text(other), "that is a wildcard, which stands in `policies` and `authorization` alone"),
    })
}

/// Of a queue or topic that is to be made.
pub(super) fn check_destination(destination: Destination<'_>, at: Position, diagnostics: &mut Diagnostics) {
    let noun = destination.kind.noun();
    if let Some((text, help)) = complaint(destination.name) {
        let text = format!("{} cannot be a {noun}: {text}", quote(destination.name));
        diagnostics.error("invalid-name", at, text, help.to_owned());
    } else if is_reserved(destination.name) {
        let text = format!("{} is a name that ActiveMQ or mqlab keeps for itself", quote(destination.name));
        let help = "names that begin with `ActiveMQ.` or `mqlab-probe-` are never touched; choose another".to_owned();
        diagnostics.error("reserved-name", at, text, help);
    }
    check_filled_in(destination.name, at, diagnostics);
}

/// `queue/NAME` or `topic/NAME` where one destination is meant.
pub(super) fn plain<'a>(name: Named<'a>, diagnostics: &mut Diagnostics) -> Option<Destination<'a>> {
    let destination = parsed(name, diagnostics)?;
    let found = complaint(destination.name);
    if let Some((text, help)) = &found {
        let text = format!("{} is no {}: {text}", quote(name.name), destination.kind.noun());
        diagnostics.error("invalid-name", name.at, text, (*help).to_owned());
    }
    check_filled_in(name.name, name.at, diagnostics);
    found.is_none().then_some(destination)
}

/// `queue/NAME` or `topic/NAME` where wildcards are welcome.
pub(super) fn pattern<'a>(name: Named<'a>, diagnostics: &mut Diagnostics) -> Option<Destination<'a>> {
    let destination = parsed(name, diagnostics)?;
    check_filled_in(name.name, name.at, diagnostics);
    if !destination.is_sound() {
        let text = format!("{} holds a wildcard where ActiveMQ knows none", quote(name.name));
        let help = "`*` stands for one whole segment between dots, `>` at the end for all that follow".to_owned();
        diagnostics.error("invalid-pattern", name.at, text, help);
        return None;
    }
    let plain = destination.name.replace(['*', '>'], "x");
    if let Some((text, help)) = complaint(&plain) {
        let text = format!("{} means no {}: {text}", quote(name.name), destination.kind.noun());
        diagnostics.error("invalid-name", name.at, text, help.to_owned());
        return None;
    }
    Some(destination)
}

fn parsed<'a>(name: Named<'a>, diagnostics: &mut Diagnostics) -> Option<Destination<'a>> {
    let found = Destination::parse(name.name);
    if found.is_none() {
        let text = format!("{} says neither queue nor topic", quote(name.name));
        let help =
            format!("write {} or {}", quote(&format!("queue/{}", name.name)), quote(&format!("topic/{}", name.name)));
        diagnostics.error("invalid-destination", name.at, text, help);
    }
    found
}

/// What the broker would replace while it reads its configuration file, or die of.
pub(super) fn check_filled_in(text: &str, at: Position, diagnostics: &mut Diagnostics) {
    if let Some(found) = FILLED_IN.iter().find(|start| text.contains(**start)) {
        let text = format!("{} holds `{found}`, which ActiveMQ takes for something to fill in", quote(text));
        diagnostics.error("filled-in", at, text, "use other characters".to_owned());
    }
}
