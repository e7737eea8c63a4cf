//! The programs around the brokers, their references resolved.

use std::collections::BTreeMap;

use super::build_broker::Found;
use super::references::{Direction, References};
use super::{Address, App, Flow, Instances};
use crate::spec::{Diagnostics, Entry, Node, Sources, list, quote, suggest};

/// Segment of a user's address, for the brokers that have users.
const USER: &str = "user";

pub(super) fn apps(brokers: &[Found], tree: &Node, sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<App> {
    if tree.entries_of("apps").is_empty() {
        return Vec::new();
    }
    let written: Vec<&str> = tree.entries_of("brokers").iter().map(|entry| entry.key.as_str()).collect();
    let references = References::new(brokers, &written);
    tree.entries_of("apps").iter().map(|entry| app(entry, &references, sources, diagnostics)).collect()
}

fn app(entry: &Entry, references: &References<'_>, sources: &Sources, diagnostics: &mut Diagnostics) -> App {
    let node = &entry.value;
    let text = |key| node.text_of(key).map(str::to_owned);
    if entry.key.is_empty() {
        diagnostics.error("invalid-name", entry.at, "an app needs a name", "write `name: { … }`".to_owned());
    }
    let mut flows = |key, inner, direction| -> Vec<Flow> {
        let items = node.items_of(key).iter();
        items.filter_map(|item| flow(item, inner, direction, references, sources, diagnostics)).collect()
    };
    let (produces, consumes) =
        (flows("produces", "to", Direction::Produce), flows("consumes", "from", Direction::Consume));
    check_user(node, produces.iter().chain(&consumes), references, diagnostics);
    // What is there and reads as nothing was a misfit, and that was said.
    if node.get("produces").is_none() && node.get("consumes").is_none() {
        let text = format!("the app {} neither produces nor consumes anything", quote(&entry.key));
        diagnostics.lint("app-without-flow", entry.at, text, "add `produces` or `consumes`".to_owned());
    } else if let Some(group) = node.get("group").filter(|_| node.get("consumes").is_none()) {
        let help = "a group shares what is consumed; remove it, or add `consumes`".to_owned();
        diagnostics.lint("group-without-consumes", group.at, "a group that consumes nothing", help);
    }
    let instances = node.int_of("instances").and_then(|count| u32::try_from(count).ok());
    App {
        name: entry.key.clone(),
        description: text("description"),
        produces,
        consumes,
        group: text("group"),
        instances: instances.map(Instances).unwrap_or_default(),
        user: text(USER),
        origin: sources.origin(entry.at),
    }
}

/// One item of `produces` or `consumes`: an address, or a map with the address under `inner`.
fn flow(
    item: &Node,
    inner: &str,
    direction: Direction,
    references: &References<'_>,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Flow> {
    let reference = if item.as_map().is_some() { item.get(inner)? } else { item };
    let address = references.resolve(reference, direction, diagnostics)?;
    let headers = item.entries_of("headers").iter().map(|entry| (entry.key.clone(), entry.value.to_value()));
    Some(Flow {
        address,
        routing_key: item.text_of("routing_key").map(str::to_owned),
        headers: headers.collect::<BTreeMap<_, _>>(),
        origin: sources.origin(reference.at),
    })
}

/// The app's user must exist on every broker that it talks to and that has users.
fn check_user<'a>(
    node: &Node,
    flows: impl Iterator<Item = &'a Flow>,
    references: &References<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some((node, user)) = node.get(USER).and_then(|node| Some((node, node.as_text()?))) else { return };
    let mut names: Vec<&str> = flows.map(|flow| flow.address.broker.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let with_users: Vec<&str> = names.iter().copied().filter(|name| references.has_kind(name, USER)).collect();
    if with_users.is_empty() && !names.is_empty() {
        let text = format!("{} has no users that could be declared", list(names, "and"));
        diagnostics.lint("user-without-login", node.at, text, "remove `user`".to_owned());
        return;
    }
    for broker in with_users {
        let address = Address::new(broker, USER, user);
        if references.exists(&address) {
            continue;
        }
        let declared: Vec<&str> = references.names(broker, USER).collect();
        let rest = if declared.is_empty() {
            format!("declare it: `users: {{ {user}: {{ … }} }}` in {}", quote(broker))
        } else {
            format!("{} declares {}", quote(broker), list(declared.iter().copied(), "and"))
        };
        let text = format!("the user {} is not declared in {}", quote(user), quote(broker));
        diagnostics.error("unknown-user", node.at, text, suggest(user, declared, &rest));
    }
}
