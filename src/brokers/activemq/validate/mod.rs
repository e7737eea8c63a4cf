//! What the broker would refuse, or swallow and do otherwise, found before anything runs.

mod destinations;
mod lint;
mod names;
mod policies;
mod settings;
mod users;

use super::read::Body;
use crate::model::BrokerModel;
use crate::spec::Diagnostics;

pub(super) use lint::{LINTS, lint};

/// Reports every mistake; the shape was checked before.
pub(super) fn validate(broker: &BrokerModel, diagnostics: &mut Diagnostics) {
    let body = Body::read(broker);
    destinations::check(&body, diagnostics);
    policies::check(broker, &body, diagnostics);
    users::check(&body, diagnostics);
    settings::check(broker, &body, diagnostics);
}
