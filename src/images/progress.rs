//! What the engine streams while it pulls and builds, as events and with a watchdog.

use std::collections::VecDeque;
use std::time::Duration;

use bollard::models::{BuildInfo, CreateImageInfo};
use futures_util::{Stream, StreamExt};

use crate::converge::{Cancel, Event, Events, Unit};

/// A pull that says nothing for so long is given up.
pub(super) const PULL_STALL: Duration = Duration::from_secs(30);
/// The engine says nothing of an import before it has the whole archive, and a system that is still being made takes
/// its minutes.
pub(super) const IMPORT_STALL: Duration = Duration::from_mins(30);
/// A build may be quiet for longer: a package manager says nothing while it unpacks.
const BUILD_STALL: Duration = Duration::from_mins(5);
/// How much of a failed build's output is worth showing.
const LAST_LINES: usize = 30;

/// How a stream ended early.
#[derive(Debug)]
pub(super) enum Stopped {
    Cancelled,
    /// In the engine's words.
    Failed(String),
}

/// The next item within the time, unless a stop is asked for.
async fn next<T>(
    stream: &mut (impl Stream<Item = Result<T, bollard::errors::Error>> + Unpin),
    stall: Duration,
    cancel: &Cancel,
) -> Result<Option<T>, Stopped> {
    tokio::select! {
        () = cancel.cancelled() => Err(Stopped::Cancelled),
        item = tokio::time::timeout(stall, stream.next()) => match item {
            Err(_) => Err(Stopped::Failed(format!("no progress for {} s", stall.as_secs()))),
            Ok(None) => Ok(None),
            Ok(Some(Ok(value))) => Ok(Some(value)),
            Ok(Some(Err(error))) => Err(Stopped::Failed(crate::docker::words_of(&error))),
        },
    }
}

/// Follows a pull or an import; gives the last line without a layer, which an import ends with its id in.
pub(super) async fn follow_pull(
    stream: impl Stream<Item = Result<CreateImageInfo, bollard::errors::Error>>,
    stall: Duration,
    subject: &str,
    events: &dyn Events,
    cancel: &Cancel,
) -> Result<String, Stopped> {
    let mut stream = Box::pin(stream);
    let mut last = String::new();
    while let Some(info) = next(&mut stream, stall, cancel).await? {
        let status = info.status.unwrap_or_default();
        // Podman gives the id of an import as an id too (5.4).
        let Some(layer) = info.id.filter(|id| !status.starts_with("Pulling from") && *id != status) else {
            last = status;
            continue;
        };
        let subject = format!("{subject} {layer}");
        if matches!(status.as_str(), "Pull complete" | "Already exists") {
            events.emit(Event::ProgressEnded { subject });
            continue;
        }
        let number = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or_default();
        let detail = info.progress_detail.unwrap_or_default();
        let (done, total) = (number(detail.current), number(detail.total));
        events.emit(Event::Progress { subject, what: status, done, total, unit: Unit::Bytes });
    }
    Ok(last)
}

/// Follows a build; gives the id of what was built.
pub(super) async fn follow_build(
    stream: impl Stream<Item = Result<BuildInfo, bollard::errors::Error>>,
    subject: &str,
    events: &dyn Events,
    cancel: &Cancel,
) -> Result<String, Stopped> {
    let mut stream = Box::pin(stream);
    let mut lines: VecDeque<String> = VecDeque::new();
    let mut built = None;
    loop {
        let info = match next(&mut stream, BUILD_STALL, cancel).await {
            Ok(Some(info)) => info,
            Ok(None) => break,
            Err(Stopped::Failed(words)) => return Err(Stopped::Failed(with_output(&words, &lines))),
            Err(stopped) => return Err(stopped),
        };
        for line in info.stream.as_deref().unwrap_or_default().split(['\n', '\r']).map(plain) {
            if line.trim().is_empty() {
                continue;
            }
            if lines.len() == LAST_LINES {
                lines.pop_front();
            }
            lines.push_back(line.clone());
            events.emit(Event::Output { subject: subject.to_owned(), line });
        }
        built = info.aux.and_then(|aux| aux.id).or(built);
    }
    built.ok_or_else(|| Stopped::Failed(with_output("the build ended without an image", &lines)))
}

fn with_output(words: &str, lines: &VecDeque<String>) -> String {
    let mut text = words.lines().next().unwrap_or_default().chars().take(300).collect::<String>();
    if !lines.is_empty() {
        text.push_str("\n    the last lines of its output:");
    }
    for line in lines {
        text.push_str("\n      ");
        text.push_str(line);
    }
    text
}

/// Without what would move a terminal's cursor or change its colours.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // `ESC [ … letter`
            for rest in characters.by_ref() {
                if rest.is_ascii_alphabetic() {
                    break;
                }
            }
        } else if !character.is_control() || character == '\t' {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::stream;

    use super::*;
    use crate::converge::Canceller;

    #[derive(Default)]
    struct Kept(Mutex<Vec<Event>>);

    impl Events for Kept {
        fn emit(&self, event: Event) {
            self.0.lock().unwrap().push(event);
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "an item of a stream that can fail")]
    fn said(text: &str) -> Result<BuildInfo, bollard::errors::Error> {
        Ok(BuildInfo { stream: Some(text.to_owned()), ..BuildInfo::default() })
    }

    #[tokio::test]
    async fn a_failed_build_shows_its_last_thirty_lines_without_colours() {
        let (_canceller, cancel) = Canceller::new();
        let output = (1..=40).map(|number| said(&format!("\u{1b}[91mline {number}\u{1b}[0m\n")));
        let failure = bollard::errors::Error::DockerStreamError { error: "returned a non-zero code: 1".to_owned() };
        let stream = stream::iter(output.chain([Err(failure)]));
        let kept = Kept::default();
        let Err(Stopped::Failed(text)) = follow_build(stream, "kafka", &kept, &cancel).await else { panic!() };
        assert!(text.starts_with("returned a non-zero code: 1\n"), "{text}");
        assert!(
            !text.contains("line 10\n") && text.contains("\n      line 11\n") && text.ends_with("line 40"),
            "{text}"
        );
        assert_eq!(kept.0.lock().unwrap().len(), 40);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pull_that_says_nothing_is_given_up() {
        let (_canceller, cancel) = Canceller::new();
        let Err(Stopped::Failed(text)) = follow_pull(stream::pending(), PULL_STALL, "x", &(), &cancel).await else {
            panic!()
        };
        assert_eq!(text, "no progress for 30 s");
    }

    #[tokio::test(start_paused = true)]
    async fn an_import_may_wait_for_its_archive() {
        let (_canceller, cancel) = Canceller::new();
        let answer = stream::once(async {
            tokio::time::sleep(Duration::from_mins(10)).await;
            Ok(CreateImageInfo { status: Some("sha256:1".to_owned()), ..CreateImageInfo::default() })
        });
        let Ok(id) = follow_pull(answer, IMPORT_STALL, "x", &(), &cancel).await else { panic!() };
        assert_eq!(id, "sha256:1");
    }

    #[tokio::test]
    async fn an_import_on_podman_ends_with_an_id_that_is_no_layer() {
        let (_canceller, cancel) = Canceller::new();
        let id = Some("sha256:42e8d7cf452e".to_owned());
        let answer = CreateImageInfo { status: id.clone(), id, ..CreateImageInfo::default() };
        let kept = Kept::default();
        let Ok(id) = follow_pull(stream::iter([Ok(answer)]), IMPORT_STALL, "x", &kept, &cancel).await else { panic!() };
        assert_eq!(id, "sha256:42e8d7cf452e");
        assert!(kept.0.lock().unwrap().is_empty(), "nothing is pulled");
    }

    #[tokio::test]
    async fn a_stop_ends_a_pull_at_once() {
        let (canceller, cancel) = Canceller::new();
        canceller.cancel();
        assert!(matches!(follow_pull(stream::pending(), PULL_STALL, "x", &(), &cancel).await, Err(Stopped::Cancelled)));
    }
}
