//! The program's sources as tests read them: code without comments, without the insides of strings, and without
//! what is there for tests alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the sources has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

/// One file under `src/`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Below `src/`, with `/`: `plan/diff.rs`.
    pub(crate) path: String,
    /// As long as the file, so that places fit. Everything that is not code is blank; strings keep their quotes.
    pub(crate) code: String,
    /// Texts in the code, in order.
    pub(crate) literals: Vec<Literal>,
}

/// A string in the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Of the first quote, in `code`.
    pub(crate) at: usize,
    /// As written, escapes not resolved.
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let (code, literals) = blank(text);
        let mut source = Self { path: path.to_owned(), code, literals };
        source.without_tests();
        source
    }

    /// `src/plan/diff.rs:12`
    pub(crate) fn place(&self, at: usize) -> String {
        format!("src/{}:{}", self.path, self.code[..at].matches('\n').count() + 1)
    }

    /// Blanks every `#[cfg(test)]` item.
    fn without_tests(&mut self) {
        while let Some(start) = self.code.find(TEST_ONLY) {
            let end = end_of_item(&self.code, start);
            let blank: String =
                self.code[start..end].chars().map(|one| if one == '\n' { "\n".into() } else { spaces(one) }).collect();
            self.code.replace_range(start..end, &blank);
            self.literals.retain(|literal| !(start..end).contains(&literal.at));
        }
    }
}

const TEST_ONLY: &str = "#[cfg(test)]";

fn spaces(character: char) -> String {
    " ".repeat(character.len_utf8())
}

/// Every file of the program, sorted, but for those that only tests compile.
pub(crate) fn sources() -> &'static [Source] {
    static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(read);
    &SOURCES
}

fn read() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let read: Vec<(PathBuf, String)> =
        files.into_iter().map(|file| (file.clone(), fs::read_to_string(&file).unwrap())).collect();
    let tests: BTreeSet<PathBuf> = read.iter().flat_map(|(file, text)| test_modules(file, text)).collect();
    let of_program = read.into_iter().filter(|(file, _)| !tests.contains(file));
    of_program.map(|(file, text)| Source::new(&below(&root, &file), &text)).collect()
}

fn below(root: &Path, file: &Path) -> String {
    let parts = file.strip_prefix(root).unwrap().components();
    let names = parts.map(|part| match part {
        Component::Normal(name) => name.to_str().unwrap().to_owned(),
        other => panic!("{other:?} in {}", file.display()),
    });
    names.collect::<Vec<_>>().join("/")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// The files of `#[cfg(test)] mod name;`, with or without a `#[path = "…"]`.
fn test_modules(file: &Path, text: &str) -> Vec<PathBuf> {
    let (code, literals) = blank(text);
    let folder = file.parent().unwrap();
    let stem = file.file_stem().unwrap();
    let inner = if ["mod", "lib", "main"].iter().any(|root| *root == stem) { folder.into() } else { folder.join(stem) };
    let mut found = Vec::new();
    for (start, _) in code.match_indices(TEST_ONLY) {
        let end = end_of_item(&code, start);
        let item = code[start..end].trim_end();
        let Some(module) = item.strip_suffix(';').and_then(|item| item.rsplit_once("mod ")) else { continue };
        match literals.iter().find(|literal| (start..end).contains(&literal.at)) {
            Some(path) => found.push(folder.join(&path.text)),
            None => {
                let own = [inner.join(format!("{}.rs", module.1)), inner.join(module.1).join("mod.rs")];
                found.extend(own.into_iter().filter(|path| path.is_file()));
            }
        }
    }
    found
}

/// One past an item that begins here: its `;`, or the brace that closes its body.
fn end_of_item(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, character) in code[start..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return start + at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return start + at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Code with comments and the insides of literals blank, and the texts that were in it.
fn blank(text: &str) -> (String, Vec<Literal>) {
    let mut reader = Reader { rest: text, out: String::with_capacity(text.len()), literals: Vec::new() };
    while !reader.rest.is_empty() {
        reader.next();
    }
    assert_eq!(reader.out.len(), text.len());
    (reader.out, reader.literals)
}

struct Reader<'a> {
    rest: &'a str,
    out: String,
    literals: Vec<Literal>,
}

impl Reader<'_> {
    fn next(&mut self) {
        let rest = self.rest;
        if rest.starts_with("//") {
            return self.blank(rest.find('\n').unwrap_or(rest.len()));
        }
        if rest.starts_with("/*") {
            return self.blank(comment_length(rest));
        }
        if let Some(hashes) = self.raw_string() {
            let open = rest.find('"').unwrap() + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let length = rest[open..].find(&close).map_or(rest.len() - open, |at| at);
            self.keep(open - 1);
            self.literal(length);
            return self.keep(hashes);
        }
        if let Some(inner) = rest.strip_prefix('"') {
            return self.literal(quoted_length(inner, '"'));
        }
        if let Some(inner) = rest.strip_prefix('\'') {
            let first = inner.chars().next().map_or(0, char::len_utf8);
            if inner.starts_with('\\') || inner[first..].starts_with('\'') {
                let length = quoted_length(inner, '\'');
                self.keep(1);
                self.blank(length);
                return self.keep(1);
            }
        }
        self.keep(rest.chars().next().map_or(0, char::len_utf8));
    }

    /// How many `#` the raw string has that begins here.
    fn raw_string(&self) -> Option<usize> {
        if self.out.ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            return None;
        }
        let rest = self.rest.strip_prefix(['b', 'c']).unwrap_or(self.rest).strip_prefix('r')?;
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        rest[hashes..].starts_with('"').then_some(hashes)
    }

    /// A text of this length between its quotes.
    fn literal(&mut self, length: usize) {
        self.literals.push(Literal { at: self.out.len(), text: self.rest[1..=length].to_owned() });
        self.keep(1);
        self.blank(length);
        self.keep(1);
    }

    fn keep(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.out.push_str(taken);
        self.rest = rest;
    }

    fn blank(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.out.extend(taken.chars().map(|one| if one == '\n' { "\n".into() } else { spaces(one) }));
        self.rest = rest;
    }
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at,
            _ => {}
        }
    }
    text.len()
}

fn comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[test]
fn what_is_no_code_is_blank() {
    let text = r##"let a = "x \" tokio"; // tokio
/* tokio /* tokio */ tokio */ let b: &'static str = r#"say "tokio" now"#;
let c = ('"', '\'', b'"', 'ü', br"tokio"); fn d<'a>() {}
#[cfg(test)]
mod tests { fn e() { tokio("}") } }
let f = tokio;"##;
    let source = Source::new("a.rs", text);
    let at = source.code.find("tokio").unwrap();
    assert_eq!(source.place(at), "src/a.rs:6");
    assert_eq!(source.code.matches("tokio").count(), 1, "{}", source.code);
    assert!(source.code.contains("fn d<'a>() {}") && source.code.contains("&'static str"));
    let texts: Vec<&str> = source.literals.iter().map(|literal| literal.text.as_str()).collect();
    assert_eq!(texts, [r#"x \" tokio"#, r#"say "tokio" now"#, "tokio"]);
    assert!(source.literals.iter().all(|literal| source.code[literal.at..].starts_with('"')));
}

#[test]
fn files_for_tests_are_left_out() {
    let paths: Vec<String> = sources().iter().map(|source| source.path.clone()).collect();
    assert!(paths.iter().any(|path| path == "plan/diff.rs") && paths.iter().any(|path| path == "main.rs"));
    let tests: Vec<&String> =
        paths.iter().filter(|path| path.ends_with("tests.rs") || path.ends_with("testing.rs")).collect();
    assert!(tests.is_empty(), "{tests:?}");
    for source in sources() {
        // Only the plain form is understood.
        for other in ["cfg(all(test", "cfg(any(test", "cfg(not(test"] {
            assert!(!source.code.contains(other), "{other} in {}", source.path);
        }
    }
}
