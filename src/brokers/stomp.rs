//! STOMP 1.2, as far as a login and one message round take it: the one protocol of several brokers that is text.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Endpoint, SessionError};
use crate::model::Secret;

/// More than any frame that we wait for.
const MOST: usize = 64 * 1024;

/// A connection that was let in.
pub(super) struct Stomp {
    stream: TcpStream,
    unread: Vec<u8>,
    endpoint: String,
    deadline: Duration,
}

/// What came from the broker.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) command: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Stomp {
    /// `Unauthorized` if the broker does not know this user with this password.
    pub(super) async fn connect(
        place: &Endpoint,
        user: &str,
        password: &Secret,
        deadline: Duration,
    ) -> Result<Self, SessionError> {
        let endpoint = place.to_string();
        let unreachable = |source: std::io::Error| SessionError::Unreachable {
            endpoint: place.to_string(),
            source: Box::new(source),
        };
        let connecting = timeout(deadline, TcpStream::connect((place.host.as_str(), place.port))).await;
        let stream = connecting.map_err(|_| timed_out(&endpoint, deadline))?.map_err(unreachable)?;
        let mut connection = Self { stream, unread: Vec::new(), endpoint, deadline };
        let headers = [
            ("accept-version", "1.2"),
            ("host", place.host.as_str()),
            ("login", user),
            ("passcode", password.reveal()),
            ("heart-beat", "0,0"),
        ];
        connection.send("CONNECT", &headers, "").await?;
        let answer = connection.receive().await?;
        match answer.command.as_str() {
            "CONNECTED" => Ok(connection),
            "ERROR" if says_no(&answer) => {
                Err(SessionError::Unauthorized { endpoint: connection.endpoint, user: user.to_owned() })
            }
            _ => Err(connection.unexpected(&answer)),
        }
    }

    pub(super) async fn send(
        &mut self,
        command: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(), SessionError> {
        let frame = written(command, headers, body);
        let writing = timeout(self.deadline, self.stream.write_all(&frame)).await;
        writing.map_err(|_| self.silent())?.map_err(|source| self.broken(source))
    }

    pub(super) async fn receive(&mut self) -> Result<Frame, SessionError> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == 0) {
                let rest = self.unread.split_off(end + 1);
                let frame = std::mem::replace(&mut self.unread, rest);
                return parsed(&frame[..end]).ok_or_else(|| self.protocol("a frame that is none".to_owned()));
            }
            if self.unread.len() > MOST {
                return Err(self.protocol("a frame without an end".to_owned()));
            }
            let mut buffer = [0; 4096];
            let reading = timeout(self.deadline, self.stream.read(&mut buffer)).await;
            match reading.map_err(|_| self.silent())?.map_err(|source| self.broken(source))? {
                0 => return Err(self.broken(std::io::ErrorKind::UnexpectedEof.into())),
                count => self.unread.extend_from_slice(&buffer[..count]),
            }
        }
    }

    /// The next frame, which must be this one.
    pub(super) async fn expect(&mut self, command: &str) -> Result<Frame, SessionError> {
        let frame = self.receive().await?;
        if frame.command == command { Ok(frame) } else { Err(self.unexpected(&frame)) }
    }

    /// Politely, so that the broker knows of it when this returns.
    pub(super) async fn close(mut self) -> Result<(), SessionError> {
        self.send("DISCONNECT", &[("receipt", "closed")], "").await?;
        self.expect("RECEIPT").await.map(|_| ())
    }

    fn unexpected(&self, frame: &Frame) -> SessionError {
        if frame.command == "ERROR" {
            SessionError::Refused(frame.says().to_owned())
        } else {
            self.protocol(format!("an unexpected `{}`", frame.command))
        }
    }

    fn protocol(&self, detail: String) -> SessionError {
        SessionError::Protocol { endpoint: self.endpoint.clone(), detail }
    }

    fn silent(&self) -> SessionError {
        timed_out(&self.endpoint, self.deadline)
    }

    fn broken(&self, source: std::io::Error) -> SessionError {
        SessionError::Unreachable { endpoint: self.endpoint.clone(), source: Box::new(source) }
    }
}

fn timed_out(endpoint: &str, after: Duration) -> SessionError {
    SessionError::TimedOut { endpoint: endpoint.to_owned(), seconds: after.as_secs() }
}

impl Frame {
    /// What an error frame says.
    fn says(&self) -> &str {
        self.headers.get("message").map_or(self.body.trim(), String::as_str)
    }
}

/// In the words of ActiveMQ and Artemis.
fn says_no(answer: &Frame) -> bool {
    answer.says().contains("password is invalid")
}

fn written(command: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut frame = format!("{command}\n");
    for (name, value) in headers {
        // A CONNECT frame escapes nothing but what would end a line: so it was with 1.0, and the broker keeps to it.
        frame
            .push_str(&format!("{name}:{}\n", if command == "CONNECT" { (*value).to_owned() } else { escaped(value) }));
    }
    frame.push('\n');
    frame.push_str(body);
    frame.push('\0');
    frame.into_bytes()
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\r', "\\r").replace('\n', "\\n").replace(':', "\\c")
}

fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        out.extend(rest.next().map(|escaped| match escaped {
            'n' => '\n',
            'r' => '\r',
            'c' => ':',
            other => other,
        }));
    }
    out
}

fn parsed(frame: &[u8]) -> Option<Frame> {
    let text = String::from_utf8_lossy(frame);
    // Line breaks between frames keep connections alive.
    let text = text.trim_start_matches(['\r', '\n']);
    let (head, body) = text.split_once("\n\n")?;
    let mut lines = head.lines();
    let command = lines.next()?.to_owned();
    let mut headers = BTreeMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        // Of a header that comes twice the first one counts.
        headers.entry(unescaped(name)).or_insert_with(|| unescaped(value));
    }
    Some(Frame { command, headers, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_the_broker_sends_it() {
        // Recorded from 2.56.0.
        let frame = b"\nERROR\nmessage:Security Error occurred\\c User name [app] or password is invalid\ncontent-type:text/plain\ncontent-length:63\n\nSecurity Error occurred: User name [app] or password is invalid";
        let frame = parsed(frame).unwrap();
        assert_eq!(frame.command, "ERROR");
        assert!(says_no(&frame), "{frame:?}");
        let frame = parsed(b"MESSAGE\nsubscription:2\ndestination:mm\n\nhi").unwrap();
        assert_eq!((frame.command.as_str(), frame.body.as_str()), ("MESSAGE", "hi"));
        assert_eq!(parsed(b"MESSAGE"), None);
        assert_eq!(parsed(b"HTTP/1.1 400 Bad Request"), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let frame = written("SEND", &[("destination", "/queue/a:b\\c\nd")], "body");
        let frame = parsed(frame.strip_suffix(b"\0").unwrap()).unwrap();
        assert_eq!(frame.headers["destination"], "/queue/a:b\\c\nd");
    }

    #[test]
    fn what_would_end_a_header_is_escaped() {
        assert_eq!(written("SEND", &[("destination", "a:b\nc\\")], "x"), b"SEND\ndestination:a\\cb\\nc\\\\\n\nx\0");
        assert_eq!(written("CONNECT", &[("passcode", "a:b")], ""), b"CONNECT\npasscode:a:b\n\n\0");
    }
}
