//! An engine that cannot be asked.

use super::finding::{Code, Finding};
use crate::docker::{Absent, Error};

/// What an engine's error means for everything that wants to use it.
pub(super) fn check(error: &Error) -> Finding {
    let words = error.in_full();
    let (text, hint) = words.split_once('\n').unwrap_or((words.as_str(), ""));
    match error {
        Error::NotThere { address, absent, .. } => {
            let code = match absent {
                Absent::Down => Code::EngineDown,
                Absent::Forbidden => Code::EngineForbidden,
                Absent::Silent => Code::EngineSilent,
            };
            Finding::fault(code, address, text, hint)
        }
        Error::TooOld { address, .. } => Finding::fault(
            Code::EngineTooOld,
            address,
            text,
            "install Docker 20.10 or newer (https://docs.docker.com/engine/install/), or set DOCKER_HOST or DOCKER_CONTEXT \
             to another engine",
        ),
        Error::OtherFolder { stack, .. } => Finding::fault(Code::OtherFolder, stack, text, hint),
        Error::TimedOut { .. } => Finding::fault(Code::EngineSilent, "", text, "sudo systemctl restart docker"),
        Error::Address { address, .. } => Finding::fault(Code::EngineDown, address, text, "docker context ls"),
        _ => Finding::fault(Code::EngineDown, "", text, if hint.is_empty() { "docker version" } else { hint }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absent(absent: Absent) -> Error {
        Error::NotThere {
            address: "unix:///a.sock".to_owned(),
            origin: "the default".to_owned(),
            hint: "start it".to_owned(),
            absent,
            source: "it said no".into(),
        }
    }

    #[test]
    fn each_way_of_not_being_there_has_its_code() {
        let old = Error::TooOld {
            address: "unix:///a.sock".to_owned(),
            product: crate::docker::Product { maker: crate::docker::Maker::Docker, version: "19.03".to_owned() },
            found: "1.40".to_owned(),
        };
        let slow = Error::TimedOut { what: "list containers".to_owned(), seconds: 60 };
        let folder = Error::OtherFolder { stack: "shop".to_owned(), folder: "/there".into() };
        for (error, code) in [
            (absent(Absent::Down), Code::EngineDown),
            (absent(Absent::Forbidden), Code::EngineForbidden),
            (absent(Absent::Silent), Code::EngineSilent),
            (old, Code::EngineTooOld),
            (slow, Code::EngineSilent),
            (folder, Code::OtherFolder),
        ] {
            let found = check(&error);
            assert_eq!(found.code, code);
            assert!(!found.command.is_empty() && !found.text.contains('\n'), "{found:?}");
        }
    }

    #[test]
    fn the_hint_is_the_command_and_the_cause_stays_in_the_sentence() {
        let found = check(&absent(Absent::Down));
        assert_eq!(found.text, "no Docker engine answers at unix:///a.sock (the default): it said no");
        assert_eq!(found.command, "start it");
    }
}
