//! `${env:NAME}`, `${env:NAME:-default}` and `${file:path}` inside texts; `$${` is a literal `${`.

use super::scalar::Problem;
use super::words::quote;
use super::{Environment, Text};

/// A mistake in one `${…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// Which `${` of the text it is, from 0, literal ones counted.
    pub(crate) occurrence: usize,
    /// In characters, from the `$` to the `}`.
    pub(crate) length: u32,
    pub(crate) problem: Problem,
}

/// Fills in every `${…}`. Reports all mistakes of the text, not only the first.
pub(crate) fn interpolate(text: &str, spec: &str, environment: &dyn Environment) -> Result<Text, Vec<Mistake>> {
    let mut value = String::with_capacity(text.len());
    let mut interpolated = false;
    let mut mistakes = Vec::new();
    let mut rest = text;
    let mut occurrence = 0;
    while let Some(start) = rest.find("${") {
        let (before, from) = rest.split_at(start);
        if let Some(before) = before.strip_suffix('$') {
            value.push_str(before);
            value.push_str("${");
            rest = &from[2..];
        } else {
            value.push_str(before);
            let end = from.find('}').map_or(from.len(), |end| end + 1);
            let (reference, after) = from.split_at(end);
            match resolve(reference, spec, environment) {
                Ok(found) => value.push_str(&found),
                Err(problem) => {
                    let length = u32::try_from(reference.chars().count()).unwrap_or(u32::MAX);
                    mistakes.push(Mistake { occurrence, length, problem });
                }
            }
            // The references inside this one are part of it.
            occurrence += reference.matches("${").count().saturating_sub(1);
            interpolated = true;
            rest = after;
        }
        occurrence += 1;
    }
    value.push_str(rest);
    if mistakes.is_empty() { Ok(Text { interpolated, ..Text::plain(value) }) } else { Err(mistakes) }
}

/// The value of one `${…}`, given with its braces.
fn resolve(reference: &str, spec: &str, environment: &dyn Environment) -> Result<String, Problem> {
    let Some(inside) = reference.strip_prefix("${").and_then(|inside| inside.strip_suffix('}')) else {
        return Err(unclosed(reference));
    };
    if inside.contains("${") {
        return Err(Problem {
            code: "nested-interpolation",
            text: "one `${…}` cannot stand inside another".to_owned(),
            help: "write the inner value itself, or set the variable before mqlab is called".to_owned(),
        });
    }
    match inside.split_once(':') {
        Some(("env", variable)) => from_variable(variable, environment),
        Some(("file", path)) => from_file(path, spec, environment),
        _ => Err(unknown_scheme(inside)),
    }
}

fn unclosed(reference: &str) -> Problem {
    Problem {
        code: "unclosed-interpolation",
        text: format!("{} has no closing `}}`", quote(reference)),
        help: "close it, or write `$${` for a literal `${`".to_owned(),
    }
}

fn unknown_scheme(inside: &str) -> Problem {
    let help = if is_variable_name(inside) {
        format!("write `${{env:{inside}}}` for the variable, or `$${{{inside}}}` for the literal text")
    } else {
        "write `${env:NAME}`, `${env:NAME:-default}` or `${file:path}`, or `$${` for a literal `${`".to_owned()
    };
    let shown = format!("${{{inside}}}");
    Problem { code: "unknown-interpolation", text: format!("{} is neither `env:` nor `file:`", quote(&shown)), help }
}

fn from_variable(variable: &str, environment: &dyn Environment) -> Result<String, Problem> {
    let (name, default) = match variable.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (variable, None),
    };
    if !is_variable_name(name) {
        return Err(Problem {
            code: "invalid-variable",
            text: format!("{} cannot be the name of an environment variable", quote(name)),
            help: "a name has letters, digits and `_`, and does not begin with a digit".to_owned(),
        });
    }
    match (environment.variable(name), default) {
        // As in a shell: `:-` stands in for an empty value too.
        (Some(value), Some(default)) if value.is_empty() => Ok(default.to_owned()),
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(Problem {
            code: "missing-variable",
            text: format!("the environment variable {} is not set", quote(name)),
            help: format!("set it, or give a default: `${{env:{name}:-…}}`"),
        }),
    }
}

fn from_file(path: &str, spec: &str, environment: &dyn Environment) -> Result<String, Problem> {
    let problem = |text: String| Problem {
        code: "unreadable-file",
        text,
        help: format!("the path is relative to the folder of {}", quote(spec)),
    };
    if path.is_empty() {
        return Err(problem("`${file:}` names no file".to_owned()));
    }
    let content = environment.file(spec, path).map_err(problem)?;
    // Editors end a file with a line break; a password has none.
    let content = content.strip_suffix('\n').map_or(content.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    Ok(content.to_owned())
}

fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake;

    impl Environment for Fake {
        fn variable(&self, name: &str) -> Option<String> {
            match name {
                "USER" => Some("ada".to_owned()),
                "EMPTY" => Some(String::new()),
                "TRICK" => Some("${env:USER}".to_owned()),
                _ => None,
            }
        }

        fn file(&self, spec: &str, path: &str) -> Result<String, String> {
            match path {
                "secret" => Ok("s3cret\r\n".to_owned()),
                _ => Err(format!("cannot read {path} beside {spec}")),
            }
        }
    }

    fn value(text: &str) -> String {
        interpolate(text, "mqlab.yaml", &Fake).unwrap().value
    }

    fn codes(text: &str) -> Vec<(usize, u32, &'static str)> {
        let mistakes = interpolate(text, "mqlab.yaml", &Fake).unwrap_err();
        mistakes.iter().map(|mistake| (mistake.occurrence, mistake.length, mistake.problem.code)).collect()
    }

    #[test]
    fn references_are_filled_in() {
        for (text, wanted) in [
            ("plain $HOME {x} $$", "plain $HOME {x} $$"),
            ("a ${env:USER} b", "a ada b"),
            ("${env:USER}${env:NONE:-x}", "adax"),
            ("${env:EMPTY}", ""),
            ("${env:EMPTY:-d}", "d"),
            ("${env:NONE:-}", ""),
            ("${env:NONE:-a:-b}", "a:-b"),
            ("${file:secret}", "s3cret"),
            ("$${env:USER}", "${env:USER}"),
            ("$$${env:USER}", "$${env:USER}"),
            ("${env:TRICK}", "${env:USER}"),
        ] {
            assert_eq!(value(text), wanted, "{text}");
        }
        assert!(interpolate("${env:USER}", "f", &Fake).unwrap().interpolated);
        assert!(!interpolate("$${env:USER}", "f", &Fake).unwrap().interpolated);
    }

    #[test]
    fn every_mistake_of_a_text_is_reported() {
        assert_eq!(
            codes("$${ ${env:NONE} ${HOME} ${env:USER} ${file:nowhere} ${env:1} ${env:A"),
            [
                (1, 11, "missing-variable"),
                (2, 7, "unknown-interpolation"),
                (4, 15, "unreadable-file"),
                (5, 8, "invalid-variable"),
                (6, 7, "unclosed-interpolation"),
            ]
        );
        assert_eq!(codes("${env:A:-${env:B}} ${file:}"), [(0, 17, "nested-interpolation"), (2, 8, "unreadable-file")]);
    }
}
