//! Where a thing is: `broker/kind/name`, one grammar for plans, flags, apps, JSON and page names.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// The first segment of what belongs to the whole stack and to no broker, such as its network.
/// No broker can have this name.
pub const STACK: &str = "@";

/// The kind whose names have parts of their own: see [`Address::binding_name`].
const BINDING: &str = "binding";

/// What a segment may not hold unencoded: the separator, the escape, and what a terminal would act on.
const SEGMENT: &AsciiSet = &CONTROLS.add(b'/').add(b'%').add(b' ');
/// Inside a binding's parts `?` and `#` separate too.
const BINDING_PART: &AsciiSet = &SEGMENT.add(b'?').add(b'#');

/// The address of one resource.
///
/// Written `broker/kind/name`, and `broker/vhost/kind/name` for what lives in a RabbitMQ virtual host
/// other than `/`. A `/` inside a segment is percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub broker: String,
    /// RabbitMQ only; `None` is the virtual host `/`, and what lives in no virtual host at all.
    pub vhost: Option<String>,
    pub kind: String,
    pub name: String,
}

/// Why a text is not an address.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{text}` is not an address: expected broker/kind/name or broker/vhost/kind/name")]
pub struct AddressError {
    pub text: String,
}

impl Address {
    pub fn new(broker: impl Into<String>, kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { broker: broker.into(), vhost: None, kind: kind.into(), name: name.into() }
    }

    /// In a virtual host; `/` is the one that is not written.
    pub fn in_vhost(broker: impl Into<String>, vhost: &str, kind: impl Into<String>, name: impl Into<String>) -> Self {
        let vhost = (vhost != "/").then(|| vhost.to_owned());
        Self { broker: broker.into(), vhost, kind: kind.into(), name: name.into() }
    }

    /// The name of the virtual host, `/` where none is written.
    pub fn vhost_name(&self) -> &str {
        self.vhost.as_deref().unwrap_or("/")
    }

    /// The name of a binding: `source→destination?key`, `source⇒destination?key` to an exchange,
    /// with `#hash` behind it when the binding has arguments.
    pub fn binding_name(source: &str, destination: &str, to_exchange: bool, key: &str, hash: Option<&str>) -> String {
        let arrow = if to_exchange { '⇒' } else { '→' };
        // An arrow inside a part would be taken for the one between them.
        let part = |text| encode(text, BINDING_PART).replace('→', "%E2%86%92").replace('⇒', "%E2%87%92");
        let mut name = format!("{}{arrow}{}", part(source), part(destination));
        if !key.is_empty() {
            name.push('?');
            name.push_str(&part(key));
        }
        if let Some(hash) = hash {
            name.push('#');
            name.push_str(hash);
        }
        name
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/", self.broker)?;
        if let Some(vhost) = &self.vhost {
            write!(formatter, "{}/", encode(vhost, SEGMENT))?;
        }
        // A binding's name is encoded part by part already.
        if self.kind == BINDING {
            write!(formatter, "{BINDING}/{}", self.name)
        } else {
            write!(formatter, "{}/{}", self.kind, encode(&self.name, SEGMENT))
        }
    }
}

/// Percent-encodes what `set` names and control characters of any script; other letters stay readable.
fn encode(text: &str, set: &'static AsciiSet) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() || character.is_control() {
            out.extend(utf8_percent_encode(character.encode_utf8(&mut [0; 4]), set));
        } else {
            out.push(character);
        }
    }
    out
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || AddressError { text: text.to_owned() };
        let raw: Vec<&str> = text.split('/').collect();
        // Only a name may be empty: RabbitMQ's default exchange has none.
        if raw.iter().rev().skip(1).any(|segment| segment.is_empty()) {
            return Err(error());
        }
        let decode = |segment: &str| {
            percent_decode_str(segment).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| error())
        };
        let name = |kind: &str, segment: &str| if kind == BINDING { Ok(segment.to_owned()) } else { decode(segment) };
        match raw.as_slice() {
            [broker, kind, last] => Ok(Self::new(decode(broker)?, *kind, name(kind, last)?)),
            [broker, vhost, kind, last] => Ok(Self {
                broker: decode(broker)?,
                vhost: Some(decode(vhost)?).filter(|vhost| vhost != "/"),
                kind: (*kind).to_owned(),
                name: name(kind, last)?,
            }),
            _ => Err(error()),
        }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn what_is_written_is_read_again() {
        let addresses = [
            Address::new("jobs", "queue", "mail"),
            Address::new("jobs", "exchange", ""),
            Address::new("jobs", "vhost", "/"),
            Address::in_vhost("jobs", "a/b", "queue", "c/d%"),
            Address::in_vhost("jobs", "partners", "exchange", ""),
            Address::new("jobs", "binding", Address::binding_name("a→b/?", "q#", true, "k/?#", Some("1f"))),
        ];
        for address in addresses {
            assert_eq!(address.to_string().parse::<Address>().unwrap(), address);
        }
    }

    #[test]
    fn only_a_name_may_be_empty() {
        for text in ["", "jobs", "jobs/", "jobs//mail", "/queue/mail", "jobs//queue/mail", "jobs/v//", "a/b/c/d/e"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
