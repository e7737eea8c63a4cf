//! What the site teaches: pages written as Markdown, filled with the reader's own objects, each claim on record.
//!
//! `content` is what the binary carries, `document` one page of it, `yours` the reader's names and numbers, `prose`
//! turns both into HTML, `claims` and `glossary` are what pages lead to, `lint` what keeps them honest.

mod claims;
mod content;
mod document;
mod glossary;
#[cfg(test)]
mod lint;
mod prose;
mod range;
mod yours;

pub(crate) use claims::{Claim, ClaimState, Source};
pub(crate) use content::{Library, library};
pub(crate) use document::{Document, Question};
pub(crate) use prose::{Block, Prose};
pub(crate) use yours::Yours;
