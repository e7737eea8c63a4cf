//! What goes to one broker and comes back: the management API, and AMQP for what only it can do.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use serde_json::Value as Json;

use super::amqp;
use crate::brokers::{SessionError, Target};
use crate::model::Resource;
use crate::net::http::{Answer, HttpClient, HttpError};
use crate::plan::Contents;

/// One request of the management API.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) method: &'a Method,
    /// Below `/api`, unencoded.
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) body: Option<&'a Json>,
    pub(super) deadline: Duration,
}

/// The way to one broker.
#[async_trait]
pub(super) trait Wire: Send + Sync {
    async fn http(&self, request: Request<'_>) -> Result<Answer, HttpError>;

    /// See [`amqp::greeting`].
    async fn greeting(&self) -> Result<(), SessionError>;

    /// See [`amqp::ready`].
    async fn ready(&self, vhost: &str, queues: &[&str]) -> Result<Vec<Result<Contents, SessionError>>, SessionError>;

    /// See [`amqp::stream_length`].
    async fn stream_length(&self, vhost: &str, name: &str) -> Result<u64, SessionError>;

    /// See [`amqp::bind`].
    async fn bind(&self, binding: &Resource) -> Result<(), SessionError>;

    /// See [`amqp::round_trip`].
    async fn round_trip(&self, vhost: &str) -> Result<String, SessionError>;
}

/// Over the network.
pub(super) struct Network {
    http: HttpClient,
    target: Target,
}

impl Network {
    pub(super) fn new(http: HttpClient, target: &Target) -> Self {
        Self { http, target: target.clone() }
    }
}

#[async_trait]
impl Wire for Network {
    async fn http(&self, request: Request<'_>) -> Result<Answer, HttpError> {
        let Request { method, path, query, body, deadline } = request;
        self.http.send(method.clone(), path, query, body, deadline).await
    }

    async fn greeting(&self) -> Result<(), SessionError> {
        amqp::greeting(&self.target).await
    }

    async fn ready(&self, vhost: &str, queues: &[&str]) -> Result<Vec<Result<Contents, SessionError>>, SessionError> {
        amqp::ready(&self.target, vhost, queues).await
    }

    async fn stream_length(&self, vhost: &str, name: &str) -> Result<u64, SessionError> {
        amqp::stream_length(&self.target, vhost, name).await
    }

    async fn bind(&self, binding: &Resource) -> Result<(), SessionError> {
        amqp::bind(&self.target, binding).await
    }

    async fn round_trip(&self, vhost: &str) -> Result<String, SessionError> {
        amqp::round_trip(&self.target, vhost).await
    }
}
