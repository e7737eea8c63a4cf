//! What must be known before containers can be written down: ports, ids and the host to advertise.

use std::collections::BTreeMap;

use super::{Engine, Error, StackId};
use crate::brokers::Description;
use crate::model::{BrokerModel, Facts};

/// Facts by broker: recorded on containers and volumes, else pinned in the file, else chosen now.
///
/// Changes nothing. A pinned port that somebody else holds is [`Error::PortTaken`] with the holder's name.
/// `secrets` stay empty: they are not the engine's.
pub async fn facts(
    engine: &Engine,
    stack: &StackId,
    brokers: &[(&BrokerModel, &Description)],
) -> Result<BTreeMap<String, Facts>, Error> {
    todo!()
}
