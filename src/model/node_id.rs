//! Which container of a broker: `1`, or with a role `namesrv-1`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A container among those of its broker. Containers of one role are numbered from 1; the broker's own nodes have
/// no role, helpers such as a name server have one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    pub role: Cow<'static, str>,
    pub number: u32,
}

impl NodeId {
    /// One of the broker's own nodes.
    pub const fn node(number: u32) -> Self {
        Self { role: Cow::Borrowed(""), number }
    }

    /// A helper beside the nodes.
    pub const fn helper(role: &'static str, number: u32) -> Self {
        Self { role: Cow::Borrowed(role), number }
    }

    /// Where it stands among those of its role, from 0.
    pub fn index(&self) -> usize {
        self.number.saturating_sub(1) as usize
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.role.is_empty() {
            write!(formatter, "{}", self.number)
        } else {
            write!(formatter, "{}-{}", self.role, self.number)
        }
    }
}

/// The text is not a node's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANode;

impl FromStr for NodeId {
    type Err = NotANode;

    fn from_str(text: &str) -> Result<Self, NotANode> {
        let (role, number) = text.rsplit_once('-').unwrap_or(("", text));
        let number = number.parse().map_err(|_| NotANode)?;
        Ok(Self { role: Cow::Owned(role.to_owned()), number })
    }
}

impl Serialize for NodeId {
    /// As a label has it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_read_back_as_itself() {
        for id in [NodeId::node(1), NodeId::node(12), NodeId::helper("namesrv", 2)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for text in ["", "-", "x", "namesrv-", "1-data"] {
            assert_eq!(text.parse::<NodeId>(), Err(NotANode), "{text}");
        }
    }

    #[test]
    fn nodes_come_before_helpers() {
        assert!(NodeId::node(7) < NodeId::helper("namesrv", 1));
    }
}
