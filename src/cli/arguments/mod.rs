//! What can be typed.

mod images;
mod mirrors;
mod site;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::exit;
pub(in crate::cli) use images::{Images, ImagesFetch, ImagesLoad, ImagesLock, ImagesSave};
pub(in crate::cli) use mirrors::{Mirrors, MirrorsApply, MirrorsRestore, MirrorsTest};
pub(in crate::cli) use site::{Site, SiteBuild, SiteCheck, SiteServe};

/// Message brokers on your machine, set up exactly and explained.
#[derive(Debug, Parser)]
#[command(
    name = "mqlab",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = exit::help()
)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    pub(in crate::cli) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Verb {
    /// Write a commented mqlab.yaml to start from. Never overwrites
    Init(Init),
    /// Read the file and report every mistake in it. Needs no engine
    Check(Check),
    /// Show what `up` would do. Changes nothing
    Plan(Plan),
    /// Start the containers, apply the topology, verify it, write the site
    Up(Up),
    /// Apply the topology to brokers that run already
    Apply(Apply),
    /// Compare the file with what runs now, and say who moved
    Drift(Drift),
    /// Show what runs: versions, ports, images, messages, consumers
    Status(Status),
    /// List all stacks on the engine
    Ls(Ls),
    /// Show what the brokers' containers print
    Logs(Logs),
    /// Print connection settings for programs and pipelines
    Env(Env),
    /// Stop the containers and keep everything
    Stop(Power),
    /// Start stopped containers
    Start(Power),
    /// Stop and start the containers
    Restart(Power),
    /// Remove the containers and the network. Volumes stay unless asked
    Down(Down),
    /// For pipelines: up, COMMAND with the settings of `env`, down. Its exit code is the command's
    Run(Run),
    /// Tell where a message would go and why, or why nowhere. Asks no broker
    Trace(Trace),
    /// Look at everything that `up` would need, and say what is wrong. Changes nothing
    Doctor(Doctor),
    /// The registries that stand in for the hub
    #[command(subcommand)]
    Mirrors(Mirrors),
    /// Where the brokers' images come from
    #[command(subcommand)]
    Images(Images),
    /// The site about this stack
    #[command(subcommand)]
    Site(Site),
    /// Print the JSON Schema of mqlab.yaml, for editors
    Schema,
    /// Print completions for a shell
    Completions {
        /// Which one
        shell: clap_complete::Shell,
    },
}

/// Which stack.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Files {
    /// The file; several are merged left to right
    #[arg(short, long = "file", value_name = "FILE", default_value = "mqlab.yaml")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Another name for the stack than the file's
    #[arg(long, value_name = "NAME", env = "MQLAB_STACK")]
    pub(in crate::cli) stack: Option<String>,
}

/// How to talk.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Output {
    /// The form of the result on standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(in crate::cli) format: Format,
    /// Say nothing on the way, only the result and what is wrong
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people
    #[default]
    Human,
    /// One stable line per thing, without colours
    Plain,
    /// For programs; has a format version
    Json,
}

/// How a verb talks, and whether its questions are answered already.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Manner {
    pub(in crate::cli) output: Output,
    pub(in crate::cli) yes: bool,
}

impl Verb {
    pub(in crate::cli) fn manner(&self) -> Manner {
        let talks = |output: &Output| Manner { output: output.clone(), yes: false };
        match self {
            Self::Check(all) => talks(&all.output),
            Self::Plan(all) => talks(&all.output),
            Self::Up(all) => Manner { output: all.output.clone(), yes: all.permits.yes },
            Self::Apply(all) => Manner { output: all.output.clone(), yes: all.permits.yes },
            Self::Drift(all) => talks(&all.output),
            Self::Status(all) => talks(&all.output),
            Self::Ls(all) => talks(&all.output),
            Self::Stop(all) | Self::Start(all) | Self::Restart(all) => talks(&all.output),
            Self::Down(all) => Manner { output: all.output.clone(), yes: all.yes },
            Self::Run(all) => Manner { output: Output { quiet: all.quiet, ..Output::default() }, yes: false },
            Self::Trace(all) => talks(&all.output),
            Self::Doctor(all) => talks(&all.output),
            Self::Images(Images::List(all)) => talks(&all.output),
            Self::Images(Images::Build(all) | Images::Pull(all)) => talks(&all.output),
            Self::Images(Images::Lock(all)) => Manner { output: all.output.clone(), yes: all.yes },
            Self::Images(Images::Save(all)) => talks(&all.output),
            Self::Images(Images::Load(all)) => talks(&all.output),
            Self::Mirrors(Mirrors::Test(all)) => talks(&all.output),
            Self::Mirrors(Mirrors::Apply(all)) => Manner { output: all.output.clone(), yes: all.engine_file.yes },
            Self::Mirrors(Mirrors::Restore(all)) => Manner { output: all.output.clone(), yes: all.engine_file.yes },
            Self::Site(Site::Build(all)) => talks(&all.output),
            Self::Site(Site::Check(all)) => talks(&all.output),
            Self::Site(Site::Serve(all)) => talks(&all.output),
            Self::Init(_) | Self::Logs(_) | Self::Env(_) | Self::Schema | Self::Completions { .. } => Manner::default(),
        }
    }
}

/// What lets a run go further than it would by itself.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Permits {
    /// Answer every question with yes
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// Let what is inside replaced or deleted objects be lost
    #[arg(long)]
    pub(in crate::cli) allow_data_loss: bool,
}

/// How long to wait for a broker.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(in crate::cli) struct Patience {
    /// Wait so long until a broker is ready, instead of three minutes from its start
    #[arg(long, value_name = "SECONDS", env = "MQLAB_READY_SECONDS")]
    pub(in crate::cli) ready_seconds: Option<u64>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Init {
    /// Which example to begin with
    #[arg(long, value_name = "EXAMPLE", default_value = "tour")]
    pub(in crate::cli) from: String,
    /// Where to write
    #[arg(value_name = "FILE", default_value = "mqlab.yaml")]
    pub(in crate::cli) file: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Warnings are errors
    #[arg(long)]
    pub(in crate::cli) strict: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Plan {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Exit with 3 when anything would be changed
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
    /// Objects that are not in the file count as differences
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Nothing but this; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) only: Vec<String>,
    /// Plan as if this object might be deleted and made again; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) replace: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Up {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    #[command(flatten)]
    pub(in crate::cli) permits: Permits,
    #[command(flatten)]
    pub(in crate::cli) patience: Patience,
    /// Take over what only a newer mqlab would write differently
    #[arg(long)]
    pub(in crate::cli) recreate: bool,
    /// Run no image but those whose digests are in mqlab.lock
    #[arg(long)]
    pub(in crate::cli) locked: bool,
    /// Leave the site as it is: `mqlab site build` writes it from the same run
    #[arg(long)]
    pub(in crate::cli) no_site: bool,
    /// Of the topology nothing but this; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) only: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Apply {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    #[command(flatten)]
    pub(in crate::cli) permits: Permits,
    #[command(flatten)]
    pub(in crate::cli) patience: Patience,
    /// Leave the site as it is: `mqlab site build` writes it from the same run
    #[arg(long)]
    pub(in crate::cli) no_site: bool,
    /// Nothing but this; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) only: Vec<String>,
    /// Let this object be deleted and made again, with what is bound to it; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) replace: Vec<String>,
    /// Delete this object, which is not in the file; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) delete: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Drift {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Objects that are not in the file count as drift
    #[arg(long)]
    pub(in crate::cli) strict: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Status {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Send a message through each broker and take it back
    #[arg(long)]
    pub(in crate::cli) probe: bool,
    /// Every object, not only those that hold something
    #[arg(long)]
    pub(in crate::cli) all: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Ls {
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Logs {
    /// Of these brokers only
    #[arg(value_name = "BROKER")]
    pub(in crate::cli) brokers: Vec<String>,
    /// The file; several are merged left to right
    // Without the short form that it has elsewhere: `logs -f` follows, as everywhere.
    #[arg(long = "file", value_name = "FILE", default_value = "mqlab.yaml")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Another name for the stack than the file's
    #[arg(long, value_name = "NAME", env = "MQLAB_STACK")]
    pub(in crate::cli) stack: Option<String>,
    /// Go on with what comes
    #[arg(short, long)]
    pub(in crate::cli) follow: bool,
    /// Begin with the last so many lines of each
    #[arg(long, value_name = "LINES")]
    pub(in crate::cli) tail: Option<u32>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Env {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    /// The form of the lines
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(in crate::cli) format: EnvFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum EnvFormat {
    /// `export NAME='value'`, for `eval "$(mqlab env)"`
    #[default]
    Shell,
    /// `NAME=value`, for a .env file
    Dotenv,
    /// For `mqlab env --format github >> "$GITHUB_ENV"`; passwords are masked in the log
    Github,
    /// One object
    Json,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Power {
    /// These brokers only
    #[arg(value_name = "BROKER")]
    pub(in crate::cli) brokers: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Down {
    /// These brokers only
    #[arg(value_name = "BROKER")]
    pub(in crate::cli) brokers: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// The data too
    #[arg(long)]
    pub(in crate::cli) volumes: bool,
    /// Brokers too that are no longer in the file
    #[arg(long)]
    pub(in crate::cli) orphans: bool,
    /// Answer every question with yes
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Run {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) patience: Patience,
    /// Leave the stack running afterwards
    #[arg(long)]
    pub(in crate::cli) keep: bool,
    /// Say nothing on the way, only what is wrong
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(in crate::cli) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Trace {
    /// Where the message is published: `broker/exchange`; the default exchange is `broker/exchange/`
    #[arg(value_name = "EXCHANGE")]
    pub(in crate::cli) exchange: String,
    /// Its routing key
    #[arg(value_name = "KEY", default_value = "")]
    pub(in crate::cli) key: String,
    /// A header of the message: a number, `true`, `false`, or text
    #[arg(long = "header", value_name = "NAME=VALUE")]
    pub(in crate::cli) headers: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Doctor {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
