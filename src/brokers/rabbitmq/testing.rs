//! Brokers of this kind for tests, from YAML as a user would write it.

use crate::brokers::testing;
pub(super) use crate::brokers::testing::lines;
use crate::model::{BrokerModel, Facts, Secret};

/// A broker `jobs` with this body.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    testing::model("rabbitmq", "jobs", yaml)
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    let ports = [("amqp", 25672), ("management", 25673), ("stomp", 25613), ("stream", 25552)];
    Facts {
        version: "4.0".into(),
        ports: ports.map(|(name, port)| (name.to_owned(), vec![port])).into(),
        advertise_host: "localhost".into(),
        secrets: [("admin_password".to_owned(), Secret::new("planted-password"))].into(),
        ..Facts::default()
    }
}

/// Compares with `tests/golden/rabbitmq/NAME`, or writes it with `UPDATE_GOLDEN=1`.
pub(super) fn golden(name: &str, text: &str) {
    testing::golden("rabbitmq", name, text);
}
