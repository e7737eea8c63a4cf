//! The hash functions of clients, each bit by bit: what is hashed is short.

/// `org.apache.kafka.common.utils.Utils.murmur2`.
pub fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    const SEED: u32 = 0x9747_b28c;
    #[expect(clippy::cast_possible_truncation, reason = "the hash is of 32 bits, a key is never that long")]
    let mut hash = SEED ^ data.len() as u32;
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let mut mixed = u32::from_le_bytes([word[0], word[1], word[2], word[3]]).wrapping_mul(M);
        mixed ^= mixed >> 24;
        hash = hash.wrapping_mul(M) ^ mixed.wrapping_mul(M);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        for (at, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * at);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

/// The CRC that Ethernet and zlib use.
pub fn crc32(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// Java's `String.hashCode`.
pub fn string_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

/// Guava's `Hashing.consistentHash`: one more bucket moves few.
pub fn consistent_hash(seed: i64, buckets: u32) -> Option<u32> {
    let mut state = seed.cast_unsigned();
    let mut candidate = 0_u32;
    if buckets == 0 {
        return None;
    }
    loop {
        state = state.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        let part = ((state >> 33) as i32).wrapping_add(1);
        let next = f64::from(candidate + 1) / (f64::from(part) / f64::from(1_u32 << 31));
        if !(0.0..f64::from(buckets)).contains(&next) {
            return Some(candidate);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Java cuts it off too")]
        let whole = next as u32;
        candidate = whole;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_are_those_of_their_authors_own_tests() {
        // Kafka's UtilsTest, and the check value of the CRC catalogue.
        let murmur = [("21", -973_932_308_i32), ("foobar", -790_332_482), ("abc", 479_470_107)];
        for (key, wanted) in murmur {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), wanted, "{key}");
        }
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(string_hash("hello"), 99_162_322);
    }
}
