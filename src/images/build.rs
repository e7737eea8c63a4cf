//! A recipe turned into an image through the engine's build call.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;

use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    BuildImageOptions, CreateContainerOptions, DownloadFromContainerOptions, RemoveContainerOptions,
};
use bytes::Bytes;
use futures_util::TryStreamExt;

use super::progress::{Stopped, follow_build};
use super::recipe::{Arguments, Context};
use super::store;
use crate::converge::{Cancel, Events};
use crate::docker::{Engine, Error};

/// Where every recipe says what it holds: `version 4.0.5`, then a line per package.
const ARTEFACTS: &str = "/usr/share/mqlab/artefacts";

/// Where the systems keep authorities that their owner added.
const OWN_AUTHORITIES: &[&str] = &["/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors"];

/// One build.
pub(super) struct Job<'a> {
    pub(super) context: Context,
    pub(super) arguments: &'a Arguments,
    /// Reference of the image that it starts from.
    pub(super) base: &'a str,
    /// What it will be called.
    pub(super) tag: &'a str,
    pub(super) inputs_hash: &'a str,
}

/// Builds and names the image. It gets its name last, so a name is always a complete image.
pub(super) async fn build(engine: &Engine, job: &Job<'_>, events: &dyn Events, cancel: &Cancel) -> Result<(), Stopped> {
    let certificates = if engine.facts().remote { BTreeMap::new() } else { own_authorities().await };
    let context = job.context.archive(&certificates).map_err(|error| Stopped::Failed(error.to_string()))?;
    let mut arguments: HashMap<String, String> = HashMap::from([("BASE".to_owned(), job.base.to_owned())]);
    arguments.extend(job.arguments.inputs.clone());
    arguments.extend(job.arguments.places.clone());
    let options = BuildImageOptions { buildargs: Some(arguments), ..quiet_options() };
    let plain = run(engine, options, context, job.tag, events, cancel).await?;
    let failed = |error: Error| Stopped::Failed(error.in_full());
    let artefacts = read_artefacts(engine, &plain).await.map_err(failed)?;
    let id =
        run(engine, quiet_options_with(labels(job, &artefacts)), label_context(&plain)?, job.tag, &(), cancel).await?;
    store::tag(engine, &id, job.tag).await.map_err(failed)
}

fn quiet_options() -> BuildImageOptions {
    BuildImageOptions {
        dockerfile: "Dockerfile".to_owned(),
        // The engine's own network may have no way out where its machine has one.
        networkmode: Some("host".to_owned()),
        rm: true,
        forcerm: true,
        ..BuildImageOptions::default()
    }
}

fn quiet_options_with(labels: HashMap<String, String>) -> BuildImageOptions {
    BuildImageOptions { labels: Some(labels), ..quiet_options() }
}

async fn run(
    engine: &Engine,
    options: BuildImageOptions,
    context: Vec<u8>,
    subject: &str,
    events: &dyn Events,
    cancel: &Cancel,
) -> Result<String, Stopped> {
    let stream = engine.api().build_image(options, None, Some(bollard::body_full(context.into())));
    follow_build(stream, subject, events, cancel).await
}

/// What is inside is known only after the build, and labels go on while building: so a second, empty build.
fn label_context(id: &str) -> Result<Vec<u8>, Stopped> {
    let dockerfile = format!("FROM {id}\n");
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(dockerfile.len() as u64);
    header.set_mode(0o644);
    let written = archive.append_data(&mut header, "Dockerfile", dockerfile.as_bytes());
    written.and_then(|()| archive.into_inner()).map_err(|error| Stopped::Failed(error.to_string()))
}

fn labels(job: &Job<'_>, artefacts: &str) -> HashMap<String, String> {
    let mut lines: Vec<String> = artefacts.lines().map(str::to_owned).collect();
    let version = lines.iter().position(|line| line.starts_with("version ")).map(|at| lines.remove(at));
    if job.arguments.inputs.get("CHECK_VALID_UNTIL").is_some_and(|value| value == "false") {
        lines.push("package lists checked for their signature, not for their age".to_owned());
    }
    let mut all = HashMap::from([
        (store::RECIPE.to_owned(), job.context.0.folder.to_owned()),
        (store::RECIPE_INPUTS.to_owned(), job.inputs_hash.to_owned()),
        (store::ARTEFACTS.to_owned(), lines.join("; ")),
    ]);
    if let Some(version) = version.and_then(|line| line.strip_prefix("version ").map(str::to_owned)) {
        all.insert(store::EXACT_VERSION.to_owned(), version);
    }
    all
}

/// Reads the file from a container that is never started.
async fn read_artefacts(engine: &Engine, image: &str) -> Result<String, Error> {
    let api = engine.api();
    let body = ContainerCreateBody { image: Some(image.to_owned()), ..ContainerCreateBody::default() };
    let what = "read what the recipe installed";
    let id = engine.call(what, api.create_container(None::<CreateContainerOptions>, body)).await?.id;
    let options = DownloadFromContainerOptions { path: ARTEFACTS.to_owned() };
    let chunks = api.download_from_container(&id, Some(options)).try_collect::<Vec<Bytes>>();
    let archive = engine.call(what, chunks).await;
    let removal = RemoveContainerOptions { force: true, v: true, ..RemoveContainerOptions::default() };
    engine.call(what, api.remove_container(&id, Some(removal))).await?;
    let bytes = archive?.concat();
    let mut text = String::new();
    let mut archive = tar::Archive::new(bytes.as_slice());
    let entry = archive.entries().and_then(|mut entries| entries.next().transpose());
    let read = entry.and_then(|entry| entry.map_or(Ok(0), |mut entry| entry.read_to_string(&mut text)));
    read.map_err(|error| Error::refused(what, error.into()))?;
    Ok(text)
}

/// Authorities that this machine's owner added, such as a company proxy's: without them no build behind such a
/// proxy gets a file. What cannot be read is left out.
async fn own_authorities() -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for folder in OWN_AUTHORITIES {
        let Ok(mut entries) = tokio::fs::read_dir(folder).await else { continue };
        while let Ok(Some(entry)) = entries.next_entry().await {
            let path = entry.path();
            let is_certificate = path.extension().is_some_and(|extension| extension == "crt" || extension == "pem");
            let name = path.file_stem().map(|stem| format!("{}.crt", stem.to_string_lossy()));
            if let (true, Some(name), Ok(content)) = (is_certificate, name, tokio::fs::read(Path::new(&path)).await) {
                found.insert(name, content);
            }
        }
    }
    found
}
