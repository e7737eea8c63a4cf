//! Which arguments and policy keys mean time or bytes, so that `7d` and `1MiB` are understood there.

use crate::model::Value;
use crate::spec::{Node, NodeValue};

/// Policy keys and arguments (with or without `x-`) in milliseconds.
const TIMES: &[&str] = &["message-ttl", "expires", "consumer-timeout"];
/// In bytes.
const SIZES: &[&str] = &["max-length-bytes", "stream-max-segment-size-bytes"];

/// The value of an argument or policy key.
pub(super) fn argument_of(key: &str, node: &Node) -> Value {
    let bare = key.strip_prefix("x-").unwrap_or(key);
    let read = if TIMES.contains(&bare) {
        duration_of(node)
    } else if SIZES.contains(&bare) {
        size_of(node)
    } else {
        None
    };
    read.map_or_else(|| node.to_value(), Value::from)
}

/// Milliseconds.
pub(super) fn duration_of(node: &Node) -> Option<i64> {
    measure(node, &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)])
}

/// Bytes.
pub(super) fn size_of(node: &Node) -> Option<i64> {
    measure(node, &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)])
}

fn measure(node: &Node, units: &[(&str, i64)]) -> Option<i64> {
    let NodeValue::Text(text) = &node.value else { return node.as_int() };
    let digits = text.value.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.value.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<i64>().ok()?.checked_mul(*factor)
}
