//! Where a broker's image comes from: already present, the engine's own pull, a mirror, or a recipe that is built here.

mod base;
mod build;
mod credentials;
mod ensure;
mod error;
mod hub;
mod lock;
mod outlook;
mod present;
mod progress;
mod pull;
mod recipe;
mod registry;
mod saved;
mod sources;
mod store;
mod tell;
mod trial;
mod words;

pub use ensure::{Images, Prepared};
pub use error::{Attempt, Error};
pub use lock::{Lock, LockError, Locked, NAME as LOCK};
pub use outlook::{Hurdle, Obstacle, Outlook, OutlookSource};
pub use present::reference_of;
pub use saved::{ArchiveError, Contents, Loaded, SavedError, SavedImage};
pub use sources::Sources;
pub use tell::Told;
pub use trial::{ImageTrial, MirrorTrial, Verdict};
