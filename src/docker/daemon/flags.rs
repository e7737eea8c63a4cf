//! What the engine's process was started with.

use std::path::PathBuf;

/// The flags of one `dockerd` that decide where its settings are and what may stand in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// `--config-file`.
    pub(super) config_file: Option<PathBuf>,
    /// Each `--registry-mirror`.
    pub(super) mirrors: Vec<String>,
    /// Each `-H`.
    pub(super) hosts: Vec<String>,
    /// All of them as given, without the program and `--config-file`.
    pub(super) all: Vec<String>,
}

impl Flags {
    /// Reads a command line in the form of `/proc/<pid>/cmdline`.
    pub(super) fn parse(cmdline: &[u8]) -> Self {
        let words = cmdline.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        let mut words = words.skip(1).filter(|word| !word.is_empty());
        let mut flags = Self::default();
        while let Some(word) = words.next() {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, Some(value.to_owned())),
                // `-Hunix:///run/docker.sock`
                _ if word.len() > 2 && word.starts_with("-H") => ("-H", Some(word[2..].to_owned())),
                _ => (word.as_str(), None),
            };
            let is_ours = ["--config-file", "--registry-mirror", "-H", "--host"].contains(&name);
            let separate = if is_ours && value.is_none() { words.next() } else { None };
            if name != "--config-file" {
                flags.all.push(word.clone());
                flags.all.extend(separate.clone());
            }
            match (name, value.or(separate)) {
                ("--config-file", Some(path)) => flags.config_file = Some(PathBuf::from(path)),
                ("--registry-mirror", Some(url)) => flags.mirrors.push(url),
                ("-H" | "--host", Some(host)) => flags.hosts.push(host),
                _ => {}
            }
        }
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Flags {
        Flags::parse(line.replace(' ', "\0").as_bytes())
    }

    #[test]
    fn every_way_to_write_a_flag() {
        for line in [
            "dockerd -H unix:///a.sock --registry-mirror https://m --config-file /etc/d.json --debug ",
            "dockerd -Hunix:///a.sock --registry-mirror=https://m --config-file=/etc/d.json --debug ",
            "/usr/bin/dockerd --host=unix:///a.sock --config-file /etc/d.json --registry-mirror https://m --debug",
        ] {
            let flags = parse(line);
            assert_eq!(flags.hosts, ["unix:///a.sock"], "{line}");
            assert_eq!(flags.mirrors, ["https://m"], "{line}");
            assert_eq!(flags.config_file, Some(PathBuf::from("/etc/d.json")), "{line}");
            assert!(flags.all.contains(&"--debug".to_owned()) && !flags.all.iter().any(|flag| flag.contains("d.json")));
        }
        assert_eq!(parse("dockerd"), Flags::default());
    }
}
