use super::super::testing::{broker, facts};
use super::*;

fn text(container: &Container, path: &str) -> String {
    let file = container.files.iter().find(|file| file.path == path).unwrap();
    String::from_utf8(file.content.clone()).unwrap()
}

#[test]
fn one_broker_has_a_name_server_and_a_proxy() {
    let containers = containers(&broker("topics: { orders: {} }"), &facts());
    let names: Vec<String> = containers.iter().map(|container| container.node.to_string()).collect();
    assert_eq!(names, ["1", "namesrv-1", "proxy-1"]);
    let aliases: Vec<&[String]> = containers.iter().map(|container| container.aliases.as_slice()).collect();
    assert_eq!(aliases, [["trades"], ["trades-namesrv"], ["trades-proxy"]]);
    assert_eq!(text(&containers[0], BROKER_FILE), include_str!("../../../tests/fixtures/rocketmq/broker.conf"));
    assert_eq!(text(&containers[2], PROXY_FILE), include_str!("../../../tests/fixtures/rocketmq/rmq-proxy.json"));
    assert_eq!(containers[0].env["JAVA_OPT_EXT"], "-Xmx512m -XX:MaxDirectMemorySize=384m");
    assert_eq!(containers[0].command, [START, "broker", "-c", BROKER_FILE]);
}

#[test]
fn the_remoting_port_of_the_proxy_is_the_same_inside_and_outside() {
    let containers = containers(&broker("{}"), &facts());
    let ports: Vec<(&str, u16, u16)> =
        containers.iter().flat_map(|one| &one.ports).map(|port| (port.name, port.container, port.host)).collect();
    let expected = [("broker", 10911, 30911), ("namesrv", 9876, 29876), ("proxy", 8081, 28081)];
    assert_eq!(ports[..3], expected);
    assert_eq!(ports[3], ("proxy_remoting", 28080, 28080));
}

#[test]
fn a_replica_copies_a_master_that_waits_for_it() {
    let containers = containers(&broker("nodes: 2"), &facts());
    let (master, replica) = (text(&containers[0], BROKER_FILE), text(&containers[1], BROKER_FILE));
    assert!(master.contains("brokerId = 0\n") && master.contains("brokerRole = SYNC_MASTER\n"), "{master}");
    assert!(master.contains("inSyncReplicas = 2\n"), "{master}");
    assert!(replica.contains("brokerId = 1\n") && replica.contains("brokerRole = SLAVE\n"), "{replica}");
    assert_eq!(containers[1].aliases, ["trades", "trades-2"]);
    assert_eq!(containers[1].ports[0].host, 30912);
    assert_eq!(containers[3].env["BROKER_ADDR"], "trades-1:10911");
}

#[test]
fn config_wins_over_our_defaults_and_not_over_who_it_is() {
    let yaml =
        "nodes: 2\nconfig: { mappedFileSizeCommitLog: null, brokerRole: ASYNC_MASTER, msgTraceTopicName: 'a\\b' }";
    let containers = containers(&broker(yaml), &facts());
    let (master, replica) = (text(&containers[0], BROKER_FILE), text(&containers[1], BROKER_FILE));
    assert!(!master.contains("mappedFileSizeCommitLog"), "null asks for the broker's own default");
    assert!(master.contains("brokerRole = ASYNC_MASTER\n") && replica.contains("brokerRole = SLAVE\n"));
    assert!(master.contains("msgTraceTopicName = a\\\\b\n"), "{master}");
}

#[test]
fn the_users_heap_and_env_are_the_brokers_alone() {
    let mut model = broker("env: { TZ: Asia/Tokyo }");
    model.heap = Some(1024 * MEBIBYTE);
    let containers = containers(&model, &facts());
    assert_eq!(containers[0].env["JAVA_OPT_EXT"], "-Xmx1024m -XX:MaxDirectMemorySize=384m");
    let has_zone: Vec<bool> = containers.iter().map(|container| container.env.contains_key("TZ")).collect();
    assert_eq!(has_zone, [true, false, false]);
}

#[test]
fn storage_in_memory_is_a_tmpfs_of_the_images_user() {
    let mounts = |yaml| containers(&broker(yaml), &facts()).remove(0).mounts;
    assert_eq!(mounts("storage: volume")[0].in_memory, None);
    let memory = mounts("storage: memory")[0].in_memory.unwrap();
    assert_eq!((memory.uid, memory.gid), (3000, 3000));
}
