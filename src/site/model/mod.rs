//! What the site is about, before anything is rendered: the stack as a web of objects, the pages with
//! their stable ids, and the words of a language.

mod docs;
mod page_id;
mod words;
mod world;

pub(crate) use page_id::{PageId, Place, Registry, list_parts};
pub(crate) use words::Words;
pub(crate) use world::{Arrow, End, World, has_page, kind_of};
