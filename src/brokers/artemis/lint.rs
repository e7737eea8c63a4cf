//! What is suspicious, alone and together with the apps.

use super::kinds::{self, ADMINISTRATOR_ROLE};
use super::matching::{best, fits};
use super::read::{Address, Body, Named};
use crate::model::{App, BrokerModel, Flow};
use crate::spec::{Diagnostics, Position, quote};

/// Every code, and why it is told.
pub(super) const LINTS: &[(&str, &str)] = &[
    ("app-not-allowed", "The app's user may not do at an address what the app does there."),
    ("dead-letters-dropped", "Dead or expired messages go to an address that keeps nothing."),
    ("divert-cycle", "Diverts send a message round in a ring, for ever."),
    (
        "exclusive-divert-starves",
        "An exclusive divert without a filter takes every message, so the queues there get none.",
    ),
    ("idle-instances", "More instances consume from a queue than it lets in: the surplus is refused."),
    ("match-without-address", "No declared address is meant by a match."),
    (
        "nobody-listens",
        "An app sends to an address that keeps nothing, and nobody consumes there: its messages are dropped.",
    ),
    (
        "queue-not-durable",
        "The queue and its messages are gone after a restart, and the next plan makes the queue anew.",
    ),
    ("role-without-user", "No user has a role that rights are granted to."),
];

pub(super) fn lint(broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
    let body = Body::read(broker);
    let mut lint = Lint { broker, body: &body, apps, diagnostics };
    lint.queues();
    lint.diverts();
    lint.matches();
    lint.roles();
    lint.apps();
}

struct Lint<'a> {
    broker: &'a BrokerModel,
    body: &'a Body<'a>,
    apps: &'a [App],
    diagnostics: &'a mut Diagnostics,
}

impl Lint<'_> {
    fn lint(&mut self, code: &'static str, at: Position, text: String, help: &str) {
        self.diagnostics.lint(code, at, text, help.to_owned());
    }

    fn queues(&mut self) {
        for queue in self.body.queues().filter(|queue| !queue.durable) {
            let text = format!("the queue {} does not survive a restart", quote(queue.name.name));
            self.lint("queue-not-durable", queue.name.at, text, "leave out `durable: false`, if its messages matter");
        }
    }

    /// Whether something that stays takes what is sent there.
    fn keeps(&self, address: &Address<'_>) -> bool {
        let diverted = self.body.diverts.iter().any(|divert| divert.address.name == address.name.name);
        !address.queues.is_empty() || diverted
    }

    fn diverts(&mut self) {
        let body = self.body;
        for divert in body.diverts.iter().filter(|divert| divert.exclusive && divert.filter.is_none()) {
            let starved = body.address(divert.address.name).and_then(|address| address.queues.first());
            if let Some(queue) = starved {
                let (queue, divert_name) = (quote(queue.name.name), quote(divert.name.name));
                let text = format!("{queue} never gets a message: {divert_name} takes all of them away");
                self.lint("exclusive-divert-starves", divert.name.at, text, "set `exclusive: false`, or a `filter`");
            }
        }
        for divert in &body.diverts {
            let mut way = vec![divert.address.name];
            let mut next = divert.forward_to.name;
            while let Some(onward) = body.diverts.iter().find(|onward| onward.address.name == next) {
                if way.contains(&next) {
                    break;
                }
                way.push(next);
                next = onward.forward_to.name;
            }
            // Told once, at the divert of the smallest address.
            if next == divert.address.name && way.iter().min() == Some(&next) && way.len() > 1 {
                let text = format!("diverts send messages round: {} → {next}", way.join(" → "));
                self.lint("divert-cycle", divert.name.at, text, "break the ring, or give one of them a `filter`");
            }
        }
    }

    fn matches(&mut self) {
        let body = self.body;
        let settings = body.address_settings.iter().map(|setting| (setting.pattern, "address settings"));
        let security = body.security.iter().map(|security| (security.pattern, "security"));
        for (pattern, what) in settings.chain(security) {
            let known = ["DLQ", "ExpiryQueue"].into_iter();
            let mut names = body.addresses.iter().map(|address| address.name.name).chain(known);
            if !names.any(|name| fits(pattern.name, name)) {
                let text = format!("no declared address is meant by {} under {what}", quote(pattern.name));
                self.lint(
                    "match-without-address",
                    pattern.at,
                    text,
                    "correct the match; `a.#` means `a` and all below it",
                );
            }
        }
        for setting in &body.address_settings {
            for one in &setting.settings {
                let target = one.value.as_text().and_then(|name| body.address(name));
                let is_end = ["dead_letter_address", "expiry_address"].contains(&one.name);
                if let Some(target) = target.filter(|target| is_end && !self.keeps(target)) {
                    let text =
                        format!("the address {} has no queue, so what goes there is lost", quote(target.name.name));
                    self.lint("dead-letters-dropped", one.at, text, "give it a queue, or `routing: anycast`");
                }
            }
        }
    }

    fn roles(&mut self) {
        let body = self.body;
        let has = |role: &str| body.users.iter().any(|user| user.roles.iter().any(|own| own.name == role));
        for role in body.security.iter().flat_map(|one| &one.permissions).flat_map(|(_, roles)| roles) {
            if role.name != ADMINISTRATOR_ROLE && !has(role.name) {
                let text = format!("no user has the role {}", quote(role.name));
                self.lint("role-without-user", role.at, text, "give it to a user under `users`, or leave it out");
            }
        }
    }

    fn apps(&mut self) {
        for app in self.apps {
            for flow in &app.produces {
                self.listened_to(app, flow);
                self.allowed(app, flow, "send");
            }
            for flow in &app.consumes {
                self.let_in(app, flow);
                self.allowed(app, flow, "consume");
            }
        }
    }

    fn is_ours(&self, flow: &Flow, kind: &str) -> bool {
        flow.address.broker == self.broker.name && flow.address.kind == kind
    }

    fn listened_to(&mut self, app: &App, flow: &Flow) {
        let name = &flow.address.name;
        let Some(address) = self.body.address(name).filter(|_| self.is_ours(flow, kinds::ADDRESS)) else { return };
        let consumed = self.apps.iter().flat_map(|app| &app.consumes).any(|other| other.address == flow.address);
        if !self.keeps(address) && !consumed {
            let text = format!("{} sends to {}, which has no queue and no consumer", quote(&app.name), quote(name));
            self.lint("nobody-listens", position(self.broker, flow), text, "declare a queue, or the app that consumes");
        }
    }

    fn let_in(&mut self, app: &App, flow: &Flow) {
        let queue = self.body.queues().find(|queue| queue.name.name == flow.address.name);
        let Some(queue) = queue.filter(|_| self.is_ours(flow, kinds::QUEUE)) else { return };
        let most = queue.settings.iter().find(|one| one.name == "max_consumers").and_then(|one| one.value.as_i64());
        let instances = i64::from(app.instances.0);
        if let Some(most) = most.filter(|most| *most >= 0 && instances > *most) {
            let text = format!(
                "{} runs {instances} instances, and {} lets {most} in",
                quote(&app.name),
                quote(queue.name.name)
            );
            self.lint("idle-instances", position(self.broker, flow), text, "raise `max_consumers`, or run fewer");
        }
    }

    /// Only where the file says who the app is, and what its user may do.
    fn allowed(&mut self, app: &App, flow: &Flow, permission: &str) {
        let body = self.body;
        let user = body.users.iter().find(|user| Some(user.name.name) == app.user.as_deref());
        let Some(user) = user.filter(|_| flow.address.broker == self.broker.name) else { return };
        let queue = body.queues().find(|queue| queue.name.name == flow.address.name);
        let address = if flow.address.kind == kinds::QUEUE {
            queue.map(|queue| queue.address)
        } else {
            Some(flow.address.name.as_str())
        };
        let Some(address) = address else { return };
        let pattern = best(body.security.iter().map(|one| one.pattern.name), address);
        let security = body.security.iter().find(|one| Some(one.pattern.name) == pattern);
        let granted: Vec<&str> = match security {
            Some(security) => {
                let own = security.permissions.iter().find(|(name, _)| *name == permission);
                own.into_iter().flat_map(|(_, roles)| roles).map(|role: &Named<'_>| role.name).collect()
            }
            None => vec![ADMINISTRATOR_ROLE],
        };
        if !user.roles.iter().any(|role| granted.contains(&role.name)) {
            let (app, user) = (quote(&app.name), quote(user.name.name));
            let says = pattern.map_or_else(
                || "where nothing is said, `amq` may".to_owned(),
                |pattern| format!("see `security` at {}", quote(pattern)),
            );
            let text =
                format!("{app} may not {permission} at {}: its user {user} has no role that may", quote(address));
            self.lint("app-not-allowed", position(self.broker, flow), text, &format!("grant it: {says}"));
        }
    }
}

fn position(broker: &BrokerModel, flow: &Flow) -> Position {
    let file = broker.files.iter().position(|name| *name == flow.origin.file).unwrap_or_default();
    Position { file, line: flow.origin.line, column: flow.origin.column, length: 1 }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{broker, lines};
    use super::*;
    use crate::model::{Address, Instances, Origin};

    fn app(produces: &[(&str, &str)], consumes: &[(&str, &str)], instances: u32, user: Option<&str>) -> App {
        let origin = Origin { file: "mqlab.yaml".into(), line: 1, column: 1 };
        let flow = |(kind, name): &(&str, &str)| Flow {
            address: Address::new("art", *kind, *name),
            routing_key: None,
            headers: [].into(),
            origin: origin.clone(),
        };
        App {
            name: "app".into(),
            description: None,
            produces: produces.iter().map(flow).collect(),
            consumes: consumes.iter().map(flow).collect(),
            group: None,
            instances: Instances(instances),
            user: user.map(ToOwned::to_owned),
            origin,
        }
    }

    #[track_caller]
    fn only(spec: &str, apps: &[App], code: &str) {
        let mut diagnostics = Diagnostics::default();
        lint(&broker(spec), apps, &mut diagnostics);
        let found = lines(&diagnostics);
        let wanted = usize::from(!code.is_empty());
        assert!(
            found.len() == wanted && found.iter().all(|line| line.starts_with(&format!("lint {code}:"))),
            "{found:#?}"
        );
        assert!(code.is_empty() || LINTS.iter().any(|(known, _)| *known == code), "{code} is not listed");
    }

    #[test]
    fn what_is_odd_about_the_objects() {
        only("addresses: { a: { routing: anycast } }", &[], "");
        only("addresses: { a: { routing: multicast, queues: { q: { durable: false } } } }", &[], "queue-not-durable");
        let two = "addresses: { a: { routing: multicast }, b: { routing: multicast, queues: { q: {} } } }";
        only(
            &format!("{two}\ndiverts: {{ d: {{ address: b, forward_to: a, exclusive: true }} }}"),
            &[],
            "exclusive-divert-starves",
        );
        only(
            &format!("{two}\ndiverts: {{ d: {{ address: a, forward_to: b }}, e: {{ address: b, forward_to: a }} }}"),
            &[],
            "divert-cycle",
        );
        only(&format!("{two}\naddress_settings: {{ c: {{ expiry_delay: 1s }} }}"), &[], "match-without-address");
        only(&format!("{two}\naddress_settings: {{ b: {{ dead_letter_address: a }} }}"), &[], "dead-letters-dropped");
        only(&format!("{two}\nsecurity: {{ b: {{ send: [ops] }} }}"), &[], "role-without-user");
    }

    #[test]
    fn what_is_odd_about_the_apps() {
        let spec =
            "addresses: { a: { routing: multicast }, b: { routing: anycast, queues: { q: { max_consumers: 1 } } } }";
        only(spec, &[app(&[("address", "a")], &[], 1, None)], "nobody-listens");
        only(spec, &[app(&[("address", "a")], &[("address", "a")], 1, None)], "");
        only(spec, &[app(&[], &[("queue", "q")], 2, None)], "idle-instances");
        let users = "users: { u: { password: p, roles: [r] }, o: { password: p, roles: [amq] } }\nsecurity: { b: { send: [r] } }";
        let spec = format!("{spec}\n{users}");
        only(&spec, &[app(&[("address", "b")], &[], 1, Some("u"))], "");
        only(&spec, &[app(&[], &[("queue", "q")], 1, Some("u"))], "app-not-allowed");
        only(&spec, &[app(&[("address", "b")], &[], 1, Some("o"))], "app-not-allowed");
        only(&spec, &[app(&[], &[("address", "a")], 1, Some("o"))], "");
    }
}
