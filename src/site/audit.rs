//! What `mqlab site check` finds out about a site: where it leads, in which languages it is, what its claims rest on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::build::unchecked;
use super::learn::{ClaimState, library};
use super::links::{DeadLink, follow};
use super::model::World;
use super::write::{WriteError, difference};
use super::{BuildError, Page, SiteInput};

/// A site that was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Of each language, in the stack's order.
    pub pages: Vec<(String, usize)>,
    pub links: usize,
    pub dead: Vec<DeadLink>,
    /// Language and path of each page that another language has.
    pub missing: Vec<(String, String)>,
    /// By the name of the state.
    pub claims: BTreeMap<&'static str, usize>,
    /// Claims that rest on a test of another version alone.
    pub elsewhere: Vec<String>,
    /// How the folder differs from what would be written; `None` where there is no site yet.
    pub difference: Option<Difference>,
}

/// Paths below the site's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub changed: Vec<String>,
    pub missing: Vec<String>,
    /// Files of an earlier build that no longer belong to the site.
    pub left: Vec<String>,
}

impl Difference {
    pub fn count(&self) -> usize {
        self.changed.len() + self.missing.len() + self.left.len()
    }

    pub fn files(&self) -> impl Iterator<Item = &str> {
        [&self.changed, &self.missing, &self.left].into_iter().flatten().map(String::as_str)
    }
}

/// Why a site could not be looked through.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Folder(#[from] WriteError),
}

/// Builds the site, writes nothing, and compares with the folder.
pub fn audit(input: &SiteInput<'_>, folder: &Path) -> Result<Audit, AuditError> {
    let pages = unchecked(input)?;
    let (links, dead) = follow(&pages);
    let languages = languages(input, &pages);
    let everywhere: BTreeSet<&str> = languages.iter().flat_map(|(_, own)| own.iter().copied()).collect();
    let missing = languages.iter().flat_map(|(language, own)| {
        everywhere.difference(own).map(|path| (language.clone(), (*path).to_owned())).collect::<Vec<_>>()
    });
    let mut audit = Audit {
        links,
        dead,
        missing: missing.collect(),
        pages: languages.iter().map(|(language, own)| (language.clone(), own.len())).collect(),
        claims: BTreeMap::new(),
        elsewhere: Vec::new(),
        difference: difference(&pages, folder)?,
    };
    let world = World::new(input);
    let library = library().map_err(|detail| BuildError::Lessons { detail: detail.to_owned() })?;
    for claim in library.claims.iter().filter(|claim| claim.kind == "general" || world.has_kind(&claim.kind)) {
        let state = claim.state(&world.version_of(&claim.kind));
        *audit.claims.entry(state.name()).or_default() += 1;
        if state == ClaimState::Elsewhere {
            audit.elsewhere.push(claim.id.clone());
        }
    }
    Ok(audit)
}

/// The paths of each language's pages, from its own folder.
fn languages<'a>(input: &SiteInput<'_>, pages: &'a [Page]) -> Vec<(String, BTreeSet<&'a str>)> {
    let all = &input.stack.site.languages;
    let html = || pages.iter().map(|page| page.path.as_str()).filter(|path| path.ends_with("html"));
    let of_another = |path: &str| all.iter().skip(1).any(|language| path.starts_with(&format!("{language}/")));
    all.iter()
        .enumerate()
        .map(|(at, language)| {
            let own = match at {
                0 => html().filter(|path| !of_another(path)).collect(),
                _ => html().filter_map(|path| path.strip_prefix(language.as_str())?.strip_prefix('/')).collect(),
            };
            (language.clone(), own)
        })
        .collect()
}
