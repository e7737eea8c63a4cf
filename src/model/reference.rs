//! The name of an image, as engines and registries read it.

use std::fmt;

/// The registry that a name without one means.
pub const HUB: &str = "docker.io";
/// The hub under the name that old configurations have.
const OLD_HUB: &str = "index.docker.io";
/// Where the hub keeps images with a name of one part.
const OFFICIAL: &str = "library/";
const DEFAULT_TAG: &str = "latest";

/// `docker.io/library/rabbitmq:4.0@sha256:…`, taken apart and made complete.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// `docker.io`, `127.0.0.1:5000`.
    pub registry: String,
    /// `library/rabbitmq`.
    pub repository: String,
    /// `latest` where there is neither tag nor digest.
    pub tag: Option<String>,
    /// `sha256:…`
    pub digest: Option<String>,
}

impl Reference {
    /// By the rules of the docker command: the first part is a registry if it can be a host at all. `None` where an
    /// engine would not take it for a name, or where it is the id of an image.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
            _ => (HUB, name),
        };
        let registry = if registry == OLD_HUB { HUB } else { registry };
        let library = if registry == HUB && !repository.contains('/') { OFFICIAL } else { "" };
        let is_id = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_valid = is_repository(repository)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest)
            && !is_id(rest)
            && !(name == "sha256" && tag.is_some_and(is_id));
        is_valid.then(|| Self {
            registry: registry.to_owned(),
            repository: format!("{library}{repository}"),
            tag: tag.or(digest.is_none().then_some(DEFAULT_TAG)).map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Registry and repository: what several tags have in common.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// How registry and engine are asked for it: the digest if there is one, else the tag.
    pub fn version(&self) -> &str {
        self.digest.as_deref().or(self.tag.as_deref()).unwrap_or(DEFAULT_TAG)
    }

    /// The same image by its content.
    #[must_use]
    pub fn at(&self, digest: &str) -> Self {
        Self { digest: Some(digest.to_owned()), ..self.clone() }
    }

    /// As a lock names it: by the tag, without a digest. `None` where there is no tag to look up.
    pub fn by_tag(&self) -> Option<String> {
        self.tag.as_ref().map(|tag| format!("{}:{tag}", self.name()))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(formatter, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Whether this is `sha256:` and 64 digits: no other algorithm is in use.
pub fn is_digest(text: &str) -> bool {
    let is_lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(is_lower_hex))
}

fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-');
        let outer = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        part.bytes().all(inner) && outer(part.as_bytes().first()) && outer(part.as_bytes().last())
    };
    text.len() <= 255 && text.split('/').all(is_part)
}

fn is_tag(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.len() <= 128
        && text.bytes().all(inner)
        && text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn names_are_completed_as_the_docker_command_does() {
        let with_digest = format!("kafka@{DIGEST}");
        for (text, complete) in [
            ("rabbitmq", "docker.io/library/rabbitmq:latest"),
            ("rabbitmq:4.0", "docker.io/library/rabbitmq:4.0"),
            ("apache/kafka:4.3.1", "docker.io/apache/kafka:4.3.1"),
            ("index.docker.io/apache/kafka", "docker.io/apache/kafka:latest"),
            ("localhost/kafka", "localhost/kafka:latest"),
            ("127.0.0.1:5000/kafka", "127.0.0.1:5000/kafka:latest"),
            ("ghcr.io/a/b/c:1", "ghcr.io/a/b/c:1"),
            (with_digest.as_str(), &format!("docker.io/library/{with_digest}")),
        ] {
            let read = Reference::parse(text).unwrap();
            assert_eq!(read.to_string(), complete);
            assert_eq!(Reference::parse(complete), Some(read), "{complete}");
        }
    }

    #[test]
    fn what_no_engine_takes_for_a_name_is_none() {
        for text in ["", "Kafka", "a//b", "kafka:", "kafka:a b", "kafka@sha256:12", "-kafka", DIGEST, &DIGEST[7..]] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }

    #[test]
    fn content_goes_before_the_tag() {
        let read = Reference::parse("apache/kafka:4.3.1").unwrap();
        assert_eq!((read.version(), read.at(DIGEST).version()), ("4.3.1", DIGEST));
        assert_eq!(read.at(DIGEST).by_tag().as_deref(), Some("docker.io/apache/kafka:4.3.1"));
    }
}
