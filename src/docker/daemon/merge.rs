//! Which mirrors a text shall hold, and how it was before: no file, no engine.

use super::document::{Document, Unreadable, plain};
use super::edit::{with_list, without_key};
use super::url::{MirrorUrl, normalised, same};

/// Where the new mirrors go among those that are there. The engine tries them in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    #[default]
    First,
    Last,
}

/// The settings after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) text: String,
    /// What the file names from then on.
    pub(super) mirrors: Vec<String>,
}

/// The settings of a file with these mirrors. One that has them in their places stays as it is.
pub(super) fn merge(file: Option<&[u8]>, ours: &[MirrorUrl], side: Side) -> Result<Merged, Unreadable> {
    let text = plain(file.unwrap_or_default())?;
    let document = Document::read(text)?;
    let there = document.mirrors()?;
    let mirrors = ordered(there.as_deref().unwrap_or_default(), ours, side);
    if there.as_ref() == Some(&mirrors) {
        return Ok(Merged { text: text.to_owned(), mirrors });
    }
    Ok(Merged { text: with_list(&document, &mirrors), mirrors })
}

/// Each address once, in the spelling that is there already.
fn ordered(there: &[String], ours: &[MirrorUrl], side: Side) -> Vec<String> {
    let ours: Vec<String> = ours.iter().map(|url| url.as_str().to_owned()).collect();
    let key = |url: &String| normalised(url);
    let is_ours = |url: &&String| ours.iter().any(|own| key(own) == key(url));
    let spelled = |url: &String| there.iter().find(|one| key(one) == key(url)).unwrap_or(url).clone();
    let others = there.iter().filter(|url| !is_ours(url)).cloned();
    let ours = ours.iter().map(spelled);
    let all: Vec<String> = match side {
        Side::First => ours.chain(others).collect(),
        Side::Last => others.chain(ours).collect(),
    };
    let mut once: Vec<String> = Vec::with_capacity(all.len());
    for url in all {
        if !once.iter().any(|one| key(one) == key(&url)) {
            once.push(url);
        }
    }
    once
}

/// How the settings are put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Undo {
    /// Nobody wrote since, so every byte comes back; `None` where there was no file.
    Whole(Option<Vec<u8>>),
    /// Somebody changed something else, which stays.
    Edited(String),
    /// They are as they were.
    Undone,
    /// Somebody changed the mirrors themselves.
    Changed,
}

/// Takes back one change: from what was there before it, what it wrote, and what is there now.
pub(super) fn undo(before: Option<&[u8]>, written: &[u8], now: Option<&[u8]>) -> Result<Undo, Unreadable> {
    if now == before {
        return Ok(Undo::Undone);
    }
    if now == Some(written) {
        return Ok(Undo::Whole(before.map(<[u8]>::to_vec)));
    }
    let Some(now) = now else { return Ok(Undo::Changed) };
    let now_text = plain(now)?;
    let now = Document::read(now_text)?;
    let written_text = plain(written)?;
    let written = Document::read(written_text)?;
    // The step between: a restore that was stopped left the list empty.
    if now_text == with_list(&written, &[]) {
        return Ok(Undo::Whole(before.map(<[u8]>::to_vec)));
    }
    let found = now.mirrors()?.unwrap_or_default();
    if !found.is_empty() && !same(&found, &written.mirrors()?.unwrap_or_default()) {
        return Ok(Undo::Changed);
    }
    let before_text = plain(before.unwrap_or_default())?;
    let list = Document::read(before_text)?.mirrors()?;
    let text = list.map_or_else(|| without_key(&now), |list| with_list(&now, &list));
    Ok(if text == now_text { Undo::Undone } else { Undo::Edited(text) })
}

/// The mirrors that a file names; `None` where it says nothing about them.
pub(super) fn mirrors_of(file: Option<&[u8]>) -> Result<Option<Vec<String>>, Unreadable> {
    Document::read(plain(file.unwrap_or_default())?)?.mirrors()
}

/// The same settings with this list. An empty one is the only text that clears it in a running engine, which takes a key
/// that is absent as "no change".
pub(super) fn with_mirrors(file: Option<&[u8]>, list: &[String]) -> Result<String, Unreadable> {
    Ok(with_list(&Document::read(plain(file.unwrap_or_default())?)?, list))
}
