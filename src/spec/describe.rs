//! Shapes and values in the words of a message.

use super::words::list;
use super::{Field, Node, NodeValue, Object, Shape};

/// The outer form of a value, by which [`Shape::Either`] chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Number,
    Bool,
    /// Text, number or boolean.
    Scalar,
    /// Text or number.
    Measure,
    List,
    Map,
    Any,
}

impl Form {
    pub(super) fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Text | Shape::Choice(_) => Self::Text,
            Shape::Bool => Self::Bool,
            Shape::Int { .. } => Self::Number,
            Shape::Scalar => Self::Scalar,
            Shape::Duration | Shape::Size => Self::Measure,
            Shape::List(_) => Self::List,
            Shape::Map { .. } | Shape::Object(_) => Self::Map,
            Shape::Either(_) | Shape::Any => Self::Any,
        }
    }

    pub(super) fn fits(self, node: &Node) -> bool {
        match &node.value {
            NodeValue::Null => self == Self::Any,
            NodeValue::Bool(_) => matches!(self, Self::Bool | Self::Scalar | Self::Any),
            NodeValue::Int(_) | NodeValue::Float(_) => {
                matches!(self, Self::Number | Self::Scalar | Self::Measure | Self::Any)
            }
            NodeValue::Text(_) => matches!(self, Self::Text | Self::Scalar | Self::Measure | Self::Any),
            NodeValue::List(_) => matches!(self, Self::List | Self::Any),
            NodeValue::Map(_) => matches!(self, Self::Map | Self::Any),
        }
    }
}

/// What a shape takes: the end of a sentence that begins with "it takes".
pub(super) fn wanted(shape: &Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Int { least, most } => whole_number(*least, *most),
        Shape::Scalar => "text, a whole number or a boolean".to_owned(),
        Shape::Duration => "a duration such as `30s` or `7d`, or a whole number of milliseconds".to_owned(),
        Shape::Size => "a size such as `512MiB`, or a whole number of bytes".to_owned(),
        Shape::Choice(choices) => list(choices.iter().copied(), "or"),
        Shape::List(_) => "a list".to_owned(),
        Shape::Map { key, .. } => format!("a map with {key} names as its keys"),
        Shape::Object(_) => "a map".to_owned(),
        Shape::Either(shapes) => shapes.iter().map(wanted).collect::<Vec<_>>().join(" or "),
        Shape::Any => "anything".to_owned(),
    }
}

fn whole_number(least: i64, most: i64) -> String {
    match (least, most) {
        (i64::MIN, i64::MAX) => "a whole number".to_owned(),
        (least, i64::MAX) => format!("a whole number, at least {least}"),
        (i64::MIN, most) => format!("a whole number, at most {most}"),
        (least, most) => format!("a whole number from {least} to {most}"),
    }
}

impl Field {
    /// What the user gives names to under this key: the topics of `topics`.
    pub(crate) fn named_object(&self) -> Option<&'static Object> {
        match &self.shape {
            Shape::Map { value: Shape::Object(object), .. } => Some(object),
            _ => None,
        }
    }
}
