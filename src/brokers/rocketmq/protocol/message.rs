//! The messages that a pull answers with, one behind the other.

/// Bits of a message's system flag: the host's address has 16 bytes instead of 4.
const BORN_HOST_V6: u32 = 1 << 4;
const STORE_HOST_V6: u32 = 1 << 5;

/// The body of the first message. `None` where there is none, or the bytes are no message.
pub(in super::super) fn first_body(messages: &[u8]) -> Option<&[u8]> {
    // Size, magic, checksum, queue, flag, two offsets.
    let mut rest = messages.get(4 * 5 + 8 * 2..)?;
    let flag = take_u32(&mut rest)?;
    let host = |bit| if flag & bit == bit { 20 } else { 8 };
    // When and where it was born, when and where it was stored, how often it was consumed, its transaction.
    rest = rest.get(8 + host(BORN_HOST_V6) + 8 + host(STORE_HOST_V6) + 4 + 8..)?;
    let length = take_u32(&mut rest)?;
    rest.get(..usize::try_from(length).ok()?)
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::first_body;

    #[test]
    fn what_is_cut_short_has_no_body() {
        for length in 0..120 {
            let bytes = vec![0xff; length];
            assert_eq!(first_body(&bytes), None, "{length}");
        }
    }
}
