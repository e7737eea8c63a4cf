//! A running engine with the place of its settings.

use std::path::{Path, PathBuf};

use bollard::models::{SystemInfo, SystemVersion};

use super::error::DaemonError;
use super::process::{self, Process};
use super::product::{Place, Traits, place};
use super::{hosts_toml, reload};
use crate::docker::Engine;
use crate::fs;

/// Who wants to change the settings.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// `~/.config`, where a rootless engine has its own.
    pub configuration: Option<PathBuf>,
}

/// An engine on this machine whose settings are a file.
#[derive(Clone, Debug)]
pub struct Daemon {
    pub(super) engine: Engine,
    pub(super) process: Process,
    pub(super) traits: Traits,
    pub(super) place: Place,
    /// Its other file, read where images are in containerd.
    pub(super) hosts_toml: PathBuf,
    /// The mirrors that it had when it was found.
    pub(super) mirrors: Vec<String>,
}

impl Daemon {
    /// Finds process and file, or says who keeps the settings instead. `urls` are for that answer; `asked` is a file
    /// that was named.
    pub async fn find(
        engine: &Engine,
        caller: &Caller,
        asked: Option<&Path>,
        urls: &[String],
    ) -> Result<Self, DaemonError> {
        let (info, version) = ask(engine).await?;
        let mirrors = mirrors_of(&info);
        let traits = traits(engine, info, version);
        if let Some(keeper) = traits.keeper() {
            return Err(DaemonError::Elsewhere {
                address: traits.address,
                origin: traits.origin,
                keeper: keeper.words(),
                way_out: keeper.way_out(urls),
            });
        }
        let process = process::find(&traits.address).await?;
        let configuration = caller.configuration.as_deref();
        let flag = process.flags.config_file.as_ref().map(|file| process.for_us(file));
        let mut place = place(flag.as_deref(), &traits, configuration);
        if flag.is_none() {
            place.file = process.for_us(&place.file);
        }
        // A link stays one: what it points to is the file.
        place.file = fs::canonical(&place.file);
        if let Some(asked) = asked.map(fs::canonical).filter(|asked| *asked != place.file) {
            if flag.is_some() {
                return Err(DaemonError::OtherFile { pid: process.pid, found: place.file, asked });
            }
            place = Place { file: asked, because: "--config-file", required: false };
        }
        let hosts_toml = process.for_us(&hosts_toml::path(traits.is_rootless(), configuration));
        Ok(Self { engine: engine.clone(), hosts_toml: fs::canonical(&hosts_toml), process, traits, place, mirrors })
    }

    /// Where it answers.
    pub fn address(&self) -> &str {
        &self.traits.address
    }

    /// Why it is that one, in words.
    pub fn because(&self) -> &'static str {
        self.place.because
    }

    /// What the engine says it asks now, in order.
    pub fn mirrors(&self) -> &[String] {
        &self.mirrors
    }

    /// `hosts.toml`, where it makes the engine leave the mirrors of its settings aside.
    pub fn overruled_by(&self) -> Result<Option<&Path>, DaemonError> {
        let counts = self.traits.has_containerd_store() && fs::entry(&self.hosts_toml)?.is_some();
        Ok(counts.then_some(self.hosts_toml.as_path()))
    }

    /// Whether this user may do it, found out before anybody is asked or anything is changed.
    pub fn may_change(&self, change: &super::Change) -> Result<(), DaemonError> {
        fs::may_write_in(change.file().parent().unwrap_or(Path::new("/")))?;
        if change.is_settings() { reload::may_reload(self.process.pid) } else { Ok(()) }
    }

    /// What the engine says it asks at this moment.
    pub(super) async fn asks_now(&self) -> Result<Vec<String>, DaemonError> {
        let info = self.engine.call("tell about itself", self.engine.api().info()).await?;
        Ok(mirrors_of(&info))
    }

    /// How its log is read.
    pub(super) fn log(&self) -> String {
        match &self.process.unit {
            Some(unit) if unit.of_user => format!("journalctl --user -u {} -n 20", unit.name),
            Some(unit) => format!("sudo journalctl -u {} -n 20", unit.name),
            None => format!("what process {} printed", self.process.pid),
        }
    }
}

async fn ask(engine: &Engine) -> Result<(SystemInfo, SystemVersion), DaemonError> {
    let asked = async { tokio::try_join!(engine.api().info(), engine.api().version()) };
    Ok(engine.call("tell about itself", asked).await?)
}

fn mirrors_of(info: &SystemInfo) -> Vec<String> {
    info.registry_config.as_ref().and_then(|registry| registry.mirrors.clone()).unwrap_or_default()
}

fn traits(engine: &Engine, info: SystemInfo, version: SystemVersion) -> Traits {
    let facts = engine.facts();
    let pair = |pair: Vec<String>| {
        let mut words = pair.into_iter();
        Some((words.next()?, words.next()?))
    };
    Traits {
        address: facts.address.clone(),
        origin: facts.origin.clone(),
        remote: facts.remote,
        system: info.operating_system.unwrap_or_default(),
        name: info.name.unwrap_or_default(),
        platform: version.platform.map(|platform| platform.name).unwrap_or_default(),
        components: version.components.unwrap_or_default().into_iter().map(|component| component.name).collect(),
        security: info.security_options.unwrap_or_default(),
        data: info.docker_root_dir.unwrap_or_default(),
        driver: info.driver_status.unwrap_or_default().into_iter().filter_map(pair).collect(),
    }
}
