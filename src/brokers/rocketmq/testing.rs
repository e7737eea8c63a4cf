//! Brokers of this kind for tests, from YAML as a user would write it.

use crate::brokers::testing;
use crate::model::{BrokerModel, Facts};

/// A broker `trades` with this body.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    testing::model(super::KIND, "trades", yaml)
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    let ports = [
        ("namesrv", vec![29876]),
        ("broker", vec![30911, 30912]),
        ("proxy", vec![28081]),
        ("proxy_remoting", vec![28080]),
    ];
    Facts {
        version: "5.5".to_owned(),
        ports: ports.map(|(name, numbers)| (name.to_owned(), numbers)).into(),
        advertise_host: "localhost".to_owned(),
        ..Facts::default()
    }
}
