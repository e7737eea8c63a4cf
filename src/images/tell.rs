//! What a tag means, by the word of the registry itself and of each mirror.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::ensure::Images;
use super::lock::Locked;
use super::registry::{Content, Manifest, Refusal, Registry};
use crate::model::{HUB, Mirror, Place, Reference, Trust};

/// The host of the hub's registry API.
const HUB_API: &str = "registry-1.docker.io";

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The registry's name, or the mirror's URL.
    pub by: String,
    /// The registry itself, or a mirror that is believed what tags mean.
    pub believed: bool,
    pub answer: Result<Locked, String>,
}

impl Images {
    /// Asks all of them at the same time; the registry's own answer comes first.
    pub async fn tell(&self, image: &Reference) -> Vec<Told> {
        let own = async {
            let answer = match self.reachability.check(&self.engine, &image.to_string()).await {
                Ok(()) => self.told_by(&own_place(image), image).await.map_err(|refusal| refusal.to_string()),
                Err(why_not) => Err(why_not),
            };
            Told { by: image.registry.clone(), believed: true, answer }
        };
        let of_mirror = |(mirror, place): (&Mirror, Place)| {
            let (by, believed) = (mirror.url.clone(), mirror.trust == Trust::Tags);
            async move {
                let answer = self.told_by(&place, image).await.map_err(|refusal| refusal.to_string());
                Told { by, believed, answer }
            }
        };
        let mirrors = join_all(self.places(image).map(of_mirror));
        let (own, mirrors) = tokio::join!(own, mirrors);
        std::iter::once(own).chain(mirrors).collect()
    }

    async fn told_by(&self, place: &Place, image: &Reference) -> Result<Locked, Refusal> {
        let registry = self.registry(place).await?;
        registry.ping().await?;
        let manifest = registry.manifest(image.version()).await?;
        locked(&registry, manifest).await
    }
}

/// Digest and platforms, with everything that they depend on read and held against its digest.
async fn locked(registry: &Registry, manifest: Manifest) -> Result<Locked, Refusal> {
    let mut platforms = BTreeMap::new();
    match manifest.content {
        Content::Image { config, .. } => {
            platforms.insert(registry.platform_of(&config).await?, config);
        }
        Content::Index(entries) => {
            let read = entries.iter().map(|entry| async move {
                match registry.manifest(&entry.digest).await?.content {
                    Content::Image { config, .. } => Ok(Some((entry.platform.clone(), config))),
                    Content::Index(_) => Ok(None),
                }
            });
            for entry in join_all(read).await {
                platforms.extend(entry?);
            }
        }
    }
    Ok(Locked { digest: manifest.digest, platforms })
}

/// Where a registry has its own image. Engines ask those on this machine in the clear.
pub(super) fn own_place(image: &Reference) -> Place {
    let host = if image.registry == HUB { HUB_API } else { &image.registry };
    let place = Place { secure: true, host: host.to_owned(), repository: image.repository.clone() };
    Place { secure: !place.is_here(), ..place }
}
