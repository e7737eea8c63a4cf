//! One mqlab at a time per stack and engine on this machine.

use std::io::{Error as IoError, ErrorKind};
use std::path::Path;

use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::lower::short_hash;
use super::{Engine, Error, StackId};

/// Held as long as this value lives; the system releases it on any end of the process.
#[derive(Debug)]
pub struct StackLock {
    _file: File,
}

/// Takes the lock or says who has it. `folder` is `XDG_RUNTIME_DIR` or the temporary folder; `command` is what
/// another mqlab will read about this one.
pub async fn lock(engine: &Engine, stack: &StackId, folder: &Path, command: &str) -> Result<StackLock, Error> {
    lock_for(&engine.facts().id, &stack.name, folder, command).await
}

async fn lock_for(engine: &str, stack: &str, folder: &Path, command: &str) -> Result<StackLock, Error> {
    let path = folder.join(format!("mqlab-{}.lock", short_hash(format!("{engine} {stack}").as_bytes())));
    let fail = |source: IoError| Error::Lock { stack: stack.to_owned(), path: path.clone(), source };
    let file = open(&path).await.map_err(fail)?.into_std().await;
    // The file is never removed: a lock on a name that is gone would exclude nobody.
    let locked = file.try_lock().map_err(IoError::from);
    let mut file = File::from_std(file);
    match locked {
        Ok(()) => {
            // Where the file belongs to another user it can be locked and not written: then it tells less.
            if file.set_len(0).await.is_ok() {
                // Without its name: who reads it knows, and another's command must not look like a suggested one.
                let arguments = command.strip_prefix("mqlab ").unwrap_or(command);
                let holder = format!("process {} ({arguments})\n", std::process::id());
                file.write_all(holder.as_bytes()).await.map_err(fail)?;
                file.flush().await.map_err(fail)?;
            }
            Ok(StackLock { _file: file })
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            let mut holder = String::new();
            // What another version wrote may not be text; the refusal stands without it.
            if file.read_to_string(&mut holder).await.is_err() || holder.trim().is_empty() {
                "a process of another user".clone_into(&mut holder);
            }
            Err(Error::Locked { stack: stack.to_owned(), holder: holder.trim().to_owned() })
        }
        Err(error) => Err(fail(error)),
    }
}

/// In a shared temporary folder the file may be another user's: readable is enough for a lock.
async fn open(path: &Path) -> Result<File, IoError> {
    let existing = OpenOptions::new().read(true).write(true).open(path).await;
    match existing {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => OpenOptions::new().read(true).open(path).await,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).await
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_is_told_who_is_first_and_may_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock_for("engine", "shop", folder.path(), "mqlab up").await.unwrap();
        let refused = lock_for("engine", "shop", folder.path(), "mqlab down").await.unwrap_err().to_string();
        assert!(refused.contains(&format!("process {} (up)", std::process::id())), "{refused}");
        assert!(lock_for("engine", "other", folder.path(), "mqlab up").await.is_ok(), "another stack is free");
        assert!(lock_for("elsewhere", "shop", folder.path(), "mqlab up").await.is_ok(), "another engine is free");
        drop(first);
        assert!(lock_for("engine", "shop", folder.path(), "mqlab down").await.is_ok());
    }
}
