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

/// SipHash-2-4 with the key that Guava's `Hashing.sipHash24()` has: the bytes 0 to 15.
pub fn siphash24(data: &[u8]) -> u64 {
    let (low, high) = (0x0706_0504_0302_0100_u64, 0x0f0e_0d0c_0b0a_0908_u64);
    let mut state = [
        low ^ 0x736f_6d65_7073_6575,
        high ^ 0x646f_7261_6e64_6f6d,
        low ^ 0x6c79_6765_6e65_7261,
        high ^ 0x7465_6462_7974_6573,
    ];
    let mut words = data.chunks_exact(8);
    for word in &mut words {
        take(&mut state, word.iter().rev().fold(0, |all, byte| (all << 8) | u64::from(*byte)));
    }
    let rest = words.remainder().iter().rev().fold(0, |all, byte| (all << 8) | u64::from(*byte));
    take(&mut state, rest | ((data.len() as u64) << 56));
    state[2] ^= 0xff;
    (0..4).for_each(|_| mix(&mut state));
    state.iter().fold(0, |all, part| all ^ part)
}

fn take(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    mix(state);
    mix(state);
    state[0] ^= word;
}

fn mix([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_are_those_of_their_authors_own_tests() {
        // Kafka's UtilsTest, the check value of the CRC catalogue, and the first vectors of SipHash's paper.
        let murmur = [("21", -973_932_308_i32), ("foobar", -790_332_482), ("abc", 479_470_107)];
        for (key, wanted) in murmur {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), wanted, "{key}");
        }
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(siphash24(b""), 0x726f_db47_dd0e_0e31);
        assert_eq!(siphash24(&(0..15).collect::<Vec<u8>>()), 0xa129_ca61_49be_45e5);
        assert_eq!(string_hash("hello"), 99_162_322);
    }
}
