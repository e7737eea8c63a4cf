//! What goes into the containers, whole.

use super::super::testing::{broker, facts};
use super::containers;
use crate::model::{BrokerModel, Container, Storage};

fn one(broker: &BrokerModel) -> Container {
    let mut all = containers(broker, &facts());
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn text(container: &Container, path: &str) -> String {
    let file = container.files.iter().find(|file| file.path == path).unwrap();
    String::from_utf8(file.content.clone()).unwrap()
}

const CONFIGURATION: &str = "/etc/rabbitmq/conf.d/90-mqlab.conf";
const ADMINISTRATOR: &str = "/etc/rabbitmq/conf.d/91-mqlab-administrator.conf";
const PLUGINS: &str = "/etc/rabbitmq/enabled_plugins";

#[test]
fn a_plain_broker_gets_three_files_and_its_ports() {
    let container = one(&broker("{}"));
    assert_eq!((container.hostname.as_str(), container.aliases.as_slice()), ("jobs-1", &["jobs".to_owned()][..]));
    assert_eq!(
        text(&container, CONFIGURATION),
        "# Written by mqlab; changed by hand it will be written again.\n\
         vm_memory_high_watermark.absolute = 536870912\n"
    );
    assert_eq!(
        text(&container, ADMINISTRATOR),
        "default_user = mqlab\ndefault_pass = planted-password\ndefault_user_tags.administrator = true\n\
         default_permissions.configure = .*\ndefault_permissions.write = .*\ndefault_permissions.read = .*\n"
    );
    assert_eq!(text(&container, PLUGINS), "[rabbitmq_management,rabbitmq_prometheus].\n");
    let ports: Vec<_> = container.ports.iter().map(|port| (port.name, port.container, port.host)).collect();
    assert_eq!(ports, [("amqp", 5672, 25672), ("management", 15672, 25673), ("prometheus", 15692, 15692)]);
}

#[test]
fn only_the_file_with_the_password_is_secret_and_only_its_owner_reads_it() {
    for file in one(&broker("{}")).files {
        let holds = String::from_utf8(file.content).unwrap().contains("planted-password");
        assert_eq!((file.secret, file.mode == 0o400), (holds, holds), "{}", file.path);
    }
}

#[test]
fn the_users_lines_come_last_and_win() {
    let spec = "config: { vm_memory_high_watermark.relative: 0.4, heartbeat: 30, log.console.level: null }";
    let container = one(&broker(spec));
    assert_eq!(
        text(&container, CONFIGURATION),
        "# Written by mqlab; changed by hand it will be written again.\n\
         heartbeat = 30\nvm_memory_high_watermark.relative = 0.4\n"
    );
}

/// As 4.0.5 and 4.3.6 read it back: without the quotes the first is `a`, the last two do not start.
#[test]
fn a_value_is_written_so_that_all_of_it_is_read() {
    let spec = r#"config: { cluster_name: "a # b", product.name: "it's", product.version: "'1#2'", motd_file: "", raft.data_dir: " x" }"#;
    let lines = text(&one(&broker(spec)), CONFIGURATION);
    for line in [
        "cluster_name = 'a # b'",
        "product.name = it's",
        "product.version = '1#2'",
        "motd_file = ''",
        "raft.data_dir = ' x'",
    ] {
        assert!(lines.lines().any(|found| found == line), "{line} in {lines}");
    }
}

#[test]
fn stream_clients_are_sent_to_the_hosts_port() {
    let spec = "plugins: [rabbitmq_stream_management]\nconfig: { stream.advertised_host: jobs }";
    let lines = text(&one(&broker(spec)), CONFIGURATION);
    assert!(lines.contains("stream.advertised_host = localhost\nstream.advertised_port = 25552\n"), "{lines}");
    assert!(lines.ends_with("stream.advertised_host = jobs\n"), "{lines}");
}

#[test]
fn the_order_of_plugins_in_the_spec_does_not_matter() {
    let [one, other] = ["[rabbitmq_stomp, rabbitmq_mqtt]", "[rabbitmq_mqtt, rabbitmq_stomp]"]
        .map(|plugins| one(&broker(&format!("plugins: {plugins}"))));
    assert_eq!(one.files, other.files);
    assert_eq!(text(&one, PLUGINS), "[rabbitmq_management,rabbitmq_mqtt,rabbitmq_prometheus,rabbitmq_stomp].\n");
}

#[test]
fn the_topology_is_not_in_the_container() {
    let with = one(&broker("queues: { q: {} }\nusers: { u: { password: p } }"));
    assert_eq!(with.files, one(&broker("{}")).files);
}

#[test]
fn memory_limits_the_watermark_and_the_data_in_memory() {
    let mut model = broker("{}");
    model.memory = Some(1000 << 20);
    model.storage = Storage::Memory;
    let container = one(&model);
    assert!(text(&container, CONFIGURATION).contains("vm_memory_high_watermark.absolute = 629145600\n"));
    let mount = container.mounts[0].in_memory.as_ref().unwrap();
    assert_eq!((mount.uid, mount.bytes), (999, 500 << 20));
}
