//! Human units: `7d` in milliseconds, `512MiB` in bytes.
//!
//! Only for keys that are known to mean time or bytes. The number is whole: `1.5h` is `90m`.

use thiserror::Error;

use super::{Node, NodeValue};

/// What `unlimited` stands for, as the brokers write it.
pub const UNLIMITED: i64 = -1;

const DURATIONS: &[(&str, i64)] = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const SIZES: &[(&str, i64)] = &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
/// Decimal units, which programs disagree about: some read `KB` as 1000 bytes, some as 1024.
const AMBIGUOUS: &[(&str, i64, &str)] = &[("kb", 1_000, "KiB"), ("mb", 1_000_000, "MiB"), ("gb", 1_000_000_000, "GiB")];

/// Why a text is not a duration or a size, with what to write instead.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{problem}")]
pub struct UnitError {
    pub problem: String,
    pub help: String,
}

/// Milliseconds of `7d`, `500ms`, `unlimited` or a bare number of milliseconds.
pub fn duration(text: &str) -> Result<i64, UnitError> {
    let example = "write a whole number and `ms`, `s`, `m`, `h` or `d`, such as `30s` or `7d`, or `unlimited`";
    measure(text, DURATIONS).map_err(|failure| match failure {
        Failure::TooLarge => too_large(text, "milliseconds"),
        Failure::Malformed | Failure::Unit { .. } => {
            UnitError { problem: format!("`{text}` is not a duration"), help: example.to_owned() }
        }
    })
}

/// Bytes of `512MiB`, `unlimited` or a bare number of bytes.
pub fn size(text: &str) -> Result<i64, UnitError> {
    let example = "write a whole number and `B`, `KiB`, `MiB` or `GiB`, such as `512MiB`, or `unlimited`";
    measure(text, SIZES).map_err(|failure| match failure {
        Failure::TooLarge => too_large(text, "bytes"),
        Failure::Unit { number, unit } => ambiguous(text, number, unit)
            .unwrap_or_else(|| UnitError { problem: format!("`{text}` is not a size"), help: example.to_owned() }),
        Failure::Malformed => UnitError { problem: format!("`{text}` is not a size"), help: example.to_owned() },
    })
}

/// Milliseconds of a node that holds a whole number or a duration; `None` for anything else.
pub fn duration_of(node: &Node) -> Option<i64> {
    measure_of(node, duration)
}

/// Bytes of a node that holds a whole number or a size; `None` for anything else.
pub fn size_of(node: &Node) -> Option<i64> {
    measure_of(node, size)
}

fn measure_of(node: &Node, parse: fn(&str) -> Result<i64, UnitError>) -> Option<i64> {
    match &node.value {
        NodeValue::Int(value) => Some(*value),
        NodeValue::Text(text) => parse(&text.value).ok(),
        _ => None,
    }
}

enum Failure<'a> {
    Malformed,
    TooLarge,
    Unit { number: i64, unit: &'a str },
}

fn measure<'a>(text: &'a str, units: &[(&str, i64)]) -> Result<i64, Failure<'a>> {
    if text == "unlimited" || text == "-1" {
        return Ok(UNLIMITED);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(Failure::Malformed);
    }
    let number: i64 = number.parse().map_err(|_| Failure::TooLarge)?;
    if unit.is_empty() {
        return Ok(number);
    }
    let unit = unit.trim_start();
    let (_, factor) = units.iter().find(|(name, _)| *name == unit).ok_or(Failure::Unit { number, unit })?;
    number.checked_mul(*factor).ok_or(Failure::TooLarge)
}

fn too_large(text: &str, what: &str) -> UnitError {
    let help = format!("the most is {} {what}; write `unlimited` where no limit is meant", i64::MAX);
    UnitError { problem: format!("`{text}` is too large"), help }
}

fn ambiguous(text: &str, number: i64, unit: &str) -> Option<UnitError> {
    let wanted = unit.to_ascii_lowercase();
    let (_, decimal, binary) = AMBIGUOUS.iter().find(|(name, ..)| *name == wanted)?;
    let help = match number.checked_mul(*decimal) {
        Some(bytes) => format!("write `{number}{binary}` for powers of 1024, or `{bytes}` for powers of 1000"),
        None => format!("write `{number}{binary}`"),
    };
    Some(UnitError { problem: format!("`{unit}` in `{text}` can mean powers of 1000 or of 1024"), help })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_milliseconds() {
        for (text, milliseconds) in [
            ("0", 0),
            ("250", 250),
            ("500ms", 500),
            ("30s", 30_000),
            ("5m", 300_000),
            ("36h", 129_600_000),
            ("7d", 604_800_000),
            ("7 d", 604_800_000),
            ("unlimited", -1),
            ("-1", -1),
        ] {
            assert_eq!(duration(text), Ok(milliseconds), "{text}");
        }
    }

    #[test]
    fn sizes_are_bytes() {
        for (text, bytes) in [
            ("0", 0),
            ("1B", 1),
            ("64KiB", 65_536),
            ("512MiB", 536_870_912),
            ("2GiB", 2_147_483_648),
            ("unlimited", -1),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_an_example() {
        for text in ["", "d", "7D", "7days", "1.5h", "-5s", "1h30m", "５s", "7d ", "infinite"] {
            let error = duration(text).unwrap_err();
            assert_eq!(error.problem, format!("`{text}` is not a duration"));
            assert!(error.help.contains("`7d`"), "{text}");
        }
    }

    #[test]
    fn decimal_units_are_refused_with_both_meanings() {
        let error = size("64KB").unwrap_err();
        assert_eq!(error.problem, "`KB` in `64KB` can mean powers of 1000 or of 1024");
        assert_eq!(error.help, "write `64KiB` for powers of 1024, or `64000` for powers of 1000");
        for text in ["1kB", "1Kb", "3 MB", "1gb"] {
            assert!(size(text).unwrap_err().problem.contains("can mean"), "{text}");
        }
        for text in ["", "MiB", "1.5GiB", "1TiB", "10 apples"] {
            assert_eq!(size(text).unwrap_err().problem, format!("`{text}` is not a size"));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in ["9223372036854775808", "9223372036854775807GiB", "99999999999999999999999GiB"] {
            assert_eq!(size(text).unwrap_err().problem, format!("`{text}` is too large"));
        }
        assert_eq!(duration("9223372036854775807ms"), Ok(i64::MAX));
        assert!(duration("9223372036854775807s").is_err());
    }
}
