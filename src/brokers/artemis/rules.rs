//! What the broker can do about an attribute that differs.

use crate::model::{Change, Value, Verdict};

/// Part of the object from its beginning: an update answers 200 and leaves it as it was.
pub(super) fn fixed(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    let (attribute, kind) = (change.attribute, &change.address.kind);
    Verdict::Replace { reason: format!("Artemis sets `{attribute}` when the {kind} is made and never after") }
}

/// 2.56.0 takes another filter at once, but its journal keeps the first one, which is back after a restart.
pub(super) fn forgotten(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    let (attribute, kind) = (change.attribute, &change.address.kind);
    Verdict::Replace {
        reason: format!(
            "Artemis would forget another `{attribute}` at its next restart: only what a {kind} was made with is kept"
        ),
    }
}

/// The broker tells nothing about a password. Whether the wanted one opens the door was tried while observing: it is
/// then there as the observed one too.
pub(super) fn password(change: &Change<'_>) -> Verdict {
    match (change.old, change.new) {
        (Value::Secret(old), Value::Secret(new)) if old.reveal() == new.reveal() => Verdict::Same,
        (_, Value::Secret(_)) => Verdict::InPlace,
        _ => Verdict::Same,
    }
}
