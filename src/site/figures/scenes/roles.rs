//! Name server, broker and proxy of RocketMQ: whom a client asks, and where it is sent.

use super::{Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, good, node, off, on, plain, visible, warn};

/// A client and the address that it was given.
const CLIENTS: [(&str, &str); 5] = [
    ("wrong", "sim_roles_wrong"),
    ("grpc", "sim_roles_grpc"),
    ("inside", "sim_roles_inside"),
    ("outside", "sim_roles_outside"),
    ("proxy", "sim_roles_proxy"),
];
const PROGRAM: usize = 0;
const PROXY: usize = 1;
const NAMESRV: usize = 2;
const BROKER: usize = 3;

struct Stage<'a> {
    topic: String,
    broker: String,
    namesrv: String,
    proxy: String,
    words: &'a Words,
}

pub(in crate::site::figures) fn roles(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let model = input.broker.model;
    let name = visible(&model.name);
    let stage = Stage {
        topic: input.named("topic", "orders"),
        broker: if model.nodes == 1 { name.clone() } else { node(model, 1) },
        namesrv: format!("{name}-namesrv"),
        proxy: format!("{name}-proxy"),
        words,
    };
    let mut scene = Scene::default();
    for (client, _) in CLIENTS {
        scene.add(&[client], stage.run(client));
    }
    let clients = CLIENTS.map(|(client, key)| (client.to_owned(), words.say(key))).to_vec();
    let controls = vec![Control::select("client", words.say("sim_roles_client"), clients, CLIENTS[0].0)];
    let title = words.fill("sim_roles_title", &[("topic", &stage.topic)]);
    scene.finish(words, controls, title, words.say("sim_roles_about"))
}

impl Stage<'_> {
    fn run(&self, client: &str) -> Run {
        let words = self.words;
        let names = [
            ("topic", self.topic.as_str()),
            ("broker", &self.broker),
            ("namesrv", &self.namesrv),
            ("proxy", &self.proxy),
        ];
        let program = words.say("sim_roles_program");
        let rows = [program, self.proxy.clone(), self.namesrv.clone(), self.broker.clone()];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        let at_broker = format!("{} → {}:10911", self.topic, self.broker);
        tale.set(NAMESRV, vec![plain(&at_broker)]).set(BROKER, vec![plain(&self.topic)]);
        tale.say("sim_roles_register", &names);
        let at_proxy = |port: u32| format!("{} → {}:{port}", self.topic, self.proxy);
        let message = || good(words.say("sim_roles_message"));
        match client {
            "wrong" => {
                tale.set(PROGRAM, vec![warn(format!("gRPC → {}:9876", self.namesrv))]);
                tale.say("sim_roles_wrong_opens", &names);
                tale.set(NAMESRV, vec![plain(&at_broker), bad(words.say("sim_roles_not_grpc"))]);
                tale.say("sim_roles_wrong_asks", &names);
                tale.set(PROGRAM, vec![bad(words.say("sim_roles_no_route"))]).say("sim_roles_wrong_end", &names);
            }
            "grpc" => {
                tale.set(PROGRAM, vec![on(format!("gRPC → {}:8081", self.proxy))]).say("sim_roles_grpc_asks", &names);
                tale.set(PROXY, vec![plain(&at_broker)]).say("sim_roles_proxy_asks", &names);
                tale.set(PROGRAM, vec![on(at_proxy(8081))]).say("sim_roles_grpc_route", &names);
                tale.set(PROXY, vec![on(words.say("sim_roles_passes"))])
                    .set(BROKER, vec![plain(&self.topic), message()]);
                tale.say("sim_roles_grpc_end", &names);
            }
            "proxy" => {
                tale.set(PROGRAM, vec![on(format!("remoting → {}:8080", self.proxy))]);
                tale.say("sim_roles_play_asks", &names);
                tale.set(PROXY, vec![plain(&at_broker)]).set(PROGRAM, vec![on(at_proxy(8080))]);
                tale.say("sim_roles_play_route", &names);
                tale.set(PROXY, vec![on(words.say("sim_roles_passes"))])
                    .set(BROKER, vec![plain(&self.topic), message()]);
                tale.say("sim_roles_play_end", &names);
            }
            _ => {
                tale.set(PROGRAM, vec![on(format!("remoting → {}:9876", self.namesrv))]);
                tale.set(PROXY, vec![off(words.say("sim_roles_unasked"))]).say("sim_roles_direct_asks", &names);
                tale.set(PROGRAM, vec![on(format!("{} → 172.18.0.4:10911", self.topic))]);
                tale.say("sim_roles_direct_route", &names);
                if client == "inside" {
                    tale.set(BROKER, vec![plain(&self.topic), message()]).say("sim_roles_inside_end", &names);
                } else {
                    tale.set(PROGRAM, vec![bad("172.18.0.4:10911 ✗")]).say("sim_roles_outside_end", &names);
                }
            }
        }
        tale.run
    }
}
