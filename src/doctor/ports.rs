//! Ports that somebody else has.

use super::finding::{Code, Finding};
use crate::docker::AskedPort;

/// All of them: whoever moves one wants to know of the others.
pub(super) fn check(ports: &[AskedPort]) -> Vec<Finding> {
    let taken = ports.iter().filter_map(|port| Some((port, port.holder.as_ref()?, port.host?)));
    taken.map(|(port, holder, number)| finding(port, holder, number, ports)).collect()
}

fn finding(port: &AskedPort, holder: &str, number: u16, all: &[AskedPort]) -> Finding {
    let (broker, name) = (&port.broker, port.name);
    if !port.pinned {
        let text = format!("no port from {number} on is free for `{broker}` ({name}); {number} is taken by {holder}");
        let command = format!("write a free one under `{broker}`: `ports: {{ {name}: NUMBER }}`");
        return Finding::fault(Code::PortTaken, broker, text, command);
    }
    let is_asked = |number: u16| all.iter().any(|one| one.host == Some(number));
    let other = (number.saturating_add(1)..u16::MAX).find(|number| !is_asked(*number)).unwrap_or(u16::MAX);
    let text = format!("port {number} ({broker}, {name}) is pinned in the file, and is taken by {holder}");
    let command = format!("stop the holder, or write another port under `{broker}`: `ports: {{ {name}: {other} }}`");
    Finding::fault(Code::PortTaken, broker, text, command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_taken_port_is_told_with_its_holder_and_one_that_nobody_asks_for() {
        let port = |name, host, holder: Option<&str>| AskedPort {
            broker: "jobs".to_owned(),
            name,
            node: "1".to_owned(),
            bind: "127.0.0.1".to_owned(),
            host: Some(host),
            pinned: true,
            holder: holder.map(str::to_owned),
        };
        let all = [
            port("amqp", 5672, Some("process 7 (nc)")),
            port("stomp", 5673, None),
            port("management", 15672, Some("the container `x`")),
        ];
        let found = check(&all);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text, "port 5672 (jobs, amqp) is pinned in the file, and is taken by process 7 (nc)");
        assert!(found[0].command.ends_with("`ports: { amqp: 5674 }`"), "{}", found[0].command);
        assert!(check(&all[1..2]).is_empty());
    }
}
