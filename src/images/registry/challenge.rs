//! What a registry wants to be told before it answers.

use reqwest::Url;
use reqwest::header::HeaderValue;

/// The ways that registries ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User and password with every request.
    Basic,
    Bearer(Bearer),
}

/// A token from another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearer {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
}

impl Challenge {
    pub(super) fn of(header: Option<&HeaderValue>) -> Option<Self> {
        let text = header?.to_str().ok()?;
        let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        let parameters = parameters(rest);
        let of = |name: &str| {
            parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let bearer = || Some(Bearer { realm: of("realm")?, service: of("service"), scope: of("scope") });
        scheme.eq_ignore_ascii_case("bearer").then(bearer).flatten().map(Self::Bearer)
    }
}

impl Bearer {
    /// Where the token is.
    pub(super) fn url(&self) -> Result<Url, String> {
        let mut url = Url::parse(&self.realm).map_err(|_| format!("its token server `{}` is no URL", self.realm))?;
        for (name, value) in [("service", &self.service), ("scope", &self.scope)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        Ok(url)
    }
}

/// `name="value",…`; a comma may be inside the quotes.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, remains) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').map_or((after, ""), |(value, _)| (value, &after[value.len()..])),
        };
        found.push((name.trim().to_owned(), value.to_owned()));
        rest = remains.trim_start_matches([',', ' ']);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hub_asks_for_a_token_of_one_repository() {
        let text = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:library/a:pull,push""#;
        let Some(Challenge::Bearer(bearer)) = Challenge::of(Some(&HeaderValue::from_static(text))) else { panic!() };
        let url = "https://auth.example/token?service=registry.example&scope=repository%3Alibrary%2Fa%3Apull%2Cpush";
        assert_eq!(bearer.url().unwrap().as_str(), url);
    }

    #[test]
    fn a_private_one_asks_for_a_password() {
        let header = HeaderValue::from_static("Basic realm=here");
        assert_eq!(Challenge::of(Some(&header)), Some(Challenge::Basic));
        assert_eq!(Challenge::of(Some(&HeaderValue::from_static("Bearer service=x"))), None);
        assert_eq!(Challenge::of(None), None);
    }
}
