//! A mirror's address, checked as the engine does it when it reads its settings.

use std::fmt;

use reqwest::Url;
use thiserror::Error;

/// An address that the engine takes as a mirror of docker.io.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorUrl {
    text: String,
}

/// Why the engine would refuse its whole settings because of this mirror.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{shown}` cannot be a mirror: {reason}\n{way_out}")]
pub struct BadMirror {
    /// Without what may be a password.
    shown: String,
    reason: &'static str,
    way_out: &'static str,
}

impl MirrorUrl {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Result<Self, BadMirror> {
        let text = text.trim();
        let refuse = |reason, way_out| Err(BadMirror { shown: without_login(text), reason, way_out });
        let is_odd = |one: char| one.is_whitespace() || one.is_control() || one == '\\' || one == '"';
        if !text.contains("://") {
            return refuse("it has no scheme", "write it whole: https://mirror.example");
        }
        let url = match Url::parse(text) {
            Ok(url) if !text.contains(is_odd) => url,
            _ => return refuse("it is no URL", "write it as https://mirror.example or http://127.0.0.1:5000"),
        };
        if !["http", "https"].contains(&url.scheme()) {
            return refuse("the engine speaks http and https to mirrors, nothing else", "write https://mirror.example");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "the engine takes no user and password in it, and sends a mirror no others",
                "use a mirror that asks for none, or put one on this machine in front of it",
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("the engine takes nothing after the path", "leave out what begins with `?` or `#`");
        }
        Ok(Self { text: text.to_owned() })
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for MirrorUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Equal for spellings of one address: the host's case, the scheme's own port, the slash at the end.
pub(super) fn normalised(text: &str) -> String {
    let plain = Url::parse(text.trim()).map_or_else(|_| text.trim().to_owned(), String::from);
    plain.trim_end_matches('/').to_owned()
}

/// Whether two lists name the same mirrors in the same order.
pub(super) fn same(left: &[String], right: &[String]) -> bool {
    left.iter().map(|url| normalised(url)).eq(right.iter().map(|url| normalised(url)))
}

fn without_login(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority].rsplit_once('@') {
        Some((_, host)) if scheme.is_empty() => format!("***@{host}{}", &rest[authority..]),
        Some((_, host)) => format!("{scheme}://***@{host}{}", &rest[authority..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_takes() {
        for good in ["https://mirror.example", "http://127.0.0.1:5000/", " https://mirror.example/hub "] {
            assert_eq!(MirrorUrl::parse(good).unwrap().as_str(), good.trim());
        }
    }

    #[test]
    fn what_the_engine_refuses() {
        for (bad, reason) in [
            ("mirror.example", "no scheme"),
            ("https:mirror.example", "no scheme"),
            ("https://", "no URL"),
            ("https://mirror example", "no URL"),
            ("https://mirror.example\\hub", "no URL"),
            ("ftp://mirror.example", "http and https"),
            ("https://mirror.example?a=b", "after the path"),
            ("https://mirror.example/#top", "after the path"),
            ("https://me@mirror.example", "user and password"),
        ] {
            let error = MirrorUrl::parse(bad).unwrap_err().to_string();
            assert!(
                error.contains(reason) && error.contains(bad.split_once('@').map_or(bad, |(_, host)| host)),
                "{error}"
            );
        }
    }

    #[test]
    fn a_password_is_never_said() {
        for text in
            ["https://me:planted@mirror.example/x", "ftp://me:planted@mirror.example", "me:planted@mirror.example"]
        {
            let error = MirrorUrl::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
        }
    }

    #[test]
    fn spellings_of_one_address_are_equal() {
        let spellings = ["https://mirror.example", "https://mirror.example/", "HTTPS://Mirror.Example:443"];
        assert!(spellings.iter().all(|text| normalised(text) == "https://mirror.example"));
        assert_ne!(normalised("http://mirror.example"), normalised("https://mirror.example"));
        assert_ne!(normalised("https://mirror.example/hub"), normalised("https://mirror.example"));
    }
}
