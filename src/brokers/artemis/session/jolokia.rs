//! The management API: Jolokia, which takes a list of requests in one POST and answers each by itself.
//!
//! HTTP is 200 whatever became of the requests: each element of the answer has a status of its own.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::brokers::artemis::CONSOLE;
use crate::brokers::artemis::requests::Operation;
use crate::brokers::{SessionError, Target};
use crate::net::http::{HttpClient, HttpError};

/// What the broker said to one request.
pub(super) type Answer = Result<Json, Refusal>;

/// A no, in the broker's words.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) text: String,
    /// There is nothing of that name.
    pub(super) is_absence: bool,
    /// An address has queues.
    pub(super) is_in_use: bool,
    /// The broker stumbled over its own state, which changed meanwhile.
    pub(super) is_race: bool,
}

/// The API of one node.
pub(super) struct Jolokia {
    http: HttpClient,
    endpoint: String,
    user: String,
    bean: String,
}

impl Jolokia {
    /// Of the node at this index, from 0.
    pub(super) fn new(target: &Target, index: usize) -> Result<Self, SessionError> {
        let protocol = |detail: String| SessionError::Protocol { endpoint: target.broker.clone(), detail };
        let place = target.endpoints(CONSOLE).get(index);
        let place =
            place.ok_or_else(|| protocol(format!("the port `{CONSOLE}` of node {} is not known", index + 1)))?;
        let base = format!("http://{place}/console/jolokia");
        let http = HttpClient::new(&base, &target.user, target.password.clone());
        Ok(Self {
            http: http.map_err(|error| protocol(error.to_string()))?.with_header("origin", "http://localhost"),
            endpoint: format!("{} (management, {place})", target.broker),
            user: target.user.clone(),
            bean: format!("org.apache.activemq.artemis:broker=\"{}\"", target.broker),
        })
    }

    /// Attributes of the broker's own bean, or of those that a pattern behind it means.
    pub(super) fn read(&self, pattern: &str, attributes: &[&str]) -> Json {
        json!({ "type": "read", "mbean": format!("{}{pattern}", self.bean), "attribute": attributes, "config": QUIET })
    }

    pub(super) fn exec(&self, operation: &Operation) -> Json {
        let (name, arguments) = (operation.name, &operation.arguments);
        json!({ "type": "exec", "mbean": self.bean, "operation": name, "arguments": arguments, "config": QUIET })
    }

    /// One answer for each request, in their order.
    pub(super) async fn post(&self, requests: Vec<Json>, deadline: Duration) -> Result<Vec<Answer>, SessionError> {
        let count = requests.len();
        let body = Json::Array(requests);
        let answer = self.http.send(Method::POST, &[], &[], Some(&body), deadline).await;
        let answer = answer.map_err(|error| match error {
            HttpError::TimedOut(after) => {
                SessionError::TimedOut { endpoint: self.endpoint.clone(), seconds: after.as_secs() }
            }
            other => SessionError::Unreachable { endpoint: self.endpoint.clone(), source: Box::new(other) },
        })?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(SessionError::Unauthorized { endpoint: self.endpoint.clone(), user: self.user.clone() });
            }
            // After five wrong passwords the console lets nobody in for some seconds.
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(SessionError::NotReady("the console holds logins back after wrong passwords".to_owned()));
            }
            StatusCode::NOT_FOUND | StatusCode::SERVICE_UNAVAILABLE => {
                return Err(SessionError::NotReady("the console is not there yet".to_owned()));
            }
            other => return Err(self.protocol(format!("HTTP {other}"))),
        }
        let answers: Json = serde_json::from_slice(&answer.body).map_err(|error| self.protocol(error.to_string()))?;
        match answers {
            Json::Array(answers) if answers.len() == count => Ok(answers.into_iter().map(element).collect()),
            other => Err(self.protocol(other.get("error").map_or_else(|| "no list".to_owned(), Json::to_string))),
        }
    }

    fn protocol(&self, detail: String) -> SessionError {
        SessionError::Protocol { endpoint: self.endpoint.clone(), detail }
    }
}

/// Without it each answer begins with the whole request, passwords included.
const QUIET: Quiet = Quiet { include_request: "false" };

#[derive(serde::Serialize)]
struct Quiet {
    #[serde(rename = "includeRequest")]
    include_request: &'static str,
}

fn element(mut answer: Json) -> Answer {
    if answer.get("status").and_then(Json::as_u64) == Some(200) {
        return Ok(answer.get_mut("value").map(Json::take).unwrap_or_default());
    }
    let text = answer.get("error").and_then(Json::as_str).unwrap_or("no reason given");
    Err(Refusal {
        text: words(text).to_owned(),
        is_absence: ABSENCES.iter().any(|absence| text.contains(absence)),
        is_in_use: text.contains("AMQ229205"),
        is_race: text.contains("NullPointerException"),
    })
}

/// Queue, divert, address and user; and a pattern that no bean fits.
const ABSENCES: &[&str] = &["AMQ229017", "AMQ229012", "AMQ229203", "AMQ229224", "InstanceNotFoundException"];

/// Without the Java class in front: `java.lang.IllegalStateException : AMQ229203: Address Does Not Exist: nowhere`.
fn words(text: &str) -> &str {
    match text.split_once(" : ") {
        Some((class, rest)) if !class.contains(' ') && !rest.is_empty() => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_element_is_judged_by_itself() {
        // Recorded from 2.56.0.
        let recorded = include_str!("../../../../tests/fixtures/artemis/answers.json");
        let answers: Vec<Json> = serde_json::from_str(recorded).unwrap();
        let told: Vec<String> = answers
            .into_iter()
            .map(|answer| match element(answer) {
                Ok(value) => format!("ok {}", value.as_str().unwrap_or("-")),
                Err(refusal) => format!("{} {}", if refusal.is_absence { "absent" } else { "no" }, refusal.text),
            })
            .collect();
        assert_eq!(
            told,
            [
                "ok Address [name=invoices, routingTypes={ANYCAST}, autoCreated=false]",
                "no AMQ229204: Address already exists: invoices",
                "no No enum constant org.apache.activemq.artemis.api.core.RoutingType.SIDEWAYS",
                "no AMQ229207: Can not create queue with routing type: ANYCAST, Supported routing types for address: prices are [MULTICAST]",
                "absent AMQ229203: Address Does Not Exist: nowhere",
                "no AMQ229020: Invalid filter: kind = = ",
                "ok -",
                "absent AMQ229017: Queue nosuch does not exist",
                "absent AMQ229224: User nosuch does not exist",
                "absent AMQ229012: No binding for divert nosuch",
                "absent No MBean with pattern org.apache.activemq.artemis:broker=\"art\",component=addresses,address=*,subcomponent=diverts,divert=* found for reading attributes",
            ]
        );
    }
}
