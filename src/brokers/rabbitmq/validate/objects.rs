//! Exchanges, queues and bindings.

use super::{LONGEST, Validation, closest, within};
use crate::brokers::rabbitmq::read::{Argument, Binding, Exchange, Named, Queue, Vhost};

impl Validation<'_> {
    pub(super) fn exchanges(&mut self, vhost: &Vhost<'_>) {
        for exchange in &vhost.exchanges {
            self.object_name(exchange.name, "exchange");
            self.exchange_type(exchange);
            let first = vhost.exchange(exchange.name.name);
            self.repeated(first.is_some_and(|first| std::ptr::eq(first, exchange)), exchange.name);
            if let Some(alternate) = exchange.alternate {
                self.exchange_reference(vhost, alternate, "the alternate exchange");
            }
            for argument in exchange.arguments.iter().filter(|argument| argument.key.name == "alternate-exchange") {
                if exchange.alternate.is_some() {
                    let text = format!("the exchange `{}` has two alternate exchanges", exchange.name.name);
                    self.error(
                        "set-twice",
                        argument.key.at,
                        text,
                        "keep `alternate_exchange` and remove this argument",
                    );
                }
                self.text_reference(vhost, argument, "the alternate exchange");
            }
        }
    }

    fn exchange_type(&mut self, exchange: &Exchange<'_>) {
        let kind = exchange.kind;
        match self.recorded.exchange_types.get(kind.name) {
            Some(None) => {}
            Some(Some(plugin)) => {
                if !self.body.plugins.iter().any(|asked| asked.name == plugin) {
                    let text = format!(
                        "the exchange type `{}` comes with the plugin `{plugin}`, which is not enabled",
                        kind.name
                    );
                    self.error("plugin-missing", kind.at, text, format!("add `{plugin}` to `plugins`"));
                }
            }
            // An image of the user's own may hold anything.
            None if self.broker.image.is_some() && kind.name.starts_with("x-") => {}
            None => {
                let known: Vec<&str> = self.recorded.exchange_types.keys().map(String::as_str).collect();
                let help = closest(kind.name, known.iter().copied())
                    .map_or_else(|| format!("one of: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
                let text = format!("`{}` is not an exchange type of RabbitMQ {}", kind.name, self.broker.version);
                self.error("unknown-exchange-type", kind.at, text, help);
            }
        }
    }

    /// Under the broker and again under `vhosts: { /: … }`.
    fn repeated(&mut self, first: bool, name: Named<'_>) {
        if !first {
            let text = format!("`{}` is declared twice in one virtual host", name.name);
            self.error(
                "declared-twice",
                name.at,
                text,
                "what is directly under the broker belongs to `/` already: keep one",
            );
        }
    }

    pub(super) fn queues(&mut self, vhost: &Vhost<'_>) {
        for queue in &vhost.queues {
            self.object_name(queue.name, "queue");
            let first = vhost.queue(queue.name.name);
            self.repeated(first.is_some_and(|first| std::ptr::eq(first, queue)), queue.name);
            self.queue_flags(queue);
            self.queue_arguments(queue);
            self.queue_settings(queue);
            if let Some(target) = queue.dead_letter {
                self.exchange_reference(vhost, target, "the dead-letter exchange");
            }
            if let Some(argument) = queue.argument("x-dead-letter-exchange") {
                self.text_reference(vhost, argument, "the dead-letter exchange");
            }
        }
    }

    fn queue_flags(&mut self, queue: &Queue<'_>) {
        let (name, kind) = (queue.name.name, queue.kind.name);
        if queue.exclusive.value {
            let text = format!(
                "the queue `{name}` cannot be exclusive: such a queue belongs to the connection that declares it and goes away with it"
            );
            let help = "remove `exclusive`; for one consumer at a time use `arguments: { x-single-active-consumer: true }`, \
                        for a queue that goes away by itself `auto_delete: true` or `expires`";
            self.error("exclusive-queue", queue.exclusive.at, text, help);
        }
        if kind != "classic" {
            if !queue.durable.value {
                let text = format!("the {kind} queue `{name}` must be durable");
                self.error(
                    "queue-not-durable",
                    queue.durable.at,
                    text,
                    "remove `durable: false`, or use `type: classic`",
                );
            }
            if queue.auto_delete.value {
                let text = format!("the {kind} queue `{name}` cannot have `auto_delete`");
                self.error(
                    "queue-auto-delete",
                    queue.auto_delete.at,
                    text,
                    "remove it; `expires` does much the same on quorum queues",
                );
            }
        } else if !queue.durable.value && !queue.exclusive.value && self.refuses_transient() {
            let text = format!(
                "the queue `{name}` is transient, which RabbitMQ {} refuses for queues that are not exclusive",
                self.broker.version
            );
            self.error(
                "transient-queue",
                queue.durable.at,
                text,
                "make it durable (`expires` lets it go away when unused), or permit it for as long as RabbitMQ lets you: \
                 `config: { deprecated_features.permit.transient_nonexcl_queues: true }`",
            );
        }
    }

    fn refuses_transient(&self) -> bool {
        let permit = self.broker.config.get("deprecated_features.permit.transient_nonexcl_queues");
        let permitted = permit.is_some_and(|value| value.as_bool() == Some(true) || value.as_text() == Some("true"));
        self.version() >= (4, 3) && !permitted
    }

    /// Settings that this type of queue does not have, which the broker would ignore.
    fn queue_settings(&mut self, queue: &Queue<'_>) {
        let (name, kind) = (queue.name.name, queue.kind.name);
        let refused =
            self.recorded.queue_types.get(kind).map(|found| found.refused_policy_keys.as_slice()).unwrap_or_default();
        let mut said = Vec::new();
        for setting in &queue.sugar {
            if refused.iter().any(|key| key == setting.key) && !said.contains(&setting.field) {
                said.push(setting.field);
                let text = format!("`{}` does nothing on the {kind} queue `{name}`", setting.field);
                let help = match (kind, setting.key) {
                    ("stream", _) => "a stream keeps messages by `max_length_bytes` or the argument `x-max-age`",
                    ("classic", "delivery-limit") => "use `type: quorum`, or remove it",
                    _ => "remove it, or use another type of queue",
                };
                self.diagnostics.error("setting-without-effect", setting.at, text, Some(help.to_owned()));
            }
            if setting.value.as_i64().is_some_and(|value| value < 0) && setting.key != "delivery-limit" {
                let text = format!("`{}` of the queue `{name}` cannot be {}", setting.field, setting.value);
                self.diagnostics.error(
                    "out-of-range",
                    setting.at,
                    text,
                    Some("remove it where no limit is meant".to_owned()),
                );
            }
            let argument = format!("x-{}", setting.key);
            if let Some(twice) = queue.argument(&argument) {
                let text = format!("the queue `{name}` sets `{}` and the argument `{argument}`", setting.field);
                let help = format!("keep `{}`: it can be changed without replacing the queue", setting.field);
                self.diagnostics.error("set-twice", twice.key.at, text, Some(help));
            }
        }
    }

    /// An argument whose text is the name of an exchange.
    fn text_reference(&mut self, vhost: &Vhost<'_>, argument: &Argument<'_>, what: &str) {
        if let Some(name) = argument.value.as_text() {
            self.exchange_reference(vhost, Named { name, at: argument.key.at }, what);
        }
    }

    pub(super) fn bindings(&mut self, vhost: &Vhost<'_>) {
        for binding in &vhost.bindings {
            self.binding(vhost, binding);
        }
    }

    fn binding(&mut self, vhost: &Vhost<'_>, binding: &Binding<'_>) {
        if binding.source.name.is_empty() {
            let text = format!("`{}` cannot be bound to the default exchange", binding.destination.name);
            let help = "it routes to every queue by the queue's own name already: remove the binding";
            self.error("default-exchange-binding", binding.source.at, text, help);
        } else {
            self.exchange_reference(vhost, binding.source, "the source of this binding");
        }
        if binding.to_exchange {
            if binding.destination.name.is_empty() {
                let text = "nothing can be bound to the default exchange".to_owned();
                self.error("default-exchange-binding", binding.destination.at, text, "name another exchange");
            } else {
                self.exchange_reference(vhost, binding.destination, "the destination of this binding");
            }
        } else {
            self.queue_reference(vhost, binding.destination, "the destination of this binding");
        }
        if binding.key.len() > LONGEST {
            let at = binding.key_at.unwrap_or(binding.at);
            let text = format!("this routing key has {} bytes, and RabbitMQ allows {LONGEST}", binding.key.len());
            self.error("key-too-long", at, text, "shorten it");
        }
        let modes = ["all", "any", "all-with-x", "any-with-x"];
        if let Some(mode) = binding.arguments.get("x-match")
            && !mode.as_text().is_some_and(|mode| modes.contains(&mode))
        {
            let text = format!("`x-match` cannot be {mode}{}", within(vhost));
            self.error("bad-x-match", binding.at, text, "one of: all, any, all-with-x, any-with-x");
        }
    }
}
