//! A thin HTTP client: one deadline per request, and errors that tell a closed port from a silent server.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
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
    /// Sent with every request.
    headers: HeaderMap,
}

/// Why there is no answer. An answer with an error status is an answer.
#[derive(Debug, Error)]
pub enum HttpError {
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("{0}")]
    Connect(String),
    /// The connection ended before the answer did.
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("`{0}` is not a URL")]
    Url(String),
    /// A URL steps through its path with these, encoded or not.
    #[error("a URL cannot name something called `{0}`")]
    Step(String),
}

/// Status and body.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

/// The last cause: what the layers of the client say around it helps nobody.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
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
        super::tls::install();
        // Brokers are asked in the clear: to read the system's authorities for them would take longer than the answer.
        let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        let client = builder.build().map_err(|error| HttpError::Broken(cause(&error)))?;
        Ok(Self { client, base, user: user.to_owned(), password, headers: HeaderMap::new() })
    }

    /// Sends this header with every request: what a server checks beside the password, such as `Origin`.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// Sends one request. `segments` are the path, unencoded; `query` likewise. A segment `.` or `..` is
    /// [`HttpError::Step`]: it would ask for something else.
    pub async fn send(
        &self,
        method: Method,
        segments: &[&str],
        query: &[(&str, &str)],
        body: Option<&serde_json::Value>,
        deadline: Duration,
    ) -> Result<Answer, HttpError> {
        let mut url = self.base.clone();
        url.set_path(&path_of(self.base.path(), segments)?);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.client.request(method, url);
        request = request
            .headers(self.headers.clone())
            .basic_auth(&self.user, Some(self.password.reveal()))
            .timeout(deadline);
        if let Some(body) = body {
            request = request.json(body);
        }
        let classify = |error: reqwest::Error| {
            // The URL holds no credentials, but the outer message names the server already.
            let error = error.without_url();
            if error.is_timeout() {
                HttpError::TimedOut(deadline)
            } else if error.is_connect() {
                HttpError::Connect(cause(&error))
            } else {
                HttpError::Broken(cause(&error))
            }
        };
        let answer = request.send().await.map_err(classify)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(classify)?;
        Ok(Answer { status, body: body.to_vec() })
    }
}

/// What means itself in a segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encoded here because the URL's own way drops tabs and line breaks, and steps out of `..`: another object then
/// gets what was meant for this one.
fn path_of(base: &str, segments: &[&str]) -> Result<String, HttpError> {
    let mut path = base.trim_end_matches('/').to_owned();
    for segment in segments {
        if [".", ".."].contains(segment) {
            return Err(HttpError::Step((*segment).to_owned()));
        }
        path.push('/');
        path.extend(utf8_percent_encode(segment, SEGMENT));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stays_one_segment_and_itself() {
        let name = "a/b?c#d%2Fe\t\r\n é\0..";
        let mut url = Url::parse("http://127.0.0.1:1/api/").unwrap();
        url.set_path(&path_of(url.path(), &["queues", "/", name]).unwrap());
        let decoded: Vec<String> = url
            .path_segments()
            .unwrap()
            .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned())
            .collect();
        assert_eq!(decoded, ["api", "queues", "/", name]);
    }

    #[test]
    fn a_step_in_the_path_is_refused() {
        for step in [".", ".."] {
            assert!(matches!(path_of("/api", &["queues", step]), Err(HttpError::Step(name)) if name == step));
        }
        assert_eq!(path_of("/api", &["..."]).unwrap(), "/api/...");
    }
}
