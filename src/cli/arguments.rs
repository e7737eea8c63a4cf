//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Message brokers on your machine, set up exactly and explained.
#[derive(Debug, Parser)]
#[command(
    name = "mqlab",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = EXIT_CODES
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) verb: Verb,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done, or in sync
  1  failed before anything was changed, or could not find out
  2  usage, or an invalid file
  3  changes are pending (plan --exit-code, drift)
  4  partly applied: run the same command again to go on
  5  at least one step is blocked or not permitted, and nothing failed
  130, 143  interrupted";

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
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
    Completions { shell: clap_complete::Shell },
}

/// Which stack.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Files {
    /// The file; several are merged left to right
    #[arg(short, long = "file", value_name = "FILE", default_value = "mqlab.yaml")]
    pub(super) files: Vec<PathBuf>,
    /// Another name for the stack than the file's
    #[arg(long, value_name = "NAME", env = "MQLAB_STACK")]
    pub(super) stack: Option<String>,
}

/// How to talk.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Output {
    /// The form of the result on standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(super) format: Format,
    /// Say nothing on the way, only the result and what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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
pub(super) struct Manner {
    pub(super) output: Output,
    pub(super) yes: bool,
}

impl Verb {
    pub(super) fn manner(&self) -> Manner {
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
pub(super) struct Permits {
    /// Answer every question with yes
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Let what is inside replaced or deleted objects be lost
    #[arg(long)]
    pub(super) allow_data_loss: bool,
}

/// How long to wait for a broker.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct Patience {
    /// Wait so long until a broker is ready, instead of three minutes from its start
    #[arg(long, value_name = "SECONDS", env = "MQLAB_READY_SECONDS")]
    pub(super) ready_seconds: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Which example to begin with
    #[arg(long, value_name = "EXAMPLE", default_value = "tour")]
    pub(super) from: String,
    /// Where to write
    #[arg(value_name = "FILE", default_value = "mqlab.yaml")]
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Warnings are errors
    #[arg(long)]
    pub(super) strict: bool,
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Exit with 3 when anything would be changed
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Objects that are not in the file count as differences
    #[arg(long)]
    pub(super) strict: bool,
    /// Nothing but this; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) only: Vec<String>,
    /// Plan as if this object might be deleted and made again; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) replace: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Up {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) permits: Permits,
    #[command(flatten)]
    pub(super) patience: Patience,
    /// Take over what only a newer mqlab would write differently
    #[arg(long)]
    pub(super) recreate: bool,
    /// Run no image but those whose digests are in mqlab.lock
    #[arg(long)]
    pub(super) locked: bool,
    /// Of the topology nothing but this; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) only: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) permits: Permits,
    #[command(flatten)]
    pub(super) patience: Patience,
    /// Nothing but this; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) only: Vec<String>,
    /// Let this object be deleted and made again, with what is bound to it; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) replace: Vec<String>,
    /// Delete this object, which is not in the file; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) delete: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Drift {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Objects that are not in the file count as drift
    #[arg(long)]
    pub(super) strict: bool,
}

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Send a message through each broker and take it back
    #[arg(long)]
    pub(super) probe: bool,
    /// Every object, not only those that hold something
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Args)]
pub(super) struct Ls {
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Logs {
    /// Of these brokers only
    #[arg(value_name = "BROKER")]
    pub(super) brokers: Vec<String>,
    /// The file; several are merged left to right
    // Without the short form that it has elsewhere: `logs -f` follows, as everywhere.
    #[arg(long = "file", value_name = "FILE", default_value = "mqlab.yaml")]
    pub(super) files: Vec<PathBuf>,
    /// Another name for the stack than the file's
    #[arg(long, value_name = "NAME", env = "MQLAB_STACK")]
    pub(super) stack: Option<String>,
    /// Go on with what comes
    #[arg(short, long)]
    pub(super) follow: bool,
    /// Begin with the last so many lines of each
    #[arg(long, value_name = "LINES")]
    pub(super) tail: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct Env {
    #[command(flatten)]
    pub(super) files: Files,
    /// The form of the lines
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(super) format: EnvFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum EnvFormat {
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
pub(super) struct Power {
    /// These brokers only
    #[arg(value_name = "BROKER")]
    pub(super) brokers: Vec<String>,
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Down {
    /// These brokers only
    #[arg(value_name = "BROKER")]
    pub(super) brokers: Vec<String>,
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// The data too
    #[arg(long)]
    pub(super) volumes: bool,
    /// Brokers too that are no longer in the file
    #[arg(long)]
    pub(super) orphans: bool,
    /// Answer every question with yes
    #[arg(short, long)]
    pub(super) yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) patience: Patience,
    /// Leave the stack running afterwards
    #[arg(long)]
    pub(super) keep: bool,
    /// Say nothing on the way, only what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Trace {
    /// Where the message is published: `broker/exchange`; the default exchange is `broker/exchange/`
    #[arg(value_name = "EXCHANGE")]
    pub(super) exchange: String,
    /// Its routing key
    #[arg(value_name = "KEY", default_value = "")]
    pub(super) key: String,
    /// A header of the message: a number, `true`, `false`, or text
    #[arg(long = "header", value_name = "NAME=VALUE")]
    pub(super) headers: Vec<String>,
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Subcommand)]
pub(super) enum Images {
    /// Every version of every kind: its sources, and what is here already
    List(ImagesList),
    /// Build local recipes
    Build(ImagesFetch),
    /// Get the images as `up` would: what is here, else pulled, from a mirror too, else built. With --again: pull, and nothing else
    Pull(ImagesFetch),
    /// Write down in mqlab.lock which content every image of the stack must have
    Lock(ImagesLock),
    /// Write all images of the stack, its file and its lock into one archive
    Save(ImagesSave),
    /// Give an archive's images to the engine, and put its files into a folder
    Load(ImagesLoad),
}

#[derive(Debug, Args)]
pub(super) struct ImagesList {
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct ImagesSave {
    /// The archive to write
    #[arg(value_name = "ARCHIVE")]
    pub(super) file: PathBuf,
    /// Write over one that is there
    #[arg(long)]
    pub(super) replace: bool,
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct ImagesLoad {
    /// The archive to read
    #[arg(value_name = "ARCHIVE")]
    pub(super) file: PathBuf,
    /// Where to put its files; the working folder by default
    #[arg(long, value_name = "FOLDER")]
    pub(super) into: Option<PathBuf>,
    #[command(flatten)]
    pub(super) output: Output,
}

/// Verbs of `mirrors`.
#[derive(Debug, Subcommand)]
pub(super) enum Mirrors {
    /// Try each: does it answer, has it the stack's images, does it tell the truth, how fast is it
    Test(MirrorsTest),
    /// Put mirrors of docker.io into the engine's own settings, and have it read them. Restarts nothing
    Apply(MirrorsApply),
    /// Take back the last `mirrors apply`
    Restore(MirrorsRestore),
}

#[derive(Debug, Args)]
pub(super) struct MirrorsTest {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Try these instead of those that are set; may be repeated
    #[arg(value_name = "URL")]
    pub(super) urls: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct ImagesLock {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Take the word of this mirror, by its URL; may be repeated
    #[arg(long, value_name = "URL")]
    pub(super) trust: Vec<String>,
    /// Answer every question with yes
    #[arg(long, short)]
    pub(super) yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct ImagesFetch {
    /// `kafka`, `rabbitmq@4.3`; by default what the file needs
    #[arg(value_name = "KIND[@VERSION]")]
    pub(super) what: Vec<String>,
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Anew, also what is here already
    #[arg(long)]
    pub(super) again: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Site {
    /// Write the site without touching brokers
    Build(SiteBuild),
    /// Look through the site: links, languages, claims, and whether the folder is as the file says
    Check(SiteCheck),
    /// Show the site in the browser, and make it again whenever the file changes
    Serve(SiteServe),
}

#[derive(Debug, Args)]
pub(super) struct SiteServe {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// On 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 8000)]
    pub(super) port: u16,
}

#[derive(Debug, Args)]
pub(super) struct SiteCheck {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    /// Claims that were tested on another version alone count as faults
    #[arg(long)]
    pub(super) strict: bool,
}

#[derive(Debug, Args)]
pub(super) struct SiteBuild {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct MirrorsApply {
    /// The mirrors in their order; those of the file and of the user by default
    #[arg(value_name = "URL")]
    pub(super) urls: Vec<String>,
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) engine_file: EngineFile,
    /// Before those that are there, which is the default
    #[arg(long, conflicts_with = "last")]
    pub(super) first: bool,
    /// After those that are there
    #[arg(long)]
    pub(super) last: bool,
    /// Write hosts.toml instead, for engines that keep images in containerd: mirrors that give content and not tags
    #[arg(long, conflicts_with_all = ["first", "last", "config_file"])]
    pub(super) hosts_toml: bool,
}

#[derive(Debug, Args)]
pub(super) struct MirrorsRestore {
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) engine_file: EngineFile,
}

/// How a file of the engine is changed.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct EngineFile {
    /// Show the difference and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Answer every question with yes
    #[arg(short, long)]
    pub(super) yes: bool,
    /// The engine's file, where it cannot be found out
    #[arg(long, value_name = "PATH")]
    pub(super) config_file: Option<PathBuf>,
}
