//! `activemq.xml`: everything that a node knows from its start on.
//!
//! No queue or topic is in it: one that is written there comes back with every restart, deleted or not.

use std::collections::BTreeMap;

use super::destination::{Destination, DestinationType};
use super::elements::{self, wrapped};
use super::kinds::{ADMINISTRATOR, AUTHORIZATION, COMPOSITE, EVERYBODY, POLICY};
use super::policy;
use super::settings::settings;
use super::units::plain;
use super::xml::Element;
use super::{CONSOLE, PORTS, node_name};
use crate::model::{BrokerModel, Resource, Value};

/// The login that clients of the connectors go through; see [`super::files`].
pub(super) const LOGIN: &str = "mqlab";
/// As the official configuration has it. The broker closes a connection that sends more at once.
const LARGEST_FRAME: u32 = 104_857_600;
const SPRING: &str = "http://www.springframework.org/schema/beans";

/// The document for one node. `rendered` is what the spec asks for in it.
pub(super) fn configuration(broker: &BrokerModel, rendered: &[Resource], node: u32) -> String {
    let configuration = Configuration { broker, rendered, settings: settings(broker) };
    let beans = Element::new("beans")
        .with("xmlns", SPRING)
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .with(
            "xsi:schemaLocation",
            format!(
                "{SPRING} {SPRING}/spring-beans.xsd \
                 http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd"
            ),
        );
    // The HTTP server is the image's own.
    let http = Element::new("import").with("resource", "jetty.xml");
    beans.holding([placeholders(), configuration.element(node), http]).document()
}

/// Without it `${activemq.data}` would be the name of a folder.
fn placeholders() -> Element {
    let file = Element::new("property")
        .with("name", "locations")
        .with("value", "file:${activemq.conf}/credentials.properties");
    Element::new("bean")
        .with("class", "org.springframework.beans.factory.config.PropertyPlaceholderConfigurer")
        .holding([file])
}

struct Configuration<'a> {
    broker: &'a BrokerModel,
    rendered: &'a [Resource],
    settings: BTreeMap<String, Value>,
}

impl<'a> Configuration<'a> {
    fn element(&self, node: u32) -> Element {
        let broker = Element::new("broker")
            .with("xmlns", "http://activemq.apache.org/schema/core")
            .with("brokerName", node_name(&self.broker.name, node))
            .with("dataDirectory", "${activemq.data}");
        let broker = self.filled(broker, |key| (!key.contains('.')).then_some(key));
        let management = Element::new("managementContext").with("createConnector", "false");
        let store = self.set("kahaDB").with("directory", "${activemq.data}/kahadb");
        broker
            .holding([self.destination_interceptors(), self.destination_policy()])
            .holding([wrapped("managementContext", [management])])
            .holding((self.broker.nodes > 1).then(|| self.network_connectors(node)))
            .holding([wrapped("persistenceAdapter", [store]), self.plugins()])
            .holding([shutdown_hooks(), self.system_usage(), transport_connectors()])
    }

    /// The objects of one kind, by what they are for.
    fn of(&self, kind: &'static str) -> impl Iterator<Item = (Destination<'a>, &'a Resource)> + use<'a> {
        let own = self.rendered.iter().filter(move |resource| resource.address.kind == kind);
        own.filter_map(|resource| Some((Destination::parse(&resource.address.name)?, resource)))
    }

    /// An element with the settings that have its name in front.
    fn set(&self, name: &'static str) -> Element {
        self.filled(Element::new(name), |key| key.strip_prefix(name)?.strip_prefix('.'))
    }

    fn filled(&self, element: Element, own: impl Fn(&str) -> Option<&str>) -> Element {
        let settings = self.settings.iter().filter_map(|(key, value)| Some((own(key)?.to_owned(), plain(value))));
        settings.fold(element, |element, (key, value)| element.with(key, value))
    }

    fn system_usage(&self) -> Element {
        let usages = ["memoryUsage", "storeUsage", "tempUsage"];
        let usages = usages.map(|name| wrapped(name, [self.set(name)]));
        wrapped("systemUsage", [self.set("systemUsage").holding(usages)])
    }

    /// To every other node. Not duplex: the two ends would both want to make it.
    fn network_connectors(&self, node: u32) -> Element {
        let others = (1..=self.broker.nodes).filter(|other| *other != node);
        let connectors = others.map(|other| {
            let name = node_name(&self.broker.name, other);
            Element::new("networkConnector")
                .with("name", name.clone())
                .with("uri", format!("static:(tcp://{name}:61616)"))
                .with("userName", "${activemq.username}")
                .with("password", "${activemq.password}")
        });
        wrapped("networkConnectors", connectors)
    }

    /// The broker's own virtual topics are gone once there are others, so they are written too.
    fn destination_interceptors(&self) -> Element {
        let topics = Element::new("virtualTopic").with("name", "VirtualTopic.>").with("prefix", "Consumer.*.");
        let composites = self.of(COMPOSITE).map(|(destination, own)| elements::composite(destination, own));
        let all = wrapped("virtualDestinations", [topics].into_iter().chain(composites));
        wrapped("destinationInterceptors", [wrapped("virtualDestinationInterceptor", [all])])
    }

    fn destination_policy(&self) -> Element {
        let given: Vec<_> = self.of(POLICY).map(|(destination, own)| (destination, own.attributes.clone())).collect();
        let is_given = |one: &Destination<'_>| given.iter().any(|(destination, _)| destination == one);
        let missing = [Destination::queue(">"), Destination::topic(">")].into_iter().filter(|one| !is_given(one));
        let missing: Vec<_> = missing.map(|destination| (destination, BTreeMap::new())).collect();
        let entries = given.iter().chain(&missing);
        let entries = entries.map(|(destination, attributes)| self.policy_entry(*destination, attributes));
        wrapped("destinationPolicy", [wrapped("policyMap", [wrapped("policyEntries", entries)])])
    }

    fn policy_entry(&self, destination: Destination<'_>, attributes: &BTreeMap<String, Value>) -> Element {
        let entry = elements::policy(destination, attributes);
        match destination.kind {
            DestinationType::Queue if self.broker.nodes > 1 => replayed(entry, attributes),
            DestinationType::Queue => entry,
            // As in the official configuration: a slow listener that is no durable subscriber misses messages rather
            // than hold back all others.
            DestinationType::Topic => {
                let limit = Element::new("constantPendingMessageLimitStrategy").with("limit", "1000");
                entry.holding([wrapped("pendingMessageLimitStrategy", [limit])])
            }
        }
    }

    fn plugins(&self) -> Element {
        let login = Element::new("jaasAuthenticationPlugin").with("configuration", LOGIN);
        wrapped("plugins", [login].into_iter().chain(self.authorization()).chain(self.redelivery()))
    }

    /// What several entries allow adds up, so an entry without our group locks us out of nothing.
    fn authorization(&self) -> Option<Element> {
        let mut given =
            self.of(AUTHORIZATION).map(|(destination, own)| elements::authorization(destination, own)).peekable();
        given.peek()?;
        let all_to = |destination, group: &'static str| elements::authorized(destination, |_| group.to_owned());
        let own = [
            all_to(Destination::queue(">"), ADMINISTRATOR),
            all_to(Destination::topic(">"), ADMINISTRATOR),
            // Every client listens to these, and its use makes them.
            all_to(Destination::topic("ActiveMQ.Advisory.>"), EVERYBODY),
        ];
        let entries = wrapped("authorizationEntries", own.into_iter().chain(given));
        Some(wrapped("authorizationPlugin", [wrapped("map", [wrapped("authorizationMap", [entries])])]))
    }

    fn redelivery(&self) -> Option<Element> {
        let queues = || self.of(POLICY).filter(|(destination, _)| destination.kind == DestinationType::Queue);
        queues().find(|(_, policy)| policy.attribute("max_redeliveries").is_some())?;
        // One that says nothing gets an entry too, so as not to leave its queues to a wider one.
        let entries = queues().map(|(destination, policy)| elements::redelivery(destination, policy));
        let map = wrapped("redeliveryPolicyMap", [wrapped("redeliveryPolicyEntries", entries)]);
        Some(wrapped("redeliveryPlugin", [wrapped("redeliveryPolicyMap", [map])]))
    }
}

/// Lets a message go back to the node that it came from, once nobody consumes where it is. The audit of that node would
/// take it for a duplicate.
fn replayed(entry: Element, attributes: &BTreeMap<String, Value>) -> Element {
    let is_set = attributes.contains_key(&policy::config_attribute("enableAudit"));
    let entry = if is_set { entry } else { entry.with("enableAudit", "false") };
    let filter = Element::new("conditionalNetworkBridgeFilterFactory").with("replayWhenNoConsumers", "true");
    entry.holding([wrapped("networkBridgeFilterFactory", [filter])])
}

/// Stops the HTTP server with the broker.
fn shutdown_hooks() -> Element {
    let hook = Element::new("bean").with("xmlns", SPRING).with("class", "org.apache.activemq.hooks.SpringContextHook");
    wrapped("shutdownHooks", [hook])
}

fn transport_connectors() -> Element {
    let connectors = PORTS.iter().filter(|port| port.name != CONSOLE).map(|port| {
        let uri = format!(
            "{}://0.0.0.0:{}?maximumConnections=1000&wireFormat.maxFrameSize={LARGEST_FRAME}",
            port.scheme, port.number
        );
        Element::new("transportConnector").with("name", port.name).with("uri", uri)
    });
    wrapped("transportConnectors", connectors)
}

#[cfg(test)]
mod tests {
    use super::super::read::Body;
    use super::super::testing::{broker, golden};
    use super::super::topology::rendered;
    use super::*;

    fn text(spec: &str, node: u32) -> String {
        let broker = broker(spec);
        configuration(&broker, &rendered(&broker, &Body::read(&broker)), node)
    }

    /// Everything that can be in it, with names that XML would act on.
    const SPEC: &str = r#"
config: { storeUsage.limit: 2GiB, kahaDB.cleanupInterval: 30s, offlineDurableSubscriberTimeout: 7d, memoryUsage.percentOfJvmHeap: null }
queues:
  invoices: {}
  invoices.retry: { policy: { max_redeliveries: 5, redelivery_delay: 2s, config: { memoryLimit: null } } }
  "<a&b>": {}
topics: { prices: {} }
composites:
  queue/all.invoices: { forward_to: [ queue/invoices, topic/prices, { to: "queue/<a&b>", selector: "amount > 10 AND kind = 'x'" } ] }
  topic/news: { forward_to: [ queue/invoices ], forward_only: false }
policies:
  queue/invoices.>: { dead_letter: DLQ.invoices, process_expired: false, config: { memoryLimit: 1MiB, queuePrefetch: 10 } }
  topic/>: { config: { topicPrefetch: 100 } }
users: { app: { password: planted-password, groups: [users] } }
authorization:
  queue/invoices.>: { read: [users, audit], write: [users] }
"#;

    #[test]
    fn everything_that_a_spec_can_ask_for() {
        let text = text(SPEC, 1);
        assert!(!text.contains("planted-password"));
        golden("everything.xml", &text);
    }

    #[test]
    fn a_broker_without_anything_is_like_the_official_one() {
        golden("nothing.xml", &text("{}", 1));
    }

    #[test]
    fn the_second_of_three_nodes_forwards_to_the_others() {
        golden(
            "second-of-three.xml",
            &text("{ nodes: 3, policies: { queue/a: { config: { enableAudit: true } } } }", 2),
        );
    }
}
