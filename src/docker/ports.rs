//! Host ports: which are free, and what it means when one turns out not to be.

use std::collections::BTreeSet;

use tokio::net::TcpListener;

use super::error::words_of;
use super::holder::holder;
use super::inventory::Inventory;
use super::{Engine, Error};

/// How far from the standard port a free one is looked for.
const REACH: u16 = 500;

/// What the engine says when it cannot have a port, on Linux and on Windows.
const TAKEN: &[&str] =
    &["port is already allocated", "address already in use", "access permissions", "Ports are not available"];

/// Turns the engine's "cannot have the port" into one that names the holder; leaves every other error alone.
pub(super) async fn explain(engine: &Engine, error: Error, broker: &str, ports: &[(String, u16)]) -> Error {
    let Error::Refused { source, .. } = &error else { return error };
    let words = words_of(source);
    if !TAKEN.iter().any(|text| words.contains(text)) {
        return error;
    }
    let named = ports.iter().find(|(_, port)| mentions(&words, *port));
    let Some((name, port)) = named.or(ports.first()) else { return error };
    let Ok(inventory) = Inventory::read(engine).await else { return error };
    taken(&inventory, engine, broker, name, *port).await
}

/// A port that somebody else has.
pub(super) async fn taken(inventory: &Inventory, engine: &Engine, broker: &str, name: &str, port: u16) -> Error {
    Error::PortTaken {
        port,
        broker: broker.to_owned(),
        name: name.to_owned(),
        holder: holder(inventory, port, engine.facts().remote).await,
        way_out: format!(
            "stop the holder, or choose another port under `{broker}`: `ports: {{ {name}: {} }}`",
            port.saturating_add(1)
        ),
    }
}

/// Whether the words name exactly this port: `:5672`, but not `:56720`.
fn mentions(words: &str, port: u16) -> bool {
    let text = format!(":{port}");
    words.match_indices(&text).any(|(at, _)| !words[at + text.len()..].starts_with(|next: char| next.is_ascii_digit()))
}

/// Whether nobody on this machine listens on the port at this address.
pub(super) async fn is_free(bind: &str, port: u16) -> bool {
    match TcpListener::bind((bind, port)).await {
        Ok(_) => true,
        // An address of another machine, or a name: the engine will tell.
        Err(error) => error.kind() == std::io::ErrorKind::AddrNotAvailable,
    }
}

/// Ports that are spoken for: by running containers, by other stacks' stopped ones, by this run.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    pub(super) held: BTreeSet<u16>,
    /// Standard ports of brokers in this run: left alone while looking for a replacement of another.
    pub(super) standard: BTreeSet<u16>,
    /// Ports of the engine's machine cannot be tried from here.
    pub(super) remote: bool,
}

impl Taken {
    pub(super) async fn has(&self, bind: &str, port: u16) -> bool {
        self.held.contains(&port) || (!self.remote && !is_free(bind, port).await)
    }

    /// The standard port if it is free, else the next free one that is nobody's standard.
    pub(super) async fn choose(&self, bind: &str, standard: u16) -> Option<u16> {
        for port in standard..=standard.saturating_add(REACH) {
            let is_anothers = port != standard && self.standard.contains(&port);
            if !is_anothers && !self.has(bind, port).await {
                return Some(port);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_its_own_prefix() {
        let words = "Bind for 127.0.0.1:56720 failed: port is already allocated";
        assert!(mentions(words, 56720));
        assert!(!mentions(words, 5672));
    }

    #[tokio::test]
    async fn a_taken_standard_port_gives_the_next_that_is_nobodys() {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let standard = socket.local_addr().unwrap().port();
        let taken = Taken {
            held: BTreeSet::from([standard + 1]),
            standard: BTreeSet::from([standard, standard + 2]),
            remote: false,
        };
        let chosen = taken.choose("127.0.0.1", standard).await.unwrap();
        assert!(chosen > standard + 2, "{chosen} after {standard}");
        drop(socket);
        assert_eq!(taken.choose("127.0.0.1", standard).await, Some(standard));
    }
}
