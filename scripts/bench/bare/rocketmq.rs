//! RocketMQ's remoting protocol: frames that are ready, over one connection.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Fallible;

const PAUSE: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(120);

/// Sends each file, a whole frame, and takes its answer, which must be a success.
pub fn send(address: &str, files: &[&str]) -> Fallible<String> {
    let mut stream = connect(address)?;
    let mut bytes = 0;
    for file in files {
        bytes += ask(&mut stream, file)?.len();
    }
    Ok(format!(",\"bytes\":{bytes}"))
}

/// Sends a name server the file until its answer has every topic that another file lists: no client can use a topic
/// before.
pub fn routes(address: &str, file: &str, topics: &str) -> Fallible<String> {
    let topics = std::fs::read_to_string(topics)?;
    let mut stream = connect(address)?;
    let began = Instant::now();
    loop {
        let answer = String::from_utf8_lossy(&ask(&mut stream, file)?).into_owned();
        let there: HashSet<&str> = answer.split('"').collect();
        let missing = topics.lines().filter(|topic| !there.contains(topic)).count();
        if missing == 0 {
            return Ok(format!(",\"routes\":{:.6}", began.elapsed().as_secs_f64()));
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("{missing} topics have no route").into());
        }
        sleep(PAUSE);
    }
}

fn connect(address: &str) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn ask(stream: &mut TcpStream, file: &str) -> Fallible<Vec<u8>> {
    stream.write_all(&std::fs::read(file)?)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut answer)?;
    let header = u32::from_be_bytes(answer[..4].try_into()?) as usize & 0xff_ffff;
    let header = String::from_utf8_lossy(&answer[4..4 + header]).into_owned();
    if header.contains("\"code\":0,") { Ok(answer) } else { Err(format!("{file}: {header}").into()) }
}
