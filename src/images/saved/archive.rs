//! The file that a stack travels in: what it is, its spec and lock, its images, and a checksum over all of that.

use std::io::{Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

const CONTENTS: &str = "mqlab-images.json";
const FILES: &str = "files/";
const IMAGES: &str = "images.tar";
const CHECKSUM: &str = "checksum";
pub(super) const FORM: u32 = 1;
/// Of a spec or a lock, and of the list of contents.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
const BLOCK: usize = 512;

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    pub form: u32,
    /// The mqlab that wrote it.
    pub mqlab: String,
    pub stack: String,
    /// `linux/amd64`.
    pub platform: String,
    pub images: Vec<SavedImage>,
    /// Names of the files beside the images: spec and lock.
    pub files: Vec<String>,
}

/// One image, by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedImage {
    /// For whom: `kafka 4.3`.
    pub wanted: String,
    pub reference: String,
    /// Of its configuration.
    pub id: String,
    /// Of its layers, unpacked.
    pub layers: Vec<String>,
    /// Where it came from, in words.
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// What even a newer archive says of itself.
#[derive(Deserialize)]
struct Form {
    form: u32,
    mqlab: String,
}

/// Why a file is no archive to load.
#[derive(Debug, Error)]
pub enum ArchiveError {
    #[error("it cannot be read")]
    Io(#[from] std::io::Error),
    #[error("it is no archive of mqlab's: {0}")]
    Foreign(String),
    #[error("it was written by a newer mqlab ({0})")]
    Newer(String),
    #[error("it is damaged: its checksum is {got}, and {wanted} was written")]
    Damaged { wanted: String, got: String },
    #[error("it is damaged: {0}")]
    Broken(String),
}

/// An archive whose checksum is right.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) contents: Contents,
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// Where the engine's own archive is in it.
    pub(super) images_at: u64,
    pub(super) images_size: u64,
}

/// Writes everything; `images` is the engine's own archive, from its beginning.
pub(super) fn write(
    target: impl Write,
    contents: &Contents,
    files: &[(String, Vec<u8>)],
    images: impl Read,
    images_size: u64,
) -> std::io::Result<()> {
    let mut builder = tar::Builder::new(Hashing { inner: target, hash: Sha256::new() });
    let mut text = serde_json::to_vec_pretty(contents)?;
    text.push(b'\n');
    append(&mut builder, CONTENTS, text.len() as u64, text.as_slice())?;
    for (name, bytes) in files {
        append(&mut builder, &format!("{FILES}{name}"), bytes.len() as u64, bytes.as_slice())?;
    }
    append(&mut builder, IMAGES, images_size, images)?;
    let sum = format!("sha256:{}\n", hex::encode(builder.get_ref().hash.clone().finalize()));
    append(&mut builder, CHECKSUM, sum.len() as u64, sum.as_bytes())?;
    builder.into_inner()?.flush()
}

fn append(builder: &mut tar::Builder<impl Write>, name: &str, size: u64, content: impl Read) -> std::io::Result<()> {
    builder.append(&header(name, size)?, content)
}

fn header(name: &str, size: u64) -> std::io::Result<tar::Header> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

/// Reads all of it once, and believes nothing of it before its checksum is right. `progress` hears of bytes.
pub(super) fn open(mut source: impl Read + Seek, mut progress: impl FnMut(u64)) -> Result<Opened, ArchiveError> {
    let foreign = |error: std::io::Error| ArchiveError::Foreign(error.to_string());
    let (mut contents, mut files, mut images, mut sum) = (None, Vec::new(), None, None);
    source.seek(SeekFrom::Start(0))?;
    let mut archive = tar::Archive::new(&mut source);
    for entry in archive.entries_with_seek().map_err(foreign)? {
        let mut entry = entry.map_err(foreign)?;
        let name = entry.path().map_err(foreign)?.display().to_string();
        let (header_at, at, size) = (entry.raw_header_position(), entry.raw_file_position(), entry.size());
        if name == IMAGES {
            images = Some((at, size));
            continue;
        }
        if size > MOST_BYTES {
            return Err(ArchiveError::Foreign(format!("`{name}` is too large")));
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        match name.strip_prefix(FILES) {
            _ if name == CONTENTS => contents = Some(bytes),
            _ if name == CHECKSUM => sum = Some((header_at, at, bytes)),
            Some(name) if !name.contains(['/', '\\']) && name != ".." => files.push((name.to_owned(), bytes)),
            _ => return Err(ArchiveError::Foreign(format!("nothing is known of `{name}`"))),
        }
    }
    let lacks = |what: &str| ArchiveError::Foreign(format!("it has no `{what}`"));
    let contents = contents.ok_or_else(|| lacks(CONTENTS))?;
    let (images_at, images_size) = images.ok_or_else(|| lacks(IMAGES))?;
    let (sum_at, text_at, text) = sum.ok_or_else(|| ArchiveError::Broken("its end is missing".to_owned()))?;
    let wanted = String::from_utf8_lossy(&text).trim_end().to_owned();
    let got = format!("sha256:{}", hash_until(&mut source, sum_at, &mut progress)?);
    if wanted != got || text.last() != Some(&b'\n') {
        return Err(ArchiveError::Damaged { wanted, got });
    }
    // The one header that the checksum is not over; readers of archives let some of it pass.
    let mut found = [0; BLOCK];
    source.seek(SeekFrom::Start(sum_at))?;
    source.read_exact(&mut found)?;
    if found != *header(CHECKSUM, text.len() as u64)?.as_bytes() {
        return Err(ArchiveError::Broken("its end is another than was written".to_owned()));
    }
    nothing_follows(&mut source, text_at + text.len() as u64)?;
    let form: Form = serde_json::from_slice(&contents).map_err(|error| ArchiveError::Foreign(error.to_string()))?;
    if form.form > FORM {
        return Err(ArchiveError::Newer(form.mqlab));
    }
    let contents = serde_json::from_slice(&contents).map_err(|error| ArchiveError::Foreign(error.to_string()))?;
    Ok(Opened { contents, files, images_at, images_size })
}

fn hash_until(
    source: &mut (impl Read + Seek),
    end: u64,
    progress: &mut impl FnMut(u64),
) -> Result<String, ArchiveError> {
    source.seek(SeekFrom::Start(0))?;
    let (mut hash, mut done, mut buffer) = (Sha256::new(), 0, vec![0; 1024 * 1024]);
    while done < end {
        let most = usize::try_from(end - done).unwrap_or(usize::MAX).min(buffer.len());
        let count = source.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(ArchiveError::Broken("its end is missing".to_owned()));
        }
        hash.update(&buffer[..count]);
        done += count as u64;
        progress(done);
    }
    Ok(hex::encode(hash.finalize()))
}

/// The zeros that end an archive, and no byte more.
fn nothing_follows(source: &mut (impl Read + Seek), from: u64) -> Result<(), ArchiveError> {
    source.seek(SeekFrom::Start(from))?;
    let mut rest = Vec::new();
    source.take(1024 * 1024).read_to_end(&mut rest)?;
    let block = BLOCK as u64;
    let padding = usize::try_from((block - from % block) % block).unwrap_or_default();
    if rest.len() != padding + 2 * BLOCK || rest.iter().any(|byte| *byte != 0) {
        return Err(ArchiveError::Broken("something else than zeros is behind its end".to_owned()));
    }
    Ok(())
}

struct Hashing<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn contents() -> Contents {
        Contents {
            form: FORM,
            mqlab: "0.1.0".to_owned(),
            stack: "shop".to_owned(),
            platform: "linux/amd64".to_owned(),
            images: Vec::new(),
            files: vec!["mqlab.yaml".to_owned()],
        }
    }

    fn archive() -> Vec<u8> {
        let mut bytes = Vec::new();
        let files = [("mqlab.yaml".to_owned(), b"brokers: {}\n".to_vec())];
        write(&mut bytes, &contents(), &files, b"images".as_slice(), 6).unwrap();
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        let opened = open(Cursor::new(archive()), |_| {}).unwrap();
        assert_eq!(opened.contents, contents());
        assert_eq!(opened.files, [("mqlab.yaml".to_owned(), b"brokers: {}\n".to_vec())]);
        let at = usize::try_from(opened.images_at).unwrap();
        assert_eq!(&archive()[at..at + 6], b"images");
        assert_eq!(archive(), archive());
    }

    #[test]
    fn no_byte_can_be_flipped() {
        let whole = archive();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x20;
            assert!(open(Cursor::new(flipped), |_| {}).is_err(), "byte {at}");
        }
    }

    #[test]
    fn no_part_of_it_is_enough() {
        let whole = archive();
        for length in 0..whole.len() {
            assert!(open(Cursor::new(&whole[..length]), |_| {}).is_err(), "{length} bytes");
        }
        let more = [whole, vec![0; BLOCK]].concat();
        assert!(open(Cursor::new(more), |_| {}).is_err());
    }

    #[test]
    fn a_newer_form_says_so() {
        let mut bytes = Vec::new();
        write(&mut bytes, &Contents { form: FORM + 1, ..contents() }, &[], b"".as_slice(), 0).unwrap();
        assert!(matches!(open(Cursor::new(bytes), |_| {}), Err(ArchiveError::Newer(by)) if by == "0.1.0"));
    }
}
