//! What a run would do, as a value. Pure: it reads desired and observed, does nothing and cannot fail.

mod consequences;
mod diff;
mod guard;
mod order;
mod step;
mod text;

#[cfg(test)]
mod tests;

pub use diff::{BrokerRules, DiffInput, DiffOptions, Rules, diff};
pub use guard::{Objection, at_risk, guard, object};
pub use step::{Action, Contents, FieldChange, Mover, Note, Plan, Stage, Step, Unmanaged};
