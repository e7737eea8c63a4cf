//! The files of a container as the archive that the engine unpacks into it.

use std::io;

use tar::{Builder, EntryType, Header};

use crate::model::ContainerFile;

/// Nothing in an archive depends on when it was made.
const MODIFIED: u64 = 0;

/// Owner and mode as asked. Folders that nobody asks for are not listed: those that the image has stay as they are, and
/// the engine makes the missing ones.
pub(crate) fn files(files: &[ContainerFile]) -> io::Result<Vec<u8>> {
    let mut archive = Builder::new(Vec::new());
    for file in files {
        let mut header = Header::new_gnu();
        let kind = if file.path.ends_with('/') { EntryType::Directory } else { EntryType::Regular };
        header.set_entry_type(kind);
        header.set_size(file.content.len() as u64);
        header.set_mode(file.mode);
        header.set_uid(file.uid);
        header.set_gid(file.gid);
        header.set_mtime(MODIFIED);
        archive.append_data(&mut header, file.path.trim_start_matches('/'), file.content.as_slice())?;
    }
    archive.into_inner()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_folder_is_asked_for_by_the_end_of_its_path() {
        let folder = ContainerFile {
            path: "/var/data/".into(),
            mode: 0o755,
            uid: 999,
            gid: 999,
            content: Vec::new(),
            parts: [].into(),
            secret: false,
        };
        let bytes = files(&[folder]).unwrap();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let entry = archive.entries().unwrap().next().unwrap().unwrap();
        assert!(entry.header().entry_type().is_dir());
        assert_eq!(entry.header().uid().unwrap(), 999);
    }

    #[test]
    fn owner_mode_and_content_arrive() {
        let file = ContainerFile {
            path: "/etc/x/secret.conf".into(),
            mode: 0o400,
            uid: 999,
            gid: 998,
            content: b"password".to_vec(),
            parts: [].into(),
            secret: true,
        };
        let bytes = files(std::slice::from_ref(&file)).unwrap();
        assert_eq!(bytes, files(&[file]).unwrap(), "two archives of the same files are the same");
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut entry = archive.entries().unwrap().next().unwrap().unwrap();
        let header = entry.header().clone();
        assert_eq!(entry.path().unwrap().to_str(), Some("etc/x/secret.conf"));
        assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mode().unwrap()), (999, 998, 0o400));
        let mut content = String::new();
        entry.read_to_string(&mut content).unwrap();
        assert_eq!(content, "password");
    }
}
