//! Where a broker's image comes from: already present, the engine's own pull, or a recipe that is built here.

mod base;
mod build;
mod ensure;
mod error;
mod hub;
mod progress;
mod recipe;
mod store;

pub use ensure::{Images, Prepared};
pub use error::{Attempt, Error};
