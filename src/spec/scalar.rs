//! What an unquoted word means: the core schema of YAML 1.2, without the readings that 1.1 gave other meanings.

use super::words::quote;
use super::{NodeValue, Text};

/// Why a word is refused, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) text: String,
    pub(crate) help: String,
}

/// The value of a plain scalar. Quoted and block scalars are text and do not come here.
pub(crate) fn resolve(text: &str) -> Result<NodeValue, Problem> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(NodeValue::Null),
        "true" | "True" | "TRUE" => return Ok(NodeValue::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(NodeValue::Bool(false)),
        _ => {}
    }
    if let Some(boolean) = old_boolean(text) {
        return Err(Problem {
            code: "ambiguous-boolean",
            text: format!("`{text}` is a boolean to some programs and text to others"),
            help: format!("write `{boolean}`, or `\"{text}\"` where the word itself is meant"),
        });
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return Err(Problem {
            code: "not-a-number",
            text: format!("`{text}` is no number that a broker can hold"),
            help: format!("write a number, or `\"{text}\"` where the text is meant"),
        });
    }
    if let Some(digits) = unsigned.strip_prefix("0o").filter(|digits| all(digits, |byte| matches!(byte, b'0'..=b'7'))) {
        return integer(text, unsigned, digits, 8);
    }
    if let Some(digits) = unsigned.strip_prefix("0x").filter(|digits| all(digits, u8::is_ascii_hexdigit)) {
        return integer(text, unsigned, digits, 16);
    }
    if all(unsigned, u8::is_ascii_digit) {
        return decimal(text, unsigned);
    }
    if is_float(unsigned) {
        return float(text);
    }
    Ok(NodeValue::Text(Text::plain(text)))
}

fn all(text: &str, fits: impl Fn(&u8) -> bool) -> bool {
    !text.is_empty() && text.as_bytes().iter().all(fits)
}

fn old_boolean(text: &str) -> Option<bool> {
    ["yes", "on", "no", "off"].iter().position(|word| text.eq_ignore_ascii_case(word)).map(|index| index < 2)
}

fn decimal(text: &str, unsigned: &str) -> Result<NodeValue, Problem> {
    if unsigned.len() > 1 && unsigned.starts_with('0') {
        let number = unsigned.trim_start_matches('0');
        return Err(Problem {
            code: "ambiguous-number",
            text: format!("{} is decimal to some programs and octal to others", quote(text)),
            help: format!(
                "write `{}` for the number, or quotes around it for the text",
                if number.is_empty() { "0" } else { number }
            ),
        });
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    plain.parse().map(NodeValue::Int).map_err(|_| too_large(text))
}

/// `0o17` and `0x1F`; the core schema gives them no sign.
fn integer(text: &str, unsigned: &str, digits: &str, radix: u32) -> Result<NodeValue, Problem> {
    if unsigned.len() != text.len() {
        return Ok(NodeValue::Text(Text::plain(text)));
    }
    i64::from_str_radix(digits, radix).map(NodeValue::Int).map_err(|_| too_large(text))
}

/// `[0-9]*(\.[0-9]*)?([eE][-+]?[0-9]+)?` with at least one digit before the exponent.
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent
            .is_none_or(|exponent| all(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), u8::is_ascii_digit))
}

fn float(text: &str) -> Result<NodeValue, Problem> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(NodeValue::Float(value)),
        _ => Err(too_large(text)),
    }
}

fn too_large(text: &str) -> Problem {
    Problem {
        code: "number-too-large",
        text: format!("{} does not fit into 64 bits", quote(text)),
        help: "write a smaller number, or quotes around it where the text is meant".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        match resolve(text) {
            Ok(NodeValue::Null) => "null".to_owned(),
            Ok(NodeValue::Bool(value)) => format!("bool {value}"),
            Ok(NodeValue::Int(value)) => format!("int {value}"),
            Ok(NodeValue::Float(value)) => format!("float {value}"),
            Ok(NodeValue::Text(text)) => format!("text {}", text.value),
            Ok(other) => format!("{other:?}"),
            Err(problem) => problem.code.to_owned(),
        }
    }

    #[test]
    fn words_resolve_as_in_the_core_schema() {
        for (text, value) in [
            ("", "null"),
            ("~", "null"),
            ("NULL", "null"),
            ("nULL", "text nULL"),
            ("true", "bool true"),
            ("FALSE", "bool false"),
            ("y", "text y"),
            ("6", "int 6"),
            ("-6", "int -6"),
            ("+6", "int 6"),
            ("0", "int 0"),
            ("-9223372036854775808", "int -9223372036854775808"),
            ("0x1F", "int 31"),
            ("0o17", "int 15"),
            ("-0x1F", "text -0x1F"),
            ("0b11", "text 0b11"),
            ("1_000", "text 1_000"),
            ("4.10", "float 4.1"),
            (".5", "float 0.5"),
            ("5.", "float 5"),
            ("-1e3", "float -1000"),
            ("1e", "text 1e"),
            (".", "text ."),
            ("-", "text -"),
            ("1.2.3", "text 1.2.3"),
            ("7d", "text 7d"),
            ("12:30", "text 12:30"),
            ("2026-01-01", "text 2026-01-01"),
        ] {
            assert_eq!(show(text), value, "{text}");
        }
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        for (text, code) in [
            ("yes", "ambiguous-boolean"),
            ("No", "ambiguous-boolean"),
            ("ON", "ambiguous-boolean"),
            ("off", "ambiguous-boolean"),
            ("007", "ambiguous-number"),
            ("-010", "ambiguous-number"),
            ("00", "ambiguous-number"),
            ("9223372036854775808", "number-too-large"),
            ("0xFFFFFFFFFFFFFFFFF", "number-too-large"),
            ("1e999", "number-too-large"),
            ("-.inf", "not-a-number"),
            (".NaN", "not-a-number"),
        ] {
            assert_eq!(show(text), code, "{text}");
        }
        assert_eq!(resolve("off").unwrap_err().help, "write `false`, or `\"off\"` where the word itself is meant");
    }
}
