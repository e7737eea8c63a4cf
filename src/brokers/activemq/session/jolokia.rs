//! The HTTP API of one node: many questions in one request, each with its own answer.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use crate::brokers::activemq::node_name;
use crate::brokers::activemq::normalise::{Answer, NodeSeen};
use crate::brokers::{Endpoint, SessionError, Target};
use crate::net::http::{HttpClient, HttpError};

/// A client for one node.
pub(super) struct Jolokia {
    pub(super) number: u32,
    /// As the node calls itself.
    pub(super) name: String,
    http: HttpClient,
    endpoint: String,
    user: String,
    deadline: Duration,
}

impl Jolokia {
    pub(super) fn new(target: &Target, endpoint: &Endpoint) -> Result<Self, SessionError> {
        let (number, name) = (endpoint.node, node_name(&target.broker, endpoint.node));
        let http = HttpClient::new(&format!("http://{endpoint}/api"), &target.user, target.password.clone());
        let endpoint = format!("{name} ({endpoint})");
        let http =
            http.map_err(|error| SessionError::Protocol { endpoint: endpoint.clone(), detail: error.to_string() })?;
        // Without it Jolokia suspects a foreign web page and refuses everything.
        let http = http.with_header("origin", "http://localhost");
        Ok(Self { number, name, http, endpoint, user: target.user.clone(), deadline: target.deadline })
    }

    /// One answer for each question, in their order.
    pub(super) async fn ask(&self, requests: &[Json]) -> Result<Vec<Answer>, SessionError> {
        let body = Json::Array(requests.to_vec());
        // 4 ms for each change were measured on a slow machine.
        let extra = Duration::from_millis(20).saturating_mul(u32::try_from(requests.len()).unwrap_or(u32::MAX));
        let answer = self.http.send(Method::POST, &["jolokia", ""], &[], Some(&body), self.deadline + extra).await;
        let answer = answer.map_err(|error| self.silent(error))?;
        match answer.status {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(SessionError::Unauthorized { endpoint: self.endpoint.clone(), user: self.user.clone() });
            }
            status => return Err(self.protocol(format!("HTTP {status}"))),
        }
        let answers: Json = serde_json::from_slice(&answer.body).map_err(|error| self.protocol(error.to_string()))?;
        match answers {
            Json::Array(answers) if answers.len() == requests.len() => Ok(answers.iter().map(Answer::read).collect()),
            // One answer to all is a refusal of all.
            other => Err(match Answer::read(&other) {
                Answer::Refused(reason) | Answer::NotThere(reason) => SessionError::Refused(reason),
                Answer::Value(_) => self.protocol(format!("not {} answers", requests.len())),
            }),
        }
    }

    fn silent(&self, error: HttpError) -> SessionError {
        match error {
            HttpError::TimedOut(after) => {
                SessionError::TimedOut { endpoint: self.endpoint.clone(), seconds: after.as_secs() }
            }
            other => SessionError::Unreachable { endpoint: self.endpoint.clone(), source: Box::new(other) },
        }
    }

    /// A port that is another broker's by now would be taken for ours.
    pub(super) fn is_own(&self, seen: &NodeSeen) -> Result<(), SessionError> {
        if seen.name == self.name {
            return Ok(());
        }
        Err(SessionError::Refused(format!("another broker answers at {}: it is called `{}`", self.endpoint, seen.name)))
    }

    pub(super) fn protocol(&self, detail: String) -> SessionError {
        SessionError::Protocol { endpoint: self.endpoint.clone(), detail }
    }
}
