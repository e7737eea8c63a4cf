//! The command line as values, for the site: read from what parses it, so that neither says anything else.

use clap::builder::PossibleValue;
use clap::{Arg, Command as Parser, CommandFactory as _};

use super::arguments::Arguments;
use super::exit;
use super::surroundings::VARIABLES;
use crate::doctor::Code;
use crate::site::{Argument, Command, Manual, Meaning};

/// What every command answers.
const QUESTIONS: [&str; 2] = ["help", "version"];

/// Every command with its arguments, the variables that it reads, the exit codes, and what `doctor` can find.
pub fn manual() -> Manual {
    let mut parser = Arguments::command();
    parser.build();
    let mut commands = Vec::new();
    below(&mut parser, "", &mut commands);
    let meaning = |(word, about): (&str, &str)| Meaning { word: word.to_owned(), about: about.to_owned() };
    let findings = Code::ALL.iter().map(|code| meaning((code.as_str(), code.means())));
    Manual {
        commands,
        variables: VARIABLES.map(meaning).into(),
        exit_codes: exit::MEANINGS.map(meaning).into(),
        findings: findings.collect(),
    }
}

fn below(parser: &mut Parser, above: &str, found: &mut Vec<Command>) {
    for child in parser.get_subcommands_mut() {
        if QUESTIONS.contains(&child.get_name()) || child.is_hide_set() {
            continue;
        }
        let name = format!("{above}{}", child.get_name());
        let usage = if child.has_subcommands() { String::new() } else { usage(child) };
        let about = child.get_about().map(ToString::to_string).unwrap_or_default();
        let shown =
            child.get_arguments().filter(|one| !QUESTIONS.contains(&one.get_id().as_str()) && !one.is_hide_set());
        found.push(Command { about, usage, arguments: shown.map(argument).collect(), name: name.clone() });
        below(child, &format!("{name} "), found);
    }
}

fn usage(parser: &mut Parser) -> String {
    let usage = parser.render_usage().to_string();
    usage.trim_start_matches("Usage:").trim().to_owned()
}

fn argument(one: &Arg) -> Argument {
    let takes_value = one.get_action().takes_values();
    let named = || one.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let default = || one.get_default_values().iter().filter_map(|value| value.to_str()).collect::<Vec<_>>().join(" ");
    Argument {
        long: one.get_long().map(|long| format!("--{long}")).unwrap_or_default(),
        short: one.get_short().map(|short| format!("-{short}")).unwrap_or_default(),
        value: if takes_value {
            named().unwrap_or_else(|| one.get_id().as_str().to_uppercase())
        } else {
            String::new()
        },
        is_required: one.is_required_set(),
        about: one.get_help().map(ToString::to_string).unwrap_or_default(),
        default: if takes_value { default() } else { String::new() },
        choices: one.get_possible_values().iter().filter(|choice| !choice.is_hide_set()).map(choice).collect(),
        variable: one.get_env().and_then(|name| name.to_str()).unwrap_or_default().to_owned(),
    }
}

fn choice(one: &PossibleValue) -> Meaning {
    let about = one.get_help().map(ToString::to_string).unwrap_or_default();
    Meaning { word: one.get_name().to_owned(), about }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_help_says() {
        let manual = manual();
        let command = |name: &str| manual.commands.iter().find(|one| one.name == name).unwrap();
        let option = |name: &str, long: &str| {
            command(name).arguments.iter().find(|one| one.long == long).unwrap_or_else(|| panic!("{name} {long}"))
        };
        assert_eq!(command("images pull").usage, "mqlab images pull [OPTIONS] [KIND[@VERSION]]...");
        assert_eq!((command("images").usage.as_str(), command("images").arguments.len()), ("", 0));
        let file = option("up", "--file");
        assert_eq!((file.short.as_str(), file.value.as_str(), file.default.as_str()), ("-f", "FILE", "mqlab.yaml"));
        assert_eq!(option("up", "--stack").variable, "MQLAB_STACK");
        assert_eq!(option("up", "--yes").value, "");
        assert_eq!(option("up", "--yes").choices, []);
        let form = option("ls", "--format");
        assert_eq!((form.default.as_str(), form.choices[1].word.as_str()), ("human", "plain"));
        assert_eq!(option("site serve", "--port").value, "PORT");
        let trace = &command("trace").arguments;
        assert!(trace[0].long.is_empty() && trace[0].is_required && !trace[1].is_required, "{trace:#?}");
        let noise = |word: &str| manual.commands.iter().any(|one| one.name.ends_with(word));
        assert!(
            !noise("help") && manual.commands.iter().flat_map(|one| &one.arguments).all(|one| one.long != "--help")
        );
    }

    #[test]
    fn whatever_can_be_typed_is_explained() {
        for command in manual().commands {
            assert!(!command.about.is_empty(), "{}", command.name);
            for argument in &command.arguments {
                assert!(!argument.about.is_empty(), "{}: {argument:?}", command.name);
            }
        }
    }
}
