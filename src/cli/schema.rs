//! `mqlab schema` and `mqlab completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::arguments::Arguments;
use super::exit::Code;
use crate::view::View;

pub(super) fn schema(view: &View) -> Code {
    view.json(&crate::spec::schema());
    Code::Done
}

pub(super) fn completions(shell: Shell, view: &View) -> Code {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "mqlab", &mut script);
    view.result(&String::from_utf8_lossy(&script));
    Code::Done
}
