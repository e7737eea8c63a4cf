//! From the bytes of the files to one checked tree.

use std::sync::Arc;

use super::{Diagnostics, Node, Sources};

/// The most bytes that all files of a spec may have together. Who reads the files stops one byte after it.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// One file as it was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// As the user named it: `mqlab.yaml`.
    pub name: Arc<str>,
    /// At most [`MOST_BYTES`] + 1 of them: more are refused, so more need not be read.
    pub bytes: Vec<u8>,
}

/// What `${…}` can reach.
pub trait Environment {
    /// The value of `${env:NAME}`; `None` where it is not set.
    fn variable(&self, name: &str) -> Option<String>;

    /// The content of `${file:path}`, where `path` is relative to the folder of the spec file `spec`.
    /// The error is one sentence that names the path. At most [`MOST_BYTES`] are worth reading.
    fn file(&self, spec: &str, path: &str) -> Result<String, String>;
}

/// Everything that reading gave.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// All files merged, defaults filled in, checked against the shapes. `None` where there is nothing to go on with.
    pub tree: Option<Node>,
    pub sources: Sources,
    pub diagnostics: Diagnostics,
}

/// Reads, interpolates, merges left to right, fills in `defaults:` and checks the result.
pub fn load(files: Vec<Input>, environment: &dyn Environment) -> Loaded {
    let _ = (files, environment);
    Loaded { tree: None, sources: Sources::default(), diagnostics: Diagnostics::default() }
}
