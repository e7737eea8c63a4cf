//! What can be typed behind `mirrors`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Files, Output};

/// Verbs of `mirrors`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Mirrors {
    /// Try each: does it answer, has it the stack's images, does it tell the truth, how fast is it
    Test(MirrorsTest),
    /// Put mirrors of docker.io into the engine's own settings, and have it read them. Restarts nothing
    Apply(MirrorsApply),
    /// Take back the last `mirrors apply`
    Restore(MirrorsRestore),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MirrorsTest {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Try these instead of those that are set; may be repeated
    #[arg(value_name = "URL")]
    pub(in crate::cli) urls: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MirrorsApply {
    /// The mirrors in their order; those of the file and of the user by default
    #[arg(value_name = "URL")]
    pub(in crate::cli) urls: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    #[command(flatten)]
    pub(in crate::cli) engine_file: EngineFile,
    /// Before those that are there, which is the default
    #[arg(long, conflicts_with = "last")]
    pub(in crate::cli) first: bool,
    /// After those that are there
    #[arg(long)]
    pub(in crate::cli) last: bool,
    /// Write hosts.toml instead, for engines that keep images in containerd: mirrors that give content and not tags
    #[arg(long, conflicts_with_all = ["first", "last", "config_file"])]
    pub(in crate::cli) hosts_toml: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MirrorsRestore {
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    #[command(flatten)]
    pub(in crate::cli) engine_file: EngineFile,
}

/// How a file of the engine is changed.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct EngineFile {
    /// Show the difference and change nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Answer every question with yes
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// The engine's file, where it cannot be found out
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) config_file: Option<PathBuf>,
}
