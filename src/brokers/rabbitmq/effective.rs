//! Which policy applies to an object. One policy and one operator policy do: of those that match, the one with
//! the highest priority. Between equal priorities the choice is the server's own.

use std::collections::BTreeMap;

use super::kinds;
use super::pattern::Pattern;
use crate::model::{Address, Resource, Value};

/// What a policy can apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target<'a> {
    Exchange,
    /// With its type.
    Queue(&'a str),
}

impl<'a> Target<'a> {
    pub(super) fn queue(queue: &'a Resource) -> Self {
        Self::Queue(queue.attribute("type").and_then(Value::as_text).unwrap_or("classic"))
    }
}

/// Whether a policy with this `apply-to` is for such an object at all.
pub(super) fn applies_to(apply_to: &str, target: Target<'_>) -> bool {
    match (apply_to, target) {
        ("all", _) | ("exchanges", Target::Exchange) | ("queues", Target::Queue(_)) => true,
        (_, Target::Queue(kind)) => matches!(
            (apply_to, kind),
            ("classic_queues", "classic") | ("quorum_queues", "quorum") | ("streams", "stream")
        ),
        _ => false,
    }
}

pub(super) fn priority(policy: &Resource) -> i64 {
    policy.attribute("priority").and_then(Value::as_i64).unwrap_or(0)
}

/// The policies among some resources, ready to be asked about thousands of names.
///
/// Each pattern is compiled once, and those that match one name exactly (every queue with settings of its own
/// has such a policy) are found by that name.
pub(super) struct Policies<'a> {
    vhosts: BTreeMap<(&'a str, &'a str), VhostPolicies<'a>>,
}

#[derive(Default)]
struct VhostPolicies<'a> {
    exact: BTreeMap<String, Vec<&'a Resource>>,
    patterns: Vec<(Pattern, &'a Resource)>,
}

impl<'a> Policies<'a> {
    pub(super) fn new(resources: &'a [Resource]) -> Self {
        let mut vhosts: BTreeMap<_, VhostPolicies<'a>> = BTreeMap::new();
        for policy in resources.iter().filter(|resource| resource.address.kind == kinds::POLICY) {
            let address = &policy.address;
            let vhost = vhosts.entry((address.broker.as_str(), address.vhost_name())).or_default();
            let pattern = text(policy, "pattern");
            match exact_name(pattern) {
                Some(name) => vhost.exact.entry(name).or_default().push(policy),
                // One that does not compile matches nothing.
                None => vhost.patterns.extend(Pattern::new(pattern).ok().map(|pattern| (pattern, policy))),
            }
        }
        Self { vhosts }
    }

    /// The policy that applies to an exchange or queue.
    pub(super) fn effective(&self, address: &Address, target: Target<'_>) -> Option<&'a Resource> {
        self.matching(address, target).into_iter().max_by_key(|policy| priority(policy))
    }

    /// All policies that match an exchange or queue.
    pub(super) fn matching(&self, address: &Address, target: Target<'_>) -> Vec<&'a Resource> {
        let Some(vhost) = self.vhosts.get(&(address.broker.as_str(), address.vhost_name())) else { return Vec::new() };
        let exact = vhost.exact.get(&address.name).into_iter().flatten().copied();
        let others = vhost.patterns.iter().filter(|(pattern, _)| pattern.matches(&address.name));
        let others = others.map(|(_, policy)| *policy);
        exact.chain(others).filter(|policy| applies_to(text(policy, "apply_to"), target)).collect()
    }
}

fn text<'a>(policy: &'a Resource, attribute: &str) -> &'a str {
    policy.attribute(attribute).and_then(Value::as_text).unwrap_or_default()
}

/// The one name that a pattern such as `^mail\.eu$` matches.
fn exact_name(pattern: &str) -> Option<String> {
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let mut name = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => name.push(characters.next().filter(char::is_ascii_punctuation)?),
            // `$` matches before a line's end too.
            '^' | '$' | '.' | '[' | ']' | '|' | '(' | ')' | '?' | '*' | '+' | '{' | '}' | '\n' => return None,
            _ => name.push(character),
        }
    }
    Some(name)
}

/// Where a queue's dead letters go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeadLetter<'a> {
    /// Empty for the default exchange.
    pub(super) exchange: &'a str,
    /// Replaces the message's own routing key.
    pub(super) key: Option<&'a str>,
}

impl<'a> Policies<'a> {
    /// An argument goes before a policy. Streams have no dead letters, whatever a policy says.
    pub(super) fn dead_letter(&self, queue: &'a Resource) -> Option<DeadLetter<'a>> {
        let target = Target::queue(queue);
        if target == Target::Queue("stream") {
            return None;
        }
        let policy = self.effective(&queue.address, target);
        let value = |key: &str| {
            let argument = queue.attribute(&format!("arguments.x-{key}")).and_then(Value::as_text);
            argument.or_else(|| setting(policy?, key))
        };
        Some(DeadLetter { exchange: value("dead-letter-exchange")?, key: value("dead-letter-routing-key") })
    }

    /// The exchange that gets what no binding takes. `declared` is missing for the exchanges that the broker makes itself.
    pub(super) fn alternate(&self, address: &Address, declared: Option<&'a Resource>) -> Option<&'a str> {
        let argument = declared.and_then(|exchange| exchange.attribute("arguments.alternate-exchange")?.as_text());
        argument.or_else(|| setting(self.effective(address, Target::Exchange)?, "alternate-exchange"))
    }
}

fn setting<'a>(policy: &'a Resource, key: &str) -> Option<&'a str> {
    policy.attribute("definition")?.as_map()?.get(key)?.as_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Address;

    fn policy(name: &str, pattern: &str, apply_to: &str, priority: i64) -> Resource {
        let address = Address::new("jobs", kinds::POLICY, name);
        Resource::new(address).with("pattern", pattern).with("apply_to", apply_to).with("priority", priority)
    }

    fn queue(name: &str, kind: &str) -> Resource {
        Resource::new(Address::new("jobs", kinds::QUEUE, name)).with("type", kind)
    }

    fn names(policies: &[Resource], address: &Address, target: Target<'_>) -> Vec<String> {
        Policies::new(policies).matching(address, target).iter().map(|policy| policy.address.name.clone()).collect()
    }

    #[test]
    fn the_highest_priority_of_those_that_match_applies() {
        let all = [
            policy("exact", r"^mail\.eu$", "queues", 2),
            policy("prefix", "^mail", "all", 5),
            policy("anywhere", "eu", "streams", 9),
            policy("broken", "(", "all", 99),
        ];
        let policies = Policies::new(&all);
        let applies = |queue: &Resource| {
            policies.effective(&queue.address, Target::queue(queue)).map(|policy| policy.address.name.as_str())
        };
        assert_eq!(applies(&queue("mail.eu", "quorum")), Some("prefix"));
        assert_eq!(applies(&queue("mail.eu", "stream")), Some("anywhere"));
        assert_eq!(applies(&queue("other", "classic")), None);
        let exchange = Address::new("jobs", kinds::EXCHANGE, "mail.eu");
        assert_eq!(names(&all, &exchange, Target::Exchange), ["prefix"]);
    }

    #[test]
    fn another_virtual_host_has_policies_of_its_own() {
        let all = [policy("here", "^q$", "all", 0)];
        let [here, elsewhere] = ["/", "shop"].map(|vhost| Address::in_vhost("jobs", vhost, kinds::QUEUE, "q"));
        assert_eq!(names(&all, &here, Target::Queue("classic")), ["here"]);
        assert!(names(&all, &elsewhere, Target::Queue("classic")).is_empty());
    }

    #[test]
    fn only_a_pattern_of_plain_characters_is_one_name() {
        assert_eq!(exact_name(r"^mail\.eu\[1\]$").as_deref(), Some("mail.eu[1]"));
        assert_eq!(exact_name("^📮$").as_deref(), Some("📮"));
        for pattern in ["mail", "^mail", "mail$", "^ma.l$", "^a|b$", r"^\d$", r"^a\$", "^a{2}$", "^(a)$", "^a*$"] {
            assert_eq!(exact_name(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn dead_letters_and_alternates_come_from_arguments_before_policies() {
        let all = [Resource::new(Address::new("jobs", kinds::POLICY, "all"))
            .with("pattern", "")
            .with("apply_to", "all")
            .with("priority", 0_i64)
            .with("definition", map(&[("dead-letter-exchange", "by-policy"), ("alternate-exchange", "rest")]))];
        let policies = Policies::new(&all);
        let by_policy = queue("q", "quorum");
        let own = queue("q", "classic")
            .with("arguments.x-dead-letter-exchange", "")
            .with("arguments.x-dead-letter-routing-key", "k");
        let found = |queue| policies.dead_letter(queue).map(|found| (found.exchange, found.key));
        assert_eq!(found(&by_policy), Some(("by-policy", None)));
        assert_eq!(found(&own), Some(("", Some("k"))));
        assert_eq!(found(&queue("q", "stream")), None);
        let exchange = Resource::new(Address::new("jobs", kinds::EXCHANGE, "e"));
        assert_eq!(policies.alternate(&exchange.address, Some(&exchange)), Some("rest"));
        let exchange = exchange.with("arguments.alternate-exchange", "own");
        assert_eq!(policies.alternate(&exchange.address, Some(&exchange)), Some("own"));
        assert_eq!(policies.alternate(&Address::new("jobs", kinds::EXCHANGE, "amq.topic"), None), Some("rest"));
    }

    fn map(entries: &[(&str, &str)]) -> Value {
        Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect())
    }
}
