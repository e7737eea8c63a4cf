//! RocketMQ's master and replica, and what the one is worth without the other.

use super::{
    Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, beginning_with, good, node, off, own_or, warn,
};
use crate::model::Value;

const COPIES: [&str; 2] = ["2", "1"];
const MASTER: usize = 0;
const REPLICA: usize = 1;
const SENDER: usize = 2;
const GRPC: usize = 3;
const REMOTING: usize = 4;

struct Stage<'a> {
    master: String,
    replica: String,
    words: &'a Words,
}

pub(in crate::site::figures) fn replica(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let config = |name: &str| input.broker.model.config.get(name);
    let waits_for_nobody = config("brokerRole").and_then(Value::as_text) == Some("ASYNC_MASTER")
        || config("inSyncReplicas").and_then(Value::as_i64) == Some(1);
    let first = if waits_for_nobody { "1" } else { "2" };
    let name = |number| node(input.broker.model, number);
    let stage = Stage { master: name(1), replica: name(2), words };
    let mut scene = Scene::default();
    for copies in beginning_with(first, &COPIES) {
        scene.add(&["master", copies], stage.without_master(copies == "2"));
        scene.add(&["replica", copies], stage.without_replica(copies == "2"));
    }
    let gone = [("master", &stage.master), ("replica", &stage.replica)];
    let gone = gone.map(|(value, name)| (value.to_owned(), words.fill("sim_replica_gone", &[("node", name)])));
    let own = (input.broker.model.nodes > 1).then_some(first);
    let copies = COPIES.map(|copies| own_or(words, copies, own)).to_vec();
    let controls = vec![
        Control::select("gone", words.say("sim_scene_event"), gone.to_vec(), "master"),
        Control::select("copies", "inSyncReplicas".to_owned(), copies, first),
    ];
    let title = words.fill("sim_replica_title", &[("master", &stage.master), ("replica", &stage.replica)]);
    scene.finish(words, controls, title, words.say("sim_replica_about"))
}

impl Stage<'_> {
    /// Both are there, and have a message.
    fn begin(&self, waits: bool) -> Tale<'_> {
        let words = self.words;
        let rows = [
            self.master.clone(),
            self.replica.clone(),
            words.say("sim_replica_sender"),
            words.say("sim_replica_grpc"),
            words.say("sim_replica_remoting"),
        ];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        tale.say("sim_replica_begin", &self.names());
        tale.set(MASTER, vec![good("m1")]).set(SENDER, vec![good("m1: SEND_OK")]);
        tale.set(REPLICA, vec![good("m1")]).set(GRPC, vec![good("m1")]).set(REMOTING, vec![good("m1")]);
        tale.say(if waits { "sim_replica_both" } else { "sim_replica_alone" }, &self.names());
        tale
    }

    fn names(&self) -> [(&str, &str); 2] {
        [("master", &self.master), ("replica", &self.replica)]
    }

    fn without_master(&self, waits: bool) -> Run {
        let words = self.words;
        let down = || bad(words.say("sim_replica_down"));
        let mut tale = self.begin(waits);
        let disk = if waits { vec![down(), off("m1")] } else { vec![down(), off("m1"), off("m2")] };
        tale.set(MASTER, disk).set(GRPC, vec![warn(words.say("sim_replica_waits"))]);
        if waits {
            tale.say("sim_replica_master_dies", &self.names());
        } else {
            tale.set(SENDER, vec![good("m2: SEND_OK")]).say("sim_replica_master_dies_early", &self.names());
        }
        let next = if waits { "m2" } else { "m3" };
        let names = [("master", self.master.as_str()), ("replica", &self.replica), ("message", next)];
        tale.set(SENDER, vec![bad(words.fill("sim_replica_fails", &names))]).say("sim_replica_nobody", &names);
        let key = if waits { "sim_replica_reads" } else { "sim_replica_reads_less" };
        tale.say(key, &names);
        let all: &[&str] = if waits { &["m1"] } else { &["m1", "m2"] };
        let cells = || all.iter().map(|message| good(*message)).collect::<Vec<_>>();
        tale.set(MASTER, cells()).set(REPLICA, cells()).set(GRPC, cells()).set(REMOTING, cells());
        tale.say(if waits { "sim_replica_master_back" } else { "sim_replica_master_back_disk" }, &names);
        let more = || cells().into_iter().chain([good(next)]).collect::<Vec<_>>();
        tale.set(MASTER, more()).set(REPLICA, more()).set(GRPC, more()).set(REMOTING, more());
        tale.set(SENDER, vec![good(format!("{next}: SEND_OK"))]).say("sim_replica_again", &names);
        tale.run
    }

    fn without_replica(&self, waits: bool) -> Run {
        let words = self.words;
        let mut tale = self.begin(waits);
        let names = self.names();
        tale.set(REPLICA, vec![bad(words.say("sim_replica_down")), off("m1")]).say("sim_replica_replica_dies", &names);
        let both = || vec![good("m1"), good("m2")];
        let alone = vec![good("m1"), warn("m2")];
        tale.set(MASTER, alone).set(GRPC, both()).set(REMOTING, both());
        if waits {
            tale.set(SENDER, vec![warn("m2: FLUSH_SLAVE_TIMEOUT")]).say("sim_replica_slow", &names);
        } else {
            tale.set(SENDER, vec![good("m2: SEND_OK")]).say("sim_replica_quick", &names);
        }
        tale.say("sim_replica_unnoticed", &names);
        tale.set(MASTER, both()).set(REPLICA, both()).say("sim_replica_replica_back", &names);
        tale.run
    }
}
