//! `mqlab init`: a first file.

use super::arguments::Init;
use super::error::CliError;
use super::exit::Code;
use super::surroundings::Surroundings;
use crate::spec::{list, suggest};
use crate::view::View;
use crate::{brokers, fs};

/// What one can begin with that is about several kinds.
const OF_SEVERAL: &[(&str, &str)] = &[
    ("tour", include_str!("../../examples/tour.yaml")),
    ("all", include_str!("../../examples/all.yaml")),
    ("ci", include_str!("../../examples/ci.yaml")),
];

/// Those and what each kind brings along.
fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_kinds = brokers::registry().iter().flat_map(|broker| broker.description().examples);
    OF_SEVERAL.iter().chain(of_kinds).copied()
}

pub(super) fn init(arguments: &Init, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let names = || examples().map(|(name, _)| name);
    let wanted = arguments.from.as_str();
    let Some((_, text)) = examples().find(|(name, _)| *name == wanted) else {
        let others = format!("there are {}", list(names(), "and"));
        return Err(CliError::Usage(format!(
            "--from {wanted}: there is no such example\n{}",
            suggest(wanted, names(), &others)
        )));
    };
    let path = surroundings.directory.join(&arguments.file);
    if fs::entry(&path)?.is_some() {
        return Err(CliError::Usage(format!(
            "{} is there already, and `init` never overwrites\nname another file: mqlab init NAME.yaml",
            arguments.file.display()
        )));
    }
    let name = arguments.file.display();
    let file = if arguments.file.as_os_str() == "mqlab.yaml" { String::new() } else { format!(" -f {name}") };
    // Its comments name commands for where it came from.
    let text = text.replace(&format!(" -f examples/{wanted}.yaml"), &file);
    fs::write_new(&path, text.as_bytes())?;
    view.result(&format!("wrote {name}\nnext: mqlab up{file}\n"));
    Ok(Code::Done)
}
