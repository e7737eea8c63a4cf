//! The attributes that a topic can have besides its type: `TopicAttributes` at 5.5.0.
//!
//! `reserve.time` is not among them: only a tiered store takes it.

/// One attribute. None of these can be changed once the topic exists.
#[derive(Debug)]
pub(super) struct TopicAttribute {
    pub name: &'static str,
    pub choices: &'static [&'static str],
    pub default: &'static str,
}

/// The attribute that `message_type` stands for.
pub(super) const MESSAGE_TYPE: &str = "message.type";

pub(super) const ALL: &[TopicAttribute] = &[
    TopicAttribute { name: "cleanup.policy", choices: &["DELETE", "COMPACTION"], default: "DELETE" },
    TopicAttribute { name: "queue.type", choices: &["SimpleCQ", "BatchCQ"], default: "SimpleCQ" },
];

pub(super) fn find(name: &str) -> Option<&'static TopicAttribute> {
    ALL.iter().find(|attribute| attribute.name == name)
}
