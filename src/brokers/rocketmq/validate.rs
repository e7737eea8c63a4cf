//! What RocketMQ would refuse, or would take without a word and do otherwise: found before anything runs.

use crate::model::{Address, BrokerModel, Value};
use crate::spec::{Diagnostics, Position, list, suggest};

use super::attributes::{self, MESSAGE_TYPE};
use super::config_keys::ConfigKeys;
use super::names::{self, BadName};
use super::settings::MANAGED;
use super::spec::{Setting, Topic, broker_settings, groups, topics};
use super::{GROUP, TOPIC};

/// Reports every mistake; the shape was checked before.
pub(super) fn validate(broker: &BrokerModel, diagnostics: &mut Diagnostics) {
    for topic in topics(broker) {
        check_name(broker, TOPIC, topic.name, topic.at, diagnostics);
        for setting in &topic.attributes {
            check_attribute(setting, diagnostics);
        }
        lint_queues(&topic, diagnostics);
    }
    for group in groups(broker) {
        check_name(broker, GROUP, group.name, group.at, diagnostics);
    }
    let keys = ConfigKeys::of(&broker.version);
    for setting in broker_settings(broker) {
        check_setting(keys, &broker.version, &setting, diagnostics);
    }
}

fn check_name(broker: &BrokerModel, kind: &str, name: &str, at: Position, diagnostics: &mut Diagnostics) {
    let noun = kind.replace('_', " ");
    let most = names::longest(kind);
    let wanted = format!("RocketMQ takes 1 to {most} letters, digits, `_`, `-`, `%` and `|`");
    let (code, text, help) = match names::check(&Address::new(&broker.name, kind, name)) {
        Ok(()) => return,
        Err(BadName::Empty) => ("invalid-name", format!("a {noun} has no name"), wanted),
        Err(BadName::Character('.')) => {
            let help = format!("{wanted}; write `{}`", name.replace('.', "_"));
            ("invalid-name", format!("the name of a {noun} has no dots"), help)
        }
        Err(BadName::Character(bad)) => {
            ("invalid-name", format!("`{}` cannot be in the name of a {noun}", bad.escape_debug()), wanted)
        }
        Err(BadName::TooLong) => {
            ("invalid-name", format!("the name of this {noun} has {} characters", name.len()), wanted)
        }
        Err(BadName::Reserved) => {
            let text = format!("`{name}` is a name that RocketMQ or mqlab keeps for itself");
            ("reserved-name", text, format!("choose another name for the {noun}"))
        }
    };
    diagnostics.error(code, at, text, help);
}

fn check_attribute(setting: &Setting<'_>, diagnostics: &mut Diagnostics) {
    if setting.key == MESSAGE_TYPE {
        let help = "write `message_type: fifo`, or another type, on the topic itself".to_owned();
        return diagnostics.error("unknown-attribute", setting.at, "the type of messages is no attribute here", help);
    }
    let Some(known) = attributes::find(setting.key) else {
        let names = attributes::ALL.iter().map(|attribute| attribute.name);
        let there_are = format!("there are {}", list(names.clone(), "and"));
        let text = format!("RocketMQ has no topic attribute `{}`", setting.key);
        return diagnostics.error("unknown-attribute", setting.at, text, suggest(setting.key, names, &there_are));
    };
    let fits = |text: &str| known.choices.contains(&text);
    if setting.value != Value::Null && !setting.value.as_text().is_some_and(fits) {
        let text = format!("`{}` cannot be {}", setting.key, setting.value);
        let help = format!("it takes {}", list(known.choices.iter().copied(), "or"));
        diagnostics.error("bad-attribute-value", setting.value_at, text, help);
    }
}

/// Legal, and messages in the queues between would wait for ever.
fn lint_queues(topic: &Topic<'_>, diagnostics: &mut Diagnostics) {
    let (write, read) = (topic.write_queues, topic.read_queues);
    if read < write {
        let text = format!(
            "`{}` has {write} queues to write and {read} to read: what goes to the others is never read",
            topic.name
        );
        diagnostics.lint("unread-queues", topic.read_queues_at, text, format!("set `read_queues: {write}`"));
    }
}

fn check_setting(keys: &ConfigKeys, version: &str, setting: &Setting<'_>, diagnostics: &mut Diagnostics) {
    if let Some((_, instead)) = MANAGED.iter().find(|(name, _)| *name == setting.key) {
        let text = format!("`{}` is set by mqlab", setting.key);
        return diagnostics.error("managed-config", setting.at, text, (*instead).to_owned());
    }
    let Some(key) = keys.broker.get(setting.key) else {
        let text = format!("RocketMQ {version} has no broker configuration `{}`", setting.key);
        let rest = "`mqadmin getBrokerConfig` lists what there is; the broker ignores all others without a word";
        let help = suggest(setting.key, keys.broker.keys().map(String::as_str), rest);
        return diagnostics.error("unknown-config", setting.at, text, help);
    };
    if setting.value == Value::Null {
        return;
    }
    if let Some(wanted) = key.misfit(&setting.value) {
        let text = format!("`{}` cannot be {}: RocketMQ would start with another value", setting.key, setting.value);
        diagnostics.error("bad-config-value", setting.value_at, text, format!("it takes {wanted}"));
    }
}
