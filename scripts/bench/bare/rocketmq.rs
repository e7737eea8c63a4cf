//! RocketMQ's remoting protocol: frames that are ready, over one connection.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::Fallible;

/// Sends each file, a whole frame, and takes its answer, which must be a success.
pub fn send(address: &str, files: &[&str]) -> Fallible<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut bytes = 0;
    for file in files {
        stream.write_all(&std::fs::read(file)?)?;
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut answer)?;
        bytes += answer.len();
        let header = u32::from_be_bytes(answer[..4].try_into()?) as usize & 0xff_ffff;
        let header = String::from_utf8_lossy(&answer[4..4 + header]).into_owned();
        if !header.contains("\"code\":0,") {
            return Err(format!("{file}: {header}").into());
        }
    }
    Ok(format!(",\"bytes\":{bytes}"))
}
