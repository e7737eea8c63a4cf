//! `config` and `env`, of the broker and of policies.

use crate::brokers::activemq::config_keys::ConfigKeys;
use crate::brokers::activemq::read::{Body, Named, Setting};
use crate::brokers::activemq::settings::{MANAGED, MANAGED_IN_POLICIES};
use crate::brokers::activemq::units;
use crate::model::{BrokerModel, Value};
use crate::spec::{Diagnostics, Entry, quote, suggest};

use super::names::check_filled_in;

/// Variables out of which the official image makes parts of a configuration of its own, into ours.
const MANAGED_ENV: &[(&str, &str)] = &[
    ("ACTIVEMQ_CONNECTION_USER", "use `users`"),
    ("ACTIVEMQ_CONNECTION_PASSWORD", "use `users`"),
    ("ACTIVEMQ_JMX_USER", "mqlab asks the broker over its HTTP API, which `mqlab env` tells how to reach"),
    ("ACTIVEMQ_JMX_PASSWORD", "mqlab asks the broker over its HTTP API, which `mqlab env` tells how to reach"),
    ("ACTIVEMQ_WEB_USER", "the console is for mqlab's own user, whose password `mqlab env` tells"),
    ("ACTIVEMQ_WEB_PASSWORD", "the console is for mqlab's own user, whose password `mqlab env` tells"),
    ("ACTIVEMQ_BASE", "mqlab's files are where the image expects them"),
    ("ACTIVEMQ_CONF", "mqlab's files are where the image expects them"),
    ("ACTIVEMQ_DATA", "the data is on the broker's volume; see `storage`"),
    ("ACTIVEMQ_HOME", "mqlab's files are where the image expects them"),
];

/// Whose settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Broker,
    Policy,
}

pub(super) fn check(broker: &BrokerModel, body: &Body<'_>, diagnostics: &mut Diagnostics) {
    for entry in broker.body.entries_of("config") {
        let setting = Setting { value: entry.value.to_value(), at: entry.value.at };
        check_setting(Level::Broker, &broker.version, Named { name: &entry.key, at: entry.at }, &setting, diagnostics);
        if let Value::Text(text) = &setting.value {
            check_filled_in(text, setting.at, diagnostics);
        }
        check_consequences(broker, body, entry, diagnostics);
    }
    for entry in broker.body.entries_of("env") {
        if let Some((_, instead)) = MANAGED_ENV.iter().find(|(name, _)| *name == entry.key) {
            let text = format!("{} would change what mqlab writes", quote(&entry.key));
            diagnostics.error("managed-env", entry.at, text, (*instead).to_owned());
        }
    }
}

/// Settings without which something else that the file asks for does not work.
fn check_consequences(broker: &BrokerModel, body: &Body<'_>, entry: &Entry, diagnostics: &mut Diagnostics) {
    if entry.value.as_bool() != Some(false) {
        return;
    }
    let redelivers = || body.all_policies().any(|(_, settings)| settings.field("max_redeliveries").is_some());
    if entry.key == "schedulerSupport" && redelivers() {
        let text = "without the scheduler the broker cannot give out messages again".to_owned();
        let help = "remove this line, or every `max_redeliveries`".to_owned();
        diagnostics.error("redelivery-without-scheduler", entry.at, text, help);
    }
    if entry.key == "advisorySupport" && broker.nodes > 1 {
        let text = "without advisories the nodes do not know where a message is wanted".to_owned();
        diagnostics.error("network-without-advisories", entry.at, text, "remove this line, or `nodes`".to_owned());
    }
}

pub(super) fn check_setting(
    level: Level,
    version: &str,
    key: Named<'_>,
    setting: &Setting,
    diagnostics: &mut Diagnostics,
) {
    let keys = ConfigKeys::of(version);
    let (own, other, managed) = match level {
        Level::Broker => (&keys.broker, &keys.policy, MANAGED),
        Level::Policy => (&keys.policy, &keys.broker, MANAGED_IN_POLICIES),
    };
    if let Some((_, instead)) = managed.iter().find(|(name, _)| *name == key.name) {
        let text = format!("{} is set by mqlab", quote(key.name));
        diagnostics.error("managed-config", key.at, text, (*instead).to_owned());
        return;
    }
    let Some(kind) = own.get(key.name) else {
        let (whose, elsewhere) = match level {
            Level::Broker => ("broker", "it is for single queues and topics: put it under a policy's `config`"),
            Level::Policy => ("policy", "it is for the whole broker: put it under the broker's `config`"),
        };
        let text = format!("ActiveMQ {version} has no {whose} setting {}", quote(key.name));
        let help = if other.contains_key(key.name) {
            elsewhere.to_owned()
        } else {
            let rest = "see the XML reference of this version of ActiveMQ";
            suggest(key.name, own.keys().map(String::as_str), rest)
        };
        diagnostics.error("unknown-config", key.at, text, help);
        return;
    };
    if setting.value == Value::Null {
        return;
    }
    if let Err(misfit) = units::spell(key.name, *kind, &setting.value) {
        let text = format!("{}: {}", quote(key.name), misfit.text);
        let help = misfit.help.unwrap_or_else(|| "see the XML reference of this version of ActiveMQ".to_owned());
        diagnostics.error("bad-config-value", setting.at, text, help);
    }
}
