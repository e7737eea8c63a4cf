//! The arrows in a picture: bindings, and where messages go that nothing takes or that a queue gives up.

use std::collections::{BTreeMap, BTreeSet};

use super::super::effective::{DeadLetter, Policies};
use super::super::router::BUILT_IN;
use super::super::{address, kinds};
use crate::brokers::{Edge, EdgeStyle};
use crate::model::{Address, Resource, Value};

pub(super) fn edges(resources: &[Resource]) -> Vec<Edge> {
    let policies = Policies::new(resources);
    let exchanges: BTreeMap<&Address, &Resource> = resources
        .iter()
        .filter(|resource| resource.address.kind == kinds::EXCHANGE)
        .map(|resource| (&resource.address, resource))
        .collect();
    let mut built_in = BTreeSet::new();
    let mut edges = Vec::new();
    for resource in resources {
        match resource.address.kind.as_str() {
            kinds::BINDING => {
                let edge = binding(resource, &exchanges);
                built_in.extend([&edge.from, &edge.to].into_iter().filter(|end| is_built_in(end)).cloned());
                edges.push(edge);
            }
            kinds::EXCHANGE => {
                edges.extend(
                    policies
                        .alternate(&resource.address, Some(resource))
                        .map(|to| alternate(resource.address.clone(), to)),
                );
            }
            kinds::QUEUE => {
                edges.extend(policies.dead_letter(resource).map(|target| dead_letter(&resource.address, target)));
            }
            _ => {}
        }
    }
    for exchange in built_in {
        edges.extend(policies.alternate(&exchange, None).map(|to| alternate(exchange.clone(), to)));
    }
    edges
}

fn is_built_in(end: &Address) -> bool {
    end.kind == kinds::EXCHANGE && BUILT_IN.iter().any(|(name, _)| *name == end.name)
}

fn binding(binding: &Resource, exchanges: &BTreeMap<&Address, &Resource>) -> Edge {
    let own = &binding.address;
    let text = |attribute: &str| binding.attribute(attribute).and_then(Value::as_text).unwrap_or_default();
    let from = address::exchange(&own.broker, own.vhost_name(), text("source"));
    let (to, style) = if text("destination_type") == "exchange" {
        (address::exchange(&own.broker, own.vhost_name(), text("destination")), EdgeStyle::ExchangeBinding)
    } else {
        (address::queue(&own.broker, own.vhost_name(), text("destination")), EdgeStyle::Binding)
    };
    let label = match binding.attribute("arguments").and_then(Value::as_map) {
        // The only type that looks at headers, and it does not look at the key.
        Some(arguments) if exchange_type(&from, exchanges) == Some("headers") => headers(arguments),
        _ => text("routing_key").to_owned(),
    };
    Edge { from, to, label, style }
}

fn exchange_type<'a>(exchange: &Address, exchanges: &BTreeMap<&Address, &'a Resource>) -> Option<&'a str> {
    let built_in = || BUILT_IN.iter().find(|(name, _)| *name == exchange.name).map(|(_, kind)| *kind);
    exchanges.get(exchange).and_then(|exchange| exchange.attribute("type")?.as_text()).or_else(built_in)
}

/// `all: format=pdf, type=report`.
fn headers(arguments: &BTreeMap<String, Value>) -> String {
    let mode = arguments.get("x-match").and_then(Value::as_text).unwrap_or("all");
    let wanted = arguments.iter().filter(|(name, _)| *name != "x-match");
    let wanted: Vec<String> =
        wanted.map(|(name, value)| if value.is_null() { name.clone() } else { format!("{name}={value}") }).collect();
    if wanted.is_empty() { mode.to_owned() } else { format!("{mode}: {}", wanted.join(", ")) }
}

fn alternate(from: Address, to: &str) -> Edge {
    let to = address::exchange(&from.broker, from.vhost_name(), to);
    Edge { from, to, label: String::new(), style: EdgeStyle::Alternate }
}

/// The default exchange hands a message to the queue that its key names, so with a key the arrow goes there.
fn dead_letter(queue: &Address, target: DeadLetter<'_>) -> Edge {
    let (broker, vhost) = (&queue.broker, queue.vhost_name());
    let (to, label) = match target {
        DeadLetter { exchange: "", key: Some(key) } => (address::queue(broker, vhost, key), ""),
        DeadLetter { exchange, key } => (address::exchange(broker, vhost, exchange), key.unwrap_or_default()),
    };
    Edge { from: queue.clone(), to, label: label.to_owned(), style: EdgeStyle::DeadLetter }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::broker;
    use super::super::super::topology::topology;
    use super::edges;

    fn lines(spec: &str) -> Vec<String> {
        let mut lines: Vec<String> = edges(&topology(&broker(spec)))
            .into_iter()
            .map(|edge| format!("{} -> {} {:?} {}", edge.from, edge.to, edge.style, edge.label).trim_end().to_owned())
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn bindings_of_every_type_and_to_exchanges() {
        let spec = r"
            exchanges: { mail: { type: topic }, reports: { type: headers }, all: { type: fanout } }
            queues:
              mail.eu: { bindings: [ { exchange: mail, routing_key: 'mail.eu.#' }, { exchange: amq.topic, routing_key: x } ] }
              pdf: { bindings: [ { exchange: reports, arguments: { x-match: any, format: pdf, urgent: null } } ] }
              every: { bindings: [ { exchange: reports } ] }
            bindings: [ { source: mail, destination: all, destination_type: exchange, routing_key: '#' } ]
        ";
        assert_eq!(
            lines(spec),
            [
                "jobs/exchange/amq.topic -> jobs/queue/mail.eu Binding x",
                "jobs/exchange/mail -> jobs/exchange/all ExchangeBinding #",
                "jobs/exchange/mail -> jobs/queue/mail.eu Binding mail.eu.#",
                "jobs/exchange/reports -> jobs/queue/every Binding all",
                "jobs/exchange/reports -> jobs/queue/pdf Binding any: format=pdf, urgent",
            ]
        );
    }

    #[test]
    fn dead_letters_by_setting_argument_and_policy() {
        let spec = r#"
            exchanges: { dead: {}, other: {} }
            queues:
              own: { dead_letter: { exchange: dead, routing_key: gone } }
              argued: { arguments: { x-dead-letter-exchange: other } }
              by-policy: {}
              by-name: { dead_letter: { exchange: "", routing_key: own } }
              log: { type: stream }
            policies:
              weak: { pattern: "", apply_to: all, definition: { dead-letter-exchange: other } }
              strong: { pattern: '^(by-p|log)', apply_to: queues, priority: 7, definition: { dead-letter-exchange: dead, dead-letter-routing-key: k } }
        "#;
        assert_eq!(
            lines(spec),
            [
                "jobs/queue/argued -> jobs/exchange/other DeadLetter",
                "jobs/queue/by-name -> jobs/queue/own DeadLetter",
                "jobs/queue/by-policy -> jobs/exchange/dead DeadLetter k",
                "jobs/queue/own -> jobs/exchange/dead DeadLetter gone",
            ]
        );
    }

    #[test]
    fn alternates_by_field_and_policy_even_of_built_in_exchanges() {
        let spec = r"
            exchanges: { mail: { alternate_exchange: rest }, news: {}, rest: { type: fanout } }
            queues: { q: { bindings: [ { exchange: amq.topic, routing_key: '#' } ] } }
            policies:
              catch: { pattern: '^(news|amq.topic)$', apply_to: exchanges, definition: { alternate-exchange: rest } }
        ";
        assert_eq!(
            lines(spec),
            [
                "jobs/exchange/amq.topic -> jobs/exchange/rest Alternate",
                "jobs/exchange/amq.topic -> jobs/queue/q Binding #",
                "jobs/exchange/mail -> jobs/exchange/rest Alternate",
                "jobs/exchange/news -> jobs/exchange/rest Alternate",
            ]
        );
    }

    #[test]
    fn an_arrow_stays_in_its_virtual_host() {
        let one = r"
            exchanges: { dead: { alternate_exchange: amq.fanout } }
            queues: { q: { dead_letter: { exchange: dead }, bindings: [ { exchange: dead, routing_key: k } ] } }
        ";
        let indented = one.replace('\n', "\n        ");
        let spec = format!("{one}\n            vhosts:\n              a/b:{indented}");
        let line = |vhost: &str, text: &str| text.replace("jobs/", &format!("jobs/{vhost}"));
        let both = [
            "jobs/exchange/dead -> jobs/exchange/amq.fanout Alternate",
            "jobs/exchange/dead -> jobs/queue/q Binding k",
            "jobs/queue/q -> jobs/exchange/dead DeadLetter",
        ];
        let mut wanted: Vec<String> = both.iter().flat_map(|text| [line("", text), line("a%2Fb/", text)]).collect();
        wanted.sort();
        assert_eq!(lines(&spec), wanted);
    }
}
