//! The command line: arguments to a verb, a verb's end to an exit code. One verb per file.

mod address;
mod apply;
mod arguments;
mod check;
mod doctor;
mod down;
mod drift;
mod env;
mod error;
mod exit;
mod images;
mod init;
mod lock;
mod logs;
mod ls;
mod manual;
mod mirrors;
mod mirrors_apply;
mod plan;
mod power;
mod record;
mod run;
mod schema;
mod signals;
mod site;
mod site_check;
mod site_serve;
mod sources;
mod spec;
mod status;
mod surroundings;
mod trace;
mod travel;
mod up;
mod work;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Format, Images, Manner, Mirrors, Site, Verb};
use error::CliError;
pub use exit::{Code, Ending};
pub use manual::manual;
use surroundings::Surroundings;

use crate::view::{Form, Hints, Style, View};

/// Runs one command line. The only thing that `main` calls.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_question = !error.use_stderr();
            // Nobody is left to tell when the streams are gone.
            drop(error.print());
            let stray = error.get(clap::error::ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
            if error.kind() == clap::error::ErrorKind::UnknownArgument && is_yaml(&stray) {
                let _ = writeln!(std::io::stderr(), "\nname the file with a flag: -f {stray}");
            }
            return ExitCode::from(if is_question { Code::Done } else { Code::Usage }.number());
        }
    };
    let surroundings = Surroundings::read();
    let view = view(&arguments.verb, &surroundings);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            view.error(&format!("the system gives no threads: {error}"));
            return ExitCode::from(Code::Failed.number());
        }
    };
    let code = runtime.block_on(dispatch(arguments.verb, &surroundings, &view)).unwrap_or_else(|error| {
        if let Some(words) = error.words() {
            view.error(&words);
        }
        error.code()
    });
    let code = if view.lost_a_result() { code.without_result() } else { code };
    // What still waits for a frozen broker must not hold the exit back.
    runtime.shutdown_background();
    ExitCode::from(code.number())
}

async fn dispatch(verb: Verb, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    match verb {
        Verb::Init(arguments) => init::init(&arguments, surroundings, view),
        Verb::Check(arguments) => check::check(&arguments, surroundings, view),
        Verb::Plan(arguments) => plan::plan(&arguments, surroundings, view).await,
        Verb::Up(arguments) => up::up(&arguments, surroundings, view).await,
        Verb::Apply(arguments) => apply::apply(&arguments, surroundings, view).await,
        Verb::Drift(arguments) => drift::drift(&arguments, surroundings, view).await,
        Verb::Status(arguments) => status::status(&arguments, surroundings, view).await,
        Verb::Ls(_) => ls::ls(surroundings, view).await,
        Verb::Logs(arguments) => logs::logs(&arguments, surroundings, view).await,
        Verb::Env(arguments) => env::env(&arguments, surroundings, view).await,
        Verb::Stop(arguments) => power::power(&arguments, crate::docker::Power::Stop, surroundings, view).await,
        Verb::Start(arguments) => power::power(&arguments, crate::docker::Power::Start, surroundings, view).await,
        Verb::Restart(arguments) => power::power(&arguments, crate::docker::Power::Restart, surroundings, view).await,
        Verb::Down(arguments) => down::down(&arguments, surroundings, view).await,
        Verb::Run(arguments) => run::run(&arguments, surroundings, view).await,
        Verb::Trace(arguments) => trace::trace(&arguments, surroundings, view),
        Verb::Doctor(arguments) => doctor::doctor(&arguments, surroundings, view).await,
        Verb::Images(Images::List(_)) => images::list(surroundings, view).await,
        Verb::Images(Images::Build(arguments)) => images::build(&arguments, surroundings, view).await,
        Verb::Images(Images::Save(arguments)) => travel::save(&arguments, surroundings, view).await,
        Verb::Images(Images::Load(arguments)) => travel::load(&arguments, surroundings, view).await,
        Verb::Mirrors(Mirrors::Test(arguments)) => mirrors::test(&arguments, surroundings, view).await,
        Verb::Images(Images::Lock(arguments)) => lock::lock(&arguments, surroundings, view).await,
        Verb::Images(Images::Pull(arguments)) => images::pull(&arguments, surroundings, view).await,
        Verb::Mirrors(Mirrors::Apply(arguments)) => mirrors_apply::apply(&arguments, surroundings, view).await,
        Verb::Mirrors(Mirrors::Restore(arguments)) => mirrors_apply::restore(&arguments, surroundings, view).await,
        Verb::Site(Site::Build(arguments)) => site::build(&arguments, surroundings, view),
        Verb::Site(Site::Check(arguments)) => site_check::check(&arguments, surroundings, view),
        Verb::Site(Site::Serve(arguments)) => site_serve::serve(&arguments, surroundings, view).await,
        Verb::Schema => Ok(schema::schema(view)),
        Verb::Completions { shell } => Ok(schema::completions(shell, view)),
    }
}

/// Somebody names the file as other tools want it.
fn is_yaml(word: &str) -> bool {
    let extension = std::path::Path::new(word).extension().and_then(std::ffi::OsStr::to_str);
    extension.is_some_and(|extension| ["yaml", "yml"].contains(&extension))
}

/// The voice that the verb asks for.
fn view(verb: &Verb, surroundings: &Surroundings) -> View {
    let Manner { output, yes } = verb.manner();
    let terminal = surroundings.terminal;
    let style = Style {
        form: match output.format {
            Format::Human => Form::Human,
            Format::Plain => Form::Plain,
            Format::Json => Form::Json,
        },
        quiet: output.quiet,
        output_is_terminal: terminal.output,
        errors_are_terminal: terminal.errors,
        color: terminal.color,
        can_ask: terminal.can_ask,
        yes,
    };
    View::new(style, Hints { flags: surroundings.file_flags() })
}
