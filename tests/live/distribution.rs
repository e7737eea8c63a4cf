//! `distribution: confluent` runs Confluent's image. No hub can be reached from everywhere, so our own image stands in
//! under its name: what is tried here is which image is taken and that no recipe takes its place.

use super::kafka_tools;
use super::lab::{Lab, docker};

const IMAGE: &str = "confluentinc/cp-kafka:8.3.2";
const SPEC: &str = "brokers:
  events:
    kind: kafka
    version: \"4.3\"
    distribution: confluent
    heap: 256MiB
    topics: { orders: { partitions: 2 } }
";

/// The name is taken away again, whatever comes.
struct Tag;

impl Tag {
    fn of_ours() -> Self {
        let own = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}", "mqlab/kafka"]);
        let own = own.lines().find(|name| name.contains(":4.3-")).expect("scripts/test images builds it");
        docker(&["tag", own, IMAGE]);
        Self
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        docker(&["rmi", IMAGE]);
    }
}

#[test]
fn confluents_image_is_the_one_that_runs() {
    let lab = Lab::new("confluent", SPEC);
    lab.mqlab(&["up"]).code(1).says(IMAGE).says("there is none for");
    {
        let _tag = Tag::of_ours();
        lab.mqlab(&["up"]).code(0);
        let container = lab.container("events");
        assert_eq!(
            docker(&["inspect", "--format", "{{.Config.Image}}", &container]).trim(),
            format!("docker.io/{IMAGE}")
        );
        assert_eq!(kafka_tools::topics(&container)["orders"].partitions, 2);
        assert_eq!(lab.json(&["status"])["brokers"][0]["image"]["reference"], format!("docker.io/{IMAGE}"));
        lab.mqlab(&["up"]).code(0).says("Nothing to do");
        lab.mqlab(&["down", "--volumes", "--yes"]).code(0);
    }
}
