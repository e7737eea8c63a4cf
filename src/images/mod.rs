//! Where a broker's image comes from: already present, the engine's own pull, or a recipe that is built here.

mod ensure;
mod error;

pub use ensure::{Images, Prepared};
pub use error::{Attempt, Error};
