//! Values of `config` in Kafka's own spelling: human units to milliseconds and bytes, types and bounds checked.

use crate::model::Value;

use super::config_keys::{ConfigKey, KeyType};

/// Why a value does not fit its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// `` `7x` is not a duration ``: the sentence about the value.
    pub text: String,
    pub help: Option<String>,
}

/// What a number under a key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Milliseconds,
    Bytes,
}

const DURATIONS: &[(&str, i64)] = &[("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const SIZES: &[(&str, i64)] = &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// The value as Kafka reports it back, or what is wrong with it. [`Value::Null`] has no spelling.
pub(super) fn spell(name: &str, key: &ConfigKey, value: &Value) -> Result<String, Misfit> {
    let text = match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(text) => text.trim().to_owned(),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Secret(_) => {
            return Err(misfit(format!("expected {}", key.kind.describe())));
        }
    };
    if key.not_empty && text.is_empty() {
        return Err(misfit("it may not be empty".to_owned()));
    }
    match key.kind {
        KeyType::Boolean => spell_boolean(&text),
        KeyType::Int | KeyType::Long | KeyType::Short => spell_integer(name, key, &text),
        KeyType::Double => spell_double(key, &text),
        KeyType::List => spell_list(key, &text),
        KeyType::String => spell_choice(key, &text).map(str::to_owned),
        KeyType::Class | KeyType::Password => Ok(text),
    }
}

/// The spelling under which two values that mean the same to Kafka are equal.
pub(super) fn canonical(key: Option<&ConfigKey>, text: &str) -> String {
    let text = text.trim();
    match key.map(|key| key.kind) {
        Some(KeyType::Boolean) => text.to_ascii_lowercase(),
        Some(KeyType::Int | KeyType::Long | KeyType::Short) => {
            text.parse::<i64>().map_or_else(|_| text.to_owned(), |number| number.to_string())
        }
        Some(KeyType::Double) => text.parse::<f64>().map_or_else(|_| text.to_owned(), |number| number.to_string()),
        Some(KeyType::List) => {
            let mut items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
            // A list with choices is a set: `delete,compact` is `compact,delete`.
            if key.is_some_and(|key| !key.choices.is_empty()) {
                items.sort_unstable();
                items.dedup();
            }
            items.join(",")
        }
        _ => text.to_owned(),
    }
}

fn spell_boolean(text: &str) -> Result<String, Misfit> {
    let lower = text.to_ascii_lowercase();
    if lower == "true" || lower == "false" { Ok(lower) } else { Err(misfit(format!("`{text}` is not true or false"))) }
}

fn spell_integer(name: &str, key: &ConfigKey, text: &str) -> Result<String, Misfit> {
    let number = match text.parse::<i64>() {
        Ok(number) => number,
        Err(_) if text == "unlimited" => -1,
        Err(_) => read_with_unit(name, text)?,
    };
    let (type_least, type_most) = key.kind.range();
    let least = key.least.unwrap_or(type_least).max(type_least);
    let most = key.most.unwrap_or(type_most).min(type_most);
    if (least..=most).contains(&number) || key.also == Some(number) {
        return Ok(number.to_string());
    }
    let shown = if number.to_string() == text { format!("`{text}`") } else { format!("`{text}` is {number}, which") };
    let bound = if number < least { format!("less than {least}") } else { format!("more than {most}") };
    let also = key.also.map(|also| format!("; {also} is allowed too"));
    Err(misfit(format!(
        "{shown} is {bound}, the {} that Kafka takes{}",
        if number < least { "least" } else { "most" },
        also.unwrap_or_default()
    )))
}

/// A number with a unit, on a key whose name says that it counts milliseconds or bytes.
fn read_with_unit(name: &str, text: &str) -> Result<i64, Misfit> {
    let split = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, suffix) = (&text[..split], text[split..].trim_start());
    let not_a_number = || misfit(format!("`{text}` is not a whole number"));
    let number: i64 = digits.parse().map_err(|_| not_a_number())?;
    let (known, units) = match unit_of(name) {
        Some(Unit::Milliseconds) => (DURATIONS, "ms, s, m, h, d"),
        Some(Unit::Bytes) => (SIZES, "B, KiB, MiB, GiB"),
        None => {
            return Err(Misfit {
                text: format!("`{text}` has a unit, and `{name}` counts neither milliseconds nor bytes"),
                help: Some(format!("write a whole number: `{digits}`")),
            });
        }
    };
    if suffix.starts_with('.') {
        return Err(Misfit {
            text: format!("`{text}` is not a whole number"),
            help: Some(format!("use a smaller unit; there are {units}")),
        });
    }
    let Some((_, factor)) = known.iter().find(|(unit, _)| *unit == suffix) else {
        return Err(Misfit {
            text: format!("`{suffix}` is not a unit of `{name}`"),
            help: Some(unit_help(suffix, units)),
        });
    };
    number.checked_mul(*factor).ok_or_else(|| misfit(format!("`{text}` is more than Kafka can count")))
}

fn unit_help(suffix: &str, units: &str) -> String {
    let binary = SIZES.iter().find(|(unit, _)| unit.replace('i', "").eq_ignore_ascii_case(suffix) && suffix.len() == 2);
    match binary {
        Some((unit, factor)) => format!("units are {units}; `{unit}` is {factor} bytes"),
        None => format!("units are {units}"),
    }
}

/// Kafka names its units at the end of a key; `.buffer.size` is in bytes by its documentation.
fn unit_of(name: &str) -> Option<Unit> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".ms"]) {
        Some(Unit::Milliseconds)
    } else if ends(&[".bytes", ".bytes.per.second", ".buffer.size"]) {
        Some(Unit::Bytes)
    } else {
        None
    }
}

/// Whether `unlimited` and units make sense under this key: for the help of an error.
pub(super) fn takes_unit(name: &str) -> Option<&'static str> {
    unit_of(name).map(|unit| match unit {
        Unit::Milliseconds => "a whole number of milliseconds, or one with ms, s, m, h or d: `7d`",
        Unit::Bytes => "a whole number of bytes, or one with B, KiB, MiB or GiB: `512MiB`",
    })
}

fn spell_double(key: &ConfigKey, text: &str) -> Result<String, Misfit> {
    let number: f64 = text.parse().map_err(|_| misfit(format!("`{text}` is not a number")))?;
    #[expect(clippy::cast_precision_loss, reason = "the recorded bounds of fractions are small")]
    let outside =
        key.least.is_some_and(|least| number < least as f64) || key.most.is_some_and(|most| number > most as f64);
    if outside || !number.is_finite() {
        let least = key.least.map_or_else(String::new, |least| least.to_string());
        let most = key.most.map_or_else(String::new, |most| most.to_string());
        return Err(misfit(format!("`{text}` is not between {least} and {most}")));
    }
    Ok(canonical(Some(key), text))
}

fn spell_list(key: &ConfigKey, text: &str) -> Result<String, Misfit> {
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        spell_choice(key, item)?;
    }
    Ok(canonical(Some(key), text))
}

fn spell_choice<'a>(key: &ConfigKey, text: &'a str) -> Result<&'a str, Misfit> {
    let fits = |choice: &String| choice == text || key.ignore_case && choice.eq_ignore_ascii_case(text);
    if key.choices.is_empty() || key.choices.iter().any(fits) {
        return Ok(text);
    }
    let help = match super::validate::closest(text, key.choices.iter().map(String::as_str)) {
        Some(choice) => format!("did you mean `{choice}`?"),
        None => format!("one of {}", key.choices.join(", ")),
    };
    Err(Misfit { text: format!("Kafka does not know `{text}` here"), help: Some(help) })
}

fn misfit(text: String) -> Misfit {
    Misfit { text, help: None }
}
