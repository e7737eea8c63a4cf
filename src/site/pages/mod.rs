//! The content of every page as plain values: what the templates read. No markup here but the pictures.

mod about;
mod app;
mod broker;
mod document;
mod exports;
mod fields;
mod frame;
mod learn;
mod list;
mod matrix;
mod object;
mod overview;
mod parts;
mod programs;
mod readers;
mod reference;
mod run;

pub(crate) use super::model::has_page;
pub(crate) use about::about_page;
pub(crate) use app::{app_page, apps_page};
pub(crate) use broker::broker_page;
pub(crate) use document::{Written, document_page};
pub(crate) use exports::exports_page;
pub(crate) use fields::fields_page;
pub(crate) use frame::{Nav, nav};
pub(crate) use learn::{Shelf, glossary_page, learn_page, verification_page};
pub(crate) use list::list_page;
pub(crate) use matrix::matrix_page;
pub(crate) use object::object_page;
pub(crate) use overview::overview_page;
pub(crate) use parts::Context;
pub(crate) use programs::programs_page;
pub(crate) use reference::reference_page;
pub(crate) use run::run_page;
