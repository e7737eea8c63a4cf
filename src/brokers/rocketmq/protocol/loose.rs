//! JSON as RocketMQ's library writes it: keys of a map may be numbers and even objects, without quotes around them.

use serde_json::Value;

/// Reads it; such a key becomes the text that it is written with.
pub(in super::super) fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    match serde_json::from_slice(text) {
        Ok(value) => Ok(value),
        Err(_) => serde_json::from_slice(&quote_keys(text)),
    }
}

/// Every key that is no text is put in quotes.
fn quote_keys(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    // Whether each open bracket is a map's.
    let mut open: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let length = match byte {
            b'"' => quoted_length(&text[at..]),
            _ => 1,
        };
        out.extend(&text[at..at + length]);
        at += length;
        match byte {
            b'{' | b'[' => open.push(byte == b'{'),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
        let is_before_key = byte == b'{' || byte == b',' && open.last() == Some(&true);
        if is_before_key && !matches!(text.get(at), Some(b'"' | b'}') | None) {
            let key = &text[at..at + key_length(&text[at..])];
            let key = String::from_utf8_lossy(key).into_owned();
            out.extend(Value::String(key.clone()).to_string().bytes());
            at += key.len();
        }
    }
    out
}

/// Of a text in quotes, with them.
fn quoted_length(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// Of what stands before the colon, which may be an object with colons of its own.
fn key_length(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at += quoted_length(&text[at..]);
                continue;
            }
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    at.min(text.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_json_stays_as_it_is() {
        assert_eq!(parse(br#"{"a":[1,{"b":"c,{0:"}],"d":{}}"#).unwrap(), json!({"a": [1, {"b": "c,{0:"}], "d": {}}));
    }

    #[test]
    fn keys_may_be_numbers() {
        let text = br#"{"brokerAddrs":{0:"127.0.0.1:10911",1:"127.0.0.1:10921"},"list":[1,2]}"#;
        let expected = json!({"brokerAddrs": {"0": "127.0.0.1:10911", "1": "127.0.0.1:10921"}, "list": [1, 2]});
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn keys_may_be_objects() {
        let text = br#"{"offsetTable":{{"queueId":5,"topic":"a\"}:b"}:{"maxOffset":7},{"queueId":6}:{"maxOffset":0}}}"#;
        let expected = json!({"offsetTable": {
            r#"{"queueId":5,"topic":"a\"}:b"}"#: {"maxOffset": 7},
            r#"{"queueId":6}"#: {"maxOffset": 0},
        }});
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn nonsense_is_an_error_and_no_panic() {
        for text in [&b""[..], b"{", b"{0", b"{\"a", b"[{1:", b"{{{{", b"\xff{0:1}", b"{0:\"\\"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
