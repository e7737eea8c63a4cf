//! The content of every page as plain values: what the templates read. No markup here but the pictures.

mod app;
mod broker;
mod frame;
mod list;
mod object;
mod overview;
mod parts;
mod run;

pub use super::model::has_page;
pub use app::{app_page, apps_page};
pub use broker::broker_page;
pub use frame::{Nav, nav};
pub use list::list_page;
pub use object::object_page;
pub use overview::overview_page;
pub use parts::Context;
pub use run::run_page;
