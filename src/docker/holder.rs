//! Who holds a port of this machine.

use std::collections::BTreeSet;

use super::inventory::{Inventory, Labelled};
use super::labels;

/// In words: the container that publishes it, else the process that listens on it.
pub(super) async fn holder(inventory: &Inventory, port: u16, engine_is_remote: bool) -> String {
    if let Some(found) = inventory.containers.iter().find(|found| found.published.contains(&port)) {
        return match found.label(labels::STACK) {
            Some(stack) => format!("the container `{}` of the stack `{stack}`", found.name),
            None => format!("the container `{}` ({})", found.name, found.image),
        };
    }
    if engine_is_remote {
        return "a program on the engine's machine".to_owned();
    }
    match listener(port).await {
        Some((pid, command)) => format!("process {pid} ({command})"),
        None => format!("a program of another user (see `sudo ss -ltnp sport = :{port}`)"),
    }
}

/// The process that listens on the port, where the system lets us see it.
async fn listener(port: u16) -> Option<(u32, String)> {
    let mut inodes = BTreeSet::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = tokio::fs::read_to_string(table).await.unwrap_or_default();
        inodes.extend(listening_inodes(&text, port));
    }
    let wanted: BTreeSet<String> = inodes.into_iter().map(|inode| format!("socket:[{inode}]")).collect();
    if wanted.is_empty() {
        return None;
    }
    for pid in processes().await {
        if holds(pid, &wanted).await {
            return Some((pid, command_of(pid).await));
        }
    }
    None
}

/// The numbers of all processes that can be seen, in order.
pub(super) async fn processes() -> Vec<u32> {
    let mut found = Vec::new();
    let Ok(mut processes) = tokio::fs::read_dir("/proc").await else { return found };
    while let Ok(Some(process)) = processes.next_entry().await {
        found.extend(process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()));
    }
    found.sort_unstable();
    found
}

/// Whether a process has one of these open: `socket:[4711]`. Not, too, where we may not look.
pub(super) async fn holds(pid: u32, sockets: &BTreeSet<String>) -> bool {
    let Ok(mut files) = tokio::fs::read_dir(format!("/proc/{pid}/fd")).await else { return false };
    while let Ok(Some(file)) = files.next_entry().await {
        let target = tokio::fs::read_link(file.path()).await;
        if target.is_ok_and(|target| target.to_str().is_some_and(|target| sockets.contains(target))) {
            return true;
        }
    }
    false
}

/// Its name alone: arguments may hold secrets.
async fn command_of(pid: u32) -> String {
    let name = tokio::fs::read_to_string(format!("/proc/{pid}/comm")).await.unwrap_or_default();
    name.trim().to_owned()
}

/// Inodes of listening sockets on the port, in the form of `/proc/net/tcp`.
fn listening_inodes(table: &str, port: u16) -> Vec<u64> {
    const LISTEN: &str = "0A";
    let inode_of = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, hex) = fields.get(1)?.rsplit_once(':')?;
        let listens = u16::from_str_radix(hex, 16).ok()? == port && *fields.get(3)? == LISTEN;
        if listens { fields.get(9)?.parse().ok() } else { None }
    };
    table.lines().skip(1).filter_map(inode_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_listener_on_the_very_port_counts() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
             0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100\n\
             1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100\n\
             2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100\n";
        assert_eq!(listening_inodes(table, 8080), [111]);
        assert_eq!(listening_inodes(table, 8082), Vec::<u64>::new());
    }

    #[tokio::test]
    async fn our_own_listener_is_found() {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let text = holder(&Inventory::default(), port, false).await;
        assert!(text.contains(&std::process::id().to_string()), "{text}");
    }
}
