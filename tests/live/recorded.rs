//! What is recorded of each version's configuration is what its image says.

use std::process::Command;

use mqlab::brokers;

use crate::lab::{Lab, same};

/// By the scripts that `make record-config` runs.
#[test]
fn the_configuration_keys_are_those_of_every_image() {
    for broker in brokers::registry() {
        let about = broker.description();
        for version in about.catalogue.versions {
            let (kind, number) = (about.kind, version.number);
            let lab = Lab::new(&format!("recorded-{kind}"), &stack(kind, number));
            let pulled = lab.json(&["images", "pull"]);
            let found = keys_of(kind, pulled["images"][0]["reference"].as_str().unwrap(), number);
            same(&of(kind, &found), &of(kind, version.config_keys));
        }
    }
}

/// One that takes settings of its own has them beside the other stacks.
fn stack(kind: &str, version: &str) -> String {
    let own = format!("{}/tests/fixtures/stacks/{kind}-{version}.yaml", env!("CARGO_MANIFEST_DIR"));
    let plain = || format!("brokers: {{ one: {{ kind: {kind}, version: \"{version}\" }} }}\n");
    std::fs::read_to_string(own).unwrap_or_else(|_| plain())
}

fn keys_of(kind: &str, image: &str, version: &str) -> String {
    let script = format!("{}/scripts/record-config/{kind}.py", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3").args([&script, image, version]).output().unwrap();
    assert!(output.status.success(), "{script} {image}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The kind, and all lines but the one with the exact version: a later build of the same one knows the same keys.
fn of(kind: &str, keys: &str) -> String {
    let lines = keys.lines().filter(|line| !line.starts_with("\"version\""));
    [kind].into_iter().chain(lines).map(|line| format!("{line}\n")).collect()
}
