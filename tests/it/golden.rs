//! Whole outputs against files that people have read.
//!
//! `UPDATE_GOLDEN=1` writes the files anew; read the difference before committing it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The recorded files of one test: those in one folder of `tests/` with one ending.
pub(crate) struct Golden {
    folder: PathBuf,
    ending: &'static str,
    texts: BTreeMap<String, String>,
}

impl Golden {
    pub(crate) fn new(folder: &str, ending: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
        Self { folder, ending, texts: BTreeMap::new() }
    }

    /// What `name` and the ending must hold.
    #[track_caller]
    pub(crate) fn add(&mut self, name: &str, text: impl Into<String>) {
        let before = self.texts.insert(format!("{name}{}", self.ending), text.into());
        assert_eq!(before, None, "{name} twice");
    }

    /// Fails on each file that differs, is missing, or belongs to nothing.
    #[track_caller]
    pub(crate) fn check(self) {
        #[expect(clippy::disallowed_methods, reason = "the switch that rewrites the recorded files")]
        let update = std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1");
        if update {
            self.write();
        }
        let wrong = self.wrong();
        assert!(wrong.is_empty(), "UPDATE_GOLDEN=1 accepts what has changed\n{}", wrong.concat());
    }

    fn write(&self) {
        fs::create_dir_all(&self.folder).unwrap();
        for unused in self.recorded().difference(&self.texts.keys().cloned().collect()) {
            fs::remove_file(self.folder.join(unused)).unwrap();
        }
        for (name, text) in &self.texts {
            fs::write(self.folder.join(name), text).unwrap();
        }
    }

    fn wrong(&self) -> Vec<String> {
        let mut wrong: Vec<String> = Vec::new();
        for unused in self.recorded().difference(&self.texts.keys().cloned().collect()) {
            wrong.push(format!("{unused} belongs to nothing\n"));
        }
        for (name, text) in &self.texts {
            match fs::read_to_string(self.folder.join(name)) {
                Err(_) => wrong.push(format!("{name} is missing\n")),
                Ok(recorded) if recorded != *text => {
                    let diff = similar::TextDiff::from_lines(&recorded, text);
                    wrong.push(diff.unified_diff().context_radius(2).header(name, "found").to_string());
                }
                Ok(_) => {}
            }
        }
        wrong
    }

    fn recorded(&self) -> BTreeSet<String> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return BTreeSet::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(self.ending)).collect()
    }
}

#[test]
fn a_difference_and_a_missing_and_an_unused_file_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("same.txt", "a\n"), ("different.txt", "b\n"), ("unused.txt", ""), ("other.yaml", "")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut golden = Golden { folder: folder.path().into(), ending: ".txt", texts: BTreeMap::new() };
    for name in ["same", "different", "missing"] {
        golden.add(name, "a\n");
    }
    let wrong = golden.wrong();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert!(wrong[0].starts_with("unused.txt") && wrong[1].contains("-b\n+a") && wrong[2].starts_with("missing.txt"));
    golden.write();
    assert_eq!(golden.wrong(), Vec::<String>::new());
    assert!(folder.path().join("other.yaml").is_file());
}
