//! Every command with what may stand behind it, the variables that all read, and what an exit code means.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::parts::{Context, Piece};
use super::samples::Samples;
use crate::site::{Argument, Command, Manual, Meaning};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct CommandsPage {
    pub page: Frame,
    pub commands: Vec<CommandView>,
    /// What most commands take, said once.
    pub shared: Vec<ArgumentView>,
    pub variables: Vec<MeaningView>,
    pub exit_codes: Vec<MeaningView>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct CommandView {
    /// `images-pull`.
    pub id: String,
    pub name: String,
    pub about: Vec<Piece>,
    pub usage: String,
    /// With a name of the reader's own stack; empty where none belongs there.
    pub example: String,
    /// Whether another word stands before it.
    pub is_below: bool,
    pub arguments: Vec<ArgumentView>,
    /// Those of `shared` that it takes.
    pub also: Vec<ArgumentView>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ArgumentView {
    /// `option-file`.
    pub id: String,
    /// `--file`, or the value of what is known by its place.
    pub name: String,
    /// `-f, --file FILE`.
    pub written: String,
    pub is_required: bool,
    pub about: Vec<Piece>,
    pub default: String,
    pub choices: Vec<MeaningView>,
    pub variable: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MeaningView {
    pub word: String,
    pub about: Vec<Piece>,
}

pub(crate) fn commands_page(context: &Context<'_>, prefix: &str) -> CommandsPage {
    let manual = context.world.input.manual;
    let shared = shared(manual);
    let samples = Samples::of(context.world);
    let argument = |one: &Argument| argument(context, one);
    let command = |one: &Command| {
        let (also, own): (Vec<&Argument>, Vec<&Argument>) = one.arguments.iter().partition(|it| shared.contains(it));
        CommandView {
            id: command_id(&one.name),
            name: one.name.clone(),
            about: context.doc(&one.about),
            usage: one.usage.clone(),
            example: samples.command(one).unwrap_or_default(),
            is_below: one.name.contains(' '),
            arguments: own.into_iter().map(argument).collect(),
            also: also.into_iter().map(argument).collect(),
        }
    };
    CommandsPage {
        page: frame(context, &context.words.say("commands"), &[], prefix),
        commands: manual.commands.iter().map(command).collect(),
        shared: shared.iter().copied().map(argument).collect(),
        variables: manual.variables.iter().map(|one| meaning(context, one)).collect(),
        exit_codes: manual.exit_codes.iter().map(|one| meaning(context, one)).collect(),
    }
}

/// Where a command is on its page.
pub(crate) fn command_id(name: &str) -> String {
    name.replace(' ', "-")
}

/// What more than half of all commands take, word for word.
fn shared(manual: &Manual) -> Vec<&Argument> {
    let all = || manual.commands.iter().filter(|one| !one.usage.is_empty());
    let mut found: Vec<&Argument> = Vec::new();
    for one in all().flat_map(|command| &command.arguments) {
        let takers = all().filter(|command| command.arguments.contains(one)).count();
        if takers * 2 > all().count() && !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

fn argument(context: &Context<'_>, one: &Argument) -> ArgumentView {
    let forms = [&one.short, &one.long].into_iter().filter(|form| !form.is_empty()).cloned();
    let forms = forms.collect::<Vec<_>>().join(", ");
    let parts = [&forms, &one.value].into_iter().filter(|part| !part.is_empty()).cloned();
    ArgumentView {
        id: format!(
            "option{}",
            one.long.trim_start_matches('-').split('-').fold(String::new(), |id, word| id + "-" + word)
        ),
        name: if one.long.is_empty() { one.value.clone() } else { one.long.clone() },
        written: parts.collect::<Vec<_>>().join(" "),
        is_required: one.is_required,
        about: context.doc(&one.about),
        default: one.default.clone(),
        choices: one.choices.iter().map(|choice| meaning(context, choice)).collect(),
        variable: one.variable.clone(),
    }
}

fn meaning(context: &Context<'_>, one: &Meaning) -> MeaningView {
    MeaningView { word: one.word.clone(), about: context.doc(&one.about) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_most_commands_take_is_said_once() {
        let option = |long: &str, about: &str| Argument {
            long: long.to_owned(),
            about: about.to_owned(),
            ..Argument::default()
        };
        let command = |name: &str, arguments: Vec<Argument>| Command {
            name: name.to_owned(),
            about: String::new(),
            usage: if name == "group" { String::new() } else { format!("mqlab {name}") },
            arguments,
        };
        let (file, yes) = (option("--file", "The file"), option("--yes", "Yes"));
        let manual = Manual {
            commands: vec![
                command("up", vec![file.clone(), yes.clone()]),
                command("down", vec![file.clone(), yes.clone()]),
                command("plan", vec![file.clone()]),
                // By another name is by another meaning.
                command("logs", vec![option("--file", "Where to write")]),
                // Stands for those behind it.
                command("group", Vec::new()),
            ],
            ..Manual::default()
        };
        assert_eq!(shared(&manual), [&file]);
    }
}
