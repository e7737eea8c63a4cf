//! Whether somebody speaks gRPC at a port: the first frames of HTTP/2, without the rest of it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::brokers::{Endpoint, SessionError};

/// What every client of HTTP/2 begins with, and settings that change nothing (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// The type of a frame of settings, which every server begins with.
const SETTINGS: u8 = 4;

/// Whatever goes wrong is [`SessionError::NotReady`].
pub(super) async fn greet(endpoint: &Endpoint, within: Duration) -> Result<(), SessionError> {
    let talk = async {
        let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
        stream.write_all(PREFACE).await?;
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        Ok::<bool, io::Error>(head[3] == SETTINGS)
    };
    let problem = match timeout(within, talk).await {
        Ok(Ok(true)) => return Ok(()),
        Ok(Ok(false)) => "it does not speak gRPC".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", within.as_secs()),
    };
    Err(SessionError::NotReady(format!("the proxy at {endpoint}: {problem}")))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn greeted(answer: &'static [u8]) -> Result<(), SessionError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; PREFACE.len()];
            stream.read_exact(&mut request).await.unwrap();
            stream.write_all(answer).await.unwrap();
        });
        greet(&Endpoint { node: 1, host: "127.0.0.1".to_owned(), port }, Duration::from_secs(5)).await
    }

    #[tokio::test]
    async fn only_settings_count() {
        assert!(greeted(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.is_ok());
        assert!(matches!(greeted(b"").await, Err(SessionError::NotReady(_))));
        assert!(greeted(b"HTTP/1.1 400").await.unwrap_err().to_string().contains("does not speak gRPC"));
    }
}
