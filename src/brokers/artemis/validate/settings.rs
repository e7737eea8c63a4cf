//! Address settings.

use super::Validation;
use crate::brokers::artemis::read::{AddressSetting, Named, Setting};
use crate::model::Value;
use crate::spec::{Field, Shape, quote};

/// Bytes, unless the settings say otherwise.
const PAGE: i64 = 10 << 20;
/// Kept in 32 bits.
const SMALL: &[&str] =
    &["page_size_bytes", "max_read_page_bytes", "prefetch_page_bytes", "default_consumer_window_size"];

impl Validation<'_> {
    pub(super) fn settings(&mut self) {
        let body = self.body;
        for setting in &body.address_settings {
            self.pattern(setting.pattern);
            self.fractions(setting.pattern.name);
            for one in &setting.settings {
                self.setting(one);
            }
            self.sizes(setting);
        }
    }

    fn setting(&mut self, setting: &Setting<'_>) {
        let named = |name| Named { name, at: setting.at };
        match (setting.name, &setting.value) {
            ("dead_letter_address", Value::Text(address)) => {
                self.address_reference(named(address), "which dead letters shall go to");
            }
            ("expiry_address", Value::Text(address)) => {
                self.address_reference(named(address), "which expired messages shall go to");
            }
            (name, value)
                if SMALL.contains(&name) && value.as_i64().is_some_and(|bytes| bytes > i64::from(i32::MAX)) =>
            {
                self.error(
                    "out-of-range",
                    setting.at,
                    format!("`{name}` is more than 2 GiB"),
                    "write less than `2GiB`",
                );
            }
            _ => {}
        }
    }

    /// The broker checks the two in one entry, whatever wider matches say.
    fn sizes(&mut self, setting: &AddressSetting<'_>) {
        let value = |name: &str| setting.settings.iter().find(|one| one.name == name);
        let page = value("page_size_bytes").and_then(|one| one.value.as_i64()).unwrap_or(PAGE);
        let Some(most) = value("max_size_bytes") else { return };
        if most.value.as_i64().is_some_and(|bytes| bytes >= 0 && bytes < page) {
            let text = format!(
                "the addresses of {} may have {} bytes, and one page of them has {page}",
                quote(setting.pattern.name),
                most.value
            );
            self.error("max-size-below-page", most.at, text, "set `page_size_bytes` to less than `max_size_bytes`");
        }
    }

    /// The shape lets any text through where a fraction is meant.
    fn fractions(&mut self, pattern: &str) {
        let body = &self.broker.body;
        let Some(entry) = body.entries_of("address_settings").iter().find(|entry| entry.key == pattern) else { return };
        for written in entry.value.entries() {
            let field = super::super::settings::FIELDS.iter().find(|field| field.name == written.key);
            let is_fraction = |field: &&Field| matches!(field.shape, Shape::Scalar);
            if let Some(field) = field.filter(is_fraction)
                && super::super::settings::read(field, &written.value).is_none()
            {
                let text = format!("`{}` is not a number", field.name);
                self.error("wrong-type", written.value.at, text, "write a number, a fraction in quotes: `\"1.5\"`");
            }
        }
    }
}
