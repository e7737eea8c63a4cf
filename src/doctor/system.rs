//! What this machine's own programs and files tell.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::firewall::{Inside, Rules};
use crate::fs::{entry, names_in, read_if_there};

/// For a program that lists rules.
const PATIENCE: Duration = Duration::from_secs(5);

/// The kernel's rules, or why they cannot be read.
pub(super) async fn rules() -> Result<Rules, String> {
    let (iptables, nft) = tokio::join!(listed(&["iptables", "-S"]), listed(&["nft", "list", "ruleset"]));
    match (iptables, nft) {
        (Listed::NotHere, Listed::NotHere) => Err("neither iptables nor nft is here to tell the rules".to_owned()),
        (Listed::Refused(words), _) | (_, Listed::Refused(words)) => {
            Err(format!("the rules cannot be read ({words}): sudo mqlab doctor"))
        }
        (iptables, nft) => Ok(Rules::parse(iptables.text(), nft.text(), &inside())),
    }
}

/// Bridges without a cable in them.
fn inside() -> Inside {
    let all = Path::new("/sys/class/net");
    let is_there = |name: &str, what: &str| matches!(entry(&all.join(name).join(what)), Ok(Some(_)));
    let has_cable = |bridge: &str| {
        let members = names_in(&all.join(bridge).join("brif")).unwrap_or_default();
        members.iter().any(|member| is_there(member, "device"))
    };
    let names = names_in(all).unwrap_or_default();
    let bridges: BTreeSet<String> =
        names.into_iter().filter(|name| is_there(name, "bridge") && !has_cable(name)).collect();
    let routes = read_if_there(Path::new("/proc/net/route")).ok().flatten().unwrap_or_default();
    Inside::new(bridges, &String::from_utf8_lossy(&routes))
}

enum Listed {
    Text(String),
    NotHere,
    Refused(String),
}

impl Listed {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// As this user, and, where that is not enough, as root if sudo asks for no password.
async fn listed(command: &[&str]) -> Listed {
    let as_root = [&["sudo", "-n"], command].concat();
    match run(command).await {
        Listed::Refused(words) => match run(&as_root).await {
            Listed::Text(text) => Listed::Text(text),
            _ => Listed::Refused(words),
        },
        other => other,
    }
}

async fn run(command: &[&str]) -> Listed {
    let Some((program, arguments)) = command.split_first() else { return Listed::NotHere };
    // An ordinary user's PATH may lack the folders of both.
    let mut tries = vec![(*program).to_owned()];
    tries.extend(["/usr/sbin", "/sbin"].map(|folder| format!("{folder}/{program}")));
    for program in tries {
        let child = Command::new(&program).args(arguments).stdin(Stdio::null()).kill_on_drop(true).output();
        match tokio::time::timeout(PATIENCE, child).await {
            Ok(Ok(output)) if output.status.success() => {
                return Listed::Text(String::from_utf8_lossy(&output.stdout).into_owned());
            }
            Ok(Ok(output)) => {
                let words = String::from_utf8_lossy(&output.stderr);
                return Listed::Refused(words.lines().next().unwrap_or("it failed").trim().to_owned());
            }
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {}
            Ok(Err(error)) => return Listed::Refused(error.to_string()),
            Err(_) => return Listed::Refused(format!("{program} did not end within {} s", PATIENCE.as_secs())),
        }
    }
    Listed::NotHere
}

/// `enforcing`, `permissive`, `off`.
pub(super) fn selinux() -> &'static str {
    match read_if_there(Path::new("/sys/fs/selinux/enforce")) {
        Ok(Some(bytes)) if bytes.starts_with(b"1") => "enforcing",
        Ok(Some(_)) => "permissive",
        _ => "off",
    }
}
