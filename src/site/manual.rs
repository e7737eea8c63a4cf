//! The command line as plain values, in English: what can be typed, and what its end means.

/// All that the command line has, without the questions for help and version that every command answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manual {
    /// In the order of the help, each followed by its own.
    pub commands: Vec<Command>,
    /// Variables that are read and stand in for no option.
    pub variables: Vec<Meaning>,
    pub exit_codes: Vec<Meaning>,
    /// What `doctor` can find.
    pub findings: Vec<Meaning>,
}

/// One command, or a word that others stand behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// `images pull`.
    pub name: String,
    pub about: String,
    /// `mqlab images pull [OPTIONS] [KIND[@VERSION]]...`; empty for a word that others stand behind.
    pub usage: String,
    pub arguments: Vec<Argument>,
}

/// What may stand behind a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argument {
    /// `--only`; empty for what is known by its place.
    pub long: String,
    /// `-f`, where it has a short form.
    pub short: String,
    /// `ADDRESS`; empty for what takes none.
    pub value: String,
    pub is_required: bool,
    pub about: String,
    /// Empty where there is none.
    pub default: String,
    pub choices: Vec<Meaning>,
    /// The variable that stands in for it; empty where none does.
    pub variable: String,
}

/// A word and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    pub word: String,
    pub about: String,
}
