//! Where engines differ in how they speak: the version of a request, and words that the client does not know.

use std::future::Future;

use bollard::errors::Error;
use bollard::models::{ContainerSummaryStateEnum, HealthStatusEnum};
use bollard::{BollardRequest, Docker};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Docker 26.1, the newest that the tests run on: a newer engine is asked to answer as this one.
const NEWEST_API: (u32, u32) = (1, 45);

/// Podman's words for a container that exited and is not put away yet, and for one that is set up and not started.
const OTHER_STATES: &[(&str, &str)] = &[("stopped", "exited"), ("configured", "created"), ("initialized", "created")];

/// A client that names the API's version in every request. By itself it does not (bollard 0.21.1), and an engine then
/// answers as the newest that it can.
pub(super) fn versioned(client: Docker, engine: (u32, u32)) -> Docker {
    let version = engine.min(NEWEST_API);
    client.with_request_modifier(move |request| with_version(request, version))
}

fn with_version(mut request: BollardRequest, (major, minor): (u32, u32)) -> BollardRequest {
    let before = request.uri().to_string();
    let path = before.find("://").and_then(|at| Some(at + 3 + before[at + 3..].find('/')?));
    if let Some((socket, path)) = path.map(|at| before.split_at(at))
        && let Ok(after) = format!("{socket}/v{major}.{minor}{path}").parse()
    {
        *request.uri_mut() = after;
    }
    request
}

/// The answer of a call about containers, also where it has a word that the client's types lack.
pub(super) async fn understood<T: DeserializeOwned>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match call.await {
        Err(Error::JsonDataError { contents, message, column }) => {
            translated(&contents).ok_or(Error::JsonDataError { message, contents, column })
        }
        other => other,
    }
}

fn translated<T: DeserializeOwned>(contents: &str) -> Option<T> {
    let mut answer: Value = serde_json::from_str(contents).ok()?;
    match &mut answer {
        Value::Array(containers) => containers.iter_mut().for_each(translate),
        one => translate(one),
    }
    serde_json::from_value(answer).ok()
}

/// One container, listed or inspected: its state is a word or an object with one.
fn translate(container: &mut Value) {
    let Some(state) = container.get_mut("State") else { return };
    let word = if state.is_string() { Some(state) } else { state.get_mut("Status") };
    if let Some(word) = word {
        let text = word.as_str().unwrap_or_default();
        let known = OTHER_STATES.iter().find(|(other, _)| *other == text).map(|(_, known)| *known);
        let is_known = serde_json::from_value::<ContainerSummaryStateEnum>(word.clone()).is_ok();
        if !is_known {
            *word = known.unwrap_or_default().into();
        }
    }
    for place in ["/Health/Status", "/State/Health/Status"] {
        if let Some(word) = container.pointer_mut(place)
            && serde_json::from_value::<HealthStatusEnum>(word.clone()).is_err()
        {
            *word = "".into();
        }
    }
}

#[cfg(test)]
#[path = "dialect_tests.rs"]
mod tests;
