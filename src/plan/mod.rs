//! What a run would do, as a value. Pure: it reads desired and observed, does nothing and cannot fail.

mod step;

pub use step::{Action, Contents, FieldChange, Mover, Note, Plan, Stage, Step, Unmanaged};
