//! From the spec to what must exist inside the broker.

use std::collections::BTreeSet;

use super::kinds::{self, address};
use super::read::{AddressSetting, Body, Divert, Queue, Security, Setting, User};
use super::spec::PERMISSIONS;
use crate::model::{BrokerModel, Resource, Value};
use crate::spec::Position;

/// Everything that the spec asks for.
pub(super) fn topology(broker: &BrokerModel) -> Vec<Resource> {
    let body = Body::read(broker);
    let lowering = Lowering(broker);
    let mut all: Vec<Resource> = Vec::new();
    all.extend(body.users.iter().map(|user| lowering.user(user)));
    all.extend(body.security.iter().map(|security| lowering.security(security)));
    all.extend(body.address_settings.iter().map(|setting| lowering.address_setting(setting)));
    for one in &body.addresses {
        let mut resource = lowering.begin(kinds::ADDRESS, one.name.name, one.name.at).with("routing", one.routing.name);
        resource.description = one.description.map(str::to_owned);
        lowering.place(&mut resource, "routing", one.routing.at);
        all.push(resource);
        all.extend(one.queues.iter().map(|queue| lowering.queue(queue)));
    }
    all.extend(body.diverts.iter().map(|divert| lowering.divert(divert, &body)));
    all
}

struct Lowering<'a>(&'a BrokerModel);

impl Lowering<'_> {
    fn begin(&self, kind: &str, name: &str, at: Position) -> Resource {
        Resource::new(address(&self.0.name, kind, name)).at(Some(self.0.origin_of(at)))
    }

    fn place(&self, resource: &mut Resource, attribute: &str, at: Position) {
        resource.attribute_origins.insert(attribute.to_owned(), self.0.origin_of(at));
    }

    fn set(&self, resource: &mut Resource, settings: &[Setting<'_>]) {
        for setting in settings {
            self.place(resource, setting.name, setting.at);
            resource.attributes.insert(setting.name.to_owned(), setting.value.clone());
        }
    }

    fn user(&self, user: &User<'_>) -> Resource {
        let roles = user.roles.iter().map(|role| role.name);
        let mut resource = self.begin(kinds::USER, user.name.name, user.name.at).with("roles", set_of(roles));
        if let Some(password) = &user.password {
            resource.attributes.insert("password".to_owned(), Value::Secret(password.clone()));
        }
        resource.description = user.description.map(str::to_owned);
        resource
    }

    /// All permissions: the best match counts alone, so what it leaves out nobody may have.
    fn security(&self, security: &Security<'_>) -> Resource {
        let mut resource = self.begin(kinds::SECURITY_SETTING, security.pattern.name, security.pattern.at);
        for (name, _) in PERMISSIONS {
            let written = security.permissions.iter().find(|(written, _)| written == name);
            let roles = written.into_iter().flat_map(|(_, roles)| roles);
            if let Some(first) = roles.clone().next() {
                self.place(&mut resource, name, first.at);
            }
            let roles = set_of(roles.map(|role| role.name));
            resource = resource.with(*name, if roles == Value::List(Vec::new()) { Value::Null } else { roles });
        }
        resource
    }

    fn address_setting(&self, setting: &AddressSetting<'_>) -> Resource {
        let mut resource = self.begin(kinds::ADDRESS_SETTING, setting.pattern.name, setting.pattern.at);
        self.set(&mut resource, &setting.settings);
        resource
    }

    fn queue(&self, queue: &Queue<'_>) -> Resource {
        let of = address(&self.0.name, kinds::ADDRESS, queue.address);
        let mut resource = self
            .begin(kinds::QUEUE, queue.name.name, queue.name.at)
            .needing(of)
            .with("address", queue.address)
            .with("durable", queue.durable)
            .with("filter", filter(queue.filter.map(|filter| filter.name)));
        if let Some(routing) = queue.routing {
            resource = resource.with("routing", routing.name);
            self.place(&mut resource, "routing", routing.at);
        }
        if let Some(filter) = queue.filter {
            self.place(&mut resource, "filter", filter.at);
        }
        self.set(&mut resource, &queue.settings);
        resource.description = queue.description.map(str::to_owned);
        resource.on_change = queue.on_change;
        resource
    }

    fn divert(&self, divert: &Divert<'_>, body: &Body<'_>) -> Resource {
        let mut resource = self
            .begin(kinds::DIVERT, divert.name.name, divert.name.at)
            .with("address", divert.address.name)
            .with("forward_to", divert.forward_to.name)
            .with("exclusive", divert.exclusive)
            .with("filter", filter(divert.filter.map(|filter| filter.name)))
            .with("routing", divert.routing);
        for end in [divert.address, divert.forward_to] {
            if body.address(end.name).is_some() {
                resource = resource.needing(address(&self.0.name, kinds::ADDRESS, end.name));
            }
        }
        self.place(&mut resource, "forward_to", divert.forward_to.at);
        resource.description = divert.description.map(str::to_owned);
        resource.on_change = divert.on_change;
        resource
    }
}

/// None is said too: a filter that somebody else set would keep messages away.
fn filter(filter: Option<&str>) -> Value {
    filter.map_or(Value::Null, Value::from)
}

/// Roles have no order.
pub(super) fn set_of<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let ordered: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    Value::List(ordered.into_iter().map(Value::from).collect())
}
