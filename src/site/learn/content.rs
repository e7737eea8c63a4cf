//! Everything that the binary carries to teach with, read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::claims::{self, Claim};
use super::document::Document;
use super::glossary::Term;

/// Path below `site/content`, and text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/content.rs"));

/// All pages of all languages, the claims that they make, and the terms that they use.
#[derive(Debug)]
pub(crate) struct Library {
    /// By language, in the order of their numbers.
    documents: BTreeMap<String, Vec<Document>>,
    pub claims: Vec<Claim>,
    pub terms: Vec<Term>,
}

/// What the binary carries, or what is wrong with it: a mistake of the site's own sources, which tests find.
pub(crate) fn library() -> Result<&'static Library, &'static str> {
    static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::read(FILES)).as_ref().map_err(String::as_str)
}

impl Library {
    pub(super) fn read(files: &[(&str, &str)]) -> Result<Self, String> {
        let mut documents: BTreeMap<String, Vec<Document>> = BTreeMap::new();
        let (mut claims, mut terms) = (Vec::new(), Vec::new());
        for (path, text) in files {
            let wrong = |detail: String| format!("{path}: {detail}");
            if let Some(name) = path.strip_prefix("claims/") {
                claims.extend(claims::read(name.trim_end_matches(".yaml"), text).map_err(wrong)?);
            } else if *path == "glossary.yaml" {
                terms = serde_yaml::from_str(text).map_err(|error| wrong(error.to_string()))?;
            } else if let Some((language, name)) = path.split_once('/')
                && let Some(name) = name.strip_suffix(".md")
            {
                let document = Document::read(name, text).map_err(wrong)?;
                documents.entry(language.to_owned()).or_default().push(document);
            }
        }
        for all in documents.values_mut() {
            all.sort_by(|one, two| one.order.cmp(&two.order));
        }
        claims.sort_by(|one: &Claim, two| one.id.cmp(&two.id));
        Ok(Self { documents, claims, terms })
    }

    /// English where a language has none.
    pub(crate) fn documents(&self, language: &str) -> &[Document] {
        self.documents.get(language).or_else(|| self.documents.get("en")).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }

    pub(crate) fn term(&self, id: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.id == id)
    }
}
