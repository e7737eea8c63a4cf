//! STOMP by hand: the frames of a session, and what each does to the reader's queue.

use super::redelivery::policy_of;
use super::{Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, frame, good, off, plain, warn};
use crate::model::Value;
use crate::site::model::kind_of;
use crate::site::text::visible;

const YOU: usize = 0;
const BROKER: usize = 1;
const QUEUE: usize = 2;
const DEAD: usize = 3;

struct Stage<'a> {
    queue: String,
    /// `/queue/invoices`.
    destination: String,
    /// Where exchanges route, a destination that leads nowhere has a receipt as well.
    routes: bool,
    /// Whether the broker gives a refused message out again, and else where it ends.
    repeats: bool,
    dead: String,
    words: &'a Words,
}

pub(in crate::site::figures) fn stomp(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let queue = input.named("queue", "invoices");
    let routes = kind_of(input.broker, "exchange").is_some();
    let policy = policy_of(input, &queue);
    let own = |name: &str| policy.and_then(|policy| policy.attribute(name));
    let stage = Stage {
        destination: format!("{}{queue}", if routes { "/amq/queue/" } else { "/queue/" }),
        repeats: routes || own("max_redeliveries").and_then(Value::as_i64).is_some_and(|most| most != 0),
        dead: own("dead_letter").and_then(Value::as_text).map_or_else(|| "ActiveMQ.DLQ".to_owned(), visible),
        queue,
        routes,
        words,
    };
    let mut scene = Scene::default();
    scene.add(&["ack"], stage.session(true));
    scene.add(&["nack"], stage.session(false));
    let third = if routes { "misspelt" } else { "refused" };
    scene.add(&[third], stage.unheard());
    let case = |case: &str, key: &str| (case.to_owned(), words.say(key));
    let third = if routes { case(third, "sim_stomp_misspelt") } else { case(third, "sim_stomp_refused") };
    let cases = vec![case("ack", "sim_stomp_ack"), case("nack", "sim_stomp_nack"), third];
    let controls = vec![Control::select("case", words.say("sim_scene_event"), cases, "ack")];
    let title = words.fill("sim_stomp_title", &[("queue", &stage.queue)]);
    scene.finish(words, controls, title, words.say("sim_stomp_about"))
}

impl Stage<'_> {
    fn names(&self) -> [(&str, &str); 3] {
        [("queue", &self.queue), ("destination", &self.destination), ("dead", &self.dead)]
    }

    /// Up to `CONNECTED`.
    fn begin(&self) -> Tale<'_> {
        let words = self.words;
        let mut rows = vec![words.say("sim_stomp_you"), words.say("sim_stomp_broker"), self.queue.clone()];
        if !self.routes {
            rows.push(self.dead.clone());
        }
        let mut tale = Tale::new(words, rows.into_iter().map(|name| (name, Vec::new())).collect());
        let host = if self.routes { "host:/" } else { "host:any" };
        let connect = ["CONNECT", "accept-version:1.2", host, "login:mqlab", "passcode:…", "↵", "^@"];
        tale.set(YOU, frame(&connect)).say("sim_stomp_connect", &self.names());
        tale.set(BROKER, frame(&["CONNECTED", "version:1.2", "heart-beat:0,0", "↵", "^@"]));
        tale.say("sim_stomp_connected", &self.names());
        tale
    }

    fn send<'a>(destination: &'a str, receipt: Option<&'a str>) -> Vec<&'a str> {
        let head = ["SEND", destination, "persistent:true"];
        head.into_iter().chain(receipt).chain(["↵", "hello^@"]).collect()
    }

    fn session(&self, takes: bool) -> Run {
        let mut tale = self.begin();
        let names = self.names();
        let destination = format!("destination:{}", self.destination);
        tale.set(YOU, frame(&Self::send(&destination, Some("receipt:42")))).set(BROKER, Vec::new());
        tale.say("sim_stomp_send", &names);
        tale.set(BROKER, frame(&["RECEIPT", "receipt-id:42", "↵", "^@"])).set(QUEUE, vec![good("hello")]);
        tale.say("sim_stomp_receipt", &names);
        tale.set(YOU, frame(&["SUBSCRIBE", "id:1", &destination, "ack:client-individual", "↵", "^@"]));
        tale.set(BROKER, Vec::new()).say("sim_stomp_subscribe", &names);
        let message = ["MESSAGE", "subscription:1", "message-id:…", "ack:…", "↵", "hello^@"];
        tale.set(BROKER, frame(&message)).set(QUEUE, vec![warn("hello")]).say("sim_stomp_message", &names);
        tale.set(YOU, frame(&[if takes { "ACK" } else { "NACK" }, "id:…", "↵", "^@"])).set(BROKER, Vec::new());
        if takes {
            tale.set(QUEUE, Vec::new()).say("sim_stomp_acked", &names);
        } else if self.repeats {
            tale.set(QUEUE, vec![good("hello")]).say("sim_stomp_nacked", &names);
            tale.set(BROKER, frame(&message)).set(QUEUE, vec![warn("hello")]).say("sim_stomp_again", &names);
        } else {
            tale.set(QUEUE, Vec::new()).set(DEAD, vec![bad("hello")]).say("sim_stomp_dead", &names);
        }
        tale.run
    }

    /// What no frame tells of.
    fn unheard(&self) -> Run {
        let words = self.words;
        let mut tale = self.begin();
        let names = self.names();
        tale.set(BROKER, Vec::new());
        if self.routes {
            let destination = format!("destination:{}x", self.destination);
            tale.set(YOU, frame(&Self::send(&destination, Some("receipt:42")))).say("sim_stomp_send_misspelt", &names);
            tale.set(BROKER, frame(&["RECEIPT", "receipt-id:42", "↵", "^@"]))
                .set(QUEUE, vec![off(words.say("sim_stomp_empty"))]);
            tale.say("sim_stomp_nowhere", &names);
            return tale.run;
        }
        let destination = format!("destination:{}", self.destination);
        tale.set(YOU, frame(&Self::send(&destination, None))).say("sim_stomp_send_unheard", &names);
        tale.set(BROKER, vec![plain("?")]).set(QUEUE, vec![off(words.say("sim_stomp_empty"))]);
        tale.say("sim_stomp_silence", &names);
        tale.set(YOU, frame(&Self::send(&destination, Some("receipt:1"))))
            .set(BROKER, vec![bad("ERROR"), plain("receipt-id:1")]);
        tale.say("sim_stomp_error", &names);
        tale.run
    }
}
