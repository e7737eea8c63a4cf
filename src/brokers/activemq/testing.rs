//! Brokers of this kind for tests, from YAML as a user would write it.

use std::collections::BTreeMap;

use crate::brokers::testing;
use crate::model::{BrokerModel, Facts, Secret};

/// A broker `legacy` with this body.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    testing::model(super::KIND, "legacy", yaml)
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    // 31616 for 61616, 28161 for 8161.
    let on_the_host = |number: u16| number.checked_sub(30_000).unwrap_or_else(|| number + 20_000);
    let both = |first: u16| vec![first, first + 1];
    let ports = super::PORTS.iter().map(|port| (port.name.to_owned(), both(on_the_host(port.number))));
    Facts {
        version: "6.1".to_owned(),
        ports: ports.collect(),
        advertise_host: "localhost".to_owned(),
        secrets: BTreeMap::from([(super::ADMIN_PASSWORD.to_owned(), Secret::new("generated"))]),
        ..Facts::default()
    }
}

/// Compares with `tests/golden/activemq/NAME`, or writes it with `UPDATE_GOLDEN=1`.
pub(super) fn golden(name: &str, text: &str) {
    testing::golden(super::KIND, name, text);
}
