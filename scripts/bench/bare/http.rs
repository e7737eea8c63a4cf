//! One HTTP request on one connection, read to its end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use crate::Fallible;

/// The body of an answer whose status is a success.
pub fn exchange(mut stream: impl Read + Write, head: &str, body: &[u8]) -> Fallible<Vec<u8>> {
    let request = format!("{head}Connection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(request.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or("an answer without an end of its head")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap_or_default();
    if !status.starts_with('2') {
        return Err(format!("{head}\n{}", String::from_utf8_lossy(&answer[end..])).into());
    }
    Ok(answer.split_off(end + 4))
}

pub fn tcp(address: &str, head: &str, body: &[u8]) -> Fallible<Vec<u8>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    exchange(stream, head, body)
}

/// What there is to know about containers before a stack can be compared.
pub fn engine_read(socket: &str) -> Fallible<String> {
    let mut bytes = 0;
    for path in ["/containers/json?all=true", "/networks", "/volumes"] {
        let head = format!("GET {path} HTTP/1.1\r\nHost: engine\r\n");
        bytes += exchange(UnixStream::connect(socket)?, &head, b"")?.len();
    }
    Ok(format!(",\"bytes\":{bytes}"))
}
