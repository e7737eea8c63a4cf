//! A program that runs: what it has said so far, and how it ended.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Killed at the latest when it goes.
pub(super) struct Running {
    child: Child,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// Under `env`, which becomes the program: a test that runs in the background ignores Ctrl-C, and so would all that
    /// it starts.
    pub(super) fn start(program: &[String], prepare: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new("env");
        command.arg("--default-signal=INT").args(program).stdin(Stdio::null());
        prepare(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, first) = collect(child.stdout.take().unwrap());
        let (stderr, second) = collect(child.stderr.take().unwrap());
        Self { child, stdout, stderr, readers: vec![first, second] }
    }

    /// Whole lines so far, sorted.
    pub(super) fn lines(&self) -> Vec<String> {
        let bytes = self.stdout.lock().unwrap().clone();
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    pub(super) fn errors(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().unwrap()).into_owned()
    }

    /// Whether the condition came true in time. A program that has ended says no more.
    pub(super) fn within(&mut self, seconds: u64, holds: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while !holds(self) {
            if Instant::now() > deadline || self.child.try_wait().unwrap().is_some() {
                return holds(self);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    pub(super) fn interrupt(&self) {
        // One that has ended already says so by how it ended.
        kill_process(Pid::from_child(&self.child), Signal::INT).ok();
    }

    /// How it ended, after it has said everything; nothing if it still runs.
    pub(super) fn ended(&mut self, seconds: u64) -> Option<ExitStatus> {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.readers.drain(..).for_each(|reader| reader.join().unwrap());
                return Some(status);
            }
            if Instant::now() > deadline {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn collect(mut from: impl Read + Send + 'static) -> (Arc<Mutex<Vec<u8>>>, JoinHandle<()>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&said);
    let reader = std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            into.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    });
    (said, reader)
}
