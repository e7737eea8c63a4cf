use std::fs;
use std::path::Path;

use super::{WriteError, Written, fingerprint, write};
use crate::site::Page;

fn pages(paths: &[&str]) -> Vec<Page> {
    paths.iter().map(|path| Page { path: (*path).to_owned(), content: format!("<p>{path}</p>") }).collect()
}

fn refused(paths: &[&str], folder: &Path) -> WriteError {
    write(&pages(paths), folder).expect_err("a refusal")
}

#[test]
fn writes_then_changes_nothing_then_removes_only_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let first = write(&pages(&["index.html", "a/b/c.html"]), &out).unwrap();
    assert_eq!(first, Written { changed: 2, unchanged: 0, removed: 0 });
    let manifest = || fs::metadata(out.join(".mqlab-site.json")).unwrap().modified().unwrap();
    let written = manifest();
    let second = write(&pages(&["index.html", "a/b/c.html"]), &out).unwrap();
    assert_eq!(second, Written { changed: 0, unchanged: 2, removed: 0 });
    assert_eq!(manifest(), written);

    fs::write(out.join("CNAME"), "mine").unwrap();
    fs::write(out.join("a/note.txt"), "mine").unwrap();
    let third = write(&pages(&["index.html"]), &out).unwrap();
    assert_eq!(third, Written { changed: 0, unchanged: 1, removed: 1 });
    assert!(!out.join("a/b").exists(), "a folder that became empty goes too");
    assert_eq!(fs::read_to_string(out.join("CNAME")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(out.join("a/note.txt")).unwrap(), "mine");
}

#[test]
fn a_damaged_page_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    write(&pages(&["index.html"]), folder.path()).unwrap();
    fs::write(folder.path().join("index.html"), "half").unwrap();
    assert_eq!(write(&pages(&["index.html"]), folder.path()).unwrap().changed, 1);
    assert_eq!(fs::read_to_string(folder.path().join("index.html")).unwrap(), "<p>index.html</p>");
}

#[test]
fn the_fingerprint_notices_whoever_writes_to_a_page_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (out, page) = (folder.path().join("out"), folder.path().join("out/a/b.html"));
    assert_eq!(fingerprint(&out), None);
    let all = pages(&["index.html", "a/b.html"]);
    write(&all, &out).unwrap();
    let before = fingerprint(&out).unwrap();
    assert_eq!(before.0, 2);
    fs::write(out.join("CNAME"), "mine").unwrap();
    write(&all, &out).unwrap();
    assert_eq!(fingerprint(&out), Some(before));
    // As long as before.
    fs::write(&page, "<q>a/b.html</q>").unwrap();
    assert_ne!(fingerprint(&out), Some(before));
    fs::remove_file(&page).unwrap();
    assert_eq!(fingerprint(&out), None);
}

#[test]
fn a_folder_with_other_content_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "years").unwrap();
    let error = refused(&["index.html"], folder.path());
    assert!(matches!(&error, WriteError::NotOurs { found, .. } if found == "thesis.tex"), "{error}");
    assert!(error.to_string().contains("site: { out: … }"), "{error}");
    assert!(!folder.path().join("index.html").exists());
}

#[test]
fn a_file_that_appeared_under_a_name_of_ours_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    write(&pages(&["index.html"]), folder.path()).unwrap();
    fs::write(folder.path().join("new.html"), "mine").unwrap();
    assert!(matches!(refused(&["index.html", "new.html"], folder.path()), WriteError::InTheWay { .. }));
    assert_eq!(fs::read_to_string(folder.path().join("new.html")).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_files_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (out, elsewhere) = (folder.path().join("out"), folder.path().join("elsewhere"));
    fs::create_dir(&elsewhere).unwrap();
    write(&pages(&["index.html"]), &out).unwrap();
    std::os::unix::fs::symlink(&elsewhere, out.join("a")).unwrap();
    assert!(matches!(refused(&["a/b.html"], &out), WriteError::InTheWay { .. }));
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn a_manifest_that_points_outside_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (out, precious) = (folder.path().join("out"), folder.path().join("precious"));
    write(&pages(&["index.html"]), &out).unwrap();
    fs::write(&precious, "keep").unwrap();
    fs::write(out.join(".mqlab-site.json"), r#"{"format":1,"files":["../precious"]}"#).unwrap();
    assert!(matches!(refused(&["index.html"], &out), WriteError::Manifest { .. }));
    assert!(precious.exists());
}

#[test]
fn a_newer_manifest_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".mqlab-site.json"), r#"{"format":9,"files":[]}"#).unwrap();
    let error = refused(&["index.html"], folder.path());
    assert!(error.to_string().contains("format is 9"), "{error}");
}

#[test]
fn an_interrupted_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    write(&pages(&["index.html", "old.html"]), folder.path()).unwrap();
    // As after a crash between the first record and the removal: both builds are named.
    fs::write(
        folder.path().join(".mqlab-site.json"),
        r#"{"format":1,"files":["index.html","old.html","never-written.html"]}"#,
    )
    .unwrap();
    let written = write(&pages(&["index.html"]), folder.path()).unwrap();
    assert_eq!((written.unchanged, written.removed), (1, 2));
    assert!(!folder.path().join("old.html").exists());
}
