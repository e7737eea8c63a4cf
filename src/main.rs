//! The command. Everything is in the library.

use std::process::ExitCode;

/// A large stack is hundreds of thousands of small values: with the system's allocator a fifth of a `plan` went there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mqlab::cli::main()
}
