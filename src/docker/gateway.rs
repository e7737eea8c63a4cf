//! Where published ports are when the engine's socket is on this machine.

use std::net::Ipv4Addr;
use std::path::Path;

/// `127.0.0.1`, unless mqlab itself runs in a container with a network of its own: then the default gateway,
/// which is the engine's machine. `engine` is what the engine calls its machine.
pub(crate) async fn local_probe_host(engine: &str) -> String {
    const LOCAL: &str = "127.0.0.1";
    let exists = async |path: &str| tokio::fs::try_exists(path).await.unwrap_or(false);
    let in_container = exists("/.dockerenv").await || exists("/run/.containerenv").await;
    // With the host's network the host's bridges are visible, whatever an engine calls its own; an engine that runs in the
    // same container as we do may have none, and has its name.
    if !in_container || has_bridge(Path::new("/sys/class/net")).await || is_own_name(engine).await {
        return LOCAL.to_owned();
    }
    let routes = tokio::fs::read_to_string("/proc/net/route").await.unwrap_or_default();
    default_gateway(&routes).map_or_else(|| LOCAL.to_owned(), |address| address.to_string())
}

async fn has_bridge(interfaces: &Path) -> bool {
    let Ok(mut entries) = tokio::fs::read_dir(interfaces).await else { return false };
    while let Ok(Some(entry)) = entries.next_entry().await {
        if tokio::fs::try_exists(entry.path().join("bridge")).await.unwrap_or(false) {
            return true;
        }
    }
    false
}

async fn is_own_name(engine: &str) -> bool {
    let own = tokio::fs::read_to_string("/proc/sys/kernel/hostname").await.unwrap_or_default();
    !engine.is_empty() && own.trim() == engine
}

/// The gateway of the default route in the form of `/proc/net/route`: hexadecimal in host byte order.
fn default_gateway(routes: &str) -> Option<Ipv4Addr> {
    routes.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (destination, gateway) = (fields.next()?, fields.next()?);
        let number = u32::from_str_radix(gateway, 16).ok()?;
        (destination == "00000000" && number != 0).then(|| Ipv4Addr::from(number.to_ne_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bridge_counts_under_any_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("eth0")).unwrap();
        assert!(!has_bridge(folder.path()).await);
        std::fs::create_dir_all(folder.path().join("podman1/bridge")).unwrap();
        assert!(has_bridge(folder.path()).await);
    }

    #[tokio::test]
    async fn an_engine_beside_us_has_our_name() {
        let own = tokio::fs::read_to_string("/proc/sys/kernel/hostname").await.unwrap();
        assert!(is_own_name(own.trim()).await);
        assert!(!is_own_name("another").await && !is_own_name("").await);
    }

    #[test]
    fn the_default_route_names_the_gateway() {
        let routes = "Iface\tDestination\tGateway\tFlags\n\
                      eth0\t000011AC\t00000000\t0001\n\
                      eth0\t00000000\t010011AC\t0003\n";
        assert_eq!(default_gateway(routes), Some(Ipv4Addr::new(172, 17, 0, 1)));
        assert_eq!(default_gateway("Iface\tDestination\tGateway\n"), None);
    }
}
