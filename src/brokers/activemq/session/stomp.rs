//! As much of STOMP 1.2 as a greeting and a probe need.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::brokers::{Endpoint, SessionError, Target};

/// A frame that is longer is not one that we asked for.
const LARGEST: usize = 64 << 10;

/// A frame that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) command: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// A connection that has logged in.
pub(super) struct Connection {
    stream: TcpStream,
    /// What came in and is no whole frame yet.
    read: Vec<u8>,
    endpoint: String,
    deadline: Duration,
}

impl Connection {
    /// Logs in as the target's user.
    pub(super) async fn open(endpoint: &Endpoint, target: &Target) -> Result<Self, SessionError> {
        let name = format!("{} (stomp, {endpoint})", target.broker);
        let opening = TcpStream::connect((endpoint.host.as_str(), endpoint.port));
        let stream = match tokio::time::timeout(target.deadline, opening).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(unreachable(&name, error)),
            Err(_) => return Err(SessionError::TimedOut { endpoint: name, seconds: target.deadline.as_secs() }),
        };
        let mut connection = Self { stream, read: Vec::new(), endpoint: name, deadline: target.deadline };
        let login = [
            ("accept-version", "1.2"),
            ("host", target.broker.as_str()),
            ("login", target.user.as_str()),
            ("passcode", target.password.reveal()),
        ];
        connection.send("CONNECT", &login, "").await?;
        let answer = connection.receive().await?;
        match answer.command.as_str() {
            "CONNECTED" => Ok(connection),
            "ERROR" if answer.says().contains("password") => {
                Err(SessionError::Unauthorized { endpoint: connection.endpoint, user: target.user.clone() })
            }
            "ERROR" => Err(SessionError::Refused(answer.says())),
            other => Err(connection.protocol(format!("`{other}` in answer to a login"))),
        }
    }

    pub(super) async fn send(
        &mut self,
        command: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(), SessionError> {
        let text = encode(command, headers, body);
        let writing = self.stream.write_all(text.as_bytes());
        match tokio::time::timeout(self.deadline, writing).await {
            Ok(written) => written.map_err(|error| unreachable(&self.endpoint, error)),
            Err(_) => Err(self.timed_out()),
        }
    }

    /// The next frame of this kind; an error frame is an error.
    pub(super) async fn wait_for(&mut self, command: &str) -> Result<Frame, SessionError> {
        loop {
            let frame = self.receive().await?;
            if frame.command == command {
                return Ok(frame);
            }
            if frame.command == "ERROR" {
                return Err(SessionError::Refused(frame.says()));
            }
        }
    }

    async fn receive(&mut self) -> Result<Frame, SessionError> {
        match tokio::time::timeout(self.deadline, self.next_frame()).await {
            Ok(frame) => frame,
            Err(_) => Err(self.timed_out()),
        }
    }

    async fn next_frame(&mut self) -> Result<Frame, SessionError> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == 0) {
                let bytes: Vec<u8> = self.read.drain(..=end).collect();
                let text = String::from_utf8_lossy(&bytes[..end]);
                return decode(&text).ok_or_else(|| self.protocol("no frame of STOMP".to_owned()));
            }
            if self.read.len() > LARGEST {
                return Err(self.protocol("a frame without an end".to_owned()));
            }
            let count = self.stream.read_buf(&mut self.read).await;
            if count.map_err(|error| unreachable(&self.endpoint, error))? == 0 {
                let ended = std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the broker closed the connection");
                return Err(unreachable(&self.endpoint, ended));
            }
        }
    }

    /// Politely, if the broker still listens.
    pub(super) async fn close(mut self) {
        let _ = self.send("DISCONNECT", &[], "").await;
    }

    fn timed_out(&self) -> SessionError {
        SessionError::TimedOut { endpoint: self.endpoint.clone(), seconds: self.deadline.as_secs() }
    }

    fn protocol(&self, detail: String) -> SessionError {
        SessionError::Protocol { endpoint: self.endpoint.clone(), detail }
    }
}

fn unreachable(endpoint: &str, error: std::io::Error) -> SessionError {
    SessionError::Unreachable { endpoint: endpoint.to_owned(), source: Box::new(error) }
}

impl Frame {
    /// What an error frame says.
    fn says(&self) -> String {
        self.headers.get("message").cloned().unwrap_or_else(|| self.body.trim().to_owned())
    }
}

/// A login is not escaped, everything else is.
fn encode(command: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{command}\n");
    for (name, value) in headers {
        let value = if command == "CONNECT" { (*value).to_owned() } else { escaped(value) };
        text.push_str(&format!("{name}:{value}\n"));
    }
    text.push('\n');
    text.push_str(body);
    text.push('\0');
    text
}

/// A frame without the zero at its end. Line breaks before it are heartbeats.
fn decode(text: &str) -> Option<Frame> {
    let (head, body) = text.trim_start_matches(['\n', '\r']).split_once("\n\n")?;
    let mut lines = head.lines();
    let command = lines.next()?.to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        // Of a header that comes twice the first one counts.
        headers.entry(unescaped(name)).or_insert_with(|| unescaped(value));
    }
    Some(Frame { command, headers, body: body.to_owned() })
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace(':', "\\c")
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match (character, character == '\\') {
            (_, true) => match rest.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('c') => out.push(':'),
                Some(other) => out.push(other),
                None => {}
            },
            (character, false) => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = encode("SEND", &[("destination", "/queue/a:b\\c\nd")], "body");
        assert_eq!(text, "SEND\ndestination:/queue/a\\cb\\\\c\\nd\n\nbody\0");
        let frame = decode(text.trim_end_matches('\0')).unwrap();
        assert_eq!(frame.headers["destination"], "/queue/a:b\\c\nd");
        assert_eq!((frame.command.as_str(), frame.body.as_str()), ("SEND", "body"));
    }

    #[test]
    fn a_password_goes_as_it_is() {
        assert!(encode("CONNECT", &[("passcode", "a:b")], "").contains("passcode:a:b\n"));
    }

    #[test]
    fn heartbeats_are_no_part_of_a_frame() {
        assert_eq!(decode("\n\nERROR\nmessage:no\n\nwhy").unwrap().says(), "no");
        assert!(decode("HTTP/1.1 400 Bad Request").is_none());
    }
}
