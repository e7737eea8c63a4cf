//! What a checked tree becomes, and what is said about it then.

use std::path::PathBuf;

use super::{Build, Stack, Storage, Value};
use crate::spec::render;
use crate::spec::testing::{TEST_REGISTRY, load_texts, places};

fn build(text: &str) -> (Option<Stack>, crate::spec::Loaded) {
    let mut loaded = load_texts(&[text]);
    let tree = loaded.tree.clone().unwrap();
    let directory = PathBuf::from("/home/ada/My Shop");
    let stack = Stack::build_with(TEST_REGISTRY, &tree, &loaded.sources, directory, &mut loaded.diagnostics);
    (stack, loaded)
}

#[track_caller]
fn stack(text: &str) -> Stack {
    let (stack, loaded) = build(text);
    assert!(!loaded.diagnostics.has_errors(), "{}", render::plain(&loaded.diagnostics, &loaded.sources));
    stack.unwrap()
}

/// The plain lines without file, place and severity.
#[track_caller]
fn found(text: &str) -> String {
    let (stack, loaded) = build(text);
    assert_eq!(stack.is_none(), loaded.diagnostics.has_errors());
    render::plain(&loaded.diagnostics, &loaded.sources)
}

/// One broker `s` with these apps.
fn with_apps(apps: &str) -> String {
    let broker = "s: { kind: shelf, boxes: { a: { slots: 1 }, door: { slots: 1 }, b/c: { slots: 1 } }, rooms: { r: { boxes: { a: { slots: 2 }, only: { slots: 1 } } } }, users: { ada: } }";
    format!("brokers: {{ {broker} }}\napps:\n{apps}\n")
}

fn addresses(text: &str) -> Vec<String> {
    let stack = stack(&with_apps(text));
    let app = &stack.apps[0];
    app.produces.iter().chain(&app.consumes).map(|flow| flow.address.to_string()).collect()
}

#[test]
fn everything_has_a_default() {
    let stack = stack("brokers: { s: { kind: shelf } }");
    assert_eq!(stack.name, "my-shop");
    assert_eq!(stack.site.out, PathBuf::from("/home/ada/My Shop/mqlab-site"));
    assert_eq!(stack.site.languages, ["en", "zh"]);
    assert_eq!(stack.images.build(), Build::Fallback);
    let broker = stack.broker("s").unwrap();
    assert_eq!((broker.version.as_str(), broker.nodes, broker.bind.as_str()), ("2.1", 1, "127.0.0.1"));
    assert_eq!((broker.storage, broker.memory, broker.unmanaged_fails), (Storage::Volume, None, false));
    assert_eq!(broker.origin.to_string(), "a.yaml:1");
}

#[test]
fn everything_written_arrives() {
    let stack = stack(
        "
stack: shop.eu
images: { build: never, base: 'debian:trixie', repositories: { debian: http://d }, build_args: { A: 1, B: x } }
site: { title: T, languages: [ zh, en, zh ], out: ../out }
brokers:
  s:
    kind: shelf
    version: \"4.10\"
    nodes: 2
    storage: memory
    memory: 1GiB
    env: { A: b, N: 5 }
    ports: { front: [ 1024, 1025 ] }
    bind: 0.0.0.0
    advertise_host: lab.example
    config: { k.x: 7d, n: 3, z: null }
    unmanaged: fail
apps:
  app: { produces: [ { to: s/box/own.x, routing_key: k, headers: { h: 1 } } ], instances: 4, description: d, user: own.u }
",
    );
    assert_eq!(stack.name, "shop.eu");
    assert_eq!(stack.images.build_args["A"], "1");
    assert_eq!(stack.images.debian_repository.as_deref(), Some("http://d"));
    let broker = &stack.brokers[0];
    assert_eq!((broker.version.as_str(), broker.nodes, broker.memory), ("4.10", 2, Some(1 << 30)));
    assert_eq!((broker.storage, broker.unmanaged_fails), (Storage::Memory, true));
    assert_eq!(broker.ports["front"], [1024, 1025]);
    assert_eq!(broker.config["z"], Value::Null);
    assert_eq!(broker.config_origins["n"].line, 16);
    let app = &stack.apps[0];
    assert_eq!((app.instances.0, app.user.as_deref()), (4, Some("own.u")));
    assert_eq!(app.produces[0].headers["h"], Value::from(1i64));
}

#[test]
fn references_are_resolved() {
    for (app, wanted) in [
        ("  x: { consumes: [ s/box/a ] }", "s/box/a"),
        ("  x: { consumes: [ s/r/box/a ] }", "s/r/box/a"),
        ("  x: { consumes: [ s/only ] }", "s/r/box/only"),
        ("  x: { consumes: [ s/door ] }", "s/box/door"),
        ("  x: { produces: [ s/door/door ] }", "s/door/door"),
        ("  x: { produces: [ s/b%2Fc ] }", "s/box/b%2Fc"),
        ("  x: { produces: [ s/box/own.any ] }", "s/box/own.any"),
        ("  x: { produces: [ s/box/ ] }", "s/box/"),
        ("  x: { consumes: [ s/own.any ] }", "s/box/own.any"),
    ] {
        assert_eq!(addresses(app), [wanted], "{app}");
    }
}

#[test]
fn references_to_nothing_are_reported_with_what_was_meant() {
    for (app, wanted) in [
        ("a", "3:21: error[invalid-address]: `a` is no address (help: write `s/box/a` or `s/r/box/a`)"),
        (
            "zzz",
            "3:21: error[invalid-address]: `zzz` is no address (help: write `broker/kind/name`, or `broker/name` where that is unique)",
        ),
        ("t/a", "3:21: error[unknown-broker]: there is no broker `t` (help: did you mean `s`? The stack has `s`)"),
        ("s/a", "3:21: error[ambiguous-address]: `s/a` can mean 2 things (help: write `s/box/a` or `s/r/box/a`)"),
        ("s/onyl", "3:21: error[unknown-address]: `s` declares no `onyl` (help: did you mean `s/r/box/only`?)"),
        (
            "s/box/onyl",
            "3:21: error[unknown-address]: `s/box/onyl` is not declared (help: did you mean `s/r/box/only`?)",
        ),
        (
            "s/boxes/a",
            "3:21: error[unknown-kind]: Shelf has no kind `boxes` (help: did you mean `box`? An app names `box`)",
        ),
        (
            "s/door/door",
            "3:21: error[impossible-flow]: an app cannot consume from `s/door/door` (help: it consumes from `box`)",
        ),
        (
            "s/ada",
            "3:21: error[impossible-flow]: an app cannot consume from `s/user/ada` (help: it consumes from `box`)",
        ),
        (
            "s/a/b/c/d",
            "3:21: error[invalid-address]: `s/a/b/c/d` is not an address: expected broker/kind/name or broker/vhost/kind/name (help: a `/` inside a name is written `%2F`)",
        ),
    ] {
        let lines = found(&with_apps(&format!("  x: {{ consumes: [  {app} ] }}")));
        assert_eq!(lines, format!("a.yaml:{wanted}\n1 error\n"), "{app}");
    }
}

#[test]
fn users_must_exist_where_there_are_users() {
    let lines =
        found(&with_apps("  x: { consumes: [ s/box/a ], user: adda }\n  y: { consumes: [ s/box/a ], user: ada }"));
    assert_eq!(
        lines,
        "a.yaml:3:37: error[unknown-user]: the user `adda` is not declared in `s` \
         (help: did you mean `ada`? `s` declares `ada`)\n1 error\n"
    );
}

#[test]
fn lints_come_once_everything_is_valid() {
    let lines = found(&with_apps("  x: { description: nothing }\n  y: { produces: [ s/door/door ], group: g }"));
    let codes: Vec<&str> = lines.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(codes, ["box-unread", "box-unread", "box-unread", "app-without-flow", "group-without-consumes"]);
    let lines = found(&with_apps("  x: { description: nothing }\n  y: { produces: [ nobody ] }"));
    assert!(!lines.contains("box-unread") && lines.contains("app-without-flow"), "{lines}");
}

#[test]
fn what_a_broker_cannot_have_is_an_error() {
    for (broker, wanted) in [
        ("version: \"4.1\"", "1:40: error[unknown-version]: mqlab has no Shelf `4.1` (help: it has `4.10` and `2.1`)"),
        (
            "nodes: 4",
            "1:38: error[too-many-nodes]: this version of mqlab runs 3 nodes of Shelf, not 4 (help: write `nodes: 3`)",
        ),
        (
            "memory: 1MiB",
            "1:39: error[too-little-memory]: one node of Shelf needs 64 MiB of memory (help: write `memory: 64MiB` or more, or leave it out)",
        ),
        (
            "heap: 1MiB",
            "1:37: error[no-heap]: Shelf has no heap to set (help: remove `heap`; `memory` limits the whole container)",
        ),
        (
            "ports: { frnt: 1 }",
            "1:40: error[unknown-port]: Shelf has no port `frnt` (help: did you mean `front`? It has `front` and `back`)",
        ),
        ("ports: { front: [1, 2] }", "1:47: error[ports-and-nodes]: 2 ports for 1 node (help: write one: `front: 1`)"),
        (
            "nodes: 2, ports: { front: 5 }",
            "1:57: error[ports-and-nodes]: 1 port for 2 nodes (help: write one for each node: `front: [ 5, … ]`)",
        ),
        (
            "ports: { front: 5, back: 5 }",
            "1:56: error[port-taken]: the host port 5 is pinned for `s.ports.front` already (help: pin another, or leave it out: mqlab finds a free one)",
        ),
        (
            "bind: localhost",
            "1:37: error[invalid-address]: `bind` takes an IP address (help: write an address of this host, such as `127.0.0.1` (default) or `0.0.0.0` for all)",
        ),
        (
            "advertise_host: 'http://x'",
            "1:47: error[invalid-address]: `advertise_host` takes a host name or an IP address (help: write it without scheme and port; ports have `ports:`)",
        ),
        ("boxes: { 'a b': { slots: 1 } }", "1:40: error[invalid-name]: a box's name has no spaces"),
    ] {
        let lines = found(&format!("brokers: {{ s: {{ kind: shelf,  {broker} }} }}"));
        assert_eq!(lines, format!("a.yaml:{wanted}\n1 error\n"), "{broker}");
    }
}

#[test]
fn names_are_checked_and_everything_is_reported_at_once() {
    let (_, loaded) = build(
        "stack: My Shop\nsite: { languages: [ en, zh, xx, en ] }\nbrokers: { a-b: { kind: shelf, version: '9' }, c: { kind: shelf, nodes: x } }\napps: { x: { consumes: [ d/a ] } }\n",
    );
    assert_eq!(
        places(&loaded),
        [
            "1:8 invalid-name",
            "2:30 invalid-choice",
            "3:12 invalid-name",
            "3:41 unknown-version",
            "3:73 wrong-type",
            "4:26 unknown-broker",
        ]
    );
}
