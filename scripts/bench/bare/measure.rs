//! Runs a program and tells how long it took and how much memory it had at most.
//!
//! Not from Python: a process begins as a copy of the one that started it, and the kernel counts that copy's memory
//! into the new one's peak. This program is small enough not to matter.

use std::os::raw::{c_int, c_long};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// `struct rusage` of Linux: two times, then fourteen numbers of which the first is the peak in KiB.
#[repr(C)]
struct Usage {
    times: [c_long; 4],
    numbers: [c_long; 14],
}

unsafe extern "C" {
    fn wait4(pid: c_int, status: *mut c_int, options: c_int, usage: *mut Usage) -> c_int;
}

pub fn run(output: &str, command: &[&str]) -> ExitCode {
    let mut usage = Usage { times: [0; 4], numbers: [0; 14] };
    let mut status = 0;
    let began = Instant::now();
    let child = match Command::new(command[0]).args(&command[1..]).spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("cannot run {}: {error}", command[0]);
            return ExitCode::FAILURE;
        }
    };
    let pid = c_int::try_from(child.id()).expect("a process id");
    // SAFETY: both places are ours and live long enough; nobody else waits for this child.
    let waited = unsafe { wait4(pid, &raw mut status, 0, &raw mut usage) };
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(waited, pid, "the child is ours to wait for");
    let code = if status & 0x7f == 0 { (status >> 8) & 0xff } else { 128 + (status & 0x7f) };
    let processor = usage.times.chunks(2).map(|time| time[0] as f64 + time[1] as f64 / 1e6).sum::<f64>();
    let peak = usage.numbers[0];
    let text = format!(
        "{{\"seconds\":{seconds:.6},\"processor\":{processor:.6},\"peak_kib\":{peak},\"code\":{code}}}\n"
    );
    if let Err(error) = std::fs::write(output, text) {
        eprintln!("cannot write {output}: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
