//! The recorded routing, which the router is held against without a broker, is still what a broker does.

use mqlab::brokers::Target;
use serde_json::Value as Json;

use super::live::{Live, encoded};
use crate::rabbitmq_routing::record;

/// Recorded from 4.0.5; 4.3.6 does the same.
const FIXTURE: &str = include_str!("../../fixtures/rabbitmq/routing.json");

pub(crate) async fn messages_go_where_they_were_recorded_to_go(target: &Target) {
    let live = Live::connect(target);
    live.api.delete("vhosts/live-routing").await;
    live.api.put("vhosts/live-routing", &serde_json::json!({})).await;
    let (user, password) = (encoded(&target.user), encoded(target.password.reveal()));
    let url = format!("amqp://{user}:{password}@{}/live-routing", target.endpoint("amqp").unwrap());
    let mut recorded: Json = serde_json::from_str(FIXTURE).unwrap();
    let found = record(&url, &target.facts.version).await;
    recorded["version"] = found["version"].clone();
    for part in ["exchanges", "queues", "bindings", "vectors"] {
        let (found, recorded) = (found[part].as_array().unwrap(), recorded[part].as_array().unwrap());
        let differs = found.iter().zip(recorded).find(|(found, recorded)| found != recorded);
        assert!(differs.is_none() && found.len() == recorded.len(), "{part}: {differs:#?}");
    }
    live.api.delete("vhosts/live-routing").await;
}
