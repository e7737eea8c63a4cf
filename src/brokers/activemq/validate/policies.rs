//! Policies, and those that stand with their queue or topic.

use std::collections::BTreeMap;

use super::names::{check_destination, check_filled_in, pattern};
use super::settings::{Level, check_setting};
use crate::brokers::activemq::destination::{Destination, DestinationType};
use crate::brokers::activemq::elements::LEAST_REDELIVERY_DELAY;
use crate::brokers::activemq::kinds::is_reserved;
use crate::brokers::activemq::read::{Body, Settings};
use crate::model::{BrokerModel, Value};
use crate::spec::{Diagnostics, Position, quote};

pub(super) fn check(broker: &BrokerModel, body: &Body<'_>, diagnostics: &mut Diagnostics) {
    let mut patterns = BTreeMap::new();
    for policy in &body.policies {
        if let Some(destination) = pattern(policy.name, diagnostics) {
            patterns.insert(destination, policy.name.at);
            check_settings(broker, destination.kind, &policy.settings, diagnostics);
        }
    }
    for declared in &body.destinations {
        let Some(settings) = &declared.policy else { continue };
        check_settings(broker, declared.destination.kind, settings, diagnostics);
        if patterns.contains_key(&declared.destination) {
            let text =
                format!("{} has two policies, here and under `policies`", quote(&declared.destination.to_string()));
            let help = "ActiveMQ applies one: put all of it in one place".to_owned();
            diagnostics.error("two-policies", declared.at, text, help);
        }
    }
}

fn check_settings(broker: &BrokerModel, kind: DestinationType, settings: &Settings<'_>, diagnostics: &mut Diagnostics) {
    if let Some((queue, at)) = settings.dead_letter()
        && !is_reserved(queue)
    {
        check_destination(Destination::queue(queue), at, diagnostics);
    }
    check_redelivery(kind, settings, diagnostics);
    for (key, setting) in &settings.config {
        check_setting(Level::Policy, &broker.version, *key, setting, diagnostics);
        if let Value::Text(text) = &setting.value {
            check_filled_in(text, setting.at, diagnostics);
        }
    }
}

fn check_redelivery(kind: DestinationType, settings: &Settings<'_>, diagnostics: &mut Diagnostics) {
    let field = |name: &str| settings.field(name);
    let on_a_topic = |at: Position, diagnostics: &mut Diagnostics| {
        let text = "the broker gives out messages again from queues alone".to_owned();
        let help = "on a topic every listener would get it again; leave it out".to_owned();
        diagnostics.error("redelivery-on-a-topic", at, text, help);
    };
    if let Some(most) = field("max_redeliveries")
        && kind == DestinationType::Topic
    {
        on_a_topic(most.at, diagnostics);
    }
    let Some(delay) = field("redelivery_delay") else { return };
    if kind == DestinationType::Topic {
        on_a_topic(delay.at, diagnostics);
    }
    if delay.value.as_i64().is_some_and(|delay| delay < LEAST_REDELIVERY_DELAY) {
        let text = format!("a delay of {} ms is too short", delay.value);
        let help = "ActiveMQ does not start with less than a second: write `1s` or more".to_owned();
        diagnostics.error("redelivery-too-soon", delay.at, text, help);
    }
}
