//! Frames that a name server, a master with a replica, and a proxy of 5.5.0 sent, for tests.

use serde_json::Value as Json;

use super::protocol::{Answer, loose};

/// The answer in `tests/fixtures/rocketmq/NAME.frame`.
pub(super) fn answer(name: &str) -> Answer {
    let path = format!("{}/tests/fixtures/rocketmq/{name}.frame", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (length, frame) = bytes.split_first_chunk::<4>().unwrap();
    assert_eq!(u32::from_be_bytes(*length) as usize, frame.len());
    Answer::decode(frame).unwrap().unwrap()
}

/// Its body.
pub(super) fn body(name: &str) -> Json {
    loose::parse(&answer(name).body).unwrap()
}

mod tests {
    use super::super::normalise::{group_table, normalise, topic_table};
    use super::super::protocol::{code, message};
    use super::{answer, body};
    use crate::model::Value;

    #[test]
    fn a_no_is_one_line_in_the_brokers_words() {
        let text =
            "The specified topic: bad.topic, contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$ (code 29)";
        assert_eq!(answer("bad-name").complaint(), text);
        assert_eq!(answer("no-route").complaint(), "No topic route info in name server for the topic: nope (code 17)");
        assert_eq!(answer("no-route").code, code::TOPIC_NOT_EXIST);
        assert_eq!(answer("nobody-consumes").code, code::CONSUMER_NOT_ONLINE);
    }

    #[test]
    fn addresses_are_keyed_by_numbers_without_quotes_where_nobody_asks_for_more() {
        assert!(serde_json::from_slice::<serde_json::Value>(&answer("cluster-info").body).is_err());
        let address = body("cluster-info").pointer("/brokerAddrTable/broker-a/brokerAddrs/1").cloned();
        assert!(address.unwrap().as_str().unwrap().ends_with(":10911"));
    }

    #[test]
    fn what_is_the_brokers_own_is_not_listed() {
        let topics = topic_table(body("all-topics")).unwrap();
        let groups = group_table(body("all-groups")).unwrap();
        assert!(topics.len() > 15 && groups.len() > 10);
        let (resources, unknown) = normalise("trades", &topics, &groups);
        let found: Vec<String> = resources.iter().map(|one| one.address.to_string()).collect();
        let expected = [
            "trades/subscription_group/charts",
            "trades/subscription_group/settlement",
            "trades/topic/orders",
            "trades/topic/ticks",
        ];
        assert_eq!(found, expected);
        assert_eq!(unknown, []);
        assert_eq!(resources[1].attribute("retry_max"), Some(&Value::from(5_i64)));
        assert_eq!(resources[1].attribute("order"), Some(&Value::from(true)));
        assert_eq!(resources[2].attribute("message_type"), Some(&Value::from("fifo")));
        assert_eq!(resources[2].attribute("permission"), Some(&Value::from("read_write")));
    }

    #[test]
    fn an_object_that_makes_no_sense_is_unknown() {
        let mut topics = topic_table(body("all-topics")).unwrap();
        topics["orders"].as_object_mut().unwrap().remove("perm");
        let (resources, unknown) = normalise("trades", &topics, &group_table(body("all-groups")).unwrap());
        assert!(resources.iter().all(|one| one.address.name != "orders"));
        assert_eq!(unknown[0].address.as_ref().unwrap().name, "orders");
    }

    #[test]
    fn a_message_is_found_behind_its_head() {
        assert_eq!(message::first_body(&answer("pulled").body), Some(&b"hello"[..]));
        assert!(!answer("nothing-to-pull").is_success());
    }
}
