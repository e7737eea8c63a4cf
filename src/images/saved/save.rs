//! Writing the file.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use futures_util::StreamExt;

use super::archive::{Contents, FORM, SavedImage};
use super::{SavedError, archive, docker};
use crate::converge::{Cancel, Event, Events, Unit};
use crate::fs::{self, NewFile};
use crate::images::ensure::Images;
use crate::images::store;
use crate::model::{ImageServed, ImageWanted};

/// The engine says nothing while it packs a layer.
const PACKING_SECONDS: u64 = 600;

impl Images {
    /// Saves what the engine would run for these; nothing is fetched. `files` go along by name and content.
    pub async fn save(
        &self,
        path: &Path,
        stack: &str,
        images: &[(ImageWanted, ImageServed)],
        files: Vec<(String, Vec<u8>)>,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<Contents, SavedError> {
        let mut saved: Vec<SavedImage> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (wanted, served) in images {
            let stored = store::find(&self.engine, &served.id).await?;
            let layers = stored.map(|stored| stored.layers).unwrap_or_default();
            names.push(self.name_to_save(served).await?);
            saved.push(SavedImage {
                wanted: format!("{} {}", wanted.kind, wanted.version),
                reference: served.reference.clone(),
                id: served.id.clone(),
                layers,
                source: served.source_words(),
                digest: served.digest.clone(),
            });
        }
        saved.sort_by(|one, other| (&one.wanted, &one.reference).cmp(&(&other.wanted, &other.reference)));
        names.sort();
        names.dedup();
        let contents = Contents {
            form: FORM,
            mqlab: env!("CARGO_PKG_VERSION").to_owned(),
            stack: stack.to_owned(),
            platform: format!("linux/{}", self.engine.facts().architecture),
            images: saved,
            files: files.iter().map(|(name, _)| name.clone()).collect(),
        };
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let mut scratch = fs::scratch_in(folder)?;
        let failed = |source| SavedError::Write { path: path.to_owned(), source };
        self.export(&names, &mut scratch, path, events, cancel).await?;
        let mut normal = fs::scratch_in(folder)?;
        let target = NewFile::begin(path)?;
        let (kept, subject) = (contents.clone(), path.display().to_string());
        events.emit(Event::Progress {
            subject: subject.clone(),
            what: "writing".to_owned(),
            done: 0,
            total: 0,
            unit: Unit::Bytes,
        });
        let written = tokio::task::spawn_blocking(move || -> std::io::Result<NewFile> {
            let mut target = target;
            docker::normalise(&mut scratch, &mut normal)?;
            let size = normal.stream_position()?;
            normal.seek(SeekFrom::Start(0))?;
            archive::write(&mut target, &kept, &files, (&mut normal).take(size), size)?;
            Ok(target)
        });
        let written = written.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()));
        events.emit(Event::ProgressEnded { subject });
        if cancel.is_cancelled() {
            return Err(SavedError::Cancelled);
        }
        written.map_err(failed)?.commit()?;
        Ok(contents)
    }

    /// Under this name the engine packs it with the name; an image without one goes by its id.
    async fn name_to_save(&self, served: &ImageServed) -> Result<String, SavedError> {
        let named = store::find(&self.engine, &served.reference).await?;
        let is_it = named.is_some_and(|stored| stored.id == served.id);
        Ok(if is_it { served.reference.clone() } else { served.id.clone() })
    }

    async fn export(
        &self,
        names: &[String],
        target: &mut impl Write,
        path: &Path,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<(), SavedError> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let api = self.engine.patient(PACKING_SECONDS);
        let stream = api.export_images(&names);
        let mut stream = std::pin::pin!(stream);
        let (mut done, subject) = (0, path.display().to_string());
        loop {
            let chunk = tokio::select! {
                chunk = stream.next() => chunk,
                () = cancel.cancelled() => return Err(SavedError::Cancelled),
            };
            let Some(chunk) = chunk else { break };
            let chunk = chunk.map_err(|error| crate::docker::Error::refused("pack the images", error))?;
            target.write_all(&chunk).map_err(|source| SavedError::Write { path: path.to_owned(), source })?;
            done += chunk.len() as u64;
            let what = "packing".to_owned();
            events.emit(Event::Progress { subject: subject.clone(), what, done, total: 0, unit: Unit::Bytes });
        }
        events.emit(Event::ProgressEnded { subject });
        Ok(())
    }
}
