//! Policies, operator policies, and the queues' own settings against them.

use super::arguments::{in_words, shown};
use super::{Validation, closest};
use crate::brokers::rabbitmq::effective::Target;
use crate::brokers::rabbitmq::pattern::Pattern;
use crate::brokers::rabbitmq::policies::{candidates, own_policy_name};
use crate::brokers::rabbitmq::read::{Argument, Named, Policy, Vhost};

impl Validation<'_> {
    pub(super) fn policies(&mut self, vhost: &Vhost<'_>) {
        for policy in &vhost.policies {
            self.policy(vhost, policy, false);
        }
        for policy in &vhost.operator_policies {
            self.policy(vhost, policy, true);
        }
        self.own_policies(vhost);
    }

    fn policy(&mut self, vhost: &Vhost<'_>, policy: &Policy<'_>, operator: bool) {
        let what = if operator { "operator policy" } else { "policy" };
        self.length(policy.name, what);
        if !operator && policy.name.name.starts_with("mqlab.") {
            let text = format!("the policy name `{}` is kept for the settings of a queue", policy.name.name);
            self.error("reserved-name", policy.name.at, text, "choose a name that does not begin with `mqlab.`");
        }
        if let Err(reason) = &policy.compiled {
            self.pattern_error(policy.pattern, reason);
        }
        // One that is not there was missed already.
        if policy.has_definition && policy.definition.iter().all(|setting| setting.value.is_null()) {
            let text = format!("the {what} `{}` sets nothing, and RabbitMQ refuses that", policy.name.name);
            self.error("empty-policy", policy.name.at, text, "give its `definition` a setting, or remove it");
        }
        for setting in &policy.definition {
            self.setting(policy, setting, operator);
            if matches!(setting.key.name, "dead-letter-exchange" | "alternate-exchange")
                && let Some(name) = setting.value.as_text()
            {
                let target = Named { name, at: setting.key.at };
                self.exchange_reference(
                    vhost,
                    target,
                    &format!("the {} of this policy", setting.key.name.replace('-', " ")),
                );
            }
        }
    }

    fn setting(&mut self, policy: &Policy<'_>, setting: &Argument<'_>, operator: bool) {
        let known = if operator { &self.recorded.operator_policy_keys } else { &self.recorded.policy_keys };
        let key = setting.key.name;
        let name = policy.name.name;
        if known.is_empty() || setting.value.is_null() {
            return;
        }
        if !known.iter().any(|known| known == key) {
            let what = if operator { "an operator policy" } else { "a policy" };
            let text = format!("`{key}` in the policy `{name}` is not a setting that {what} can hold");
            let bare = key.strip_prefix("x-").unwrap_or(key);
            let help = if key.starts_with("ha-") {
                "queues are no longer mirrored since 4.0: `type: quorum` on the queue replicates it".to_owned()
            } else if operator && self.recorded.policy_keys.iter().any(|known| known == key) {
                "put it into `policies`; an operator policy holds limits only".to_owned()
            } else {
                closest(bare, known.iter().map(String::as_str))
                    .map_or_else(|| format!("one of: {}", known.join(", ")), |near| format!("did you mean `{near}`?"))
            };
            self.error("unknown-policy-key", setting.key.at, text, help);
            return;
        }
        // A policy key takes what the argument of the same name takes.
        let Some(types) = self.recorded.argument_types(&format!("x-{key}")) else { return };
        let fits = |wanted: &&str| match *wanted {
            "integer" => setting.value.as_i64().is_some(),
            "string" => setting.value.as_text().is_some(),
            "boolean" => setting.value.as_bool().is_some(),
            _ => true,
        };
        if !types.iter().any(fits) {
            let (value, wanted) = (shown(&setting.value), in_words(types));
            let text = format!("`{key}` in the policy `{name}` is {value}, and RabbitMQ wants {wanted}");
            let help = match setting.value.as_text() {
                Some(text) if text.parse::<i64>().is_ok() => format!("remove the quotes: `{key}: {text}`"),
                _ => format!("write {wanted} there"),
            };
            self.error("policy-value", setting.key.at, text, help);
        }
    }

    /// A queue's own settings go to a policy that displaces the declared one, so both cannot set the same key.
    fn own_policies(&mut self, vhost: &Vhost<'_>) {
        for queue in vhost.queues.iter().filter(|queue| !queue.sugar.is_empty()) {
            let name = queue.name.name;
            let found = candidates(&vhost.policies, name, Target::Queue(queue.kind.name));
            let Some(winner) = found.first() else { continue };
            for setting in &queue.sugar {
                if winner.definition.iter().any(|other| other.key.name == setting.key) {
                    let policy = winner.name.name;
                    let text = format!(
                        "the queue `{name}` sets `{}`, and so does the policy `{policy}` that applies to it",
                        setting.field
                    );
                    let help = format!("keep one: remove it here, or `{}` from the policy", setting.key);
                    self.error("set-twice", setting.at, text, help);
                }
            }
            self.own_name(name, queue.name);
        }
    }

    fn own_name(&mut self, queue: &str, at: Named<'_>) {
        let name = own_policy_name(queue);
        if name.len() > super::LONGEST {
            let text = format!("the queue's own settings need a policy named `{name}`, which is too long a name");
            self.error("invalid-name", at.at, text, "shorten the name of the queue, or put its settings into a policy");
        }
    }

    /// A regular expression over names or routing keys.
    pub(super) fn pattern(&mut self, pattern: Named<'_>) {
        if let Err(reason) = Pattern::new(pattern.name) {
            self.pattern_error(pattern, &reason);
        }
    }

    fn pattern_error(&mut self, pattern: Named<'_>, reason: &str) {
        // PCRE has a few constructs that are not understood here; the broker has the last word on those.
        if ["(?R)", "(?1)", "\\Q", "(*", "(?&"].iter().any(|construct| pattern.name.contains(construct)) {
            return;
        }
        let reason = reason.lines().last().unwrap_or(reason).trim_start_matches("error: ");
        let text = format!("the pattern `{}` does not compile: {reason}", pattern.name);
        let help = if pattern.name.starts_with('*') {
            "it is a regular expression: `.*` matches everything"
        } else {
            "correct the regular expression; `\\\\.` in double quotes is a dot"
        };
        self.error("bad-pattern", pattern.at, text, help);
    }
}
