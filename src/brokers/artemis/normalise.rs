//! Answers of the management API as resources.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::kinds::{self, address};
use super::requests::Kept;
use super::settings;
use super::spec::PERMISSIONS;
use super::topology::set_of;
use crate::model::{Address, Resource, Secret, Value};

/// What one node answered.
#[derive(Default)]
pub(super) struct Answers {
    /// By bean, the attributes of [`ADDRESS_ATTRIBUTES`].
    pub(super) addresses: Json,
    /// What `listQueues` says, as text.
    pub(super) queues: Json,
    /// By bean, the attributes of [`DIVERT_ATTRIBUTES`].
    pub(super) diverts: Json,
    /// A list of names and roles, as text.
    pub(super) users: Json,
    pub(super) settings: BTreeMap<String, Effective>,
    pub(super) security: BTreeMap<String, Effective>,
    /// Of the wanted users, whether the wanted password opens the door.
    pub(super) logins: BTreeMap<String, bool>,
}

/// What holds for a match, and what would without it: documents as text. The broker has no list of its entries.
#[derive(Default)]
pub(super) struct Effective {
    pub(super) inside: Json,
    pub(super) beside: Vec<Json>,
}

pub(super) const ADDRESS_ATTRIBUTES: &[&str] = &["Address", "RoutingTypes", "Internal", "Temporary"];
pub(super) const DIVERT_ATTRIBUTES: &[&str] =
    &["UniqueName", "Address", "ForwardingAddress", "Exclusive", "Filter", "RoutingType", "RetroactiveResource"];

type Wanted<'a> = BTreeMap<&'a Address, &'a Resource>;

/// Everything of one node. `wanted` decides about matches and passwords, which the broker does not list.
pub(super) fn resources(broker: &str, answers: &Answers, wanted: &[Resource]) -> Vec<Resource> {
    let wanted: &Wanted<'_> = &wanted.iter().map(|one| (&one.address, one)).collect();
    let mut all: Vec<Resource> = users(broker, answers, wanted);
    all.extend(matches(broker, kinds::SECURITY_SETTING, &answers.security, wanted, permissions));
    all.extend(matches(broker, kinds::ADDRESS_SETTING, &answers.settings, wanted, address_settings));
    all.extend(beans(&answers.addresses).filter_map(|bean| read_address(broker, bean)));
    all.extend(listed(&answers.queues).iter().filter_map(|queue| read_queue(broker, queue, wanted)));
    all.extend(beans(&answers.diverts).filter_map(|bean| read_divert(broker, bean)));
    all.sort_by(|left, right| left.address.cmp(&right.address));
    all
}

/// Of a wanted match, what was set there by others: it is written again with the rest. Without what wider matches say.
pub(super) fn kept(effective: &Effective) -> Kept {
    let inherited: Vec<Map<String, Json>> = effective.beside.iter().map(document).collect();
    let own = document(&effective.inside).into_iter();
    own.filter(|(key, value)| inherited.iter().all(|wider| wider.get(key) != Some(value))).collect()
}

/// One picture of several nodes: what is wanted is there only if every node has it, and has an attribute that differs
/// if one node has.
pub(super) fn merge(nodes: Vec<Vec<Resource>>, wanted: &[Resource]) -> Vec<Resource> {
    let count = nodes.len();
    let wanted: Wanted<'_> = wanted.iter().map(|one| (&one.address, one)).collect();
    let mut by_address: BTreeMap<Address, Vec<Resource>> = BTreeMap::new();
    for resource in nodes.into_iter().flatten() {
        by_address.entry(resource.address.clone()).or_default().push(resource);
    }
    let merged = by_address.into_iter().filter_map(|(address, versions)| {
        let wanted = wanted.get(&address);
        let is_whole = wanted.is_none() || versions.len() == count;
        is_whole.then(|| merge_versions(versions, wanted.copied())).flatten()
    });
    merged.collect()
}

fn merge_versions(versions: Vec<Resource>, wanted: Option<&Resource>) -> Option<Resource> {
    let mut versions = versions.into_iter();
    let mut merged = versions.next()?;
    for other in versions {
        let attributes: Vec<String> = merged.attributes.keys().chain(other.attributes.keys()).cloned().collect();
        for attribute in attributes {
            let want = wanted.and_then(|wanted| wanted.attribute(&attribute));
            let (first, second) = (merged.attribute(&attribute), other.attribute(&attribute));
            if first != second && want.is_some() && first == want {
                match second.cloned() {
                    Some(second) => drop(merged.attributes.insert(attribute, second)),
                    None => drop(merged.attributes.remove(&attribute)),
                }
            }
        }
    }
    Some(merged)
}

fn beans(answer: &Json) -> impl Iterator<Item = &Json> {
    answer.as_object().into_iter().flat_map(Map::values)
}

fn text<'a>(bean: &'a Json, attribute: &str) -> Option<&'a str> {
    bean.get(attribute).and_then(Json::as_str)
}

fn is(bean: &Json, attribute: &str) -> bool {
    bean.get(attribute).and_then(Json::as_bool).unwrap_or(false)
}

/// A document that came as text, empty for anything else.
fn document(text: &Json) -> Map<String, Json> {
    text.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn list(text: &Json) -> Vec<Json> {
    text.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Names of users, with their roles; a user without any has one without a name.
pub(super) fn user_names(users: &Json) -> Vec<String> {
    list(users).iter().filter_map(|user| text(user, "username").map(ToOwned::to_owned)).collect()
}

fn users(broker: &str, answers: &Answers, wanted: &Wanted<'_>) -> Vec<Resource> {
    let read = |user: &Json| {
        let name = text(user, "username")?;
        let roles = user.get("roles").and_then(Json::as_array).into_iter().flatten();
        let mut resource =
            Resource::new(address(broker, kinds::USER, name)).with("roles", set_of(roles.filter_map(Json::as_str)));
        let wanted = wanted.get(&resource.address);
        // The wanted one if it is right, another if it is not: see the rule.
        let password = match answers.logins.get(name) {
            Some(true) => wanted.and_then(|wanted| wanted.attribute("password")).cloned(),
            Some(false) => Some(Value::Secret(Secret::new(""))),
            None => None,
        };
        resource.attributes.extend(password.map(|password| ("password".to_owned(), password)));
        Some(resource)
    };
    list(&answers.users).iter().filter_map(read).collect()
}

/// Matches that somebody set, as far as anybody asked: they say something that wider ones do not, or exactly what is
/// wanted.
fn matches(
    broker: &str,
    kind: &str,
    found: &BTreeMap<String, Effective>,
    wanted: &Wanted<'_>,
    read: fn(&Json) -> BTreeMap<String, Value>,
) -> Vec<Resource> {
    let mut all = Vec::new();
    for (pattern, effective) in found {
        let address = address(broker, kind, pattern);
        let wanted = wanted.get(&address);
        let inside = read(&effective.inside);
        let beside: Vec<BTreeMap<String, Value>> = effective.beside.iter().map(read).collect();
        let is_wanted = |name: &str| wanted.is_some_and(|wanted| wanted.attribute(name).is_some());
        let own = |name: &str, value: &Value| beside.iter().all(|wider| wider.get(name) != Some(value));
        // A setting that is inherited is nobody's own; of permissions the best match has them all, and those that it
        // leaves out nobody has.
        let is_permissions = kind == kinds::SECURITY_SETTING;
        let withholds = |wider: &BTreeMap<String, Value>| wider.keys().any(|name| !inside.contains_key(name));
        let says_something =
            inside.iter().any(|(name, value)| own(name, value)) || (is_permissions && beside.iter().all(withholds));
        let holds = wanted.is_some_and(|wanted| {
            wanted.attributes.iter().all(|(name, value)| inside.get(name).unwrap_or(&Value::Null) == value)
        });
        if !says_something && !holds {
            continue;
        }
        let mut resource = Resource::new(address);
        resource.attributes =
            inside.into_iter().filter(|(name, value)| is_permissions || is_wanted(name) || own(name, value)).collect();
        all.push(resource);
    }
    all
}

fn address_settings(answer: &Json) -> BTreeMap<String, Value> {
    let document = document(answer);
    let read = |field: &crate::spec::Field| {
        let value = document.get(&settings::json_key(field.name)).filter(|value| !value.is_null())?;
        Some((field.name.to_owned(), settings::from_json(field, value)))
    };
    settings::FIELDS.iter().filter_map(read).collect()
}

fn permissions(answer: &Json) -> BTreeMap<String, Value> {
    let roles = list(answer);
    let holders = |permission: &str| {
        set_of(roles.iter().filter(|role| is(role, permission)).filter_map(|role| text(role, "name")))
    };
    let all = PERMISSIONS.iter().map(|(ours, theirs)| ((*ours).to_owned(), holders(theirs)));
    all.filter(|(_, holders)| *holders != Value::List(Vec::new())).collect()
}

/// `both` for the two of them.
fn routing(types: &[&str]) -> String {
    match types {
        [only] => only.to_ascii_lowercase(),
        _ => "both".to_owned(),
    }
}

fn read_address(broker: &str, bean: &Json) -> Option<Resource> {
    let name = text(bean, "Address").filter(|_| !is(bean, "Internal") && !is(bean, "Temporary"))?;
    let types = bean.get("RoutingTypes").and_then(Json::as_array).into_iter().flatten();
    let types: Vec<&str> = types.filter_map(Json::as_str).collect();
    Some(Resource::new(address(broker, kinds::ADDRESS, name)).with("routing", routing(&types)))
}

/// The queues of a page of `listQueues`.
fn listed(answer: &Json) -> Vec<Json> {
    match document(answer).remove("data") {
        Some(Json::Array(queues)) => queues,
        _ => Vec::new(),
    }
}

fn read_queue(broker: &str, queue: &Json, wanted: &Wanted<'_>) -> Option<Resource> {
    let is = |field: &str| text(queue, field) == Some("true");
    let name = text(queue, "name").filter(|_| !is("internalQueue") && !is("temporary"))?;
    let mut resource = Resource::new(address(broker, kinds::QUEUE, name));
    let wanted = wanted.get(&resource.address);
    let is_wanted = |attribute: &str| wanted.is_some_and(|wanted| wanted.attribute(attribute).is_some());
    for (attribute, field, form, default) in QUEUE_READ {
        let said = text(queue, field).filter(|said| !said.is_empty());
        let value = said.filter(|said| said != default || is_wanted(attribute)).and_then(|said| form.read(said));
        resource.attributes.extend(value.map(|value| ((*attribute).to_owned(), value)));
    }
    if let Some(of) = text(queue, "address") {
        resource = resource.needing(address(broker, kinds::ADDRESS, of));
    }
    let routing = text(queue, "routingType").unwrap_or_default().to_ascii_lowercase();
    Some(resource.with("routing", routing))
}

/// What a text in the list of queues stands for. An empty one stands for nothing.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Flag,
    Number,
}

impl Form {
    fn read(self, said: &str) -> Option<Value> {
        match self {
            Self::Text => Some(Value::text(said)),
            Self::Flag => said.parse().ok().map(Value::Bool),
            Self::Number => said.parse::<i64>().ok().map(Value::from),
        }
    }
}

/// Attributes, the fields of the list, and the broker's own default: nobody set that.
const QUEUE_READ: &[(&str, &str, Form, &str)] = &[
    ("address", "address", Form::Text, ""),
    ("filter", "filter", Form::Text, ""),
    ("durable", "durable", Form::Flag, ""),
    ("max_consumers", "maxConsumers", Form::Number, "-1"),
    ("exclusive", "exclusive", Form::Flag, "false"),
    ("last_value_key", "lastValueKey", Form::Text, ""),
    ("ring_size", "ringSize", Form::Number, "-1"),
    ("purge_on_no_consumers", "purgeOnNoConsumers", Form::Flag, "false"),
    ("enabled", "enabled", Form::Flag, "true"),
    ("consumers_before_dispatch", "consumersBeforeDispatch", Form::Number, "0"),
    ("delay_before_dispatch", "delayBeforeDispatch", Form::Number, "-1"),
    ("group_rebalance", "groupRebalance", Form::Flag, "false"),
    ("group_buckets", "groupBuckets", Form::Number, "-1"),
    ("group_first_key", "groupFirstKey", Form::Text, ""),
];

fn read_divert(broker: &str, bean: &Json) -> Option<Resource> {
    let name = text(bean, "UniqueName").filter(|_| !is(bean, "RetroactiveResource"))?;
    let (from, to) = (text(bean, "Address")?, text(bean, "ForwardingAddress")?);
    let filter = bean.get("Filter").cloned().unwrap_or_default();
    Some(
        Resource::new(address(broker, kinds::DIVERT, name))
            .needing(address(broker, kinds::ADDRESS, from))
            .with("address", from)
            .with("forward_to", to)
            .with("exclusive", is(bean, "Exclusive"))
            .with("filter", Value::from(filter))
            .with("routing", text(bean, "RoutingType").unwrap_or_default().to_ascii_lowercase()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::broker;
    use super::super::topology::topology;
    use super::*;

    /// What a 2.56.0 with `examples/artemis.yaml` answered, and an address that was made by hand.
    fn recorded() -> Answers {
        let text = include_str!("../../../tests/fixtures/artemis/observed.json");
        let recorded: Json = serde_json::from_str(text).unwrap();
        let effective = |kind: &str, pattern: &str, beside: Vec<Json>| {
            (pattern.to_owned(), Effective { inside: recorded[kind][pattern].clone(), beside })
        };
        let wide = |kind: &str| vec![recorded[kind]["#"].clone()];
        Answers {
            addresses: recorded["addresses"].clone(),
            queues: recorded["queues"].clone(),
            diverts: recorded["diverts"].clone(),
            users: recorded["users"].clone(),
            settings: [effective("settings", "#", Vec::new()), effective("settings", "invoices.#", wide("settings"))]
                .into(),
            security: [
                effective("security", "invoices.#", wide("security")),
                effective("security", "prices.#", wide("security")),
            ]
            .into(),
            logins: [("shop".to_owned(), true), ("billing".to_owned(), false)].into(),
        }
    }

    fn example() -> Vec<Resource> {
        let text = include_str!("../../../examples/artemis.yaml").replace("${env:SHOP_PASSWORD:-shop}", "shop");
        let whole: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        topology(&broker(&serde_yaml::to_string(&whole["brokers"]["art"]).unwrap()))
    }

    #[test]
    fn what_was_made_from_the_file_is_what_the_file_says() {
        let wanted = example();
        let found = resources("art", &recorded(), &wanted);
        for wanted in &wanted {
            let found = found.iter().find(|found| found.address == wanted.address);
            let found = found.unwrap_or_else(|| panic!("{} is not there", wanted.address));
            for (name, value) in &wanted.attributes {
                let is_wrong_password = wanted.address.name == "billing" && name == "password";
                let same = found.attribute(name).unwrap_or(&Value::Null) == value;
                assert_eq!(same, !is_wrong_password, "{} {name}: {:?}", wanted.address, found.attribute(name));
            }
        }
    }

    #[test]
    fn the_brokers_own_objects_are_told_apart_by_their_names() {
        let found = resources("art", &recorded(), &example());
        let rules = |one: &Resource| kinds::KINDS.iter().find(|rules| rules.kind == one.address.kind).unwrap();
        let strangers = found.iter().filter(|one| {
            !(rules(one).protected)(&one.address) && !example().iter().any(|wanted| wanted.address == one.address)
        });
        let names: Vec<&str> = strangers.map(|one| one.address.name.as_str()).collect();
        assert_eq!(names, ["by.hand"]);
        let latest = found.iter().find(|one| one.address.name == "prices.latest").unwrap();
        assert!(latest.attribute("ring_size").is_none(), "nobody set it");
    }

    #[test]
    fn a_match_is_there_if_it_says_something_or_what_is_wanted_holds() {
        let text = |document: &str| Json::String(document.to_owned());
        let wide = text(r#"{"maxDeliveryAttempts":10,"expiryAddress":"ExpiryQueue"}"#);
        let found = |inside: &str, spec: &str| {
            let effective = Effective { inside: text(inside), beside: vec![wide.clone()] };
            let answers = Answers { settings: [("a.#".to_owned(), effective)].into(), ..Answers::default() };
            let wanted = topology(&broker(&format!("address_settings: {{ a.#: {spec} }}")));
            resources("art", &answers, &wanted).pop().map(|found| found.attributes)
        };
        let inherited = r#"{"maxDeliveryAttempts":10,"expiryAddress":"ExpiryQueue"}"#;
        assert_eq!(found(inherited, "{ max_delivery_attempts: 5 }"), None);
        assert!(found(inherited, "{ max_delivery_attempts: 10 }").is_some());
        let own = found(r#"{"maxDeliveryAttempts":3,"expiryAddress":"ExpiryQueue"}"#, "{}").unwrap();
        assert_eq!(own.into_keys().collect::<Vec<_>>(), ["max_delivery_attempts"]);
    }

    /// Once such a match is out of the file, it still keeps everybody away.
    #[test]
    fn a_match_that_lets_nobody_do_anything_is_there() {
        let text = |document: &str| Json::String(document.to_owned());
        let wide = text(r#"[{"name":"amq","send":true,"consume":true}]"#);
        let found = |inside: &str| {
            let effective = Effective { inside: text(inside), beside: vec![wide.clone()] };
            let answers = Answers { security: [("a.#".to_owned(), effective)].into(), ..Answers::default() };
            resources("art", &answers, &[]).pop().map(|found| found.attributes.into_keys().collect::<Vec<_>>())
        };
        assert_eq!(found("[]"), Some(Vec::new()));
        assert_eq!(found(r#"[{"name":"amq","send":true}]"#), Some(vec!["send".to_owned()]));
        assert_eq!(found(r#"[{"name":"amq","send":true,"consume":true}]"#), None);
    }

    #[test]
    fn what_others_set_is_kept_and_what_is_inherited_is_not() {
        let text = |document: &str| Json::String(document.to_owned());
        let effective = Effective {
            inside: text(r#"{"maxDeliveryAttempts":3,"redeliveryDelay":7,"expiryAddress":"E"}"#),
            beside: vec![text(r#"{"redeliveryDelay":9}"#), text(r#"{"expiryAddress":"E"}"#)],
        };
        assert_eq!(kept(&effective).into_keys().collect::<Vec<_>>(), ["maxDeliveryAttempts", "redeliveryDelay"]);
    }

    #[test]
    fn what_one_node_lacks_is_not_there_and_what_one_node_has_otherwise_differs() {
        let wanted = topology(&broker("addresses: { a: { routing: anycast } }"));
        let other = topology(&broker("addresses: { a: { routing: multicast } }"));
        let hand = topology(&broker("addresses: { z: { routing: multicast } }"));
        let routing = |nodes: Vec<Vec<Resource>>| {
            let merged = merge(nodes, &wanted);
            merged
                .iter()
                .find(|one| one.address.kind == kinds::ADDRESS)
                .and_then(|one| one.attribute("routing").cloned())
        };
        assert_eq!(routing(vec![wanted.clone(), wanted.clone()]), Some("anycast".into()));
        assert_eq!(routing(vec![wanted.clone(), other.clone()]), Some("multicast".into()));
        assert_eq!(routing(vec![other, wanted.clone()]), Some("multicast".into()));
        assert_eq!(routing(vec![wanted.clone(), Vec::new()]), None);
        assert_eq!(merge(vec![hand, Vec::new()], &wanted).len(), 1, "what nobody wants is listed all the same");
    }
}
