//! What is said about sources that gave nothing.

use super::error::{Attempt, Error};
use crate::model::ImageWanted;

pub(super) fn words(wanted: &ImageWanted) -> String {
    let distribution = wanted.distribution.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
    wanted.explicit.clone().unwrap_or_else(|| format!("{} {}{distribution}", wanted.kind, wanted.version))
}

pub(super) fn nobody(wanted: &ImageWanted, attempts: Vec<Attempt>) -> Error {
    Error::Nobody { wanted: words(wanted), attempts }
}

pub(super) fn attempt(source: &str, why_not: &str) -> Attempt {
    Attempt { source: source.to_owned(), why_not: why_not.to_owned(), way_out: None }
}

/// There is no other source for what the file names itself.
pub(super) fn of_the_users_own(mut error: Error) -> Error {
    if let Error::Nobody { attempts, .. } = &mut error {
        for attempt in attempts.iter_mut().filter(|attempt| attempt.way_out.is_none()) {
            attempt.way_out =
                Some("correct `image`, bring it with `docker load` or `docker build`, or leave `image` out".to_owned());
        }
    }
    error
}

/// What engines say of registries, what it means, and what helps.
pub(super) fn explained(source: &str, said: &str) -> Attempt {
    const MEANING: &[(&str, &str)] =
        &[("manifest verification failed", "it sent other content than the digest says, and the engine refused it")];
    const HELP: &[(&str, &str)] = &[
        ("toomanyrequests", "log in with `docker login`, or name a mirror in `images.mirrors`"),
        ("no matching manifest", "set `platform` on the broker, such as linux/amd64, to run it emulated"),
        ("unauthorized", "log in with `docker login`"),
        ("no space left", "free space with `docker system df` and `docker system prune`"),
        (
            "server gave HTTP response to HTTPS client",
            "the engine takes plain HTTP only from hosts in its `insecure-registries`",
        ),
        ("certificate signed by unknown authority", "put its authority into /etc/docker/certs.d/HOST/ca.crt"),
    ];
    let of =
        |table: &[(&str, &'static str)]| table.iter().find(|(text, _)| said.contains(text)).map(|(_, words)| *words);
    let way_out = of(HELP).map(str::to_owned);
    let why_not = of(MEANING).map_or_else(|| said.to_owned(), |meaning| format!("{meaning} ({said})"));
    Attempt { source: source.to_owned(), why_not, way_out }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
