//! How often a message that fails at every try is handed out, and when.

/// Who repeats in ActiveMQ: the client by itself, and the broker each time the client has given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layers {
    pub client: u32,
    pub broker: u32,
}

impl Layers {
    /// Deliveries that a consumer sees before its client gives up.
    pub fn of_a_round(self) -> u32 {
        self.client + 1
    }

    /// Until it is a dead letter.
    pub fn deliveries(self) -> u32 {
        self.of_a_round() * (self.broker + 1)
    }
}

/// Seconds before each retry of RocketMQ's push consumer; further ones wait as long as the last.
const PAUSES: [u32; 16] = [10, 30, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 1200, 1800, 3600, 7200];

/// The pauses of a group that retries this often.
pub fn pauses(retries: usize) -> Vec<u32> {
    (0..retries).map(|retry| PAUSES[retry.min(PAUSES.len() - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_layer_counts_by_itself() {
        let deliveries = |client, broker| Layers { client, broker }.deliveries();
        assert_eq!([deliveries(0, 0), deliveries(6, 0), deliveries(0, 5), deliveries(6, 5)], [1, 7, 6, 42]);
    }

    #[test]
    fn pauses_grow_to_two_hours() {
        assert_eq!(pauses(3), [10, 30, 60]);
        assert_eq!(pauses(18)[14..], [3600, 7200, 7200, 7200]);
        assert_eq!(pauses(16).iter().sum::<u32>(), 17_140, "four hours and three quarters");
    }
}
