//! A stack on a machine that reaches no hub: by an archive, by a mirror, or not at all.

use serde_json::Value as Json;

use crate::lab::{Lab, docker, until};
use crate::mirrors::Registry;
use crate::rabbit::Rabbit;
use crate::second_engine::SecondEngine;

const SPEC: &str = "\
brokers:
  jobs:
    kind: rabbitmq
    version: \"4.0\"
    storage: memory
    queues: { mail: { type: quorum } }
  events:
    kind: kafka
    storage: memory
    topics: { orders: { partitions: 3 } }
";
const OFFICIAL: &[(&str, &str)] = &[("kafka", "apache/kafka:4.3.1"), ("rabbitmq", "library/rabbitmq:4.0-management")];

/// Id and layers of every image that the archive is about.
fn content(inspect: &dyn Fn(&str) -> String, references: &[String]) -> Vec<(String, Json)> {
    let one = |reference: &String| {
        let found: Json = serde_json::from_str(&inspect(reference)).unwrap();
        (found[0]["Id"].as_str().unwrap().to_owned(), found[0]["RootFS"]["Layers"].clone())
    };
    references.iter().map(one).collect()
}

fn runs_all(lab: &Lab) {
    let rabbit = Rabbit::jobs(&lab.env());
    until("the queue is there", 30, || rabbit.get("queues/%2F/mail")["name"] == "mail");
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
}

#[test]
fn a_stack_travels_without_a_registry() {
    let here = Lab::new("travel", SPEC);
    here.mqlab(&["images", "pull"]).code(0);
    let archive = here.path("stack.mqlab");
    let archive_name = archive.display().to_string();
    let saved = here.json(&["images", "save", &archive_name]);
    let listed = saved["contents"]["images"].as_array().unwrap();
    let references: Vec<String> = listed.iter().map(|one| one["reference"].as_str().unwrap().to_owned()).collect();
    assert_eq!(references.len(), 2, "{saved}");
    here.mqlab(&["images", "save", &archive_name]).code(2).says("is there already").says("--replace");
    here.mqlab(&["images", "save", "again.mqlab"]).code(0);
    assert_eq!(checksum(&archive), checksum(&here.path("again.mqlab")), "saved twice, two archives");

    let engine = SecondEngine::start();
    let mut there = Lab::on(&engine.host(), "travelled", "");
    std::fs::remove_file(there.path("mqlab.yaml")).unwrap();
    // As it would be without any network: no hub, no packages.
    there.set("http_proxy", "http://127.0.0.1:9");
    a_flipped_byte_is_refused(&there, &archive, &engine);
    there.mqlab(&["images", "load", &archive_name]).code(0).says("mqlab up");
    let ours = |reference: &str| docker(&["image", "inspect", reference]);
    let theirs = |reference: &str| engine.docker(&["image", "inspect", reference]);
    assert_eq!(content(&ours, &references), content(&theirs, &references));
    assert_eq!(std::fs::read_to_string(there.path("mqlab.yaml")).unwrap(), SPEC);
    there.mqlab(&["up"]).code(0).says("local recipe");
    runs_all(&there);
    there.mqlab(&["down", "--volumes", "--yes"]).code(0);

    official_images_from_a_mirror(&there, &engine);
}

fn checksum(path: &std::path::Path) -> String {
    let output = std::process::Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8_lossy(&output.stdout).split_whitespace().next().unwrap().to_owned()
}

fn a_flipped_byte_is_refused(there: &Lab, archive: &std::path::Path, engine: &SecondEngine) {
    let mut bytes = std::fs::read(archive).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(there.path("damaged.mqlab"), bytes).unwrap();
    there.mqlab(&["images", "load", "damaged.mqlab"]).code(1).says("it is damaged: its checksum is");
    std::fs::remove_file(there.path("damaged.mqlab")).unwrap();
    assert_eq!(engine.docker(&["images", "--quiet"]), "");
}

/// No hub, an engine with nothing, and one mirror that has the images under their official names.
fn official_images_from_a_mirror(there: &Lab, engine: &SecondEngine) {
    engine.forget_images();
    let mirror = Registry::start();
    let table = Lab::new("travel-images", SPEC).json(&["images", "list"]);
    for (kind, official) in OFFICIAL {
        let rows = table["images"].as_array().unwrap();
        let version = if *kind == "kafka" { "4.3" } else { "4.0" };
        let row = rows.iter().find(|row| row["kind"] == *kind && row["version"] == version).unwrap();
        mirror.push(row["recipe"].as_str().unwrap(), official);
    }
    there.spec(&format!("{SPEC}images: {{ mirrors: [ \"{}\" ], build: never }}\n", mirror.url()));
    // Nothing tells what the content should be: a mirror is not believed.
    there.mqlab(&["up"]).code(1).says("a mirror is not believed").says("mqlab images lock");
    there.mqlab(&["images", "lock"]).code(5).says(&format!("mqlab images lock --trust {}", mirror.url()));
    there.mqlab(&["images", "lock", "--trust", &mirror.url()]).code(0).says("mqlab.lock written");
    there.mqlab(&["up", "--locked"]).code(0).says(&format!("mirror {}", mirror.url()));
    runs_all(there);
    let status = there.json(&["status"]);
    for broker in status["brokers"].as_array().unwrap() {
        let image = &broker["image"];
        assert_eq!(image["mirror"], mirror.url().as_str(), "{image}");
        assert_eq!(image["verified"], true, "{image}");
        assert!(image["digest"].as_str().unwrap().starts_with("sha256:") && image["when"].is_string(), "{image}");
    }
    there.mqlab(&["down", "--volumes", "--yes"]).code(0);

    // The mirror is gone: what is wanted is said, and nothing else runs.
    engine.forget_images();
    let url = mirror.url();
    drop(mirror);
    let lock = std::fs::read_to_string(there.path("mqlab.lock")).unwrap();
    let lock: Json = serde_json::from_str(&lock).unwrap();
    let wanted = lock["images"]["docker.io/library/rabbitmq:4.0-management"]["digest"].as_str().unwrap().to_owned();
    for (_, official) in OFFICIAL {
        engine.docker(&["import", &empty_archive(there), &format!("docker.io/{official}")]);
    }
    let refused = there.mqlab(&["up", "--locked"]).code(1);
    assert!(refused.stderr.contains(&wanted) && refused.stderr.contains(&url), "{refused:#?}");
    assert!(refused.stderr.contains("as it is here: it is sha256:"), "{refused:#?}");
    assert_eq!(engine.docker(&["ps", "--quiet", "--all"]), "");
}

fn empty_archive(there: &Lab) -> String {
    let path = there.path("empty.tar");
    std::fs::write(&path, [0; 1024]).unwrap();
    path.display().to_string()
}
