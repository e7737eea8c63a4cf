//! Puts the site's texts into the binary: every file below `site/content`, and the client programs below
//! `site/clients`, by their paths.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Texts and tables.
const CONTENT: &[&str] = &["md", "yaml"];
/// Sources, and the tables about them; what builds them stays outside.
const CLIENTS: &[&str] = &["cs", "go", "java", "mjs", "py", "rs", "yaml"];

fn main() -> io::Result<()> {
    embed("content", CONTENT)?;
    embed("clients", CLIENTS)
}

fn embed(folder: &str, endings: &[&str]) -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("site").join(folder);
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, endings, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let _ = writeln!(list, "({name:?}, include_str!({:?})),", file.display().to_string());
    }
    list.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join(format!("{folder}.rs")), list)
}

fn collect(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, endings, files)?;
        } else if path.extension().is_some_and(|own| endings.iter().any(|ending| own == *ending)) {
            files.push(path);
        }
    }
    Ok(())
}
