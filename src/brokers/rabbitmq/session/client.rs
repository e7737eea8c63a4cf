//! One broker's management API as far as mqlab needs it, and AMQP beside it.
//!
//! Not the RabbitMQ team's `rabbitmq_http_client`, which was tried on paper at 0.93: its typed definitions
//! drop fields that they do not know, so a re-created binding or policy could lose some; its error details
//! expect `reason` to be text, while 3.x answers with lists of character codes; it has no `if-empty`; it writes whole
//! request bodies, password hashes included, to the log at trace level; and it brings `ring` (C and assembly),
//! `backtrace`, a second `rand` and a third URL encoder for what are a dozen requests here.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use super::super::errors::reason_text;
use super::wire::{Network, Request, Wire};
use crate::brokers::{SessionError, Target};
use crate::model::Resource;
use crate::net::http::{Answer, HttpClient, HttpError};
use crate::plan::Contents;

/// A client for one broker.
pub(super) struct Client {
    wire: Box<dyn Wire>,
    endpoint: String,
    user: String,
    deadline: Duration,
}

impl Client {
    pub(super) fn new(target: &Target) -> Result<Self, SessionError> {
        let endpoint = target.endpoint("management").ok_or_else(|| SessionError::Protocol {
            endpoint: target.broker.clone(),
            detail: "the port `management` is not published".to_owned(),
        })?;
        let http = HttpClient::new(&format!("http://{endpoint}/api"), &target.user, target.password.clone());
        let endpoint = format!("{} (management, {endpoint})", target.broker);
        let http =
            http.map_err(|error| SessionError::Protocol { endpoint: endpoint.clone(), detail: error.to_string() })?;
        Ok(Self::over(Box::new(Network::new(http, target)), endpoint, target))
    }

    pub(super) fn over(wire: Box<dyn Wire>, endpoint: String, target: &Target) -> Self {
        Self { wire, endpoint, user: target.user.clone(), deadline: target.deadline }
    }

    /// See [`super::amqp::greeting`].
    pub(super) async fn greeting(&self) -> Result<(), SessionError> {
        self.wire.greeting().await
    }

    /// See [`super::amqp::ready`].
    pub(super) async fn ready(
        &self,
        vhost: &str,
        queues: &[&str],
    ) -> Result<Vec<Result<Contents, SessionError>>, SessionError> {
        self.wire.ready(vhost, queues).await
    }

    /// See [`super::amqp::stream_length`].
    pub(super) async fn stream_length(&self, vhost: &str, name: &str) -> Result<u64, SessionError> {
        self.wire.stream_length(vhost, name).await
    }

    /// See [`super::amqp::bind`].
    pub(super) async fn bind(&self, binding: &Resource) -> Result<(), SessionError> {
        self.wire.bind(binding).await
    }

    /// See [`super::amqp::round_trip`].
    pub(super) async fn round_trip(&self, vhost: &str) -> Result<String, SessionError> {
        self.wire.round_trip(vhost).await
    }

    /// The answer of a `GET` as JSON.
    pub(super) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Json, SessionError> {
        let answer = self.send(Method::GET, path, query, None, self.deadline).await?;
        self.decode(&answer)
    }

    pub(super) async fn put(&self, path: &[&str], body: &Json) -> Result<(), SessionError> {
        self.send(Method::PUT, path, &[], Some(body), self.deadline).await.map(|_| ())
    }

    /// `items` is how much work the body is, for the deadline.
    pub(super) async fn post(&self, path: &[&str], body: &Json, items: usize) -> Result<(), SessionError> {
        // 2 ms per object were measured for imports of 10,000 on a slow machine.
        let extra = Duration::from_millis(20).saturating_mul(u32::try_from(items).unwrap_or(u32::MAX));
        self.send(Method::POST, path, &[], Some(body), self.deadline + extra).await.map(|_| ())
    }

    /// What is not there is deleted already.
    pub(super) async fn delete(&self, path: &[&str], query: &[(&str, &str)]) -> Result<(), SessionError> {
        let answer = self.raw(Method::DELETE, path, query, None, self.deadline).await?;
        if answer.status == StatusCode::NOT_FOUND { Ok(()) } else { self.accept(answer).map(|_| ()) }
    }

    /// Whether our user is let in and may do everything. One that lost its tags is as good as a wrong password:
    /// both are set again in the same way.
    pub(super) async fn administrator(&self) -> Result<(), SessionError> {
        let answer = self.raw(Method::GET, &["whoami"], &[], None, self.deadline).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(SessionError::Unauthorized { endpoint: self.endpoint.clone(), user: self.user.clone() });
        }
        let answer: Json = self.decode(&self.accept(answer)?)?;
        let tags = answer.get("tags").and_then(Json::as_array).into_iter().flatten();
        if tags.filter_map(Json::as_str).any(|tag| tag == "administrator") {
            return Ok(());
        }
        Err(SessionError::Unauthorized { endpoint: self.endpoint.clone(), user: self.user.clone() })
    }

    /// A health check: `Err` holds what it complains about.
    pub(super) async fn healthy(&self, check: &[&str]) -> Result<Result<(), String>, SessionError> {
        let mut path = vec!["health", "checks"];
        path.extend(check);
        let answer = self.raw(Method::GET, &path, &[], None, self.deadline).await?;
        match answer.status {
            status if status.is_success() => Ok(Ok(())),
            StatusCode::SERVICE_UNAVAILABLE => Ok(Err(reason_text(&answer.body))),
            _ => self.accept(answer).map(|_| Ok(())),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Json>,
        deadline: Duration,
    ) -> Result<Answer, SessionError> {
        let answer = self.raw(method, path, query, body, deadline).await?;
        self.accept(answer)
    }

    fn decode(&self, answer: &Answer) -> Result<Json, SessionError> {
        serde_json::from_slice(&answer.body).map_err(|error| self.protocol(error.to_string()))
    }

    async fn raw(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Json>,
        deadline: Duration,
    ) -> Result<Answer, SessionError> {
        let request = Request { method: &method, path, query, body, deadline };
        self.wire.http(request).await.map_err(|error| match error {
            HttpError::TimedOut(after) => {
                SessionError::TimedOut { endpoint: self.endpoint.clone(), seconds: after.as_secs() }
            }
            // The request was never made.
            error @ (HttpError::Step(_) | HttpError::Url(_)) => SessionError::Refused(error.to_string()),
            other => SessionError::Unreachable { endpoint: self.endpoint.clone(), source: Box::new(other) },
        })
    }

    fn accept(&self, answer: Answer) -> Result<Answer, SessionError> {
        match answer.status {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED => Err(self.unauthorized(&reason_text(&answer.body))),
            status if status.is_client_error() => Err(SessionError::Refused(reason_text(&answer.body))),
            status => Err(self.protocol(format!("HTTP {status}: {}", reason_text(&answer.body)))),
        }
    }

    /// 4.0 answers 401 for a wrong password, and also for what the right user may not do.
    fn unauthorized(&self, reason: &str) -> SessionError {
        if reason.is_empty() || reason.eq_ignore_ascii_case("not_authorized") || reason.contains("Login failed") {
            SessionError::Unauthorized { endpoint: self.endpoint.clone(), user: self.user.clone() }
        } else {
            SessionError::Refused(reason.to_owned())
        }
    }

    fn protocol(&self, detail: String) -> SessionError {
        SessionError::Protocol { endpoint: self.endpoint.clone(), detail }
    }
}
