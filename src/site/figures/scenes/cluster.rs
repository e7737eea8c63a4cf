//! Two nodes of an Artemis cluster: whose messages are where, and what moves them.

use super::{Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, good, node, off, plain, warn};

const DELAYS: [&str; 2] = ["on", "off"];
const FIRST: usize = 0;
const SECOND: usize = 1;
const CONSUMER: usize = 2;

struct Stage<'a> {
    queue: String,
    first: String,
    second: String,
    words: &'a Words,
}

pub(in crate::site::figures) fn cluster(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let name = |number| node(input.broker.model, number);
    let stage = Stage { queue: input.named("queue", "orders"), first: name(1), second: name(2), words };
    let mut scene = Scene::default();
    for delay in DELAYS {
        scene.add(&["dies", delay], stage.dies(delay == "on"));
        scene.add(&["moves", delay], stage.moves(delay == "on"));
    }
    let events = [("dies", "sim_cluster_dies", &stage.second), ("moves", "sim_cluster_moves", &stage.second)];
    let events = events.map(|(event, key, node)| (event.to_owned(), words.fill(key, &[("node", node)])));
    let delays = DELAYS.map(|delay| {
        let key = if delay == "on" { "sim_cluster_on" } else { "sim_cluster_off" };
        (delay.to_owned(), words.say(key))
    });
    let controls = vec![
        Control::select("event", words.say("sim_scene_event"), events.to_vec(), "dies"),
        Control::select("delay", "redistribution_delay".to_owned(), delays.to_vec(), DELAYS[0]),
    ];
    let title = words.fill("sim_cluster_title", &[("queue", &stage.queue)]);
    scene.finish(words, controls, title, words.say("sim_cluster_about"))
}

impl Stage<'_> {
    fn names(&self) -> [(&str, &str); 3] {
        [("queue", &self.queue), ("first", &self.first), ("second", &self.second)]
    }

    fn begin(&self) -> Tale<'_> {
        let words = self.words;
        let rows = [self.first.clone(), self.second.clone(), words.say("sim_cluster_consumer")];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        tale.say("sim_cluster_begin", &self.names());
        tale
    }

    fn dies(&self, redistributes: bool) -> Run {
        let words = self.words;
        let mut tale = self.begin();
        let names = self.names();
        tale.set(SECOND, vec![good("m1")]).say("sim_cluster_waits", &names);
        tale.set(SECOND, vec![bad(words.say("sim_cluster_down")), off("m1")]).say("sim_cluster_node_dies", &names);
        let at_first = || plain(&self.first);
        tale.set(CONSUMER, vec![at_first()]).say("sim_cluster_consumer_first", &names);
        tale.set(CONSUMER, vec![at_first(), good("m2")]).say("sim_cluster_goes_on", &names);
        tale.set(SECOND, vec![good("m1")]).say("sim_cluster_back", &names);
        if redistributes {
            tale.set(SECOND, Vec::new()).set(CONSUMER, vec![at_first(), good("m2"), good("m1")]);
            tale.say("sim_cluster_handed_over", &names);
        } else {
            tale.set(SECOND, vec![warn("m1")]).say("sim_cluster_stays", &names);
        }
        tale.run
    }

    fn moves(&self, redistributes: bool) -> Run {
        let mut tale = self.begin();
        let names = self.names();
        tale.set(CONSUMER, vec![plain(&self.first)]).say("sim_cluster_consumer_first", &names);
        tale.set(FIRST, vec![good("m1"), good("m2")]).say("sim_cluster_busy", &names);
        tale.set(CONSUMER, vec![plain(&self.second)]).say("sim_cluster_moved", &names);
        if redistributes {
            tale.set(FIRST, Vec::new()).set(CONSUMER, vec![plain(&self.second), good("m1"), good("m2")]);
            tale.say("sim_cluster_follow", &names);
        } else {
            tale.set(FIRST, vec![warn("m1"), warn("m2")]).say("sim_cluster_left", &names);
        }
        tale.set(
            CONSUMER,
            if redistributes {
                vec![plain(&self.second), good("m1"), good("m2"), good("m3")]
            } else {
                vec![plain(&self.second), good("m3")]
            },
        );
        tale.say("sim_cluster_on_demand", &names);
        tale.run
    }
}
