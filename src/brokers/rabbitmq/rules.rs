//! What the broker can do about an attribute that differs.

use super::password::{Verification, verify};
use crate::model::{Change, Value, Verdict};

/// Part of the declaration: a client that declares it otherwise is refused, and so would we be.
pub(super) fn set_at_creation(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    Verdict::Replace {
        reason: format!(
            "RabbitMQ sets `{}` when the {} is declared and never after",
            change.attribute, change.address.kind
        ),
    }
}

/// A queue's type decides how its messages are stored.
pub(super) fn queue_type(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    Verdict::Replace {
        reason: "the type of a queue decides how its messages are stored, so it cannot change while it exists"
            .to_owned(),
    }
}

/// Arguments are part of the declaration too. Many of them have a twin that a policy can change at any time.
pub(super) fn arguments(change: &Change<'_>) -> Verdict {
    if same(change.old, change.new) {
        return Verdict::Same;
    }
    let argument = change.attribute.strip_prefix("arguments.").unwrap_or(change.attribute);
    let kind = &change.address.kind;
    let twin = policy_twin(argument);
    let hint = twin.map_or_else(String::new, |key| format!("; as `{key}` in a policy it could be changed at any time"));
    Verdict::Replace { reason: format!("arguments such as `{argument}` are part of a {kind}'s declaration{hint}") }
}

/// Part of what makes the object this one: another value is another object.
pub(super) fn identity(change: &Change<'_>) -> Verdict {
    if same(change.old, change.new) {
        return Verdict::Same;
    }
    Verdict::Replace {
        reason: format!("`{}` is what tells one {} from another", change.attribute, change.address.kind),
    }
}

/// The broker has a salted hash: the wanted password is hashed with the same salt and compared.
pub(super) fn password(change: &Change<'_>) -> Verdict {
    let (Value::Secret(stored), Value::Secret(wanted)) = (change.old, change.new) else {
        return match change.new {
            Value::Secret(_) => Verdict::InPlace,
            _ => Verdict::Same,
        };
    };
    match verify(wanted, stored) {
        Verification::Same => Verdict::Same,
        Verification::Different => Verdict::InPlace,
        Verification::Unknown { algorithm } => Verdict::Unknown {
            reason: format!("the password of this user is hashed with `{algorithm}`, which mqlab cannot compute"),
        },
    }
}

/// Equal as the broker sees it: absent and null are one, and `1` and `1.0` are one number.
pub(super) fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Number(old), Value::Number(new)) => old == new || old.as_f64() == new.as_f64(),
        (Value::List(old), Value::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        (Value::Map(old), Value::Map(new)) => {
            old.len() == new.len() && old.iter().all(|(key, value)| new.get(key).is_some_and(|new| same(value, new)))
        }
        _ => old == new,
    }
}

/// The policy key that does the same as an argument.
pub(super) fn policy_twin(argument: &str) -> Option<&str> {
    const TWINS: &[&str] = &[
        "x-dead-letter-exchange",
        "x-dead-letter-routing-key",
        "x-dead-letter-strategy",
        "x-message-ttl",
        "x-expires",
        "x-max-length",
        "x-max-length-bytes",
        "x-overflow",
        "x-delivery-limit",
        "x-max-age",
        "x-stream-max-segment-size-bytes",
        "x-queue-leader-locator",
    ];
    match argument {
        "alternate-exchange" => Some(argument),
        _ => TWINS.contains(&argument).then(|| argument.trim_start_matches("x-")),
    }
}
