//! A thin HTTP client: one deadline per request, and errors that tell a closed port from a silent server.

use std::time::Duration;

use reqwest::{Method, StatusCode, Url};
use thiserror::Error;

use crate::model::Secret;

/// A client for one server, with its credentials. Keeps its connections.
#[derive(Clone)]
pub struct HttpClient {
    client: reqwest::Client,
    base: Url,
    user: String,
    password: Secret,
}

/// Why there is no answer. An answer with an error status is an answer.
#[derive(Debug, Error)]
pub enum HttpError {
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("cannot connect")]
    Connect(#[source] reqwest::Error),
    /// The connection ended before the answer did.
    #[error("the connection broke")]
    Broken(#[source] reqwest::Error),
    #[error("`{0}` is not a URL")]
    Url(String),
}

/// Status and body.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HttpClient").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl HttpClient {
    /// `base` is a URL without credentials. No proxy from the environment is used: this is for brokers on this machine.
    pub fn new(base: &str, user: &str, password: Secret) -> Result<Self, HttpError> {
        let base = Url::parse(base).map_err(|_| HttpError::Url(base.to_owned()))?;
        let client = reqwest::Client::builder().no_proxy().build().map_err(HttpError::Broken)?;
        Ok(Self { client, base, user: user.to_owned(), password })
    }

    /// Sends one request. `segments` are the path, unencoded; `query` likewise.
    pub async fn send(
        &self,
        method: Method,
        segments: &[&str],
        query: &[(&str, &str)],
        body: Option<&serde_json::Value>,
        deadline: Duration,
    ) -> Result<Answer, HttpError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.client.request(method, url);
        request = request.basic_auth(&self.user, Some(self.password.reveal())).timeout(deadline);
        if let Some(body) = body {
            request = request.json(body);
        }
        let classify = |error: reqwest::Error| {
            // The URL holds no credentials, but the outer message names the server already.
            let error = error.without_url();
            if error.is_timeout() {
                HttpError::TimedOut(deadline)
            } else if error.is_connect() {
                HttpError::Connect(error)
            } else {
                HttpError::Broken(error)
            }
        };
        let answer = request.send().await.map_err(classify)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(classify)?;
        Ok(Answer { status, body: body.to_vec() })
    }
}
