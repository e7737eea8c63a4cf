//! A binding key against a routing key, word by word.

use serde::Serialize;

use super::data::{Control, Sketch};
use super::{Figure, FigureInput, FigureTable};
use crate::sim::pattern::{Part, Stop, matches, walk};
use crate::site::model::Words;
use crate::site::text::visible;

const SAYS: &[&str] = &[
    "sim_pattern_begin",
    "sim_pattern_word",
    "sim_pattern_star",
    "sim_pattern_hash",
    "sim_pattern_hash_nothing",
    "sim_pattern_differs",
    "sim_pattern_short",
    "sim_pattern_nowhere",
    "sim_pattern_left",
    "sim_pattern_matches",
    "sim_pattern_fails",
    "sim_pattern_binding",
    "sim_pattern_key",
    "sim_pattern_caption",
    "sim_pattern_to",
    "sim_pattern_result",
    "sim_yes",
    "sim_no",
];
/// Bindings that are listed below the figure.
const MOST: usize = 20;

#[derive(Serialize)]
struct Model {
    /// Pattern, and where the binding leads.
    bindings: Vec<(String, String)>,
}

pub(super) fn topic_pattern(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let router = input.broker.broker.lesson().router()?;
    let resources = input.sorted();
    let vhost = input.object("exchange").map(|exchange| exchange.address.vhost_name().to_owned());
    let map = router.map(&resources, &input.broker.model.name, vhost.as_deref().unwrap_or("/"));
    let topics: Vec<&str> =
        map.exchanges.iter().filter(|one| one.kind == "topic").map(|one| one.name.as_str()).collect();
    let own = input.text("exchange").filter(|name| topics.contains(&name.as_str()));
    let is_wanted = |source: &str| own.as_ref().map_or(topics.contains(&source), |own| own == source);
    let found = map.bindings.iter().filter(|binding| is_wanted(&binding.source));
    let bindings: Vec<(String, String)> =
        found.map(|binding| (binding.key.clone(), binding.to.clone())).take(MOST).collect();
    let wild = bindings.iter().map(|(pattern, _)| pattern).find(|pattern| pattern.contains(['*', '#']));
    let pattern = wild.cloned().unwrap_or_else(|| "order.*.#".to_owned());
    let key = pattern.replace('*', "eu").replace('#', "eu.placed");
    let controls = vec![
        Control::text("pattern", words.say("sim_pattern_binding"), pattern.clone()),
        Control::text("key", words.say("sim_pattern_key"), key.clone()),
    ];
    let steps = steps(&pattern, &key, words);
    let table = Some(table(&bindings, &key, words));
    let (title, about) = (words.say("sim_pattern_title"), words.say("sim_pattern_about"));
    let model = Model { bindings };
    Sketch { name: "topic-pattern", says: SAYS, controls, model, steps, table }.finish(words, title, about)
}

fn steps(pattern: &str, key: &str, words: &Words) -> Vec<String> {
    let shown = [("pattern", &*visible(pattern)), ("key", &visible(key))];
    let mut steps = vec![words.fill("sim_pattern_begin", &shown)];
    let walked = walk(pattern, key);
    for Part { part, took } in &walked.parts {
        let took = took.iter().map(|word| visible(word)).collect::<Vec<_>>().join(" . ");
        let form = match (*part, took.is_empty()) {
            ("#", true) => "sim_pattern_hash_nothing",
            ("#", false) => "sim_pattern_hash",
            ("*", _) => "sim_pattern_star",
            _ => "sim_pattern_word",
        };
        steps.push(words.fill(form, &[("part", &visible(part)), ("took", &took)]));
    }
    let stop = match walked.stop {
        Stop::Matches => {
            steps.push(words.fill("sim_pattern_matches", &shown));
            return steps;
        }
        Stop::Short(part) => words.fill("sim_pattern_short", &[("part", &visible(part))]),
        Stop::Differs(part, word) => {
            words.fill("sim_pattern_differs", &[("part", &visible(part)), ("word", &visible(word))])
        }
        Stop::Nowhere(part) => words.fill("sim_pattern_nowhere", &[("part", &visible(part))]),
        Stop::Left(words_left) => {
            let left = words_left.iter().map(|word| visible(word)).collect::<Vec<_>>().join(" . ");
            words.fill("sim_pattern_left", &[("left", &left)])
        }
    };
    steps.push(stop);
    steps.push(words.fill("sim_pattern_fails", &shown));
    steps
}

fn table(bindings: &[(String, String)], key: &str, words: &Words) -> FigureTable {
    let row = |(pattern, to): &(String, String)| {
        let answer = if matches(pattern, key) { "sim_yes" } else { "sim_no" };
        vec![visible(pattern), visible(to), words.say(answer)]
    };
    FigureTable {
        caption: words.fill("sim_pattern_caption", &[("key", &visible(key))]),
        head: vec![words.say("sim_pattern_binding"), words.say("sim_pattern_to"), words.say("sim_pattern_result")],
        rows: bindings.iter().map(row).collect(),
    }
}
