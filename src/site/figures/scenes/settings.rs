//! Which settings an address of Artemis has: every pattern that it fits, the closer ones over the wider ones.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Cell, Control, Figure, FigureInput, Resource, Run, Scene, Tale, Words, beginning_with, good, off, on, visible,
};
use crate::model::Value;
use crate::sim::pattern::matches;

/// Addresses to choose from.
const MOST: usize = 8;

/// A pattern, and what it says.
type Setting = (String, BTreeMap<String, String>);

pub(in crate::site::figures) fn settings(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let own: Vec<Setting> = input.broker.of_kind("address_setting").map(setting).collect();
    let all = if own.is_empty() { sample() } else { own };
    let first = input.text("address").unwrap_or_else(|| "invoices".to_owned());
    // One more word behind it, as in the lesson's question.
    let deeper = format!("{first}.eu");
    let others = input.broker.of_kind("address").map(|address| address.address.name.as_str());
    let others: Vec<&str> = std::iter::once(deeper.as_str()).chain(others.filter(|name| *name != deeper)).collect();
    let addresses: Vec<&str> = beginning_with(first.as_str(), &others).into_iter().take(MOST).collect();
    let mut scene = Scene::default();
    for address in &addresses {
        scene.add(&[address], run(address, &all, words));
    }
    let options = addresses.iter().map(|address| ((*address).to_owned(), visible(address))).collect();
    let controls = vec![Control::select("address", words.say("sim_set_address"), options, &first)];
    let title = words.fill("sim_set_title", &[("address", &visible(&first))]);
    scene.finish(words, controls, title, words.say("sim_set_about"))
}

fn setting(resource: &Resource) -> Setting {
    let text = |value: &Value| visible(value.as_text().unwrap_or(&value.to_string()));
    let says = resource.attributes.iter().filter(|(_, value)| !value.is_null());
    (resource.address.name.clone(), says.map(|(name, value)| (name.clone(), text(value))).collect())
}

/// As in the lesson.
fn sample() -> Vec<Setting> {
    let setting = |pattern: &str, says: &[(&str, &str)]| {
        (pattern.to_owned(), says.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    };
    vec![
        setting("#", &[("redelivery_delay", "1000"), ("max_delivery_attempts", "10")]),
        setting("invoices.#", &[("max_delivery_attempts", "5"), ("dead_letter_address", "invoices.dead")]),
    ]
}

/// The patterns that fit, the widest first: words count more than `*`, and `*` more than `#`, from the left.
fn fitting<'a>(address: &str, all: &'a [Setting]) -> Vec<&'a Setting> {
    let weight = |pattern: &str| {
        let words = pattern.split('.').map(|word| match word {
            "#" => 0,
            "*" => 1,
            _ => 2,
        });
        words.collect::<Vec<u8>>()
    };
    let mut found: Vec<&Setting> = all.iter().filter(|(pattern, _)| matches(pattern, address)).collect();
    found.sort_by_key(|(pattern, _)| weight(pattern));
    found
}

fn run(address: &str, all: &[Setting], words: &Words) -> Run {
    let found = fitting(address, all);
    let named = visible(address);
    let rows: BTreeSet<&String> = found.iter().flat_map(|(_, says)| says.keys()).collect();
    let default = || off(words.say("broker_default"));
    let patterns = |upto: usize| -> Vec<Cell> {
        found
            .iter()
            .enumerate()
            .map(|(at, (pattern, _))| if at < upto { on(visible(pattern)) } else { off(visible(pattern)) })
            .collect()
    };
    let mut lanes = vec![(words.say("sim_set_patterns"), patterns(0))];
    lanes.extend(rows.iter().map(|row| ((*row).clone(), vec![default()])));
    let mut tale = Tale::new(words, lanes);
    if found.is_empty() {
        tale.say("sim_set_none", &[("address", &named)]);
        return tale.run;
    }
    tale.say("sim_set_begin", &[("address", &named), ("n", &found.len().to_string())]);
    for (at, (pattern, says)) in found.iter().enumerate() {
        let earlier = |name: &str| found[..at].iter().any(|(_, before)| before.contains_key(name));
        let listed = |over: bool| {
            let chosen = says.iter().filter(|(name, _)| earlier(name) == over);
            chosen.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
        };
        for (name, value) in says {
            if let Some(row) = rows.iter().position(|row| *row == name) {
                tale.set(row + 1, vec![good(value)]);
            }
        }
        tale.set(0, patterns(at + 1));
        let (adds, over) = (listed(false), listed(true));
        let shown = visible(pattern);
        let values = [("pattern", shown.as_str()), ("adds", &adds), ("over", &over)];
        tale.say(
            match (adds.is_empty(), over.is_empty()) {
                (false, true) => "sim_set_adds",
                (true, false) => "sim_set_overrides",
                (false, false) => "sim_set_both",
                (true, true) => "sim_set_says_nothing",
            },
            &values,
        );
    }
    tale.say("sim_set_end", &[("address", &named)]);
    tale.run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_add_up_and_the_closer_one_counts() {
        let words = Words::of("en").unwrap();
        let all = sample();
        let found =
            |address: &str| fitting(address, &all).iter().map(|(pattern, _)| pattern.clone()).collect::<Vec<_>>();
        assert_eq!(found("invoices.eu"), ["#", "invoices.#"]);
        assert_eq!(found("prices"), ["#"]);
        let last = super::super::table(&run("invoices.eu", &all, &words), &words).rows.pop().unwrap();
        assert_eq!(last[1..], ["# · invoices.#", "invoices.dead", "5", "1000"]);
    }
}
