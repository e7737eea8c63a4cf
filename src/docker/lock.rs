//! One mqlab at a time per stack and engine on this machine.

use std::path::Path;

use super::{Engine, Error, StackId};

/// Held as long as this value lives; the system releases it on any end of the process.
#[derive(Debug)]
pub struct StackLock {
    _file: tokio::fs::File,
}

/// Takes the lock or says who has it. `folder` is `XDG_RUNTIME_DIR` or the temporary folder; `command` is what
/// another mqlab will read about this one.
pub async fn lock(engine: &Engine, stack: &StackId, folder: &Path, command: &str) -> Result<StackLock, Error> {
    todo!()
}
