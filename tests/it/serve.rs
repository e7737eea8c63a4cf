//! `mqlab site serve` as somebody runs it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SPEC: &str = "stack: shop\nbrokers: { events: { kind: kafka, topics: { orders: {} } } }\nsite: { title: One }\n";

/// Ends with the test, however that ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn open_pages_hear_of_the_file_and_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("mqlab.yaml");
    std::fs::write(&spec, SPEC).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mqlab"));
    command.args(["site", "serve", "--port", "0", "--format", "plain"]).current_dir(folder.path());
    let mut server = Server(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("site http://").unwrap().trim_end_matches('/').to_owned();
    assert!(page(&address).contains("<title>One</title>"));

    let mut told = ask(&address, "/.mqlab/changes");
    std::fs::write(&spec, SPEC.replace("One", "Two")).unwrap();
    next(&mut told, "data: 1");
    assert!(page(&address).contains("<title>Two</title>"));

    // A mistake changes nothing, and is no end.
    std::fs::write(&spec, "stack: [").unwrap();
    std::fs::write(&spec, SPEC.replace("One", "Three")).unwrap();
    next(&mut told, "data: 2");
    assert!(page(&address).contains("<title>Three</title>"));

    // A run writes the site itself, and behind it what it left.
    let index = folder.path().join("mqlab-site/index.html");
    let other = std::fs::read_to_string(&index).unwrap().replace("Three", "By a run");
    std::fs::write(&index, other).unwrap();
    std::fs::write(folder.path().join(".mqlab/shop/site.json"), "{}").unwrap();
    next(&mut told, "data: 3");
    assert!(page(&address).contains("<title>By a run</title>"));
}

fn ask(address: &str, path: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    BufReader::new(stream)
}

fn page(address: &str) -> String {
    let mut text = String::new();
    ask(address, "/").read_to_string(&mut text).unwrap();
    text
}

/// Reads on until the line comes; the stream's own deadline is the end of patience.
#[track_caller]
fn next(stream: &mut BufReader<TcpStream>, wanted: &str) {
    let mut line = String::new();
    while !line.contains(wanted) {
        line.clear();
        assert!(stream.read_line(&mut line).unwrap() > 0, "the stream ended before `{wanted}`");
    }
}
