//! `images:` of a file, the stack's or the user's own.

use std::time::Duration;

use super::{Build, ImageSettings, Mirror, MirrorFrom, Secret, Trust};
use crate::spec::{Diagnostics, Node, units};

impl ImageSettings {
    /// Those that a user has set for all stacks, in a file of the same form with nothing but `images:` in it.
    pub fn of_user(tree: &Node, diagnostics: &mut Diagnostics) -> Self {
        for entry in tree.entries().iter().filter(|entry| entry.key != "images" && !entry.key.starts_with("x-")) {
            let text = format!("`{}` belongs to one stack, and this file is for all of yours", entry.key);
            diagnostics.error("unknown-key", entry.at, text, "keep `images:` alone in it".to_owned());
        }
        image_settings(tree, MirrorFrom::User, diagnostics)
    }
}

pub(super) fn image_settings(tree: &Node, from: MirrorFrom, diagnostics: &mut Diagnostics) -> ImageSettings {
    let Some(node) = tree.get("images") else { return ImageSettings::default() };
    let repository = |name| node.get("repositories").and_then(|all| all.text_of(name)).map(str::to_owned);
    ImageSettings {
        mirrors: node.items_of("mirrors").iter().filter_map(|node| mirror(node, from, diagnostics)).collect(),
        build: match node.text_of("build") {
            Some("always") => Some(Build::Always),
            Some("never") => Some(Build::Never),
            Some("fallback") => Some(Build::Fallback),
            _ => None,
        },
        base: node.text_of("base").map(str::to_owned),
        debian_repository: repository("debian"),
        maven_repository: repository("maven"),
        proxy: node.text_of("proxy").map(Secret::new),
        build_args: node
            .entries_of("build_args")
            .iter()
            .map(|entry| {
                let value = entry.value.to_value();
                (entry.key.clone(), value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned))
            })
            .collect(),
    }
}

fn mirror(node: &Node, from: MirrorFrom, diagnostics: &mut Diagnostics) -> Option<Mirror> {
    let url = if node.as_text().is_some() { node } else { node.get("url")? };
    let registries = node.items_of("for");
    let read = Mirror::parse(url.as_text()?, from).map_err(|error| (url.at, error)).and_then(|mut mirror| {
        let names = registries.iter().filter_map(|name| name.as_text()).map(str::to_owned).collect();
        if let Some(first) = registries.first() {
            mirror.stand_for(names).map_err(|error| (first.at, error))?;
        }
        Ok(mirror)
    });
    let mut mirror = match read {
        Ok(mirror) => mirror,
        Err((at, error)) => {
            diagnostics.error("bad-mirror", at, error.text, error.help);
            return None;
        }
    };
    if node.text_of("trust") == Some("tags") {
        mirror.trust = Trust::Tags;
    }
    if let Some(milliseconds) = node.get("timeout").and_then(units::duration_of) {
        mirror.patience = Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default());
    }
    Some(mirror)
}
