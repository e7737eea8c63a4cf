//! Free space where something will be written.

use std::path::PathBuf;

use serde::Serialize;

use super::finding::{Code, Finding};
use super::words::size;

/// State, report and site of a stack of ordinary size.
pub(super) const FOLDER: u64 = 16 << 20;
/// Layers and the unpacked image, while both are there.
pub(super) const PULL: u64 = 1 << 30;
/// What a recipe fetches, compiles and leaves behind.
pub(super) const BUILD: u64 = 2 << 30;
/// What a broker writes before the first message; RabbitMQ stops taking any below 50 MB.
pub(super) const NODE: u64 = 64 << 20;

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiskSeen {
    pub place: DiskPlace,
    pub path: PathBuf,
    pub free: u64,
    /// What the next `up` would write, roughly.
    pub needed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiskPlace {
    /// Images, volumes, logs.
    Engine,
    /// The spec's folder: `.mqlab/` and the site.
    Folder,
}

pub(super) fn check(disk: &DiskSeen) -> Option<Finding> {
    if disk.free >= disk.needed {
        return None;
    }
    let (path, free, needed) = (disk.path.display(), size(disk.free), size(disk.needed));
    let (what, command) = match disk.place {
        DiskPlace::Engine => (
            "the engine keeps images and data in",
            "docker system df, then docker system prune; or move the engine's `data-root`".to_owned(),
        ),
        DiskPlace::Folder => ("mqlab keeps passwords, what was applied, and the site in", format!("df -h {path}")),
    };
    let text = format!("{what} {path}, which has {free} left, and {needed} may be needed");
    Some(Finding::fault(Code::DiskFull, path.to_string(), text, command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_needed_is_found() {
        let disk = |free| DiskSeen { place: DiskPlace::Engine, path: "/var/lib/docker".into(), free, needed: PULL };
        assert_eq!(check(&disk(PULL)), None);
        let found = check(&disk(5 << 20)).unwrap();
        assert_eq!(found.code, Code::DiskFull);
        assert!(
            found.text.ends_with("/var/lib/docker, which has 5.0 MiB left, and 1.0 GiB may be needed"),
            "{found:?}"
        );
        let folder = DiskSeen { place: DiskPlace::Folder, free: 0, ..disk(0) };
        assert_eq!(check(&folder).unwrap().command, "df -h /var/lib/docker");
    }
}
