//! From the spec to what must exist, in the broker and in the file that it starts with.

use std::collections::{BTreeMap, BTreeSet};

use super::destination::Destination;
use super::kinds::{self, AUTHORIZATION, COMPOSITE, POLICY, USER};
use super::policy;
use super::read::{Authorization, Body, Composite, Forward, RIGHTS, User};
use crate::model::{Address, BrokerModel, Resource, Value};
use crate::spec::Position;

/// Everything that the spec asks for, in the order of [`kinds::KINDS`].
pub(super) fn topology(broker: &BrokerModel) -> Vec<Resource> {
    let body = Body::read(broker);
    let mut all = destinations(broker, &body);
    all.extend(rendered(broker, &body));
    all
}

/// What is in the configuration of a node.
pub(super) fn rendered(broker: &BrokerModel, body: &Body<'_>) -> Vec<Resource> {
    let lowering = Lowering { broker };
    let composites = body.composites.iter().map(|composite| lowering.composite(composite));
    let policies = policy::policies(body, &broker.version);
    let policies = policies.into_iter().map(|(destination, policy)| lowering.policy(body, destination, policy));
    let users = body.users.iter().map(|user| lowering.user(user));
    let authorizations = body.authorizations.iter().map(|one| lowering.authorization(one));
    composites.chain(policies).chain(users).chain(authorizations).collect()
}

/// Queues and topics: those that are declared, those of composites, and the queues for dead letters. A client would
/// make the last two by using them; made here they are nobody's surprise.
fn destinations(broker: &BrokerModel, body: &Body<'_>) -> Vec<Resource> {
    let lowering = Lowering { broker };
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    let mut add = |destination: Destination<'_>, at, description: Option<&str>| {
        let address = kinds::address(&broker.name, destination);
        // Broker-owned ones are there without us.
        if !kinds::is_reserved(destination.name) && seen.insert(address.clone()) {
            let mut resource = lowering.resource(address, at);
            resource.description = description.map(str::to_owned);
            all.push(resource);
        }
    };
    for declared in &body.destinations {
        add(declared.destination, declared.at, declared.description);
    }
    for composite in &body.composites {
        if let Some(destination) = composite.destination() {
            add(destination, composite.name.at, composite.description);
        }
    }
    for (_, settings) in body.all_policies() {
        if let Some((queue, at)) = settings.dead_letter() {
            add(Destination::queue(queue), at, None);
        }
    }
    // Queues before topics, as the site and the rules have them.
    all.sort_by_key(|resource: &Resource| resource.address.kind == kinds::TOPIC);
    all
}

struct Lowering<'a> {
    broker: &'a BrokerModel,
}

impl Lowering<'_> {
    fn resource(&self, address: Address, at: Position) -> Resource {
        Resource::new(address).at(Some(self.broker.origin_of(at)))
    }

    fn named(&self, kind: &str, name: &str, at: Position) -> Resource {
        self.resource(Address::new(&self.broker.name, kind, name), at)
    }

    fn composite(&self, composite: &Composite<'_>) -> Resource {
        let targets = composite.forward_to.iter().map(target).collect();
        let mut resource = self
            .named(COMPOSITE, composite.name.name, composite.name.at)
            .with("forward_to", Value::List(targets))
            .with("forward_only", composite.forward_only);
        resource.description = composite.description.map(str::to_owned);
        let places = [("forward_to", Some(composite.forward_to_at)), ("forward_only", composite.forward_only_at)];
        for (attribute, at) in places.into_iter().filter_map(|(attribute, at)| Some((attribute, at?))) {
            resource.attribute_origins.insert(attribute.to_owned(), self.broker.origin_of(at));
        }
        resource
    }

    fn policy(&self, body: &Body<'_>, destination: Destination<'_>, policy: policy::Effective) -> Resource {
        let pattern = body.policies.iter().find(|one| Destination::parse(one.name.name) == Some(destination));
        let declared = body.destinations.iter().find(|one| one.destination == destination);
        let at = pattern.map(|one| one.name.at).or(declared.map(|one| one.at)).unwrap_or(self.broker.body.at);
        let mut resource = self.named(POLICY, &destination.to_string(), at);
        resource.attributes = policy.attributes;
        let places = policy.places.into_iter();
        resource.attribute_origins = places.map(|(name, at)| (name, self.broker.origin_of(at))).collect();
        resource
    }

    fn user(&self, user: &User<'_>) -> Resource {
        let mut resource = self.named(USER, user.name.name, user.name.at);
        if let Some(password) = user.password.clone() {
            resource.attributes.insert("password".to_owned(), Value::Secret(password));
        }
        resource.attribute_origins.insert("password".to_owned(), self.broker.origin_of(user.password_at));
        resource.description = user.description.map(str::to_owned);
        resource.with("groups", sorted(user.groups.iter().map(|group| group.name)))
    }

    fn authorization(&self, authorization: &Authorization<'_>) -> Resource {
        let resource = self.named(AUTHORIZATION, authorization.name.name, authorization.name.at);
        RIGHTS.iter().zip(&authorization.groups).fold(resource, |resource, (right, groups)| {
            resource.with(*right, sorted(groups.iter().map(|group| group.name)))
        })
    }
}

/// As in the spec: `queue/large`, or with its selector.
fn target(forward: &Forward<'_>) -> Value {
    match forward.selector {
        Some(selector) => Value::Map(BTreeMap::from([
            ("to".to_owned(), forward.to.name.into()),
            ("selector".to_owned(), selector.name.into()),
        ])),
        None => forward.to.name.into(),
    }
}

/// The order in the spec means nothing to the broker.
fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let names: BTreeSet<&str> = names.collect();
    Value::List(names.into_iter().map(Value::from).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::broker;
    use super::topology;

    #[test]
    fn composites_and_dead_letters_make_their_queues() {
        let spec = r"
queues: { work: { policy: { dead_letter: DLQ.work } }, own: { policy: { dead_letter: ActiveMQ.DLQ } }, all: {} }
topics: { prices: {} }
composites: { queue/all: { forward_to: [ queue/work ] }, topic/news: { forward_to: [ topic/prices ] } }
policies: { queue/x.>: { dead_letter: DLQ.work } }
users: { app: { password: p } }
authorization: { queue/>: { read: [users] } }
";
        let addresses: Vec<String> = topology(&broker(spec)).iter().map(|one| one.address.to_string()).collect();
        assert_eq!(
            addresses,
            [
                "legacy/queue/work",
                "legacy/queue/own",
                "legacy/queue/all",
                "legacy/queue/DLQ.work",
                "legacy/topic/prices",
                "legacy/topic/news",
                "legacy/composite/queue%2Fall",
                "legacy/composite/topic%2Fnews",
                "legacy/policy/queue%2Fx.>",
                "legacy/policy/queue%2Fwork",
                "legacy/policy/queue%2Fown",
                "legacy/user/app",
                "legacy/authorization_entry/queue%2F>",
            ]
        );
    }
}
