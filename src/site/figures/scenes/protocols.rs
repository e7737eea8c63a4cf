//! STOMP meets an address of Artemis: what a frame has to say, and who else reads the message.

use super::{Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, frame, good, off, plain};

const CASES: [(&str, &str); 3] =
    [("nothing", "sim_proto_nothing"), ("anycast", "sim_proto_anycast"), ("prefix", "sim_proto_prefix")];
const YOU: usize = 0;
const BROKER: usize = 1;
const QUEUE: usize = 2;
const READER: usize = 3;

pub(in crate::site::figures) fn protocols(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let address = input.named("address_anycast", "invoices");
    let mut scene = Scene::default();
    for (case, _) in CASES {
        scene.add(&[case], run(case, &address, words));
    }
    let cases = CASES.map(|(case, key)| (case.to_owned(), words.fill(key, &[("address", &address)]))).to_vec();
    let controls = vec![Control::select("case", words.say("sim_proto_case"), cases, CASES[0].0)];
    let title = words.fill("sim_proto_title", &[("address", &address)]);
    scene.finish(words, controls, title, words.say("sim_proto_about"))
}

fn run(case: &str, address: &str, words: &Words) -> Run {
    let names = [("address", address)];
    let rows = [
        words.say("sim_stomp_you"),
        words.say("sim_stomp_broker"),
        words.fill("sim_proto_queue", &names),
        words.say("sim_proto_reader"),
    ];
    let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
    tale.set(QUEUE, vec![off(words.say("sim_stomp_empty"))]).say("sim_proto_begin", &names);
    let prefix = if case == "prefix" { "/queue/" } else { "" };
    let destination = format!("destination:{prefix}{address}");
    let mut lines = vec!["SEND", destination.as_str()];
    if case != "nothing" {
        lines.push("destination-type:ANYCAST");
    }
    lines.extend(["persistent:true", "receipt:1", "↵", "hello^@"]);
    tale.set(YOU, frame(&lines));
    match case {
        "nothing" => {
            tale.say("sim_proto_untyped", &names).say("sim_proto_default", &names);
            tale.set(BROKER, vec![bad("ERROR"), plain("receipt-id:1")]).say("sim_proto_error", &names);
        }
        "prefix" => {
            tale.say("sim_proto_prefixed", &names);
            tale.set(BROKER, vec![bad("ERROR"), plain("AMQ339001 Destination does not exist")]);
            tale.say("sim_proto_no_such", &names);
        }
        _ => {
            tale.say("sim_proto_typed", &names);
            tale.set(BROKER, frame(&["RECEIPT", "receipt-id:1", "↵", "^@"])).set(QUEUE, vec![good("hello")]);
            tale.say("sim_proto_stored", &names);
            tale.set(READER, vec![plain("AMQP 1.0")]).say("sim_proto_other", &names);
            tale.set(READER, vec![plain("AMQP 1.0"), good("hello")]).say("sim_proto_converted", &names);
        }
    }
    tale.run
}
