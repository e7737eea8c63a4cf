//! What can be typed behind `site`.

use clap::{Args, Subcommand};

use super::{Files, Output};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Site {
    /// Write the site without touching brokers
    Build(SiteBuild),
    /// Look through the site: links, languages, claims, and whether the folder is as the file says
    Check(SiteCheck),
    /// Show the site in the browser, and make it again whenever the file changes
    Serve(SiteServe),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SiteServe {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// On 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 8000)]
    pub(in crate::cli) port: u16,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SiteCheck {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Claims that were tested on another version alone count as faults
    #[arg(long)]
    pub(in crate::cli) strict: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SiteBuild {
    #[command(flatten)]
    pub(in crate::cli) files: Files,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
