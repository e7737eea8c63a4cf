//! Commands as bytes: a length, the length of a JSON header, the header, a body.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::code::SUCCESS;

/// What goes before the header: the whole length (without itself), then kind and length of the header.
const LENGTHS: usize = 8;
/// The kind of a header that is JSON, in the upper byte of its length.
const JSON: u32 = 0;
/// Set in the flag of what answers a request.
const IS_ANSWER: i32 = 1;
/// No broker writes more at once: it takes 16 MiB itself, and its lists of 10,000 topics are 2 MiB.
pub(in super::super) const MOST: usize = 64 << 20;

/// A question to a name server, a broker or a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Request {
    pub code: i32,
    /// The header's own fields: text all of them.
    pub fields: BTreeMap<&'static str, String>,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Answer {
    /// The number of the request.
    pub number: i32,
    pub code: i32,
    pub remark: String,
    pub fields: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// The text of a field.
pub(in super::super) struct Field(String);

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<i64> for Field {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<bool> for Field {
    fn from(flag: bool) -> Self {
        Self(flag.to_string())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestHeader<'a> {
    code: i32,
    language: &'static str,
    version: i32,
    opaque: i32,
    flag: i32,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ext_fields: &'a BTreeMap<&'static str, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnswerHeader {
    code: i32,
    opaque: i32,
    flag: i32,
    remark: Option<String>,
    #[serde(default)]
    ext_fields: BTreeMap<String, Option<String>>,
}

impl Request {
    pub(in super::super) fn new(code: i32) -> Self {
        Self { code, ..Self::default() }
    }

    #[must_use]
    pub(in super::super) fn with(mut self, name: &'static str, value: impl Into<Field>) -> Self {
        self.fields.insert(name, value.into().0);
        self
    }

    #[must_use]
    pub(in super::super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The bytes to send; the answer will carry the number.
    pub(in super::super) fn encode(&self, number: i32) -> Vec<u8> {
        let header = RequestHeader {
            code: self.code,
            language: "OTHER",
            version: 0,
            opaque: number,
            flag: 0,
            ext_fields: &self.fields,
        };
        // Numbers and text under fixed names: always JSON.
        let header = serde_json::to_vec(&header).unwrap_or_default();
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let mut frame = Vec::with_capacity(LENGTHS + header.len() + self.body.len());
        frame.extend(length(LENGTHS - 4 + header.len() + self.body.len()).to_be_bytes());
        frame.extend((JSON << 24 | length(header.len())).to_be_bytes());
        frame.extend(header);
        frame.extend(&self.body);
        frame
    }
}

impl Answer {
    /// From everything behind the first length. `None` for what answers nothing: a broker's own request.
    pub(in super::super) fn decode(frame: &[u8]) -> Result<Option<Self>, String> {
        let (lengths, rest) = frame.split_first_chunk::<4>().ok_or("a frame without a header")?;
        let word = u32::from_be_bytes(*lengths);
        if word >> 24 != JSON {
            return Err(format!("a header of kind {}, where JSON was asked for", word >> 24));
        }
        let length = (word & 0x00ff_ffff) as usize;
        let (header, body) = rest.split_at_checked(length).ok_or("a header longer than its frame")?;
        let header: AnswerHeader = serde_json::from_slice(header).map_err(|error| format!("a header: {error}"))?;
        let fields = header.ext_fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Ok((header.flag & IS_ANSWER == IS_ANSWER).then(|| Self {
            number: header.opaque,
            code: header.code,
            remark: header.remark.unwrap_or_default(),
            fields: fields.collect(),
            body: body.to_vec(),
        }))
    }

    /// A success may carry a remark ("not set any response code"): only the code counts.
    pub(in super::super) fn is_success(&self) -> bool {
        self.code == SUCCESS
    }

    /// Why not, in RocketMQ's words, without the stack trace and the advice that may follow.
    pub(in super::super) fn complaint(&self) -> String {
        let line = self.remark.lines().next().unwrap_or_default().trim();
        if line.is_empty() { format!("RocketMQ's code {}", self.code) } else { format!("{line} (code {})", self.code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_two_lengths_a_header_and_a_body() {
        let frame = Request::new(105).with("topic", "orders").body(*b"{}").encode(7);
        let header =
            br#"{"code":105,"language":"OTHER","version":0,"opaque":7,"flag":0,"extFields":{"topic":"orders"}}"#;
        assert_eq!(frame[..4], u32::try_from(4 + header.len() + 2).unwrap().to_be_bytes());
        assert_eq!(frame[4..8], u32::try_from(header.len()).unwrap().to_be_bytes());
        assert_eq!(frame[8..], [header, &b"{}"[..]].concat());
    }

    fn answer(kind: u8, header: &str, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(header.len()).unwrap().to_be_bytes();
        [&[kind, length[1], length[2], length[3]], header.as_bytes(), body].concat()
    }

    #[test]
    fn an_answer_is_read_whole() {
        let header = r#"{"code":0,"extFields":{"totalTopicNum":"18","gone":null},"flag":1,"language":"JAVA","opaque":15,
            "serializeTypeCurrentRPC":"JSON","version":513}"#;
        let found = Answer::decode(&answer(0, header, b"body")).unwrap().unwrap();
        assert_eq!((found.number, found.code, found.body.as_slice()), (15, 0, &b"body"[..]));
        assert_eq!(found.fields, BTreeMap::from([("totalTopicNum".to_owned(), "18".to_owned())]));
        assert!(found.is_success());
    }

    #[test]
    fn a_complaint_is_one_line() {
        let header = r#"{"code":17,"flag":1,"opaque":1,"remark":"No topic route info: x\nSee https://example.org."}"#;
        let found = Answer::decode(&answer(0, header, b"")).unwrap().unwrap();
        assert_eq!(found.complaint(), "No topic route info: x (code 17)");
        assert_eq!(Answer { code: 1, ..Answer::default() }.complaint(), "RocketMQ's code 1");
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        let request = r#"{"code":40,"flag":0,"opaque":1}"#;
        assert_eq!(Answer::decode(&answer(0, request, b"")), Ok(None));
        for broken in [&b""[..], b"HTTP/1.1 400 Bad Request", &answer(1, "{}", b""), &answer(0, "{}", b"")] {
            assert!(Answer::decode(broken).is_err(), "{broken:?}");
        }
    }
}
