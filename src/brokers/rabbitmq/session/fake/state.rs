//! What the fake holds, and what a broker makes of a wish for something: the rules of declarations.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// Everything in it, as an export would show it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    /// By list and identity.
    pub(super) documents: BTreeMap<(&'static str, String), Json>,
    /// By virtual host and queue.
    pub(super) messages: BTreeMap<(String, String), u64>,
}

/// The lists of an export, in the order in which an import takes them.
pub(super) const LISTS: &[&str] = &[
    "users",
    "vhosts",
    "permissions",
    "topic_permissions",
    "parameters",
    "policies",
    "queues",
    "exchanges",
    "bindings",
];
/// Why something is not made.
pub(super) enum No {
    /// It is there and other: an import says nothing.
    Conflict(String),
    /// An end of a binding is missing: an import says nothing.
    EndMissing,
    Refused(String),
}

impl State {
    pub(super) fn insert(&mut self, list: &'static str, item: Json) {
        self.documents.insert((list, identity(list, &item)), item);
    }

    pub(super) fn has(&self, list: &'static str, identity: &str) -> bool {
        self.documents.contains_key(&(list, identity.to_owned()))
    }

    pub(super) fn list(&self, list: &'static str) -> impl Iterator<Item = (&String, &Json)> {
        self.documents.iter().filter(move |((own, _), _)| *own == list).map(|((_, identity), item)| (identity, item))
    }

    pub(super) fn export(&self) -> Json {
        let mut whole = json!({});
        for list in LISTS {
            let shown = self.list(list).filter(|(_, item)| *list != "exchanges" || item["internal"] != true);
            whole[*list] = shown.map(|(_, item)| item.clone()).collect();
        }
        whole
    }

    pub(super) fn exchanges(&self) -> Json {
        self.list("exchanges").map(|(_, item)| item.clone()).collect()
    }

    pub(super) fn kind(&self, vhost: &str, queue: &str) -> &str {
        let found = self.documents.get(&("queues", joined(&[vhost, queue])));
        found.and_then(|queue| queue["arguments"]["x-queue-type"].as_str()).unwrap_or("classic")
    }

    pub(super) fn held(&self, vhost: &str, queue: &str) -> u64 {
        self.messages.get(&(vhost.to_owned(), queue.to_owned())).copied().unwrap_or(0)
    }

    /// The totals lag: they show nothing yet.
    pub(super) fn totals(&self, vhost: &str) -> Json {
        let own = self.list("queues").filter(|(_, queue)| text(queue, "vhost") == vhost);
        let shown = own.map(|(_, queue)| {
            let name = text(queue, "name");
            json!({ "name": name, "type": self.kind(vhost, name), "messages": 0, "messages_unacknowledged": 0 })
        });
        shown.collect()
    }

    pub(super) fn running(&self) -> Json {
        let shown = self.list("queues").map(|(_, queue)| {
            let kind = queue["arguments"]["x-queue-type"].as_str().unwrap_or("classic");
            json!({ "vhost": queue["vhost"], "name": queue["name"], "type": kind, "state": "running", "leader": "n" })
        });
        shown.collect()
    }

    pub(super) fn put(&mut self, list: &'static str, mut item: Json) -> Result<(), No> {
        if let Some(vhost) = item.get("vhost").and_then(Json::as_str)
            && !self.has("vhosts", vhost)
        {
            return Err(No::Refused(format!("vhost_not_found: {vhost}")));
        }
        let own = identity(list, &item);
        match list {
            "vhosts" => {
                // An import takes the default queue type out of the metadata, and from nowhere else.
                let given = item.get("metadata").unwrap_or(&item);
                let tags = if given["tags"].is_null() { json!([]) } else { given["tags"].clone() };
                let mut metadata = json!({ "description": text(given, "description"), "tags": tags });
                metadata["default_queue_type"] = given.get("default_queue_type").cloned().unwrap_or(json!("classic"));
                // Who makes one may do everything in it.
                if !self.has(list, &own) {
                    let all = json!({ "user": "mqlab", "vhost": item["name"], "configure": ".*", "write": ".*", "read": ".*" });
                    self.insert("permissions", all);
                }
                item = json!({ "name": item["name"], "metadata": metadata });
            }
            "users" => {
                let before = self.documents.get(&(list, own)).map(|user| user["limits"].clone());
                if item["limits"].as_object().is_none_or(serde_json::Map::is_empty) {
                    item["limits"] = before.unwrap_or_else(|| json!({}));
                }
            }
            "permissions" | "topic_permissions" if !self.has("users", text(&item, "user")) => {
                return Err(No::Refused(format!("no_such_user: {}", text(&item, "user"))));
            }
            "policies" if item["definition"].as_object().is_none_or(serde_json::Map::is_empty) => {
                return Err(No::Refused("Validation failed: no policy".to_owned()));
            }
            "exchanges" | "queues" => {
                if let Some(found) = self.documents.get(&(list, own))
                    && *found != item
                {
                    return Err(No::Conflict(format!("inequivalent arg for {list} {}", text(&item, "name"))));
                }
            }
            "bindings" => {
                let vhost = text(&item, "vhost");
                let target = if text(&item, "destination_type") == "exchange" { "exchanges" } else { "queues" };
                if !self.has_exchange(vhost, text(&item, "source"))
                    || !self.has(target, &joined(&[vhost, text(&item, "destination")]))
                {
                    return Err(No::EndMissing);
                }
            }
            _ => {}
        }
        self.insert(list, item);
        Ok(())
    }

    fn has_exchange(&self, vhost: &str, name: &str) -> bool {
        name.starts_with("amq.") || self.has("exchanges", &joined(&[vhost, name]))
    }

    pub(super) fn remove(&mut self, list: &'static str, own: &str) {
        let Some(item) = self.documents.remove(&(list, own.to_owned())) else { return };
        let (vhost, name) = (text(&item, "vhost"), text(&item, "name"));
        match list {
            "vhosts" => {
                self.documents.retain(|_, other| text(other, "vhost") != name);
                self.messages.retain(|(vhost, _), _| vhost != name);
            }
            "users" => self.documents.retain(|_, other| text(other, "user") != name),
            "queues" => {
                self.messages.remove(&(vhost.to_owned(), name.to_owned()));
                self.unbind(|binding| is_end(binding, vhost, "queue", name));
            }
            "exchanges" => self.unbind(|binding| {
                is_end(binding, vhost, "exchange", name)
                    || text(binding, "vhost") == vhost && text(binding, "source") == name
            }),
            "bindings" => self.auto_delete(vhost, text(&item, "source")),
            _ => {}
        }
    }

    fn unbind(&mut self, doomed: impl Fn(&Json) -> bool) {
        let gone: Vec<String> =
            self.list("bindings").filter(|(_, item)| doomed(item)).map(|(identity, _)| identity.clone()).collect();
        for identity in gone {
            self.remove("bindings", &identity);
        }
    }

    fn auto_delete(&mut self, vhost: &str, exchange: &str) {
        let own = joined(&[vhost, exchange]);
        let from = |item: &Json| text(item, "vhost") == vhost && text(item, "source") == exchange;
        let is_bound = self.list("bindings").any(|(_, item)| from(item));
        let goes = self.documents.get(&("exchanges", own.clone())).is_some_and(|item| item["auto_delete"] == true);
        if goes && !is_bound {
            self.remove("exchanges", &own);
        }
    }
}

fn is_end(binding: &Json, vhost: &str, kind: &str, name: &str) -> bool {
    text(binding, "vhost") == vhost && text(binding, "destination_type") == kind && text(binding, "destination") == name
}

/// What tells an item of a list from the others.
pub(super) fn identity(list: &str, item: &Json) -> String {
    let arguments = item["arguments"].to_string();
    let keys: &[&str] = match list {
        "permissions" => &["vhost", "user"],
        "topic_permissions" => &["vhost", "user", "exchange"],
        "parameters" => &["vhost", "component", "name"],
        "bindings" => &["vhost", "source", "destination_type", "destination", "routing_key"],
        "vhosts" | "users" => &["name"],
        _ => &["vhost", "name"],
    };
    let mut parts: Vec<&str> = keys.iter().map(|key| text(item, key)).collect();
    if list == "bindings" {
        parts.push(&arguments);
    }
    joined(&parts)
}

pub(super) fn joined(parts: &[&str]) -> String {
    parts.join("\n")
}

pub(super) fn text<'a>(item: &'a Json, key: &str) -> &'a str {
    item.get(key).and_then(Json::as_str).unwrap_or_default()
}
