//! The server's error answers as sentences.
//!
//! `reason` comes as text, as an Erlang term with HTML entities inside, or (before 4.0) as a list of
//! character codes.

use serde_json::Value as Json;

/// What an error answer says, in the server's words without their wrapping.
pub(super) fn reason_text(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let Ok(answer) = serde_json::from_str::<Json>(&text) else { return tidy(&text) };
    let reason = answer.get("reason").or_else(|| answer.get("error"));
    match reason {
        Some(Json::String(reason)) => tidy(reason),
        Some(Json::Array(words)) if words.iter().all(Json::is_string) => {
            tidy(&words.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "))
        }
        Some(Json::Array(codes)) => tidy(&from_codes(codes)),
        Some(other) => other.to_string(),
        None => tidy(&text),
    }
}

fn from_codes(codes: &[Json]) -> String {
    codes
        .iter()
        .filter_map(|code| match code {
            Json::Number(number) => {
                number.as_u64().and_then(|number| u32::try_from(number).ok()).and_then(char::from_u32).map(String::from)
            }
            Json::String(text) => Some(text.clone()),
            Json::Array(inner) => Some(from_codes(inner)),
            _ => None,
        })
        .collect()
}

fn tidy(reason: &str) -> String {
    let mut text = reason.to_owned();
    for (escaped, plain) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        text = text.replace(escaped, plain);
    }
    let text = text.strip_prefix("<<\"").and_then(|inner| inner.strip_suffix("\">>")).unwrap_or(&text);
    let text = text.replace("\\n", "\n").replace("\\\"", "\"").replace("<<\"", "\"").replace("\">>", "\"");
    let text = code_lists(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Turns `[104,101,108,108,111]` inside a text into the text that it spells.
fn code_lists(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let decoded = rest.find(']').and_then(|end| Some((end, spelled(&rest[1..end])?)));
        match decoded {
            Some((end, spelled)) => {
                out.push_str(&spelled);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('[');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// At least four printable codes: shorter lists are more likely numbers.
fn spelled(list: &str) -> Option<String> {
    let codes: Option<Vec<char>> = list.split(',').map(|code| char::from_u32(code.trim().parse().ok()?)).collect();
    codes
        .filter(|codes| codes.len() >= 4 && codes.iter().all(|code| !code.is_control() || *code == '\n'))
        .map(|codes| codes.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::reason_text;

    #[test]
    fn a_reason_is_told_without_its_wrapping() {
        // Recorded from 4.0.5: an import of a policy with a bad pattern and a bad value.
        let body = br#"{"error":"bad_request","reason":"<<\"Validation failed\\n\\n&lt;&lt;\\\"x\\\"&gt;&gt; is not a valid message TTL\\npattern should be regular expression but is invalid: {\\\"missing )\\\",2}\\n (v2/p)\">>"}"#;
        assert_eq!(
            reason_text(body),
            r#"Validation failed "x" is not a valid message TTL pattern should be regular expression but is invalid: {"missing )",2} (v2/p)"#
        );
    }

    #[test]
    fn words_are_not_run_together() {
        // Recorded from 4.3.6: a topic permission for an exchange that is not there.
        let body = br#"{"error":"bad_request","reason":["no_such_exchange","mail"]}"#;
        assert_eq!(reason_text(body), "no_such_exchange mail");
    }

    #[test]
    fn codes_are_spelled() {
        assert_eq!(
            reason_text(br#"{"error":"bad_request","reason":[110,111,116,32,102,111,117,110,100]}"#),
            "not found"
        );
        assert_eq!(
            reason_text(br#"{"error":"bad_request","reason":"{error,[110,111,116,32,111,107]}"}"#),
            "{error,not ok}"
        );
    }

    #[test]
    fn numbers_and_other_bodies_stay() {
        assert_eq!(reason_text(br#"{"reason":"invalid arg [1,2]"}"#), "invalid arg [1,2]");
        assert_eq!(reason_text(b"<h1>Bad gateway</h1>"), "<h1>Bad gateway</h1>");
    }
}
