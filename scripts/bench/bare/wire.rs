//! Whether a broker answers on its own protocol.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Fallible;

const PAUSE: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks until it answers.
pub fn wait(address: &str, answers: fn(&mut TcpStream) -> std::io::Result<bool>) -> Fallible<String> {
    let began = Instant::now();
    let mut asked = 0;
    loop {
        asked += 1;
        let answer = TcpStream::connect(address).and_then(|mut stream| {
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            answers(&mut stream)
        });
        if matches!(answer, Ok(true)) {
            return Ok(format!(",\"asked\":{asked}"));
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("{address} does not answer: {answer:?}").into());
        }
        sleep(PAUSE);
    }
}

/// Jetty opens its port once what is behind it has been deployed.
pub fn http_answers(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 ") && answer[9] != b'5')
}

/// ApiVersions, version 0.
pub fn kafka_answers(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(&[0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff])?;
    let mut answer = [0; 10];
    stream.read_exact(&mut answer)?;
    // Its length, our number, no error.
    Ok(answer[4..] == [0, 0, 0, 7, 0, 0])
}

/// A login without a name brings a frame, whatever it says.
pub fn stomp_answers(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(b"CONNECT\naccept-version:1.2\nhost:x\n\n\0")?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok([b"CONNE", b"ERROR"].contains(&&answer))
}

/// HTTP/2's preface brings a frame of settings.
pub fn grpc_answers(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")?;
    let mut answer = [0; 9];
    stream.read_exact(&mut answer)?;
    Ok(answer[3] == 4)
}

/// The protocol's header brings connection.start: method frame, class 10, method 10.
pub fn amqp_answers(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(b"AMQP\x00\x00\x09\x01")?;
    let mut answer = [0; 11];
    stream.read_exact(&mut answer)?;
    Ok(answer[0] == 1 && answer[7..] == [0, 10, 0, 10])
}
