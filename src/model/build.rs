//! From the checked tree to the valid stack.

use std::path::{Path, PathBuf};

use super::{BrokerModel, MirrorFrom, SiteSettings, Stack, build_apps, build_broker, build_images};
use crate::brokers::{self, Broker};
use crate::spec::{Diagnostics, Node, Sources};

/// What a stack's name may be, in the words of a message.
const STACK_NAME: &str =
    "begin with a letter or digit, then letters, digits, `_`, `.` and `-`, all in lower case, 40 at most";
const LONGEST_STACK_NAME: usize = 40;

impl Stack {
    /// Resolves names, versions and references, and lets every broker validate its part.
    ///
    /// `tree` is what [`crate::spec::load`] gave. `directory` is the folder of the first spec file; the stack is
    /// named after it where the file gives no name. `None` when `diagnostics` holds an error afterwards.
    pub fn build(tree: &Node, sources: &Sources, directory: PathBuf, diagnostics: &mut Diagnostics) -> Option<Stack> {
        Self::build_with(brokers::registry(), tree, sources, directory, diagnostics)
    }

    /// [`Stack::build`] with other kinds of brokers than the registry's.
    pub(crate) fn build_with(
        registry: &'static [&'static dyn Broker],
        tree: &Node,
        sources: &Sources,
        directory: PathBuf,
        diagnostics: &mut Diagnostics,
    ) -> Option<Stack> {
        let name = stack_name(tree, &directory, diagnostics);
        let brokers = build_broker::brokers(registry, tree, sources, diagnostics);
        let apps = build_apps::apps(&brokers, tree, sources, diagnostics);
        let images = build_images::image_settings(tree, MirrorFrom::Spec, diagnostics);
        let site = site_settings(tree, &directory);
        if !diagnostics.has_errors() {
            for found in &brokers {
                found.broker.lint(&found.model, &apps, diagnostics);
            }
        }
        diagnostics.sort();
        let brokers: Vec<BrokerModel> = brokers.into_iter().map(|found| found.model).collect();
        (!diagnostics.has_errors()).then_some(Stack { name, brokers, apps, images, site, directory })
    }
}

/// A name that a stack cannot have.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` cannot be a stack's name: it must {STACK_NAME}")]
pub struct StackNameError {
    pub name: String,
}

impl Stack {
    /// Gives it another name than the file's, so that one file can run twice.
    pub fn rename(&mut self, name: &str) -> Result<(), StackNameError> {
        if !is_stack_name(name) {
            return Err(StackNameError { name: name.to_owned() });
        }
        name.clone_into(&mut self.name);
        Ok(())
    }
}

fn stack_name(tree: &Node, directory: &Path, diagnostics: &mut Diagnostics) -> String {
    let folder = directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(node) = tree.get("stack") else { return made_valid(&folder) };
    let Some(name) = node.as_text() else { return made_valid(&folder) };
    if !is_stack_name(name) {
        let text = format!("the stack's name must {STACK_NAME}");
        diagnostics.error("invalid-name", node.at, text, format!("write `stack: {}`", made_valid(name)));
    }
    name.to_owned()
}

fn is_stack_name(name: &str) -> bool {
    let first = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let rest = |byte: &u8| first(byte) || matches!(byte, b'_' | b'.' | b'-');
    let bytes = name.as_bytes();
    bytes.len() <= LONGEST_STACK_NAME && bytes.first().is_some_and(first) && bytes.iter().all(rest)
}

/// The nearest name that a stack can have.
fn made_valid(name: &str) -> String {
    let lower: String = name
        .chars()
        .map(|character| character.to_ascii_lowercase())
        .map(|character| if is_stack_name(&format!("a{character}")) { character } else { '-' })
        .collect();
    let valid: String = lower.trim_matches(['-', '_', '.']).chars().take(LONGEST_STACK_NAME).collect();
    if valid.is_empty() { "stack".to_owned() } else { valid }
}

fn site_settings(tree: &Node, directory: &Path) -> SiteSettings {
    let site = tree.get("site");
    let text = |key| site.and_then(|site| site.text_of(key));
    let mut languages: Vec<String> = Vec::new();
    for language in site.map_or(&[][..], |site| site.items_of("languages")).iter().filter_map(Node::as_text) {
        if !languages.iter().any(|known| known == language) {
            languages.push(language.to_owned());
        }
    }
    if languages.is_empty() {
        languages.extend(["en", "zh"].map(str::to_owned));
    }
    SiteSettings {
        title: text("title").map(str::to_owned),
        languages,
        out: directory.join(text("out").unwrap_or("mqlab-site")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_or_made_so() {
        for (name, valid) in [
            ("shop", "shop"),
            ("My Shop", "my-shop"),
            ("..shop_1.dev-", "shop_1.dev"),
            ("Käse", "k-se"),
            ("---", "stack"),
            ("", "stack"),
            (&"a".repeat(50), &"a".repeat(40)),
        ] {
            assert_eq!(made_valid(name), valid, "{name}");
            assert!(is_stack_name(valid), "{valid}");
        }
        for name in ["", "Shop", "-shop", "_a", "sh op", "shop/1", &"a".repeat(41)] {
            assert!(!is_stack_name(name), "{name}");
        }
    }
}
