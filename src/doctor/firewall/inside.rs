//! Networks that end on this machine: bridges of containers and virtual machines. Who is in one is not from elsewhere.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// Loopback, and the range for tests of networks, which no real network has: addresses of no client's.
const NOWHERE: &[(u32, u32)] = &[(0x7f00_0000, 0xff00_0000), (0xc612_0000, 0xfffe_0000)];

/// Interfaces, and the addresses behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::doctor) struct Inside {
    interfaces: BTreeSet<String>,
    /// Address and mask.
    networks: Vec<(u32, u32)>,
}

impl Inside {
    /// `bridges` have no cable in them; `routes` is `/proc/net/route`.
    pub(in crate::doctor) fn new(bridges: BTreeSet<String>, routes: &str) -> Self {
        let network = |line: &str| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            // The digits are of the number that the machine has in memory, whose first byte is the address's.
            let number = |at: usize| Some(u32::from_be(u32::from_str_radix(fields.get(at)?, 16).ok()?));
            let is_ours = bridges.contains(*fields.first()?);
            is_ours.then_some((number(1)?, number(7)?)).filter(|(_, mask)| *mask != 0)
        };
        let networks = routes.lines().skip(1).filter_map(network).collect();
        Self { interfaces: bridges, networks }
    }

    /// Loopback and the engine's own are known by their names; `virbr+` and `virbr*` stand for several.
    pub(super) fn has_interface(&self, name: &str) -> bool {
        let is_engines = name == "lo" || name.starts_with("docker") || name.starts_with("br-");
        is_engines || self.interfaces.contains(name) || self.has_all_of(name)
    }

    fn has_all_of(&self, pattern: &str) -> bool {
        let Some(prefix) = pattern.strip_suffix(['+', '*']) else { return false };
        !prefix.is_empty() && self.interfaces.iter().any(|name| name.starts_with(prefix))
    }

    /// `198.18.0.0/20`, `10.0.0.1`, or several in braces: whether all are inside.
    pub(super) fn has_network(&self, text: &str) -> bool {
        let mut parts = text.trim_matches(['{', '}', ' ']).split(',').map(str::trim).peekable();
        parts.peek().is_some_and(|first| !first.is_empty()) && parts.all(|part| self.has_one(part))
    }

    fn has_one(&self, text: &str) -> bool {
        let (address, length) = text.split_once('/').unwrap_or((text, "32"));
        let (Ok(address), Ok(length)) = (address.parse::<Ipv4Addr>(), length.parse::<u32>()) else { return false };
        let address = u32::from(address);
        let mut networks = self.networks.iter().chain(NOWHERE);
        networks.any(|(network, mask)| address & mask == *network && length >= mask.leading_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n\
                          eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
                          eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n\
                          virbr0\t007AA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";

    #[test]
    fn only_what_is_behind_a_bridge_without_a_cable_is_inside() {
        let inside = Inside::new(BTreeSet::from(["virbr0".to_owned()]), ROUTES);
        for (text, is_inside) in [
            ("192.168.122.0/24", true),
            ("192.168.122.7", true),
            ("{ 192.168.122.0/25, 127.0.0.1 }", true),
            ("198.18.16.0/20", true),
            ("192.168.0.0/16", false),
            ("{ 192.168.122.0/24, 10.0.0.0/8 }", false),
            ("192.0.2.0/24", false),
            ("@friends", false),
            ("", false),
        ] {
            assert_eq!(inside.has_network(text), is_inside, "{text}");
        }
        let known: Vec<bool> =
            ["virbr0", "virbr+", "br-0123", "lo", "eth0", "+"].map(|name| inside.has_interface(name)).to_vec();
        assert_eq!(known, [true, true, true, true, false, false]);
    }
}
