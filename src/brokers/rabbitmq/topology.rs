//! From the spec to what must exist inside the broker.

use std::collections::BTreeSet;

use super::address::{self, BindingParts};
use super::kinds;
use super::policies::{OwnPolicy, own_policy};
use super::read::{Argument, Binding, Body, Common, Exchange, Named, Policy, Queue, User, Vhost};
use crate::model::{Address, BrokerModel, Resource, Value};
use crate::spec::Position;

/// Everything that the spec asks for, sorted by address kind in the order of [`kinds::KINDS`] within a virtual host.
pub(super) fn topology(broker: &BrokerModel) -> Vec<Resource> {
    let body = Body::read(broker);
    let mut lowering = Lowering { broker, resources: Vec::new() };
    for vhost in &body.vhosts {
        lowering.vhost(vhost);
    }
    for user in &body.users {
        lowering.user(user);
    }
    for vhost in &body.vhosts {
        lowering.contents(vhost);
    }
    lowering.resources
}

struct Lowering<'a> {
    broker: &'a BrokerModel,
    resources: Vec<Resource>,
}

impl Lowering<'_> {
    fn name(&self) -> &str {
        &self.broker.name
    }

    fn resource(&self, address: Address, at: Position) -> Resource {
        Resource::new(address).at(Some(self.broker.origin_of(at)))
    }

    /// In a virtual host that must be there before; `/` always is.
    fn inside(&self, vhost: &Vhost<'_>, address: Address, at: Position) -> Resource {
        self.needing_vhost(vhost.name.name, self.resource(address, at))
    }

    fn needing_vhost(&self, vhost: &str, resource: Resource) -> Resource {
        if vhost == super::read::ROOT { resource } else { resource.needing(address::vhost(self.name(), vhost)) }
    }

    fn vhost(&mut self, vhost: &Vhost<'_>) {
        let name = vhost.name.name;
        if vhost.declared {
            let mut resource = self.resource(address::vhost(self.name(), name), vhost.name.at);
            resource.description = vhost.description.map(ToOwned::to_owned);
            set(&mut resource, "description", vhost.description.map(Value::from));
            set(&mut resource, "tags", vhost.tags.as_deref().map(sorted));
            set(&mut resource, "default_queue_type", vhost.default_queue_type.map(Value::from));
            self.resources.push(resource);
        }
        for (limit, value) in &vhost.limits {
            let address = Address::in_vhost(self.name(), name, kinds::LIMIT, limit.name);
            let resource = self.inside(vhost, address, limit.at).with("value", *value);
            self.resources.push(resource);
        }
    }

    fn user(&mut self, user: &User<'_>) {
        let own = address::user(self.name(), user.name.name);
        let mut resource = self.resource(own.clone(), user.name.at);
        resource.description = user.description.map(ToOwned::to_owned);
        set(&mut resource, "password", user.password.clone().map(Value::Secret));
        set(&mut resource, "tags", Some(sorted(user.tags.as_deref().unwrap_or_default())));
        for (limit, value) in &user.limits {
            set(&mut resource, &format!("limits.{}", limit.name), Some(Value::from(*value)));
            let origin = self.broker.origin_of(limit.at);
            resource.attribute_origins.insert(format!("limits.{}", limit.name), origin);
        }
        self.resources.push(resource);
        for permission in &user.permissions {
            let vhost = permission.vhost;
            let at = address::permission(self.name(), vhost.name, user.name.name);
            let resource = self.needing_vhost(vhost.name, self.resource(at, vhost.at).needing(own.clone()));
            self.resources.push(
                resource
                    .with("configure", permission.configure.name)
                    .with("write", permission.write.name)
                    .with("read", permission.read.name),
            );
        }
        for permission in &user.topic_permissions {
            let (vhost, exchange) = (permission.vhost.name, permission.exchange);
            let at = address::topic_permission(self.name(), vhost, user.name.name, exchange.name);
            let resource = self.needing_vhost(vhost, self.resource(at, exchange.at).needing(own.clone()));
            self.resources.push(
                resource
                    .needing(address::exchange(self.name(), vhost, exchange.name))
                    .with("user", user.name.name)
                    .with("exchange", exchange.name)
                    .with("write", permission.write.name)
                    .with("read", permission.read.name),
            );
        }
    }

    fn contents(&mut self, vhost: &Vhost<'_>) {
        for policy in &vhost.policies {
            let resource = self.policy(vhost, policy, kinds::POLICY);
            self.resources.push(resource);
        }
        for queue in &vhost.queues {
            if let Some(own) = own_policy(vhost, queue) {
                let resource = self.own_policy(vhost, queue, own);
                self.resources.push(resource);
            }
        }
        for policy in &vhost.operator_policies {
            let resource = self.policy(vhost, policy, kinds::OPERATOR_POLICY);
            self.resources.push(resource);
        }
        for exchange in &vhost.exchanges {
            let resource = self.exchange(vhost, exchange);
            self.resources.push(resource);
        }
        for queue in &vhost.queues {
            let resource = self.queue(vhost, queue);
            self.resources.push(resource);
        }
        let mut seen = std::collections::BTreeSet::new();
        for binding in &vhost.bindings {
            let resource = self.binding(vhost, binding);
            // The same binding inside its queue and in the list is one binding.
            if seen.insert(resource.address.clone()) {
                self.resources.push(resource);
            }
        }
    }

    fn policy(&self, vhost: &Vhost<'_>, policy: &Policy<'_>, kind: &str) -> Resource {
        let address = Address::in_vhost(self.name(), vhost.name.name, kind, policy.name.name);
        let definition = policy.definition.iter().filter(|setting| !setting.value.is_null());
        let mut resource = self
            .inside(vhost, address, policy.name.at)
            .with("pattern", policy.pattern.name)
            .with("apply_to", policy.apply_to)
            .with("priority", policy.priority);
        let definition = definition.map(|setting| (setting.key.name.to_owned(), setting.value.clone())).collect();
        resource.attributes.insert("definition".to_owned(), Value::Map(definition));
        resource.description = policy.description.map(ToOwned::to_owned);
        resource.attribute_origins.insert("pattern".to_owned(), self.broker.origin_of(policy.pattern.at));
        resource
    }

    fn own_policy(&self, vhost: &Vhost<'_>, queue: &Queue<'_>, own: OwnPolicy) -> Resource {
        let address = Address::in_vhost(self.name(), vhost.name.name, kinds::POLICY, own.name);
        let at = queue.sugar.first().map_or(queue.name.at, |setting| setting.at);
        let mut resource = self
            .inside(vhost, address, at)
            .with("pattern", own.pattern)
            .with("apply_to", "queues")
            .with("priority", own.priority);
        resource.attributes.insert("definition".to_owned(), Value::Map(own.definition));
        let name = queue.name.name;
        resource.description = Some(match own.over {
            Some(over) => format!("The settings of the queue {name}, together with those of the policy {over}."),
            None => format!("The settings of the queue {name}."),
        });
        resource
    }

    fn exchange(&self, vhost: &Vhost<'_>, exchange: &Exchange<'_>) -> Resource {
        let address = address::exchange(self.name(), vhost.name.name, exchange.name.name);
        let mut resource = self
            .inside(vhost, address, exchange.name.at)
            .with("type", exchange.kind.name)
            .with("durable", exchange.durable)
            .with("auto_delete", exchange.auto_delete)
            .with("internal", exchange.internal);
        self.arguments(&mut resource, &exchange.arguments);
        if let Some(alternate) = exchange.alternate {
            let argument = Argument {
                key: Named { name: "alternate-exchange", at: alternate.at },
                value: Value::from(alternate.name),
            };
            self.arguments(&mut resource, &[argument]);
        }
        self.common(&mut resource, &exchange.common);
        resource
    }

    fn queue(&self, vhost: &Vhost<'_>, queue: &Queue<'_>) -> Resource {
        let address = address::queue(self.name(), vhost.name.name, queue.name.name);
        let mut resource = self
            .inside(vhost, address, queue.name.at)
            .with("type", queue.kind.name)
            .with("durable", queue.durable.value)
            .with("auto_delete", queue.auto_delete.value);
        self.arguments(&mut resource, &queue.arguments);
        self.common(&mut resource, &queue.common);
        resource
    }

    fn arguments(&self, resource: &mut Resource, arguments: &[Argument<'_>]) {
        for argument in arguments {
            let attribute = format!("arguments.{}", argument.key.name);
            resource.attribute_origins.insert(attribute.clone(), self.broker.origin_of(argument.key.at));
            resource.attributes.insert(attribute, argument.value.clone());
        }
    }

    fn common(&self, resource: &mut Resource, common: &Common<'_>) {
        resource.description = common.description.map(ToOwned::to_owned);
        resource.on_change = common.on_change;
        for field in ["type", "durable", "auto_delete", "internal"] {
            if let Some(at) = common.fields.get(field) {
                resource.attribute_origins.insert(field.to_owned(), self.broker.origin_of(*at));
            }
        }
    }

    fn binding(&self, vhost: &Vhost<'_>, binding: &Binding<'_>) -> Resource {
        let (broker, vhost_name) = (self.name(), vhost.name.name);
        let (source, destination) = (binding.source.name, binding.destination.name);
        let parts = BindingParts {
            source,
            destination,
            to_exchange: binding.to_exchange,
            key: binding.key,
            arguments: &binding.arguments,
        };
        let target = if binding.to_exchange { address::exchange } else { address::queue };
        self.inside(vhost, address::binding(broker, vhost_name, parts), binding.at)
            .needing(address::exchange(broker, vhost_name, source))
            .needing(target(broker, vhost_name, destination))
            .with_binding(parts)
    }
}

/// The attributes of a binding, the same on the wanted and on the observed side.
pub(super) trait WithBinding {
    fn with_binding(self, parts: BindingParts<'_>) -> Self;
}

impl WithBinding for Resource {
    fn with_binding(self, parts: BindingParts<'_>) -> Self {
        let mut resource = self
            .with("source", parts.source)
            .with("destination", parts.destination)
            .with("destination_type", if parts.to_exchange { "exchange" } else { "queue" })
            .with("routing_key", parts.key);
        resource.attributes.insert("arguments".to_owned(), Value::Map(parts.arguments.clone()));
        resource
    }
}

fn set(resource: &mut Resource, attribute: &str, value: Option<Value>) {
    if let Some(value) = value {
        resource.attributes.insert(attribute.to_owned(), value);
    }
}

/// Tags have no order.
pub(super) fn sorted<T: AsRef<str>>(texts: &[T]) -> Value {
    let ordered: BTreeSet<&str> = texts.iter().map(AsRef::as_ref).collect();
    Value::List(ordered.into_iter().map(Value::from).collect())
}
