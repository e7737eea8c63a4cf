//! An engine's own archive of images, written so that the same images are the same bytes.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom, Write};

use serde_json::Value as Json;

/// Documents of the archive in which the order of a list means nothing.
const LISTS: &[&str] = &["manifest.json", "index.json"];
/// Larger ones are no documents.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// One entry of the source.
struct Found {
    header: tar::Header,
    link: Option<Vec<u8>>,
    at: u64,
    size: u64,
}

/// Copies it entry by entry in the order of their names, without times and owners.
pub(super) fn normalise(mut source: impl Read + Seek, target: impl Write) -> std::io::Result<()> {
    let mut found: BTreeMap<Vec<u8>, Found> = BTreeMap::new();
    source.seek(SeekFrom::Start(0))?;
    let mut archive = tar::Archive::new(&mut source);
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        let name = entry.path_bytes().into_owned();
        let link = entry.link_name_bytes().map(std::borrow::Cow::into_owned);
        let (header, at, size) = (entry.header().clone(), entry.raw_file_position(), entry.size());
        found.insert(name, Found { header, link, at, size });
    }
    let mut builder = tar::Builder::new(target);
    for (name, entry) in found {
        let text = String::from_utf8_lossy(&name).into_owned();
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(entry.header.entry_type());
        header.set_mode(if entry.header.entry_type().is_dir() { 0o755 } else { 0o644 });
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        source.seek(SeekFrom::Start(entry.at))?;
        let mut content = (&mut source).take(entry.size);
        match &entry.link {
            Some(link) => {
                header.set_size(0);
                builder.append_link(&mut header, &text, String::from_utf8_lossy(link).as_ref())?;
            }
            None if LISTS.contains(&text.as_str()) && entry.size < MOST_BYTES => {
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes)?;
                let bytes = in_order(&bytes)?;
                header.set_size(bytes.len() as u64);
                builder.append_data(&mut header, &text, bytes.as_slice())?;
            }
            None => {
                header.set_size(entry.size);
                builder.append_data(&mut header, &text, content)?;
            }
        }
    }
    builder.into_inner().map(drop)
}

/// The same document with its lists sorted.
fn in_order(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut document: Json = serde_json::from_slice(bytes)?;
    sort(&mut document);
    Ok(serde_json::to_vec(&document)?)
}

/// The images, and the names of each; never an image's layers.
fn sort(document: &mut Json) {
    let key = |one: &Json| one.to_string();
    match document {
        Json::Array(images) => {
            for image in images.iter_mut() {
                if let Some(tags) = image.get_mut("RepoTags").and_then(Json::as_array_mut) {
                    tags.sort_by_key(key);
                }
            }
            images.sort_by_key(key);
        }
        Json::Object(index) => {
            if let Some(manifests) = index.get_mut("manifests").and_then(Json::as_array_mut) {
                manifests.sort_by_key(key);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn archive(entries: &[(&str, &str)], time: u64) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, text) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mtime(time);
            header.set_uid(time);
            builder.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn normal(bytes: Vec<u8>) -> Vec<u8> {
        let mut out = Vec::new();
        normalise(Cursor::new(bytes), &mut out).unwrap();
        out
    }

    #[test]
    fn the_same_images_are_the_same_bytes() {
        let one = r#"[{"Config":"a","RepoTags":["x:1","x:2"],"Layers":["2","1"]},{"Config":"b","RepoTags":null,"Layers":[]}]"#;
        let two = r#"[{"Config":"b","Layers":[],"RepoTags":null},{"Layers":["2","1"],"RepoTags":["x:2","x:1"],"Config":"a"}]"#;
        let first = normal(archive(&[("b/layer.tar", "long"), ("manifest.json", one), ("a.json", "{}")], 1));
        let second = normal(archive(&[("manifest.json", two), ("a.json", "{}"), ("b/layer.tar", "long")], 2));
        assert_eq!(first, second);
        assert!(String::from_utf8_lossy(&first).contains(r#""Layers":["2","1"]"#), "layers stay in their order");
    }
}
