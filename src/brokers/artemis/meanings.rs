//! What an address setting is where nobody sets it. The rules say what each means.
//!
//! Source: the class `AddressSettings` of 2.56.0, but for what mqlab's own `broker.xml` turns off.

use crate::brokers::Meaning;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning { keys: &["dead_letter_address"], default: "", doc: "" },
    Meaning { keys: &["auto_create_dead_letter_resources"], default: "false", doc: "" },
    Meaning { keys: &["dead_letter_queue_prefix"], default: "DLQ.", doc: "" },
    Meaning { keys: &["dead_letter_queue_suffix"], default: "", doc: "" },
    Meaning { keys: &["expiry_address"], default: "", doc: "" },
    Meaning { keys: &["auto_create_expiry_resources"], default: "false", doc: "" },
    Meaning { keys: &["expiry_queue_prefix"], default: "EXP.", doc: "" },
    Meaning { keys: &["expiry_queue_suffix"], default: "", doc: "" },
    Meaning { keys: &["no_expiry"], default: "false", doc: "" },
    Meaning { keys: &["expiry_delay"], default: "-1", doc: "" },
    Meaning { keys: &["min_expiry_delay"], default: "-1", doc: "" },
    Meaning { keys: &["max_expiry_delay"], default: "-1", doc: "" },
    Meaning { keys: &["redelivery_delay"], default: "0", doc: "" },
    Meaning { keys: &["redelivery_delay_multiplier"], default: "1.0", doc: "" },
    Meaning { keys: &["redelivery_collision_avoidance_factor"], default: "0.0", doc: "" },
    Meaning { keys: &["max_redelivery_delay"], default: "10 × redelivery_delay", doc: "" },
    Meaning { keys: &["max_delivery_attempts"], default: "10", doc: "" },
    Meaning { keys: &["max_size_bytes"], default: "-1", doc: "" },
    Meaning { keys: &["max_size_messages"], default: "-1", doc: "" },
    Meaning { keys: &["page_limit_bytes"], default: "", doc: "" },
    Meaning { keys: &["page_limit_messages"], default: "", doc: "" },
    Meaning { keys: &["max_size_bytes_reject_threshold"], default: "-1", doc: "" },
    Meaning { keys: &["page_size_bytes"], default: "10485760", doc: "" },
    Meaning { keys: &["max_read_page_messages"], default: "-1", doc: "" },
    Meaning { keys: &["max_read_page_bytes"], default: "20971520", doc: "" },
    Meaning { keys: &["prefetch_page_messages"], default: "-1", doc: "" },
    Meaning { keys: &["prefetch_page_bytes"], default: "20971520", doc: "" },
    Meaning { keys: &["address_full_policy"], default: "PAGE", doc: "" },
    Meaning { keys: &["disk_full_policy"], default: "BLOCK", doc: "" },
    Meaning { keys: &["page_full_policy"], default: "", doc: "" },
    Meaning { keys: &["default_last_value_queue"], default: "false", doc: "" },
    Meaning { keys: &["default_last_value_key"], default: "", doc: "" },
    Meaning { keys: &["default_non_destructive"], default: "false", doc: "" },
    Meaning { keys: &["default_exclusive_queue"], default: "false", doc: "" },
    Meaning { keys: &["default_group_rebalance"], default: "false", doc: "" },
    Meaning { keys: &["default_group_rebalance_pause_dispatch"], default: "false", doc: "" },
    Meaning { keys: &["default_group_buckets"], default: "-1", doc: "" },
    Meaning { keys: &["default_group_first_key"], default: "", doc: "" },
    Meaning { keys: &["default_consumers_before_dispatch"], default: "0", doc: "" },
    Meaning { keys: &["default_delay_before_dispatch"], default: "-1", doc: "" },
    Meaning { keys: &["default_purge_on_no_consumers"], default: "false", doc: "" },
    Meaning { keys: &["default_max_consumers"], default: "-1", doc: "" },
    Meaning { keys: &["default_ring_size"], default: "-1", doc: "" },
    Meaning { keys: &["default_queue_routing_type"], default: "multicast", doc: "" },
    Meaning { keys: &["default_address_routing_type"], default: "multicast", doc: "" },
    Meaning { keys: &["default_consumer_window_size"], default: "1048576", doc: "" },
    Meaning { keys: &["redistribution_delay"], default: "-1", doc: "" },
    Meaning { keys: &["send_to_dla_on_no_route"], default: "false", doc: "" },
    Meaning { keys: &["slow_consumer_threshold"], default: "-1", doc: "" },
    Meaning { keys: &["slow_consumer_threshold_measurement_unit"], default: "MESSAGES_PER_SECOND", doc: "" },
    Meaning { keys: &["slow_consumer_policy"], default: "NOTIFY", doc: "" },
    Meaning { keys: &["slow_consumer_check_period"], default: "5", doc: "" },
    Meaning { keys: &["auto_create_queues"], default: "false", doc: "" },
    Meaning { keys: &["auto_delete_queues"], default: "false", doc: "" },
    Meaning { keys: &["auto_delete_created_queues"], default: "false", doc: "" },
    Meaning { keys: &["auto_delete_queues_delay"], default: "0", doc: "" },
    Meaning { keys: &["auto_delete_queues_message_count"], default: "0", doc: "" },
    Meaning { keys: &["auto_delete_queues_skip_usage_check"], default: "false", doc: "" },
    Meaning { keys: &["auto_create_addresses"], default: "false", doc: "" },
    Meaning { keys: &["auto_delete_addresses"], default: "false", doc: "" },
    Meaning { keys: &["auto_delete_addresses_delay"], default: "0", doc: "" },
    Meaning { keys: &["auto_delete_addresses_skip_usage_check"], default: "false", doc: "" },
    Meaning { keys: &["retroactive_message_count"], default: "0", doc: "" },
    Meaning { keys: &["enable_metrics"], default: "true", doc: "" },
    Meaning { keys: &["enable_ingress_timestamp"], default: "false", doc: "" },
    Meaning { keys: &["id_cache_size"], default: "20000", doc: "" },
];

#[cfg(test)]
mod tests {
    use super::super::settings;
    use super::MEANINGS;

    #[test]
    fn every_address_setting_has_its_default() {
        let known: Vec<&str> = MEANINGS.iter().flat_map(|one| one.keys).copied().collect();
        assert_eq!(known, settings::FIELDS.each_ref().map(|field| field.name));
    }
}
