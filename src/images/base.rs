//! The Debian image that recipes start from: the user's own, the official one, or one that debootstrap makes.

use std::path::Path;
use std::process::Stdio;

use bollard::query_parameters::CreateImageOptions;
use bytes::Bytes;
use futures_util::stream;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use super::ensure::Images;
use super::error::{Attempt, Error};
use super::progress::{IMPORT_STALL, Stopped, follow_pull};
use super::store;
use super::words::attempt;
use crate::converge::{Cancel, Event, Events};
use crate::docker::{own_architecture, short_hash};
use crate::model::{ImageSource, ImageWanted};

/// Makes a Debian system in a folder of its own and writes it to standard output as an archive.
///
/// Arguments: suite, mirror (empty is debootstrap's own), script (a suite that is not in its list is made as
/// Debian's unstable). Its standard input is a lifeline: when that ends, so does everything.
const DEBOOTSTRAP: &str = r#"
set -eu
exec 3<&0
target=$(mktemp -d /var/tmp/mqlab-base-XXXXXX)
{ cat <&3 > /dev/null; kill -TERM 0; } > /dev/null 2>&1 &
lifeline=$!
trap 'kill "$lifeline" 2> /dev/null || true; rm -rf --one-file-system "$target"' EXIT
trap 'exit 143' TERM INT HUP
chmod 755 "$target"
script=
[ -e "/usr/share/debootstrap/scripts/$1" ] || script=sid
debootstrap --variant=minbase --include=ca-certificates "$1" "$target" "$2" $script >&2
rm -rf "$target"/var/cache/apt/* "$target"/var/lib/apt/lists/* "$target"/var/log/* "$target"/debootstrap
tar -C "$target" --one-file-system --numeric-owner -c .
"#;

/// What a base is made with.
pub(super) struct Base<'a> {
    pub(super) images: &'a Images,
    pub(super) events: &'a dyn Events,
    pub(super) cancel: &'a Cancel,
}

/// Why there is no base.
pub(super) enum NoBase {
    Cancelled,
    Nobody(Vec<Attempt>),
    Engine(crate::docker::Error),
}

impl From<crate::docker::Error> for NoBase {
    fn from(error: crate::docker::Error) -> Self {
        Self::Engine(error)
    }
}

impl Base<'_> {
    /// The reference of a base image for the suite that the engine has now.
    pub(super) async fn ensure(&self, suite: &str) -> Result<String, NoBase> {
        if let Some(own) = &self.images.sources.settings.base {
            return self.own(own).await;
        }
        let made = format!("mqlab/base:{suite}");
        let official = format!("docker.io/library/debian:{suite}-slim");
        for reference in [&official, &made] {
            if store::find(&self.images.engine, reference).await?.is_some() {
                return Ok(reference.clone());
            }
        }
        let mut attempts = Vec::new();
        match self.pull(&official).await? {
            Ok(reference) => return Ok(reference),
            Err(failed) => attempts.extend(failed),
        }
        match self.debootstrap(suite, &made).await? {
            Ok(()) => Ok(made),
            Err(why_not) => {
                attempts.push(Attempt {
                    source: format!("debootstrap {suite}"),
                    why_not,
                    way_out: Some(
                        "`images.base`: a Debian image that this engine can get, or a FILE.tar of one \
                         (`docker export`, debootstrap elsewhere); or set the engine's proxy or registry mirror"
                            .to_owned(),
                    ),
                });
                Err(NoBase::Nobody(attempts))
            }
        }
    }

    /// The user's: a file, or a reference.
    async fn own(&self, own: &str) -> Result<String, NoBase> {
        let attempt =
            |why_not| NoBase::Nobody(vec![Attempt { source: format!("images.base {own}"), why_not, way_out: None }]);
        if Path::new(own).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar")) {
            let bytes = tokio::fs::metadata(own).await.map_err(|error| attempt(error.to_string()))?;
            let modified = bytes.modified().map(|time| format!("{time:?}")).unwrap_or_default();
            let made =
                format!("mqlab/base:file-{}", short_hash(format!("{own} {} {modified}", bytes.len()).as_bytes()));
            if store::find(&self.images.engine, &made).await?.is_none() {
                let file = tokio::fs::File::open(own).await.map_err(|error| attempt(error.to_string()))?;
                let id = self.import(file, &made).await?.map_err(attempt)?;
                store::tag(&self.images.engine, &id, &made).await?;
            }
            return Ok(made);
        }
        if store::find(&self.images.engine, own).await?.is_some() {
            return Ok(own.to_owned());
        }
        self.pull(own).await?.map_err(NoBase::Nobody)
    }

    /// The reference under which the engine has it then.
    async fn pull(&self, reference: &str) -> Result<Result<String, Vec<Attempt>>, NoBase> {
        let wanted = base_image(reference);
        let fetch = self.images.fetch_of(&wanted, reference, ImageSource::Official);
        match self.images.fetch(&fetch, self.events, self.cancel).await {
            Ok(served) => Ok(Ok(served.reference)),
            Err(Error::Nobody { attempts, .. }) => Ok(Err(attempts)),
            Err(Error::Cancelled { .. }) => Err(NoBase::Cancelled),
            Err(Error::Engine(error)) => Err(error.into()),
        }
    }

    async fn debootstrap(&self, suite: &str, made: &str) -> Result<Result<(), String>, NoBase> {
        let prefix = match self.privilege().await {
            Ok(prefix) => prefix,
            Err(why_not) => return Ok(Err(why_not)),
        };
        self.events.emit(Event::Note {
            text: format!(
                "no base image of Debian {suite} can be pulled: making one with debootstrap (about a minute)"
            ),
        });
        let mirror = self.images.sources.settings.debian_repository.clone().unwrap_or_default();
        let mut words: Vec<&str> = prefix.to_vec();
        words.extend(["sh", "-c", DEBOOTSTRAP, "mqlab-debootstrap", suite, &mirror]);
        let spawned = Command::new(words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => return Ok(Err(format!("cannot run it: {error}"))),
        };
        let lifeline = child.stdin.take();
        let (imported, last) = self.import_from(&mut child, made).await;
        if imported.is_err() {
            // Nobody reads its output any more: let it end.
            drop(lifeline);
            return imported.map(|_| Ok(()));
        }
        let success = child.wait().await.is_ok_and(|status| status.success());
        drop(lifeline);
        let id = match imported? {
            Ok(id) => id,
            Err(why_not) => return Ok(Err(why_not)),
        };
        if !success {
            // What was imported is a part of a system.
            store::forget(&self.images.engine, &id).await;
            return Ok(Err(last));
        }
        store::tag(&self.images.engine, &id, made).await?;
        Ok(Ok(()))
    }

    /// Imports what the child writes; gives its last words too.
    async fn import_from(&self, child: &mut Child, made: &str) -> (Result<Result<String, String>, NoBase>, String) {
        let (Some(output), Some(messages)) = (child.stdout.take(), child.stderr.take()) else {
            return (Ok(Err("its output cannot be read".to_owned())), String::new());
        };
        let tell = async {
            let mut last = String::new();
            let mut lines = BufReader::new(messages).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                self.events.emit(Event::Output { subject: made.to_owned(), line: line.clone() });
                last = line;
            }
            last
        };
        let import = self.import(output, made);
        tokio::pin!(tell);
        tokio::select! {
            // The import ends with the output; a failure of it must not wait for the messages to end.
            imported = import => match imported {
                Ok(done) => (Ok(done), tell.await),
                Err(error) => (Err(error), String::new()),
            },
            () = self.cancel.cancelled() => (Err(NoBase::Cancelled), String::new()),
        }
    }

    /// Streams an archive into the engine; gives the image's id, without a name yet.
    async fn import(
        &self,
        source: impl AsyncRead + Send + Unpin + 'static,
        subject: &str,
    ) -> Result<Result<String, String>, NoBase> {
        // The engine says nothing before the archive has ended, so progress is counted on this side.
        let body = stream::unfold(source, |mut source| async {
            let mut chunk = vec![0; 64 * 1024];
            match source.read(&mut chunk).await {
                Ok(0) => None,
                Ok(count) => {
                    chunk.truncate(count);
                    Some((Ok(Bytes::from(chunk)), source))
                }
                Err(error) => Some((Err(error), source)),
            }
        });
        let options = CreateImageOptions {
            from_src: Some("-".to_owned()),
            changes: vec![r#"CMD ["bash"]"#.to_owned()],
            ..CreateImageOptions::default()
        };
        let api = self.images.engine.patient(IMPORT_STALL.as_secs());
        let stream = api.create_image(Some(options), Some(bollard::body_try_stream(body)), None);
        match follow_pull(stream, IMPORT_STALL, subject, self.events, self.cancel).await {
            Ok(id) if id.starts_with("sha256:") => Ok(Ok(id)),
            Ok(other) => Ok(Err(format!("the engine took it without giving an id: {other}"))),
            Err(Stopped::Failed(words)) => Ok(Err(words)),
            Err(Stopped::Cancelled) => Err(NoBase::Cancelled),
        }
    }

    /// What to put in front of a command that needs root.
    async fn privilege(&self) -> Result<&'static [&'static str], String> {
        if let Some(prefix) = self.images.can_debootstrap().await.map_err(|attempt| attempt.why_not)? {
            return Ok(prefix);
        }
        self.events.emit(Event::Note { text: "debootstrap needs root: sudo asks for your password".to_owned() });
        let asked = Command::new("sudo").arg("-v").status().await;
        if asked.is_ok_and(|status| status.success()) {
            Ok(&["sudo", "-n"])
        } else {
            Err("it needs root, and `sudo` refused".to_owned())
        }
    }
}

impl Images {
    /// What would go in front of debootstrap; `None` where its owner would be asked for a password first.
    pub(super) async fn can_debootstrap(&self) -> Result<Option<&'static [&'static str]>, Attempt> {
        let cannot = |why_not: String, way_out: &str| {
            Err(Attempt { way_out: Some(way_out.to_owned()), ..attempt("debootstrap", &why_not) })
        };
        let bring = "write `images: { base: FILE.tar }` with a Debian image of your own";
        if !cfg!(target_os = "linux") {
            return cannot("debootstrap runs on Linux alone".to_owned(), bring);
        }
        let (own, engines) = (own_architecture(), &self.engine.facts().architecture);
        if engines != own {
            return cannot(format!("this machine is {own}, and the engine's is {engines}"), bring);
        }
        if !works(&["sh", "-c", "command -v debootstrap || test -x /usr/sbin/debootstrap"]).await {
            let install = "sudo apt install debootstrap";
            return cannot(format!("debootstrap is not installed (`{install}`)"), install);
        }
        if works(&["sh", "-c", "test \"$(id -u)\" = 0"]).await {
            return Ok(Some(&[]));
        }
        if works(&["sudo", "-n", "true"]).await {
            return Ok(Some(&["sudo", "-n"]));
        }
        if !self.sources.may_ask_for_sudo {
            return cannot("it needs root, and `sudo` would ask for a password".to_owned(), "sudo -v");
        }
        Ok(None)
    }
}

/// As an image of nobody's kind.
pub(super) fn base_image(reference: &str) -> ImageWanted {
    ImageWanted {
        kind: "base image",
        version: reference.to_owned(),
        distribution: None,
        explicit: Some(reference.to_owned()),
        platform: None,
    }
}

async fn works(command: &[&str]) -> bool {
    let quiet = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.await.is_ok_and(|status| status.success())
}
