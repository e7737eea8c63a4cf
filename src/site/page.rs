//! One file of the site.

/// A path below the site's folder and what belongs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Relative, `/` between segments, ASCII, and the same on file systems that ignore case.
    pub path: String,
    pub content: String,
}
