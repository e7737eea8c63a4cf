//! A group of RocketMQ: one subscription for all of its consumers, and what becomes of a message that fails.

use super::{Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, good, on, plain, time, warn};
use crate::model::Value;
use crate::sim::redelivery::pauses;

const CASES: [(&str, &str); 3] = [("tags", "sim_sub_tags"), ("same", "sim_sub_same"), ("fails", "sim_sub_fails")];
/// Retries that are told one by one before the last.
const TOLD: usize = 3;
const RETRIES: usize = 16;

struct Stage<'a> {
    topic: String,
    group: String,
    retries: usize,
    words: &'a Words,
}

pub(in crate::site::figures) fn subscription(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let group = input.named("group", "readers");
    let own = input.text("group").and_then(|name| input.other("subscription_group", &name));
    let retries = own.and_then(|own| own.attribute("retry_max").and_then(Value::as_i64));
    let retries = retries.and_then(|retries| usize::try_from(retries).ok()).filter(|retries| *retries <= 1000);
    let ordered = own.and_then(|own| own.attribute("order").and_then(Value::as_bool)) == Some(true);
    let topic = input.named("topic", "orders");
    let stage = Stage { topic, group, retries: retries.unwrap_or(RETRIES), words };
    let mut scene = Scene::default();
    scene.add(&["tags"], stage.tags(true));
    scene.add(&["same"], stage.tags(false));
    scene.add(&["fails"], if ordered { stage.fails_in_order() } else { stage.fails() });
    let cases = CASES.map(|(case, key)| (case.to_owned(), words.say(key))).to_vec();
    let controls = vec![Control::select("case", words.say("sim_scene_event"), cases, CASES[0].0)];
    let title = words.fill("sim_sub_title", &[("topic", &stage.topic), ("group", &stage.group)]);
    scene.finish(words, controls, title, words.say("sim_sub_about"))
}

impl Stage<'_> {
    fn names(&self) -> [(&str, &str); 2] {
        [("topic", &self.topic), ("group", &self.group)]
    }

    /// Two consumers with one tag each, or both with both.
    fn tags(&self, apart: bool) -> Run {
        let words = self.words;
        let rows = [
            self.topic.clone(),
            words.fill("sim_sub_lane_asks", &[("group", &self.group)]),
            "c1".to_owned(),
            "c2".to_owned(),
            words.say("sim_sub_lane_nobody"),
        ];
        let (first, second) = if apart { ("a", "b") } else { ("a || b", "a || b") };
        let names = self.names();
        let asks = |tag: &str| plain(words.fill("sim_sub_asks", &[("tag", tag)]));
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        tale.set(0, vec![plain("m1 (a)"), plain("m2 (b)")]).say("sim_sub_begin", &names);
        tale.set(1, vec![on(first)]).set(2, vec![asks(first)]);
        tale.say("sim_sub_first", &[("tag", first), ("group", &self.group)]);
        tale.set(1, vec![on(second)]).set(3, vec![asks(second)]);
        let key = if apart { "sim_sub_overwritten" } else { "sim_sub_second" };
        tale.say(key, &[("tag", second), ("group", &self.group)]);
        if apart {
            tale.set(4, vec![bad("m1 (a)")]).say("sim_sub_filtered", &names);
            tale.set(2, vec![asks(first), warn("m2 (b)")]).say("sim_sub_wrong", &names);
            tale.set(1, vec![on(first)]).say("sim_sub_back", &names);
        } else {
            tale.set(2, vec![asks(first), good("m1 (a)")])
                .say("sim_sub_shared", &[("message", "m1"), ("consumer", "c1")]);
            tale.set(3, vec![asks(second), good("m2 (b)")])
                .say("sim_sub_shared", &[("message", "m2"), ("consumer", "c2")]);
            tale.say("sim_sub_apart", &names);
        }
        tale.run
    }

    fn fails_in_order(&self) -> Run {
        let words = self.words;
        let (dead, most) = (format!("%DLQ%{}", self.group), self.retries.to_string());
        let rows = [self.topic.clone(), "c1".to_owned(), words.say("sim_sub_lane_passed"), dead.clone()];
        let values = [("topic", self.topic.as_str()), ("group", &self.group), ("most", &most), ("dead", &dead)];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        tale.set(0, vec![plain("m1"), plain("m2")]).set(1, vec![bad("m1")]).say("sim_sub_order_begin", &values);
        tale.set(0, vec![plain("m1"), warn("m2")]).say("sim_sub_order_waits", &values);
        tale.set(1, vec![bad("m1"), warn(format!("{most} / {most}"))]).say("sim_sub_order_again", &values);
        tale.set(1, Vec::new()).set(3, vec![bad("m1")]).say("sim_sub_order_dead", &values);
        tale.set(0, vec![plain("m2")]).set(1, vec![good("m2")]).set(2, vec![good("m2")]);
        tale.say("sim_sub_order_next", &values);
        tale.run
    }

    fn fails(&self) -> Run {
        let words = self.words;
        let dead = format!("%DLQ%{}", self.group);
        let rows = [
            self.topic.clone(),
            "c1".to_owned(),
            words.say("sim_sub_lane_retry"),
            words.say("sim_sub_lane_passed"),
            dead.clone(),
        ];
        let all = pauses(self.retries);
        let most = self.retries.to_string();
        let values = [("topic", self.topic.as_str()), ("group", &self.group), ("most", &most), ("dead", &dead)];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        tale.set(0, vec![plain("m1"), plain("m2")]).set(1, vec![bad("m1")]).say("sim_sub_fail_begin", &values);
        tale.set(1, vec![good("m2")]).set(3, vec![good("m2")]).say("sim_sub_passes", &values);
        for (at, pause) in all.iter().enumerate() {
            let is_last = at + 1 == all.len();
            if at >= TOLD && !is_last {
                if at == TOLD {
                    tale.say("sim_sub_so_on", &values);
                }
                continue;
            }
            let (number, pause) = ((at + 1).to_string(), time(*pause));
            tale.set(1, vec![bad("m1")]).set(2, vec![warn(format!("{number} / {most}")), plain(&pause)]);
            tale.say("sim_sub_retry", &[("n", &number), ("most", &most), ("pause", &pause)]);
        }
        let total = time(all.iter().sum());
        tale.set(1, Vec::new()).set(4, vec![bad("m1")]);
        let values = [("most", most.as_str()), ("dead", &dead), ("total", &total)];
        tale.say(if all.is_empty() { "sim_sub_dead_at_once" } else { "sim_sub_dead" }, &values);
        tale.run
    }
}
