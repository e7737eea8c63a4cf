//! The steps of a plan as calls to the engine.

use bollard::models::{ContainerCreateBody, NetworkCreateRequest, VolumeCreateRequest};
use bollard::query_parameters::{
    CreateContainerOptions, InspectContainerOptions, InspectNetworkOptions, RemoveContainerOptions,
    RemoveVolumeOptions, RenameContainerOptions, StartContainerOptions, StopContainerOptions, UploadToContainerOptions,
};

use super::dialect::understood;
use super::error::words_of;
use super::inventory::{Inventory, Labelled};
use super::labels::{self, StackId, container_name, volume_name};
use super::{Engine, Error, WantedNode, archive, create};
use crate::model::{Container, ImageServed};

/// Longer than any polite stop asks for, shorter than patience.
const REMOVE_SECONDS: u64 = 60;
/// What the polite stop may take beyond its own limit.
const STOP_GRACE_SECONDS: u64 = 20;

/// Creates the network of a stack. Names of networks are not unique (Docker before 25), so it looks before.
pub(super) async fn create_network(engine: &Engine, stack: &StackId) -> Result<(), Error> {
    let request = NetworkCreateRequest {
        name: stack.name.clone(),
        driver: Some("bridge".to_owned()),
        labels: Some(stack.labels().into_iter().collect()),
        ..NetworkCreateRequest::default()
    };
    let what = format!("create the network `{}`", stack.name);
    if Inventory::read(engine).await?.network_of(&stack.name).is_some() {
        return Ok(());
    }
    match engine.call(&what, engine.api().create_network(request)).await {
        // Where names are unique, one that a killed run asked for may have come in between.
        Err(error) if error.status() == Some(409) => {
            let is_ours = Inventory::read(engine).await?.network_of(&stack.name).is_some();
            if is_ours { Ok(()) } else { Err(error) }
        }
        other => other.map(|_| ()),
    }
}

/// Creates a volume. The engine answers "created" for one that is there whatever its labels, so they are
/// compared afterwards.
pub(super) async fn create_volume(
    engine: &Engine,
    stack: &StackId,
    container: &Container,
    name: &str,
) -> Result<(), Error> {
    let full_name = volume_name(&stack.name, &container.broker, &container.node, name);
    let mut wanted = stack.node_labels(container);
    wanted.insert(labels::VOLUME.to_owned(), name.to_owned());
    let request = VolumeCreateRequest {
        name: Some(full_name.clone()),
        labels: Some(wanted.into_iter().collect()),
        ..VolumeCreateRequest::default()
    };
    let made = engine.call(&format!("create the volume `{full_name}`"), engine.api().create_volume(request)).await?;
    if made.labels.get(labels::STACK) == Some(&stack.name) {
        return Ok(());
    }
    Err(foreign("volume", &full_name))
}

/// Makes a container next to the one that it follows, if any, and only then takes the old one away: what
/// fails before leaves the old one running.
pub(super) async fn create_node(
    engine: &Engine,
    stack: &StackId,
    wanted: &WantedNode,
    image: &ImageServed,
    network: &str,
) -> Result<(), Error> {
    let container = &wanted.container;
    let name = container_name(&stack.name, &container.broker, &container.node);
    let next = format!("{name}.next");
    remove_container(engine, &next).await?;
    if let Some(found) = find(engine, &name).await?
        && found.labels.get(labels::STACK).is_none_or(|owner| *owner != stack.name)
    {
        return Err(foreign("container", &name));
    }
    let reference = reference_of(engine, image).await;
    let mut body = create::body(stack, wanted, image, &reference, network, engine.facts().product.maker);
    loop {
        let started = create_and_start(engine, &name, &next, container, body.clone()).await;
        match started {
            // An engine without the right to raise limits (in a container itself, rootless) gives what it has.
            Err(error) if is_about_limits(&error) && create::without_limits(&mut body) => {}
            other => return other,
        }
    }
}

/// What the container runtime says when it may not raise a limit.
fn is_about_limits(error: &Error) -> bool {
    matches!(error, Error::Refused { source, .. } if words_of(source).contains("error setting rlimit"))
}

async fn create_and_start(
    engine: &Engine,
    name: &str,
    next: &str,
    container: &Container,
    body: ContainerCreateBody,
) -> Result<(), Error> {
    let options = CreateContainerOptions {
        name: Some(next.to_owned()),
        platform: container.image.platform.clone().unwrap_or_default(),
    };
    let what = format!("create the container `{name}`");
    engine.call(&what, engine.api().create_container(Some(options), body)).await?;
    let filled = fill_and_swap(engine, next, name, container).await;
    if filled.is_err() {
        remove_container(engine, next).await?;
    }
    filled?;
    let started = start_container(engine, name).await;
    if started.is_err() {
        // A container that never ran holds nothing, and would be in the way of the next attempt.
        remove_container(engine, name).await?;
    }
    started
}

async fn fill_and_swap(engine: &Engine, next: &str, name: &str, container: &Container) -> Result<(), Error> {
    upload(engine, next, container).await?;
    stop_container(engine, name, Some(container.stop_seconds)).await?;
    remove_container(engine, name).await?;
    let options = RenameContainerOptions { name: name.to_owned() };
    engine.call(&format!("name the container `{name}`"), engine.api().rename_container(next, options)).await
}

async fn upload(engine: &Engine, name: &str, container: &Container) -> Result<(), Error> {
    if container.files.is_empty() {
        return Ok(());
    }
    let what = format!("copy files into `{name}`");
    let archive = archive::files(&container.files).map_err(|error| Error::refused(what.as_str(), error.into()))?;
    let options = UploadToContainerOptions { path: "/".to_owned(), ..UploadToContainerOptions::default() };
    let body = bollard::body_full(archive.into());
    engine.call(&what, engine.api().upload_to_container(name, Some(options), body)).await
}

/// What `docker ps` shows: the name while it still means this image, else the id.
async fn reference_of(engine: &Engine, image: &ImageServed) -> String {
    let found = engine.call("read the image", engine.api().inspect_image(&image.reference)).await;
    let is_same = found.is_ok_and(|found| found.id.as_deref() == Some(image.id.as_str()));
    if is_same { image.reference.clone() } else { image.id.clone() }
}

/// Starts a container, also one that is paused. A running one is fine.
pub(super) async fn start_container(engine: &Engine, name: &str) -> Result<(), Error> {
    let what = format!("start the container `{name}`");
    if engine.state(name).await?.is_some_and(|state| state.status == "paused") {
        return engine.call(&what, engine.api().unpause_container(name)).await;
    }
    engine.call(&what, engine.api().start_container(name, None::<StartContainerOptions>)).await
}

/// Stops a container politely, then hard. One that is not there or not running is fine.
pub(super) async fn stop_container(engine: &Engine, name: &str, seconds: Option<u32>) -> Result<(), Error> {
    let options = seconds
        .map(|seconds| StopContainerOptions { t: i32::try_from(seconds).ok(), ..StopContainerOptions::default() });
    let patience = u64::from(seconds.unwrap_or(60)) + STOP_GRACE_SECONDS;
    let api = engine.patient(patience);
    let what = format!("stop the container `{name}`");
    gone_is_fine(engine.call_within(patience, &what, api.stop_container(name, options)).await)
}

pub(super) async fn stop_and_remove(engine: &Engine, name: &str) -> Result<(), Error> {
    stop_container(engine, name, None).await?;
    remove_container(engine, name).await
}

/// Removes a container and the volumes without a name that its image brought. Named volumes stay.
pub(super) async fn remove_container(engine: &Engine, name: &str) -> Result<(), Error> {
    let what = format!("remove the container `{name}`");
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(REMOVE_SECONDS);
    loop {
        let options = RemoveContainerOptions { force: true, v: true, ..RemoveContainerOptions::default() };
        match engine.call(&what, engine.api().remove_container(name, Some(options))).await {
            // Another removal is at work: wait until it is done.
            Err(error) if error.status() == Some(409) && tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            other => return gone_is_fine(other),
        }
    }
}

pub(super) async fn remove_volume(engine: &Engine, name: &str) -> Result<(), Error> {
    let what = format!("remove the volume `{name}`");
    gone_is_fine(engine.call(&what, engine.api().remove_volume(name, None::<RemoveVolumeOptions>)).await)
}

/// Removes every network with the stack's label.
pub(super) async fn remove_networks(engine: &Engine, stack: &StackId) -> Result<(), Error> {
    let inventory = Inventory::read(engine).await?;
    for network in inventory.networks.iter().filter(|found| found.is_of(&stack.name)) {
        let what = format!("remove the network `{}`", network.name);
        gone_is_fine(engine.call(&what, engine.api().remove_network(&network.id)).await)?;
    }
    Ok(())
}

/// Names of networks are not unique: one that a killed run asked for may come beside the next run's. Whether this one
/// was removed, because no running container is in it.
pub(super) async fn remove_network_of_nobody(engine: &Engine, id: &str) -> Result<bool, Error> {
    let what = "read a network of the stack";
    let found = engine.call(what, engine.api().inspect_network(id, None::<InspectNetworkOptions>)).await?;
    if found.containers.is_some_and(|inside| !inside.is_empty()) {
        return Ok(false);
    }
    let what = "remove a second network of the stack";
    gone_is_fine(engine.call(what, engine.api().remove_network(id)).await)?;
    Ok(true)
}

struct Found {
    labels: std::collections::HashMap<String, String>,
}

async fn find(engine: &Engine, name: &str) -> Result<Option<Found>, Error> {
    let call = understood(engine.api().inspect_container(name, None::<InspectContainerOptions>));
    match engine.call(&format!("read the container `{name}`"), call).await {
        Ok(answer) => Ok(Some(Found { labels: answer.config.and_then(|config| config.labels).unwrap_or_default() })),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn gone_is_fine(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.is_not_found() => Ok(()),
        other => other,
    }
}

fn foreign(what: &'static str, name: &str) -> Error {
    Error::Foreign {
        what,
        name: name.to_owned(),
        why: "it does not have this stack's label".to_owned(),
        way_out: format!(
            "remove it with `docker {what} rm {name}` if nobody needs it, or use another name with `--stack NAME`"
        ),
    }
}
