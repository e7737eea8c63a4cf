//! Reading the file on another machine.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use bollard::query_parameters::ImportImageOptions;
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::SavedError;
use super::archive::{self, Contents, Opened};
use crate::converge::{Cancel, Event, Events, Unit};
use crate::fs;
use crate::images::ensure::Images;
use crate::images::store;

/// The engine says nothing while it unpacks a layer.
const UNPACKING_SECONDS: u64 = 600;
const CHUNK: usize = 1024 * 1024;

/// What was loaded, and the files that came along.
#[derive(Debug)]
pub struct Loaded {
    pub contents: Contents,
    pub files: Vec<(String, Vec<u8>)>,
}

impl Images {
    /// Checks the whole file, gives its images to the engine, and holds what the engine has then against the file.
    pub async fn load(&self, path: &Path, events: &dyn Events, cancel: &Cancel) -> Result<Loaded, SavedError> {
        let source = fs::open(path)?;
        let total = fs::stamp(path)?.0;
        let subject = path.display().to_string();
        let (told, mut heard) = mpsc::unbounded_channel();
        let checking = tokio::task::spawn_blocking(move || {
            let mut source = source;
            let opened = archive::open(&mut source, |done| {
                // Who listens ends with the archive.
                let _ = told.send(done);
            });
            (opened, source)
        });
        while let Some(done) = heard.recv().await {
            let what = "checking".to_owned();
            events.emit(Event::Progress { subject: subject.clone(), what, done, total, unit: Unit::Bytes });
        }
        events.emit(Event::ProgressEnded { subject });
        let (opened, source) = checking.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()));
        let opened = opened.map_err(|source| SavedError::Refused { path: path.to_owned(), source })?;
        if cancel.is_cancelled() {
            return Err(SavedError::Cancelled);
        }
        self.give(path, source, &opened, events, cancel).await?;
        self.confirm(path, &opened.contents).await?;
        Ok(Loaded { contents: opened.contents, files: opened.files })
    }

    async fn give(
        &self,
        path: &Path,
        source: impl Read + Seek + Send + 'static,
        opened: &Opened,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<(), SavedError> {
        let (at, size) = (opened.images_at, opened.images_size);
        let (sender, receiver) = mpsc::channel::<std::io::Result<Bytes>>(4);
        tokio::task::spawn_blocking(move || send(source, at, size, &sender));
        let (subject, mut done) = (path.display().to_string(), 0);
        let body = futures_util::stream::unfold(receiver, |mut receiver| async {
            receiver.recv().await.map(|chunk| (chunk, receiver))
        });
        let (told, mut heard) = mpsc::unbounded_channel();
        let body = body.inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                done += chunk.len() as u64;
                let _ = told.send(done);
            }
        });
        let api = self.engine.patient(UNPACKING_SECONDS);
        let options = ImportImageOptions { quiet: true, ..ImportImageOptions::default() };
        let answers = api.import_image_stream(options, body, None);
        let mut answers = std::pin::pin!(answers);
        let result = loop {
            tokio::select! {
                Some(done) = heard.recv() => {
                    let what = "loading".to_owned();
                    events.emit(Event::Progress { subject: subject.clone(), what, done, total: size, unit: Unit::Bytes });
                }
                answer = answers.next() => match answer {
                    None => break Ok(()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => {
                        break Err(SavedError::NotTaken { path: path.to_owned(), words: crate::docker::words_of(&error) });
                    }
                },
                () = cancel.cancelled() => break Err(SavedError::Cancelled),
            }
        };
        events.emit(Event::ProgressEnded { subject });
        result
    }

    async fn confirm(&self, path: &Path, contents: &Contents) -> Result<(), SavedError> {
        for image in &contents.images {
            let stored = store::find(&self.engine, &image.id).await?;
            let stored = match stored {
                Some(stored) => Some(stored),
                // Engines that keep images in containerd name them by their manifest.
                None => store::find(&self.engine, &image.reference).await?,
            };
            let got = match &stored {
                None => "nothing".to_owned(),
                Some(stored) if stored.layers == image.layers => continue,
                Some(stored) => format!("{} with other layers", stored.id),
            };
            return Err(SavedError::Differs {
                path: path.to_owned(),
                reference: image.reference.clone(),
                wanted: image.id.clone(),
                got,
            });
        }
        Ok(())
    }
}

fn send(mut source: impl Read + Seek, at: u64, size: u64, sender: &mpsc::Sender<std::io::Result<Bytes>>) {
    let mut left = size;
    let mut seek = source.seek(SeekFrom::Start(at)).map(drop);
    while left > 0 {
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        let read = std::mem::replace(&mut seek, Ok(())).and_then(|()| source.read_exact(&mut chunk));
        left -= chunk.len() as u64;
        let failed = read.is_err();
        if sender.blocking_send(read.map(|()| Bytes::from(chunk))).is_err() || failed {
            return;
        }
    }
}
