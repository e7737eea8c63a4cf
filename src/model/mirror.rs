//! A registry that is asked for another one's images.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::reference::{HUB, Reference};

/// Parts of a template.
const REGISTRY: &str = "{registry}";
const REPOSITORY: &str = "{repository}";

/// Without progress for so long, a pull from a mirror is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// One mirror.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mirror {
    /// As it was written.
    pub url: String,
    /// Whether this is `https`.
    secure: bool,
    /// `mirror.example:5000`.
    host: String,
    /// What a repository is called there: `{repository}`, `{registry}/{repository}`, with what is around it.
    template: String,
    /// The registries that it stands for; `None` is all.
    registries: Option<BTreeSet<String>>,
    pub trust: Trust,
    /// The longest time without progress.
    pub patience: Duration,
    pub from: MirrorFrom,
}

/// What a mirror is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Only content with the digest that somebody else told: the engine refuses any other.
    #[default]
    Digest,
    /// Which image a tag means, too.
    Tags,
}

/// Who named a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MirrorFrom {
    /// `MQLAB_MIRRORS`.
    Environment,
    /// The user's own configuration file.
    User,
    /// The spec.
    Spec,
    /// The command line.
    Command,
}

/// Where a mirror has an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub secure: bool,
    /// `mirror.example:5000`.
    pub host: String,
    /// `docker.io/library/rabbitmq`.
    pub repository: String,
}

impl Place {
    /// As an engine is told: `mirror.example:5000/library/rabbitmq`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.host, self.repository)
    }

    /// Whether it is on this machine.
    pub fn is_here(&self) -> bool {
        let name = self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name).trim_matches(['[', ']']);
        name == "localhost" || name.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The root of its registry API.
    pub fn api(&self) -> String {
        format!("{}://{}/v2/", if self.secure { "https" } else { "http" }, self.host)
    }
}

/// Why a text names no mirror, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct MirrorError {
    pub text: String,
    pub help: String,
}

fn refuse<T>(text: impl Into<String>, help: impl Into<String>) -> Result<T, MirrorError> {
    Err(MirrorError { text: text.into(), help: help.into() })
}

impl Mirror {
    /// From a URL: plain, and then a stand-in for the hub, or with `{repository}` and perhaps `{registry}` in its path,
    /// and then, with the latter, for every registry.
    pub fn parse(url: &str, from: MirrorFrom) -> Result<Self, MirrorError> {
        let Some((scheme, rest)) = url.split_once("://") else {
            return refuse(format!("`{url}` has no scheme"), format!("write `https://{url}`"));
        };
        let secure = match scheme {
            "https" => true,
            "http" => false,
            other => {
                return refuse(format!("a mirror cannot be asked by `{other}`"), "write `https://…` or `http://…`");
            }
        };
        if rest.contains(['?', '#']) {
            return refuse("a mirror's URL has no `?` and no `#`", "write its host, and its path if it has one");
        }
        let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path.trim_matches('/')));
        if host.contains('@') {
            let help =
                format!("take them out, and log in once: docker login {}", host.rsplit('@').next().unwrap_or(host));
            return refuse("a mirror's URL holds no user and password", help);
        }
        if !is_host(host) {
            return refuse(format!("`{host}` is no host"), "write it as in `https://mirror.example:5000`");
        }
        let template = match (path.contains(REPOSITORY), path.contains('{')) {
            (true, _) => path.to_owned(),
            (false, true) => {
                return refuse(format!("a template must hold `{REPOSITORY}`"), format!("write `…/{REPOSITORY}`"));
            }
            (false, false) if path.is_empty() => REPOSITORY.to_owned(),
            (false, false) => format!("{path}/{REPOSITORY}"),
        };
        let without = template.replacen(REGISTRY, "registry", 1).replacen(REPOSITORY, "repository", 1);
        if let Some(at) = without.find(['{', '}']) {
            let text = format!("`{}` is nothing that a template can hold", &without[at..]);
            return refuse(text, format!("there are `{REGISTRY}` and `{REPOSITORY}`, once each"));
        }
        if Reference::parse(&format!("{host}/{without}")).is_none() {
            return refuse(
                format!("no image can be under `{path}`"),
                "a path is lower-case letters, digits, `.`, `_` and `-`",
            );
        }
        let registries = (!template.contains(REGISTRY)).then(|| BTreeSet::from([HUB.to_owned()]));
        Ok(Self {
            url: url.to_owned(),
            secure,
            host: host.to_owned(),
            template,
            registries,
            trust: Trust::Digest,
            patience: PATIENCE,
            from,
        })
    }

    /// Stands for these registries and no others.
    pub fn stand_for(&mut self, registries: BTreeSet<String>) -> Result<(), MirrorError> {
        for registry in &registries {
            if !is_host(registry) {
                return refuse(format!("`{registry}` is no registry"), "write hosts, such as `ghcr.io` or `docker.io`");
            }
        }
        self.registries = Some(registries);
        Ok(())
    }

    /// Where it would have the image; `None` where it does not stand for the image's registry.
    pub fn place(&self, image: &Reference) -> Option<Place> {
        let stands = self.registries.as_ref().is_none_or(|all| all.contains(&image.registry));
        // An image that is there already by name needs no mirror.
        (stands && image.registry != self.host).then(|| Place {
            secure: self.secure,
            host: self.host.clone(),
            repository: self.template.replace(REGISTRY, &image.registry).replace(REPOSITORY, &image.repository),
        })
    }

    /// Where it is, whatever it has.
    pub fn root(&self) -> Place {
        Place { secure: self.secure, host: self.host.clone(), repository: String::new() }
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// The URL that an engine's own setting takes: it stands for the hub alone, and knows no templates.
    pub fn as_engine_setting(&self) -> Option<String> {
        let stands = self.registries.as_ref().is_some_and(|all| all.contains(HUB));
        (stands && self.template == REPOSITORY)
            .then(|| format!("{}://{}", if self.secure { "https" } else { "http" }, self.host))
    }
}

/// The list in `MQLAB_MIRRORS`: URLs with commas between them, each with ` trust=tags` behind it where it is.
pub fn mirrors_of_text(text: &str) -> Result<Vec<Mirror>, MirrorError> {
    let entries = text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
    entries.map(mirror_of_words).collect()
}

fn mirror_of_words(entry: &str) -> Result<Mirror, MirrorError> {
    let mut words = entry.split_whitespace();
    let mut mirror = Mirror::parse(words.next().unwrap_or_default(), MirrorFrom::Environment)?;
    for word in words {
        mirror.trust = match word {
            "trust=digest" => Trust::Digest,
            "trust=tags" => Trust::Tags,
            other => {
                return refuse(
                    format!("`{other}` means nothing behind a mirror"),
                    "put a comma between mirrors, or write `trust=tags`",
                );
            }
        };
    }
    Ok(mirror)
}

fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        // `[::1]` has colons of its own.
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (text, None),
    };
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let is_part_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    !name.is_empty() && name.bytes().all(is_part_of_a_name) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

impl fmt::Display for MirrorFrom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Environment => "MQLAB_MIRRORS",
            Self::User => "your configuration",
            Self::Spec => "the spec",
            Self::Command => "the command",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str, image: &str) -> Option<String> {
        let mirror = Mirror::parse(url, MirrorFrom::Spec).unwrap();
        mirror.place(&Reference::parse(image).unwrap()).map(|place| format!("{} {}", place.api(), place.name()))
    }

    #[test]
    fn a_plain_one_stands_for_the_hub_alone() {
        let there = place("https://m.example/", "rabbitmq:4.0").unwrap();
        assert_eq!(there, "https://m.example/v2/ m.example/library/rabbitmq");
        let below = place("http://127.0.0.1:5000/hub", "apache/kafka:4.3.1").unwrap();
        assert_eq!(below, "http://127.0.0.1:5000/v2/ 127.0.0.1:5000/hub/apache/kafka");
        assert_eq!(place("https://m.example", "ghcr.io/a/b:1"), None);
    }

    #[test]
    fn a_template_with_the_registry_stands_for_all() {
        let url = "https://m.example/{registry}/{repository}";
        assert_eq!(place(url, "ghcr.io/a/b:1").unwrap(), "https://m.example/v2/ m.example/ghcr.io/a/b");
        assert_eq!(place(url, "redis").unwrap(), "https://m.example/v2/ m.example/docker.io/library/redis");
        assert_eq!(place(url, "m.example/a/b:1"), None);
    }

    #[test]
    fn registries_can_be_named() {
        let mut mirror = Mirror::parse("https://ghcr.m.example", MirrorFrom::Spec).unwrap();
        mirror.stand_for(BTreeSet::from(["ghcr.io".to_owned()])).unwrap();
        assert!(mirror.place(&Reference::parse("ghcr.io/a/b").unwrap()).is_some());
        assert!(mirror.place(&Reference::parse("a/b").unwrap()).is_none());
        assert!(mirror.stand_for(BTreeSet::from(["https://x".to_owned()])).is_err());
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_what_to_write() {
        for (url, text) in [
            ("m.example", "`m.example` has no scheme: write `https://m.example`"),
            ("ftp://m.example", "a mirror cannot be asked by `ftp`: write `https://…` or `http://…`"),
            (
                "https://me:secret@m.example",
                "a mirror's URL holds no user and password: take them out, and log in once: docker login m.example",
            ),
            ("https://m.example?a", "a mirror's URL has no `?` and no `#`: write its host, and its path if it has one"),
            ("https://m.example/{registry}", "a template must hold `{repository}`: write `…/{repository}`"),
            (
                "https://m.example/{repository}/{tag}",
                "`{tag}` is nothing that a template can hold: there are `{registry}` and `{repository}`, once each",
            ),
            (
                "https://m.example/Hub",
                "no image can be under `Hub`: a path is lower-case letters, digits, `.`, `_` and `-`",
            ),
            ("https://", "`` is no host: write it as in `https://mirror.example:5000`"),
        ] {
            let error = Mirror::parse(url, MirrorFrom::Spec).unwrap_err();
            assert_eq!(format!("{error}: {}", error.help), text);
        }
    }

    #[test]
    fn the_variable_holds_a_list() {
        let read = mirrors_of_text("https://a.example, http://b.example:5000 trust=tags,").unwrap();
        let shown: Vec<(&str, Trust)> = read.iter().map(|mirror| (mirror.url.as_str(), mirror.trust)).collect();
        assert_eq!(shown, [("https://a.example", Trust::Digest), ("http://b.example:5000", Trust::Tags)]);
        assert!(mirrors_of_text("https://a.example https://b.example").is_err());
    }
}
