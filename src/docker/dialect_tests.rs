use bollard::models::{ContainerInspectResponse, ContainerStateStatusEnum, ContainerSummary};

use super::*;

/// Podman 5.4, while `docker stop` was at work: what is left of its answer.
const LISTED: &str = r#"[
  {"Id":"dc9c31a52c63","Names":["/shop-jobs-1"],"Image":"localhost/mqlab/rabbitmq:4.0","State":"stopped",
   "Status":"Exited (0) Less than a second ago","Labels":{"dev.mqlab.stack":"shop"},"Ports":[],"Mounts":[]},
  {"Id":"a37f6a6d879c","Names":["/shop-events-1"],"Image":"localhost/mqlab/kafka:4.3","State":"stopping",
   "Status":"Stopping","Labels":{"dev.mqlab.stack":"shop"},"Ports":[],"Mounts":[]},
  {"Id":"5a0e5d1b2c3d","Names":["/other"],"Image":"localhost/other:1","State":"unknown","Status":"Unknown",
   "Labels":{},"Ports":[],"Mounts":[]}
]"#;

const INSPECTED: &str = r#"{"Id":"dc9c31a52c63","State":{"Status":"stopped","Running":false,"Paused":false,"ExitCode":0,
  "Error":"","StartedAt":"2026-11-26T18:45:14.704924227Z","Health":{"Status":"stopped","FailingStreak":0,"Log":null}}}"#;

/// As the client fails on it.
async fn heard<T: DeserializeOwned>(contents: &str) -> Result<T, Error> {
    let read = serde_json::from_str(contents).map_err(|error| Error::JsonDataError {
        message: error.to_string(),
        contents: contents.to_owned(),
        column: error.column(),
    });
    assert!(read.is_err() || !contents.contains("stopped"), "the client knows the word by now");
    understood(async { read }).await
}

#[tokio::test]
async fn podmans_words_for_a_state_are_docker_s() {
    let all: Vec<ContainerSummary> = heard(LISTED).await.unwrap();
    let states: Vec<_> = all.iter().map(|one| one.state.unwrap().to_string()).collect();
    assert_eq!(states, ["exited", "stopping", ""]);
    assert_eq!(all[0].labels.as_ref().unwrap()["dev.mqlab.stack"], "shop");

    let one: ContainerInspectResponse = heard(INSPECTED).await.unwrap();
    assert_eq!(one.state.unwrap().status, Some(ContainerStateStatusEnum::EXITED));
}

#[tokio::test]
async fn what_is_no_answer_at_all_stays_an_error() {
    for contents in ["<html>", r#"[{"Id": 7}]"#, r#"{"message": "no"}"#] {
        let answer: Result<Vec<ContainerSummary>, Error> = heard(contents).await;
        assert!(matches!(answer, Err(Error::JsonDataError { .. })), "{contents}: {answer:?}");
    }
}

#[test]
fn a_request_names_the_version() {
    for (socket, path) in [
        ("unix://2f72756e2f646f636b65722e736f636b", "/containers/json?all=true"),
        ("http://127.0.0.1:2375", "/_ping"),
        ("https://[::1]:2376", "/images/docker.io/apache/kafka:4.3.1/json"),
    ] {
        let mut request = BollardRequest::new(bollard::body_full(bytes::Bytes::new()));
        *request.uri_mut() = format!("{socket}{path}").parse().unwrap();
        let request = with_version(request, (1, 41));
        assert_eq!(request.uri().to_string(), format!("{socket}/v1.41{path}"));
    }
}
