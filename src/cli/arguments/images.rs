//! What can be typed behind `images`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Files, Output};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Images {
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
pub(in crate::cli) struct ImagesList {
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImagesSave {
    /// The archive to write
    #[arg(value_name = "ARCHIVE")]
    pub(in crate::cli) file: PathBuf,
    /// Write over one that is there
    #[arg(long)]
    pub(in crate::cli) replace: bool,
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImagesLoad {
    /// The archive to read
    #[arg(value_name = "ARCHIVE")]
    pub(in crate::cli) file: PathBuf,
    /// Where to put its files; the working folder by default
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) into: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImagesLock {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Take the word of this mirror, by its URL; may be repeated
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) trust: Vec<String>,
    /// Answer every question with yes
    #[arg(long, short)]
    pub(in crate::cli) yes: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImagesFetch {
    /// `kafka`, `rabbitmq@4.3`; by default what the file needs
    #[arg(value_name = "KIND[@VERSION]")]
    pub(in crate::cli) what: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Anew, also what is here already
    #[arg(long)]
    pub(in crate::cli) again: bool,
}
