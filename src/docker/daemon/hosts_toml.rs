//! `hosts.toml`: mirrors for engines that keep their images in containerd, believed about content and not about tags.

use std::path::{Path, PathBuf};

/// What tells our file from others'.
const MARK: &str = "# Written by `mqlab mirrors apply --hosts-toml`";

/// Who is asked what a tag means, and for what no mirror has.
const SERVER: &str = "https://registry-1.docker.io";

/// The file's content.
pub(super) fn text(urls: &[String]) -> String {
    let mut text = format!(
        "{MARK}; `mqlab mirrors restore` takes it back.\n\
         # A mirror is asked for content by its digest alone: what a tag means, only the registry itself can say.\n\
         server = \"{SERVER}\"\n"
    );
    for url in urls {
        let url = url.trim_end_matches('/');
        text.push_str(&format!("\n[host.\"{url}\"]\n  capabilities = [\"pull\"]\n  dial_timeout = \"2s\"\n"));
    }
    text
}

pub(super) fn is_ours(content: &[u8]) -> bool {
    content.starts_with(MARK.as_bytes())
}

/// Where the engine looks for it: beside its certificates. `configuration` is the user's `~/.config`.
pub(super) fn path(rootless: bool, configuration: Option<&Path>) -> PathBuf {
    let folder = match configuration {
        Some(folder) if rootless => folder.join("docker"),
        _ => PathBuf::from("/etc/docker"),
    };
    folder.join("certs.d/docker.io/hosts.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_file() {
        let text = text(&["https://mirror.example/".to_owned(), "http://127.0.0.1:5000".to_owned()]);
        assert!(is_ours(text.as_bytes()));
        let settings: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            settings.join("\n"),
            "server = \"https://registry-1.docker.io\"\n\n\
             [host.\"https://mirror.example\"]\n  capabilities = [\"pull\"]\n  dial_timeout = \"2s\"\n\n\
             [host.\"http://127.0.0.1:5000\"]\n  capabilities = [\"pull\"]\n  dial_timeout = \"2s\""
        );
        assert!(!is_ours(b"server = \"https://registry-1.docker.io\"\n"));
    }

    #[test]
    fn a_rootless_engine_has_its_own() {
        let configuration = Path::new("/home/me/.config");
        let usual = Path::new("/etc/docker/certs.d/docker.io/hosts.toml");
        assert_eq!(path(false, Some(configuration)), usual);
        assert_eq!(path(true, Some(configuration)), Path::new("/home/me/.config/docker/certs.d/docker.io/hosts.toml"));
    }
}
