//! Mirrors that misbehave: each answers in its own way where it is asked for one thing, and as a good registry does
//! for everything else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// The good registry answers.
    Pass,
    /// A status with what belongs to it, a header, and a body.
    Say(&'static str, &'static str, &'static str),
    /// Nothing, ever.
    Silence,
    /// So much of the good answer's body, and then nothing.
    Stop { after: usize },
    /// So much of the good answer's body, and then the end.
    Cut { after: usize },
    /// As the good registry answers for another path.
    As(&'static str),
}

/// One server, until the value is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// `good` is the port of the registry behind it; `act` decides by method and path.
    pub(crate) fn start(good: u16, act: impl Fn(&str, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, act) = (Arc::clone(&stop), Arc::new(act));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (act, stopped) = (Arc::clone(&act), Arc::clone(&stopped));
                // Whoever hangs up in the middle is no concern of the server's.
                std::thread::spawn(move || drop(serve(stream, good, act.as_ref(), &stopped)));
            }
        });
        Self { port, stop }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn serve(
    mut stream: TcpStream,
    good: u16,
    act: &dyn Fn(&str, &str) -> Act,
    stopped: &AtomicBool,
) -> std::io::Result<()> {
    let head = head(&mut stream)?;
    let mut words = head.split_whitespace();
    // An engine tries TLS first: that is no request.
    let (Some(method), Some(path), Some(version)) = (words.next(), words.next(), words.next()) else { return Ok(()) };
    if !version.starts_with("HTTP/") {
        return Ok(());
    }
    match act(method, path) {
        Act::Pass => stream.write_all(&ask(good, &head, method, path)?),
        Act::As(other) => stream.write_all(&ask(good, &head, method, other)?),
        Act::Say(status, more, body) => {
            let length = body.len();
            // An answer to HEAD tells the length of a body that does not come.
            let body = if method == "HEAD" { "" } else { body };
            let head = format!("HTTP/1.1 {status}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n");
            stream.write_all(format!("{head}{body}").as_bytes())
        }
        Act::Silence => {
            wait(stopped);
            Ok(())
        }
        Act::Stop { after } => {
            let answer = ask(good, &head, method, path)?;
            stream.write_all(&answer[..body_at(&answer) + after])?;
            wait(stopped);
            Ok(())
        }
        Act::Cut { after } => {
            let answer = ask(good, &head, method, path)?;
            stream.write_all(&answer[..body_at(&answer) + after])
        }
    }
}

fn wait(stopped: &AtomicBool) {
    while !stopped.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn body_at(answer: &[u8]) -> usize {
    answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4)
}

fn head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut one = [0; 1];
    while !bytes.ends_with(b"\r\n\r\n") && bytes.len() < 16 * 1024 {
        if stream.read(&mut one)? == 0 || (bytes.is_empty() && !one[0].is_ascii_uppercase()) {
            break;
        }
        bytes.push(one[0]);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The good registry's whole answer.
fn ask(good: u16, head: &str, method: &str, path: &str) -> std::io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect(("127.0.0.1", good))?;
    let accept: String = head
        .lines()
        .filter(|line| line.to_ascii_lowercase().starts_with("accept:"))
        .map(|line| format!("{line}\r\n"))
        .collect();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{good}\r\n{accept}Connection: close\r\n\r\n");
    upstream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    Ok(answer)
}
