//! From values to pages.

use thiserror::Error;

use super::{Page, SiteInput};

/// Why no site could be made. Each is a mistake in the site's own sources, never in the stack.
#[derive(Debug, Error)]
pub enum BuildError {
    #[error("the page `{from}` links to `{to}`, which is not part of the site")]
    DeadLink { from: String, to: String },
    #[error("two pages want the path `{path}`: `{first}` and `{second}`")]
    SamePath { path: String, first: String, second: String },
    #[error("the texts in `{language}` cannot be used: {detail}")]
    Texts { language: String, detail: String },
    #[error("cannot render `{template}`")]
    Template {
        template: String,
        #[source]
        source: tera::Error,
    },
}

/// Every file of the site, sorted by path. The same input gives the same bytes.
pub fn build(_input: &SiteInput<'_>) -> Result<Vec<Page>, BuildError> {
    Ok(Vec::new())
}
