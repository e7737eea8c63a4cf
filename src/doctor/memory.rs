//! The engine's memory against what the brokers need.

use serde::Serialize;

use super::finding::{Code, Finding};
use super::words::size;

/// A container beside the nodes, such as a name server, is a small one.
const HELPER: u64 = 256 << 20;

/// What one broker needs and may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemoryNeed {
    pub broker: String,
    pub nodes: u32,
    /// To start and work, all nodes and helpers together.
    pub least: u64,
    /// What the file lets it take; the least where there is no limit in it.
    pub most: u64,
}

impl MemoryNeed {
    /// `floor` and `heap` are of one node, `limit` is of each container.
    pub(super) fn of(
        broker: &str,
        (nodes, helpers): (u32, u32),
        floor: u64,
        heap: Option<u64>,
        limit: Option<u64>,
    ) -> Self {
        let node = heap.unwrap_or_default().max(floor);
        let beside = u64::from(helpers).saturating_mul(HELPER);
        let of_all = |bytes: u64| u64::from(nodes).saturating_mul(bytes).saturating_add(beside);
        let least = of_all(node);
        Self { broker: broker.to_owned(), nodes, least, most: limit.map_or(least, of_all).max(least) }
    }
}

pub(super) fn check(needs: &[MemoryNeed], memory: u64) -> Option<Finding> {
    // An engine that does not tell has said nothing against it.
    if memory == 0 {
        return None;
    }
    let sum = |of: fn(&MemoryNeed) -> u64| needs.iter().map(of).fold(0, u64::saturating_add);
    let (least, most) = (sum(|need| need.least), sum(|need| need.most));
    let largest = needs.iter().max_by_key(|need| need.most)?;
    let (broker, bytes) = (&largest.broker, size(largest.most));
    if least > memory {
        let text = format!(
            "the brokers need {} of memory, and the engine's machine has {}: the kernel would kill some of them; the most \
             goes to `{broker}` ({bytes})",
            size(least),
            size(memory),
        );
        let command = format!(
            "fewer `nodes` or a smaller `heap` under `{broker}`, fewer brokers, or more memory for the engine (Docker \
             Desktop: Settings, Resources)"
        );
        return Some(Finding::fault(Code::MemoryLow, broker, text, command));
    }
    (most > memory).then(|| {
        let text = format!(
            "the file lets the brokers take {} of memory, and the engine's machine has {}: a full one is killed before it \
             reaches its own limit; the most goes to `{broker}` ({bytes})",
            size(most),
            size(memory),
        );
        Finding::fault(Code::MemoryLow, broker, text, format!("write a smaller `memory:` under `{broker}`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn need(nodes: u32, heap: Option<u64>, limit: Option<u64>) -> MemoryNeed {
        MemoryNeed::of("events", (nodes, 0), GIB, heap, limit)
    }

    #[test]
    fn the_sum_counts_and_an_engine_that_does_not_tell_is_believed() {
        let three = [need(3, None, None), need(1, None, None)];
        assert_eq!(check(&three, 4 * GIB), None);
        let found = check(&three, 3 * GIB).unwrap();
        assert_eq!((found.code, found.about.as_str()), (Code::MemoryLow, "events"));
        assert!(found.text.contains("need 4.0 GiB") && found.text.contains("has 3.0 GiB"), "{}", found.text);
        assert_eq!(check(&three, 0), None);
        assert_eq!(check(&[], GIB), None);
    }

    #[test]
    fn a_heap_is_needed_and_a_limit_is_what_may_be_taken() {
        assert_eq!(need(2, Some(3 * GIB), None).least, 6 * GIB);
        let limited = need(2, None, Some(4 * GIB));
        assert_eq!((limited.least, limited.most), (2 * GIB, 8 * GIB));
        assert!(check(std::slice::from_ref(&limited), 7 * GIB).unwrap().text.contains("lets the brokers take 8.0 GiB"));
        assert_eq!(check(&[limited], 8 * GIB), None);
        assert_eq!(MemoryNeed::of("a", (1, 2), GIB, None, None).least, GIB + 2 * HELPER);
    }
}
