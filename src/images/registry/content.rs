//! Manifests: what an image consists of, and for which platforms there is one.

use serde::Deserialize;

/// What a digest or tag stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// One image for each of several platforms.
    Index(Vec<PlatformImage>),
    /// One image: its configuration, and its layers.
    Image { config: String, layers: Vec<Layer> },
}

/// One entry of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlatformImage {
    /// `linux/arm64`, `linux/arm/v7`.
    pub(crate) platform: String,
    pub(crate) digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Layer {
    pub(crate) digest: String,
    #[serde(default)]
    pub(crate) size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    schema_version: u32,
    manifests: Option<Vec<RawEntry>>,
    config: Option<Layer>,
    layers: Option<Vec<Layer>>,
}

#[derive(Deserialize)]
struct RawEntry {
    digest: String,
    platform: Option<RawPlatform>,
}

#[derive(Deserialize)]
struct RawPlatform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

impl RawPlatform {
    /// The only variant that 64-bit ARM has goes without saying.
    fn name(&self) -> String {
        let variant = self.variant.as_ref().filter(|variant| !(self.architecture == "arm64" && *variant == "v8"));
        let variant = variant.map(|variant| format!("/{variant}")).unwrap_or_default();
        format!("{}/{}{variant}", self.os, self.architecture)
    }
}

/// The error completes "it is no image: …".
pub(super) fn parse(bytes: &[u8]) -> Result<Content, String> {
    let raw: Raw = serde_json::from_slice(bytes).map_err(|error| format!("its manifest cannot be read: {error}"))?;
    match raw {
        Raw { schema_version: 2, manifests: Some(entries), .. } => {
            // Attestations are entries for the platform unknown/unknown.
            let known = |entry: RawEntry| {
                let platform = entry.platform.filter(|platform| platform.os != "unknown")?;
                Some(PlatformImage { platform: platform.name(), digest: entry.digest })
            };
            Ok(Content::Index(entries.into_iter().filter_map(known).collect()))
        }
        Raw { schema_version: 2, config: Some(config), layers: Some(layers), .. } => {
            Ok(Content::Image { config: config.digest, layers })
        }
        Raw { schema_version, .. } => {
            Err(format!("its manifest has form {schema_version}, or lacks what it consists of"))
        }
    }
}

/// `linux/amd64` from the configuration of an image.
pub(super) fn platform_of_config(bytes: &[u8]) -> Result<String, String> {
    let platform: RawPlatform =
        serde_json::from_slice(bytes).map_err(|error| format!("its configuration cannot be read: {error}"))?;
    Ok(platform.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_lists_platforms_and_no_attestations() {
        let bytes = br#"{"schemaVersion":2,"manifests":[
            {"digest":"sha256:a","platform":{"os":"linux","architecture":"amd64"}},
            {"digest":"sha256:b","platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
            {"digest":"sha256:c","platform":{"os":"linux","architecture":"arm","variant":"v7"}},
            {"digest":"sha256:d","platform":{"os":"unknown","architecture":"unknown"}}]}"#;
        let Ok(Content::Index(entries)) = parse(bytes) else { panic!() };
        let shown: Vec<String> = entries.iter().map(|entry| format!("{} {}", entry.platform, entry.digest)).collect();
        assert_eq!(shown, ["linux/amd64 sha256:a", "linux/arm64 sha256:b", "linux/arm/v7 sha256:c"]);
    }

    #[test]
    fn an_image_has_a_configuration_and_layers() {
        let bytes = br#"{"schemaVersion":2,"config":{"digest":"sha256:a"},"layers":[{"digest":"sha256:b","size":7}]}"#;
        let layers = vec![Layer { digest: "sha256:b".to_owned(), size: 7 }];
        assert_eq!(parse(bytes), Ok(Content::Image { config: "sha256:a".to_owned(), layers }));
        assert!(
            parse(b"<html>").is_err() && parse(br#"{"schemaVersion":1,"config":{"digest":"a"},"layers":[]}"#).is_err()
        );
    }
}
