//! Classic queue, quorum queue and stream of RabbitMQ: two readers, and nodes that die.

use super::{Cell, Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, good, node, off, on, plain, warn};

const TYPES: [(&str, &str, &str); 3] = [
    ("stream", "queue_stream", "history"),
    ("quorum", "queue_quorum", "invoices"),
    ("classic", "queue_classic", "shop.news"),
];
const READERS: [(usize, &str); 2] = [(1, "A"), (2, "B")];

struct Stage<'a> {
    kept_as: &'static str,
    queue: String,
    nodes: [String; 3],
    words: &'a Words,
}

pub(in crate::site::figures) fn queue_types(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let mut scene = Scene::default();
    let mut types = Vec::new();
    for (kept_as, value, sample) in TYPES {
        let queue = input.named(value, sample);
        types.push((kept_as.to_owned(), words.fill("sim_kinds_type", &[("queue", &queue), ("type", kept_as)])));
        let nodes = [1, 2, 3].map(|number| node(input.broker.model, number));
        let stage = Stage { kept_as, queue, nodes, words };
        scene.add(&[kept_as, "readers"], stage.readers());
        scene.add(&[kept_as, "nodes"], stage.dying());
    }
    let events = ["readers", "nodes"].map(|event| {
        let key = if event == "readers" { "sim_kinds_readers" } else { "sim_kinds_nodes" };
        (event.to_owned(), words.say(key))
    });
    let controls = vec![
        Control::select("type", words.say("sim_kinds_queue"), types, TYPES[0].0),
        Control::select("event", words.say("sim_scene_event"), events.to_vec(), "readers"),
    ];
    scene.finish(words, controls, words.say("sim_kinds_title"), words.say("sim_kinds_about"))
}

fn both() -> Vec<Cell> {
    vec![good("m1"), good("m2")]
}

impl Stage<'_> {
    fn readers(&self) -> Run {
        let words = self.words;
        let queue = [("queue", self.queue.as_str())];
        let reader = |name: &str| words.fill("sim_kinds_reader", &[("name", name)]);
        let rows = [self.queue.clone(), reader("A"), reader("B")];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        tale.set(0, both()).say("sim_kinds_wait", &queue);
        if self.kept_as == "stream" {
            for (row, name) in READERS {
                tale.set(row, both()).say("sim_kinds_from_first", &[("name", name), ("queue", &self.queue)]);
            }
            tale.say("sim_kinds_more", &queue);
            tale.set(1, Vec::new()).say("sim_kinds_leaves", &queue);
            tale.set(1, both()).say("sim_kinds_again", &queue);
            return tale.run;
        }
        tale.set(0, vec![warn("m1"), warn("m2")]);
        for (row, name) in READERS {
            let message = format!("m{row}");
            tale.set(row, vec![warn(&message)]);
            tale.say("sim_kinds_to_one", &[("name", name), ("message", &message)]);
        }
        tale.set(0, Vec::new()).set(1, vec![good("m1")]).set(2, vec![good("m2")]).say("sim_kinds_acked", &queue);
        tale.set(1, Vec::new()).say("sim_kinds_nothing", &queue);
        tale.run
    }

    fn dying(&self) -> Run {
        let words = self.words;
        let [first, second, third] = &self.nodes;
        let values = [("queue", self.queue.as_str()), ("first", first), ("second", second), ("third", third)];
        let down = || bad(words.say("sim_kinds_down"));
        let lane = words.say("sim_kinds_client");
        let rows = [first.clone(), second.clone(), third.clone(), lane];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        let leader = || on(words.say("sim_kinds_leader"));
        if self.kept_as == "classic" {
            tale.set(0, vec![good("m1")]).set(3, vec![good(words.say("sim_kinds_confirmed"))]);
            tale.say("sim_kinds_on_one", &values);
            tale.set(0, vec![down(), off("m1")]).set(3, vec![bad(words.say("sim_kinds_unavailable"))]);
            tale.say("sim_kinds_one_dies", &values);
            tale.set(0, vec![good("m1")]).set(3, vec![good("m1")]).say("sim_kinds_one_back", &values);
            return tale.run;
        }
        let one = |more: Option<Cell>| more.into_iter().chain([good("m1")]).collect::<Vec<_>>();
        tale.set(0, one(Some(leader()))).set(1, one(None)).set(2, one(None));
        tale.set(3, vec![good(words.say("sim_kinds_confirmed"))]).say("sim_kinds_on_three", &values);
        tale.set(0, vec![down(), off("m1")]).set(1, one(Some(leader()))).say("sim_kinds_leader_dies", &values);
        let two = |more: Option<Cell>| more.into_iter().chain(both()).collect::<Vec<_>>();
        tale.set(1, two(Some(leader()))).set(2, two(None)).say("sim_kinds_two_of_three", &values);
        tale.set(1, vec![down(), off("m1"), off("m2")]).set(2, vec![plain("m1"), plain("m2")]);
        tale.set(3, vec![bad(words.say("sim_kinds_unavailable"))]).say("sim_kinds_one_of_three", &values);
        tale.set(1, two(Some(leader()))).set(2, two(None)).set(3, both()).say("sim_kinds_majority_back", &values);
        tale.set(0, two(None)).say("sim_kinds_all_back", &values);
        tale.run
    }
}
