//! Which partition a key leads to, as producers decide it.

use super::hashes::{crc32, murmur2};

/// Who hashes the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// The Java client's default partitioner, and every client that copies it.
    Java,
    /// librdkafka's default, `consistent_random`, and the clients built on it.
    Librdkafka,
}

impl Client {
    pub const ALL: [Self; 2] = [Self::Java, Self::Librdkafka];

    /// As vectors and scripts name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Java => "java",
            Self::Librdkafka => "librdkafka",
        }
    }

    /// The hash before it is cut down to the partitions.
    pub fn hash(self, key: &[u8]) -> u32 {
        match self {
            Self::Java => murmur2(key) & 0x7fff_ffff,
            Self::Librdkafka => crc32(key),
        }
    }

    /// `None` where the client picks one by itself: librdkafka takes an empty key for none.
    pub fn partition(self, key: &[u8], partitions: u32) -> Option<u32> {
        let hashed = self == Self::Java || !key.is_empty();
        (hashed && partitions > 0).then(|| self.hash(key) % partitions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_key_is_a_key_for_java_alone() {
        assert!(Client::Java.partition(b"", 3).is_some());
        assert_eq!(Client::Librdkafka.partition(b"", 3), None);
        assert_eq!(Client::Java.partition(b"a", 0), None);
    }

    /// From the Java client and librdkafka, by `tests/live/vectors.rs`.
    #[test]
    fn keys_lead_where_the_clients_sent_them() {
        let recorded = crate::sim::vectors::recorded("keys.json");
        let keys: Vec<String> = serde_json::from_value(recorded["keys"].clone()).unwrap();
        let partitions: Vec<u32> = serde_json::from_value(recorded["partitions"].clone()).unwrap();
        assert!(keys.len() >= 500);
        for client in Client::ALL {
            let wanted: Vec<Vec<Option<u32>>> =
                serde_json::from_value(recorded["clients"][client.name()].clone()).unwrap();
            for (key, wanted) in keys.iter().zip(wanted) {
                let found: Vec<_> = partitions.iter().map(|&count| client.partition(key.as_bytes(), count)).collect();
                assert_eq!(found, wanted, "{client:?}: {key}");
            }
        }
    }
}
