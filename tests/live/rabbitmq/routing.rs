//! The recorded routing, which the router is held against without a broker, is still what a broker does:
//! `UPDATE_GOLDEN=1` records it.

use std::path::Path;

use mqlab::brokers::Target;
use serde_json::Value as Json;

use super::live::{Live, encoded};
use crate::rabbitmq_routing::record;

/// Recorded from 4.0.5; 4.3.6 does the same.
const RECORDED: &str = "4.0.";
const PARTS: [&str; 4] = ["exchanges", "queues", "bindings", "vectors"];

pub(crate) async fn messages_go_where_they_were_recorded_to_go(target: &Target) {
    let live = Live::connect(target);
    live.api.delete("vhosts/live-routing").await;
    live.api.put("vhosts/live-routing", &serde_json::json!({})).await;
    let (user, password) = (encoded(&target.user), encoded(target.password.reveal()));
    let url = format!("amqp://{user}:{password}@{}/live-routing", target.endpoint("amqp").unwrap());
    let version = live.api.get("overview").await["rabbitmq_version"].as_str().unwrap().to_owned();
    let found = record(&url, &version).await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rabbitmq/routing.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() && version.starts_with(RECORDED) {
        std::fs::write(&path, text(&found)).unwrap();
    }
    let recorded: Json = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for part in PARTS {
        let (found, recorded) = (found[part].as_array().unwrap(), recorded[part].as_array().unwrap());
        let differs = found.iter().zip(recorded).find(|(found, recorded)| found != recorded);
        assert!(differs.is_none() && found.len() == recorded.len(), "{part}: {differs:#?}");
    }
    assert_eq!(found["dead_letters"], recorded["dead_letters"]);
    live.api.delete("vhosts/live-routing").await;
}

/// One line for each object and each message.
fn text(found: &Json) -> String {
    let lines = |part: &Json| part.as_array().unwrap().iter().map(Json::to_string).collect::<Vec<_>>().join(",\n");
    let parts = PARTS.map(|part| format!("\"{part}\":[\n{}\n]", lines(&found[part])));
    let (version, dead_letters) = (&found["version"], &found["dead_letters"]);
    format!("{{\n\"version\":{version},\n\"dead_letters\":{dead_letters},\n{}\n}}\n", parts.join(",\n"))
}
