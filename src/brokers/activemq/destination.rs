//! Names of queues and topics as one text, `queue/invoices` or `topic/prices.>`, and which of them a pattern means.
//!
//! Read from the broker's own filters and its `DestinationMap` at 5.18.3 and 6.1.8, which do not differ here.

use std::cmp::Ordering;
use std::fmt;

/// Stands for exactly one segment of a name.
const ANY_ONE: &str = "*";
/// At the end, for any number of segments, none included.
const ANY_MORE: &str = ">";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DestinationType {
    Queue,
    Topic,
}

/// A queue or topic, or a pattern of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Destination<'a> {
    pub(super) kind: DestinationType,
    pub(super) name: &'a str,
}

impl DestinationType {
    /// In addresses, in the spec and in the broker's configuration.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Topic => "topic",
        }
    }
}

impl<'a> Destination<'a> {
    pub(super) fn queue(name: &'a str) -> Self {
        Self { kind: DestinationType::Queue, name }
    }

    pub(super) fn topic(name: &'a str) -> Self {
        Self { kind: DestinationType::Topic, name }
    }

    /// `queue/NAME` or `topic/NAME`; a name may have slashes of its own.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        match text.split_once('/')? {
            ("queue", name) => Some(Self::queue(name)),
            ("topic", name) => Some(Self::topic(name)),
            _ => None,
        }
    }

    pub(super) fn is_pattern(self) -> bool {
        self.name.contains(['*', '>'])
    }

    /// Whether the wildcards in it, if any, are where the broker takes them for wildcards.
    pub(super) fn is_sound(self) -> bool {
        let mut segments = self.name.split('.').rev();
        let last = segments.next().unwrap_or_default();
        let plain = |segment: &str| segment == ANY_ONE || !segment.contains(['*', '>']);
        (last == ANY_MORE || plain(last)) && segments.all(plain)
    }

    /// Whether this pattern, or plain name, means the other.
    pub(super) fn matches(self, other: Destination<'_>) -> bool {
        if self.kind != other.kind {
            return false;
        }
        let (own, path): (Vec<&str>, Vec<&str>) = (self.name.split('.').collect(), other.name.split('.').collect());
        if own.last() == Some(&ANY_MORE) {
            let kept = own.iter().rposition(|segment| *segment != ANY_MORE).map_or(0, |last| last + 1);
            let prefix = &own[..kept];
            let same = |(own, path): (&&str, &&str)| *own == ANY_ONE || *path == ANY_ONE || own == path;
            return path.len() >= prefix.len() && prefix.iter().zip(&path).all(same);
        }
        if own.contains(&ANY_ONE) {
            return own.len() == path.len() && own.iter().zip(&path).all(|(own, path)| *own == ANY_ONE || own == path);
        }
        own == path
    }

    /// Which of several patterns of one destination the broker takes first: the narrower one, else by name.
    fn precedence(self, other: Destination<'_>) -> Ordering {
        if self.name == other.name {
            Ordering::Equal
        } else if self.is_pattern() && self.matches(other) {
            Ordering::Greater
        } else if other.is_pattern() && other.matches(self) {
            Ordering::Less
        } else {
            self.name.cmp(other.name)
        }
    }
}

impl fmt::Display for Destination<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind.noun(), self.name)
    }
}

/// The one entry that the broker applies to a destination: never two, not even in part.
pub(super) fn winner<'p, T>(
    destination: Destination<'_>,
    entries: impl IntoIterator<Item = (Destination<'p>, T)>,
) -> Option<(Destination<'p>, T)> {
    let matching = entries.into_iter().filter(|(pattern, _)| pattern.matches(destination));
    matching.min_by(|(left, _), (right, _)| {
        let is_exact = |one: &Destination<'_>| *one == destination;
        is_exact(right).cmp(&is_exact(left)).then_with(|| left.precedence(*right))
    })
}

/// A queue that clients of a virtual topic read from, `Consumer.billing.VirtualTopic.prices`: whose it is, and the
/// topic. The broker itself makes every topic below `VirtualTopic` such a one.
pub(super) fn virtual_consumer(queue: &str) -> Option<(&str, &str)> {
    let (group, topic) = queue.strip_prefix("Consumer.")?.split_once('.')?;
    topic.starts_with("VirtualTopic.").then_some((group, topic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Destination::queue(pattern).matches(Destination::queue(name))
    }

    #[test]
    fn patterns_mean_what_they_mean_to_the_broker() {
        for (pattern, name) in [
            (">", "a"),
            (">", "a.b.c"),
            ("a.>", "a.b.c"),
            ("a.>", "a"),
            ("a.>.>", "a.b"),
            ("*.b", "a.b"),
            ("a.*.c", "a.b.c"),
            ("a.*.>", "a.b.c.d"),
            ("a.b", "a.b"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("a.>", "ab"), ("*", "a.b"), ("*.b", "a.c"), ("a.*", "a"), ("a.>.c", "a.b.c"), ("a.b", "a.b.c")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
        assert!(!Destination::topic(">").matches(Destination::queue("a")));
    }

    #[test]
    fn one_entry_applies_the_exact_one_or_the_narrowest() {
        let won = |name: &str, patterns: &[&'static str]| {
            let entries = patterns.iter().map(|pattern| (Destination::queue(pattern), ()));
            winner(Destination::queue(name), entries).map(|(pattern, ())| pattern.name)
        };
        assert_eq!(won("a.b.c", &[">", "a.>", "a.b.>"]), Some("a.b.>"));
        assert_eq!(won("a.b.c", &["a.b.>", "a.b.c", ">"]), Some("a.b.c"));
        assert_eq!(won("a.b.c", &["a.*.c", "a.b.*"]), Some("a.*.c"));
        assert_eq!(won("x", &["a.>"]), None);
    }

    #[test]
    fn wildcards_stand_for_whole_segments_and_the_last_one_for_more() {
        for name in ["a", "a.*", "*.a.>", ">", "a.b"] {
            assert!(Destination::queue(name).is_sound(), "{name}");
        }
        for name in ["a*", "a.>.b", "a.b>", "**", ">>"] {
            assert!(!Destination::queue(name).is_sound(), "{name}");
        }
    }

    #[test]
    fn a_slash_divides_only_once() {
        assert_eq!(Destination::parse("queue/a/b"), Some(Destination::queue("a/b")));
        assert_eq!(Destination::parse("invoices"), None);
        assert_eq!(Destination::parse("exchange/a"), None);
        assert_eq!(virtual_consumer("Consumer.billing.VirtualTopic.prices"), Some(("billing", "VirtualTopic.prices")));
        assert_eq!(virtual_consumer("Consumer.billing"), None);
    }
}
