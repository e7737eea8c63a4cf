//! Brokers of this kind for tests, from YAML as a user would write it.

use std::collections::BTreeMap;

use crate::brokers::testing;
use crate::model::{BrokerModel, Facts};

/// A broker `events` with this body.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    testing::model(super::KIND, "events", yaml)
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    Facts {
        version: "4.3".to_owned(),
        ports: BTreeMap::from([("kafka".to_owned(), vec![19092, 19093, 19094])]),
        ids: BTreeMap::from([("cluster_id".to_owned(), "MkU3OEVBNTcwNTJENDM2Qg".to_owned())]),
        advertise_host: "localhost".to_owned(),
        ..Facts::default()
    }
}
