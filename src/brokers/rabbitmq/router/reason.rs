//! The rules that decide a route, and each one's sentence in English.

use crate::brokers::Reason;

impl Reason {
    pub(super) fn new(code: &'static str, values: Vec<(&'static str, String)>) -> Self {
        Self { code, values }
    }

    fn value(&self, place: &str) -> &str {
        self.values.iter().find(|(name, _)| *name == place).map_or("", |(_, value)| value)
    }

    /// What `mqlab trace` says.
    pub(super) fn english(&self) -> String {
        let value = |place| self.value(place);
        let (key, mode) = (value("key"), value("mode"));
        match self.code {
            "missing" => "there is no such exchange: the broker closes the channel".to_owned(),
            "missing_copy" => "there is no such exchange: its copy is dropped".to_owned(),
            "internal" => {
                "internal: only other exchanges may publish here, so the broker refuses the message".to_owned()
            }
            "seen" => "already visited: an exchange sees a message once".to_owned(),
            "dropped" => {
                "no binding takes it and there is no alternate exchange: dropped, or returned if `mandatory`".to_owned()
            }
            "alternate" => format!("no binding takes it: on to the alternate exchange `{}`", value("to")),
            "default_takes" => format!("default exchange: \"{key}\" is the name of a queue"),
            "default_leaves" => {
                format!("default exchange: no queue is named \"{key}\": dropped, or returned if `mandatory`")
            }
            "dead" | "dead_key" => {
                let with = if self.code == "dead" { String::new() } else { format!(" with the routing key \"{key}\"") };
                let to = value("to");
                let shown = if to.is_empty() { "the default exchange".to_owned() } else { format!("`{to}`") };
                format!("if `{}` rejects it, lets it expire or has no room, it goes to {shown}{with}", value("queue"))
            }
            "fanout" => "fanout: every binding takes every message".to_owned(),
            "direct_takes" => format!("direct: the routing key is \"{key}\""),
            "direct_leaves" => format!("direct: \"{key}\" is not \"{}\"", value("pattern")),
            "topic_takes" => format!("topic: \"{}\" matches \"{key}\"", value("pattern")),
            "topic_leaves" => format!("topic: \"{}\" does not match \"{key}\"", value("pattern")),
            "header_found" => format!("headers, {mode}: `{}` is as the binding asks", value("name")),
            "headers_none" => format!("headers, {mode}: none of the binding's headers is there with its value"),
            "headers_free" => format!("headers, {mode}: the binding asks for no header"),
            "headers_all" => format!("headers, {mode}: every header is as the binding asks"),
            "header_missing" => format!("headers, {mode}: the header `{}` is not there", value("name")),
            "header_differs" => {
                let (name, found, wanted) = (value("name"), value("found"), value("wanted"));
                format!("headers, {mode}: the header `{name}` is {found}, not {wanted}")
            }
            _ => format!("`{}` is a plugin's type or picks at random: this cannot be told here", value("type")),
        }
    }
}
