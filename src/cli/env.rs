//! `mqlab env`: connection settings, passwords included. The one verb that prints secrets, because it is asked to.

use serde_json::{Map, Value};

use super::arguments::{Env, EnvFormat};
use super::error::CliError;
use super::exit::Code;
use super::surroundings::Surroundings;
use super::work::{Lock, Work};
use crate::brokers::EnvironmentVariable;
use crate::converge::Settings;
use crate::shell;
use crate::view::View;

pub(super) async fn env(arguments: &Env, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let work = Work::open(&arguments.files, Lock::Leave, surroundings, view).await?;
    let variables = settings(&work).await?;
    match arguments.format {
        EnvFormat::Shell => {
            view.result(&lines(&variables, |one| format!("export {}={}", one.name, shell::quoted(&one.value))));
        }
        EnvFormat::Dotenv => view.result(&lines(&variables, |one| format!("{}={}", one.name, dotenv(&one.value)))),
        EnvFormat::Github => {
            // The runner reads workflow commands on both streams, and standard output goes into the file.
            for line in variables.iter().filter(|one| one.secret).flat_map(|one| one.value.lines()) {
                view.say(&format!("::add-mask::{line}"));
            }
            view.result(&lines(&variables, |one| github(&one.name, &one.value)));
        }
        EnvFormat::Json => {
            let all: Map<String, Value> =
                variables.into_iter().map(|one| (one.name, Value::String(one.value))).collect();
            view.json(&Value::Object(all));
        }
    }
    Ok(Code::Done)
}

/// The variables of every broker of the stack, in the order of the file. A broker that has never run is an error:
/// it has no ports yet.
pub(super) async fn settings(work: &Work) -> Result<Vec<EnvironmentVariable>, CliError> {
    let settings = Settings::read(&work.stack, &work.engine, &work.id, &work.folder).await?;
    Ok(settings.variables())
}

fn lines(variables: &[EnvironmentVariable], line: impl Fn(&EnvironmentVariable) -> String) -> String {
    variables.iter().map(|one| line(one) + "\n").collect()
}

/// Bare or in single quotes, where every reader agrees what it means. What has a single quote in it is written as a
/// shell reads it.
fn dotenv(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-.:/@%+,=?".contains(character);
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    let escaped = text.chars().fold(String::new(), |mut out, character| {
        if "\\\"$`".contains(character) {
            out.push('\\');
        }
        out.push(character);
        out
    });
    format!("\"{escaped}\"")
}

/// One line, or for a value of several the form that ends with a word of its own.
fn github(name: &str, value: &str) -> String {
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}");
    }
    let mut end = "END".to_owned();
    while value.contains(&end) {
        end.push('_');
    }
    format!("{name}<<{end}\n{value}\n{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_a_shell_and_a_dotenv_reader() {
        assert_eq!(dotenv("amqp://mqlab:p%40ss@127.0.0.1:5672/%2F"), "amqp://mqlab:p%40ss@127.0.0.1:5672/%2F");
        assert_eq!(dotenv("a \"b\" $c & `d`"), r#"'a "b" $c & `d`'"#);
        assert_eq!(dotenv(r#"it's "$a" `b` \c"#), r#""it's \"\$a\" \`b\` \\c""#);
    }

    #[test]
    fn a_value_of_several_lines_cannot_set_another_variable() {
        assert_eq!(github("A", "b=c"), "A=b=c");
        assert_eq!(github("A", "x\nEND\nB=y"), "A<<END_\nx\nEND\nB=y\nEND_");
    }
}
