//! `broker.xml`: what only a start changes.
//!
//! The official image's own file was the model, read at 2.56.0. Different: one acceptor for all protocols instead of
//! five, without `HornetQ`'s, which only its own clients speak; the plain file journal unless `config` says
//! otherwise (ASYNCIO needs a kernel limit that brokers share, and does not work on tmpfs); and nothing is made because
//! a client names it: a misspelt name must be the client's error. No topology is in it: what is live stays live.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::config_keys::ConfigKeys;
use super::kinds::{ADMINISTRATOR_ROLE, FOR_DEAD_LETTERS, FOR_EXPIRED, SCRATCH};
use super::spec::PERMISSIONS;
use crate::model::{BrokerModel, Value};

/// Elements that follow from the stack itself, and what to use instead.
pub(super) const MANAGED: &[(&str, &str)] = &[
    ("bindings-directory", "the data is on the broker's volume; see `storage`"),
    ("cluster-password", "mqlab generates it"),
    ("cluster-user", "mqlab joins the nodes"),
    ("jmx-domain", "mqlab looks for the broker there"),
    ("jmx-management-enabled", "mqlab works over it"),
    ("jmx-use-broker-name", "mqlab looks for the broker there"),
    ("journal-directory", "the data is on the broker's volume; see `storage`"),
    ("large-messages-directory", "the data is on the broker's volume; see `storage`"),
    ("mask-password", "mqlab writes the passwords"),
    ("name", "it is the broker's name in the stack"),
    ("node-manager-lock-directory", "the data is on the broker's volume; see `storage`"),
    ("paging-directory", "the data is on the broker's volume; see `storage`"),
    ("password-codec", "mqlab writes the passwords"),
    ("persistence-enabled", "`storage: memory` keeps nothing for longer than the container"),
    ("security-enabled", "mqlab's own administrator is behind it"),
];

/// The elements that one value is in, by name: ours, then the user's.
pub(super) fn elements(broker: &BrokerModel) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> =
        DEFAULTS.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let keys = ConfigKeys::of(&broker.version);
    for (key, value) in &broker.config {
        let spelled = keys.broker.get(key).and_then(|known| known.spell(value).ok());
        match (value, spelled) {
            (Value::Null, _) => drop(all.remove(key)),
            (value, spelled) => {
                let plain = || value.as_text().map_or_else(|| value.to_string(), ToOwned::to_owned);
                all.insert(key.clone(), spelled.unwrap_or_else(plain));
            }
        }
    }
    all
}

const DEFAULTS: &[(&str, &str)] = &[
    ("journal-type", "NIO"),
    ("journal-pool-files", "10"),
    ("max-redelivery-records", "1"),
    ("critical-analyzer-policy", "HALT"),
];

/// A node's name in the stack's network. Underscores are not for host names.
pub(super) fn alias(broker: &str, node: u32) -> String {
    format!("{}-{node}", broker.replace('_', "-"))
}

/// The file of one node among so many.
pub(super) fn render(broker: &BrokerModel, node: u32, elements: &BTreeMap<String, String>) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- Written by mqlab; changed by hand it will be written again. -->\n\
         <configuration xmlns=\"urn:activemq\">\n  <core xmlns=\"urn:activemq:core\">\n",
    );
    let mut line = |depth: usize, content: &str| {
        let _ = writeln!(text, "{:indent$}{content}", "", indent = 2 * depth + 2);
    };
    line(1, &element("name", &broker.name));
    for folder in ["bindings", "journal", "large-messages", "paging"] {
        line(1, &element(&format!("{folder}-directory"), &format!("data/{folder}")));
    }
    for (key, value) in elements {
        line(1, &element(key, value));
    }
    let others: Vec<u32> = (1..=broker.nodes).filter(|other| *other != node).collect();
    if !others.is_empty() {
        line(1, "<connectors>");
        for one in 1..=broker.nodes {
            line(
                2,
                &format!(
                    "<connector name=\"node-{one}\">tcp://{}:61616</connector>",
                    escaped(&alias(&broker.name, one))
                ),
            );
        }
        line(1, "</connectors>");
    }
    line(1, "<acceptors>");
    line(
        2,
        "<acceptor name=\"artemis\">tcp://0.0.0.0:61616?protocols=CORE,AMQP,STOMP,MQTT,OPENWIRE;amqpDuplicateDetection=true;supportAdvisory=false;suppressInternalManagementObjects=false</acceptor>",
    );
    line(1, "</acceptors>");
    if !others.is_empty() {
        line(1, "<cluster-connections>");
        line(2, &format!("<cluster-connection name=\"{}\">", escaped(&broker.name)));
        line(3, &element("connector-ref", &format!("node-{node}")));
        line(3, &element("message-load-balancing", "ON_DEMAND"));
        line(3, &element("max-hops", "1"));
        line(3, "<static-connectors>");
        for other in &others {
            line(4, &element("connector-ref", &format!("node-{other}")));
        }
        line(3, "</static-connectors>");
        line(2, "</cluster-connection>");
        line(1, "</cluster-connections>");
    }
    line(1, "<security-settings>");
    for pattern in ["#", &format!("{SCRATCH}.#")] {
        line(2, &format!("<security-setting match=\"{pattern}\">"));
        for (_, permission) in PERMISSIONS {
            line(3, &format!("<permission type=\"{permission}\" roles=\"{ADMINISTRATOR_ROLE}\"/>"));
        }
        line(2, "</security-setting>");
    }
    line(1, "</security-settings>");
    line(1, "<address-settings>");
    line(2, "<address-setting match=\"#\">");
    line(3, &element("dead-letter-address", FOR_DEAD_LETTERS));
    line(3, &element("expiry-address", FOR_EXPIRED));
    for automatic in ["auto-create-queues", "auto-delete-queues", "auto-create-addresses", "auto-delete-addresses"] {
        line(3, &element(automatic, "false"));
    }
    if !others.is_empty() {
        line(3, &element("redistribution-delay", "0"));
    }
    line(2, "</address-setting>");
    line(1, "</address-settings>");
    line(1, "<addresses>");
    for name in [FOR_DEAD_LETTERS, FOR_EXPIRED] {
        line(2, &format!("<address name=\"{name}\"><anycast><queue name=\"{name}\"/></anycast></address>"));
    }
    line(1, "</addresses>");
    text.push_str("  </core>\n</configuration>\n");
    text
}

fn element(name: &str, value: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(value))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
