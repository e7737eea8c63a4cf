//! Brokers of this kind for tests, from YAML as a user would write it.

use std::collections::BTreeMap;

use crate::brokers::testing;
pub(super) use crate::brokers::testing::lines;
use crate::model::{BrokerModel, Facts, Secret};

/// A broker `art` with this body.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    testing::model("artemis", "art", yaml)
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    Facts {
        version: "2.56".to_owned(),
        ports: BTreeMap::from([("core".to_owned(), vec![61616, 61617]), ("console".to_owned(), vec![8161, 8162])]),
        advertise_host: "localhost".to_owned(),
        secrets: BTreeMap::from([
            ("admin_password".to_owned(), Secret::new("planted-admin")),
            ("cluster_password".to_owned(), Secret::new("planted-cluster")),
        ]),
        ..Facts::default()
    }
}
