//! What a change of an attribute means: data that each broker gives and only `plan::diff` reads.

use super::{Address, Facts, Value};

/// The rules for one kind of resource.
#[derive(Clone, Copy, Debug)]
pub struct KindRules {
    /// The segment in addresses: `topic`, `queue`, …
    pub kind: &'static str,
    /// Plural, as the user reads it in the spec and on the site: `topics`.
    pub plural: &'static str,
    pub attributes: &'static [AttributeRule],
    /// Names that belong to the broker itself and are never touched or listed.
    pub protected: fn(&Address) -> bool,
    /// Whether deleting one may lose messages or data (everything but a binding, by default).
    pub holds_data: bool,
    /// Whether an app may name one under `produces`.
    pub produce: bool,
    /// Whether an app may name one under `consumes`.
    pub consume: bool,
    pub home: Home,
}

/// Where the objects of a kind live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the broker, which is asked for them.
    Broker,
    /// In a file of the container. They take effect with it, so they are compared with what it was made from, and
    /// nobody asks the broker.
    File,
}

/// One attribute, or a group of them when the name ends in `.*`.
#[derive(Clone, Copy, Debug)]
pub struct AttributeRule {
    pub name: &'static str,
    pub rule: Rule,
    /// One sentence for the site and the reference: what it means to the broker.
    pub doc: &'static str,
}

/// A pure function of the change: what the broker can do about it.
pub type Rule = fn(&Change<'_>) -> Verdict;

/// One attribute that differs, old against new.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub address: &'a Address,
    pub attribute: &'a str,
    /// `Value::Null` when the broker has none.
    pub old: &'a Value,
    /// `Value::Null` when it must be the broker's default.
    pub new: &'a Value,
    pub facts: &'a Facts,
}

/// The answer of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Equal after all, in the broker's own terms.
    Same,
    InPlace,
    /// Only by deleting and creating again; the reason is the broker's.
    Replace {
        reason: String,
    },
    Blocked {
        reason: String,
        way_out: String,
    },
    /// The broker gives nothing to compare with.
    Unknown {
        reason: String,
    },
}

impl KindRules {
    /// The rule of an attribute; an attribute without one is changed in place.
    pub fn rule(&self, attribute: &str) -> Rule {
        self.attribute(attribute).map_or(in_place as Rule, |found| found.rule)
    }

    /// The row of an attribute: an exact name before a group.
    pub fn attribute(&self, attribute: &str) -> Option<&AttributeRule> {
        let exact = self.attributes.iter().find(|candidate| candidate.name == attribute);
        exact.or_else(|| {
            self.attributes
                .iter()
                .find(|candidate| candidate.name.strip_suffix('*').is_some_and(|prefix| attribute.starts_with(prefix)))
        })
    }
}

/// Equal is the same, everything else is changed in place.
pub fn in_place(change: &Change<'_>) -> Verdict {
    if change.old == change.new { Verdict::Same } else { Verdict::InPlace }
}

/// Everything that differs takes a replace.
pub fn replace(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    Verdict::Replace {
        reason: format!("`{}` cannot be changed once the {} exists", change.attribute, change.address.kind),
    }
}

/// A number that the broker can only make larger.
pub fn grow_only(change: &Change<'_>) -> Verdict {
    match (change.old.as_i64(), change.new.as_i64()) {
        (Some(old), Some(new)) if old == new => Verdict::Same,
        (Some(old), Some(new)) if old < new => Verdict::InPlace,
        _ => Verdict::Blocked {
            reason: format!("`{}` can only grow", change.attribute),
            way_out: format!("set `{}: {}`, which is what the broker has", change.attribute, change.old),
        },
    }
}

/// Everything that differs is refused.
pub fn blocked(change: &Change<'_>, reason: &str, way_out: &str) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    Verdict::Blocked { reason: reason.to_owned(), way_out: way_out.to_owned() }
}
