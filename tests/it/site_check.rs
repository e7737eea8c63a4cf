//! `mqlab site check`, as a pipeline runs it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SPEC: &str = "stack: shelf\nbrokers: { events: { kind: kafka, version: \"4.3\", topics: { orders: { partitions: 3 } } } }\n\
                    site: { languages: [en, zh] }\n";

fn mqlab(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mqlab")).args(arguments).current_dir(folder).env_clear().output().unwrap()
}

#[track_caller]
fn ends(output: &Output, code: i32) -> (String, String) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    (String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

#[test]
fn a_folder_that_is_out_of_date_is_pending_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("mqlab.yaml"), SPEC).unwrap();
    let (out, err) = ends(&mqlab(folder, &["site", "check", "--strict"]), 0);
    assert!(out.contains("all lead somewhere") && out.contains("is not written yet") && err.is_empty(), "{out}{err}");

    ends(&mqlab(folder, &["site", "build"]), 0);
    let (out, _) = ends(&mqlab(folder, &["site", "check"]), 0);
    assert!(out.contains("mqlab-site is as the file says"), "{out}");
    let words: Vec<&str> = out.split_whitespace().take(7).collect();
    assert_eq!(words, ["pages", words[1], "in", "en,", words[1], "in", "zh"], "{out}");

    fs::write(folder.join("mqlab-site/index.html"), "by hand").unwrap();
    fs::remove_file(folder.join("mqlab-site/zh/glossary.html")).unwrap();
    fs::write(folder.join("mqlab.yaml"), SPEC.replace("orders", "news")).unwrap();
    let (_, err) = ends(&mqlab(folder, &["site", "check"]), 3);
    assert!(err.contains("index.html") && err.contains("mqlab site build"), "{err}");
    let (out, _) = ends(&mqlab(folder, &["site", "check", "--format", "json"]), 3);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let has = |list: &str, file: &str| json["difference"][list].as_array().unwrap().contains(&file.into());
    assert!(has("changed", "index.html") && has("missing", "zh/glossary.html"), "{json}");
    assert!(
        has("missing", "brokers/events/topic/news.html") && has("left", "brokers/events/topic/orders.html"),
        "{json}"
    );
    assert_eq!((&json["dead"], &json["fine"]), (&serde_json::json!([]), &serde_json::json!(false)));
    // It only looks.
    assert_eq!(fs::read_to_string(folder.join("mqlab-site/index.html")).unwrap(), "by hand");
}

/// A version that no test of ours ran on has claims that only another version's test stands behind.
#[test]
fn what_was_tested_elsewhere_alone_counts_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("mqlab.yaml"), "brokers: { jobs: { kind: rabbitmq, version: \"4.0\" } }\n").unwrap();
    let old = "brokers: { events: { kind: activemq, version: \"5.18\" } }\n";
    fs::write(folder.join("old.yaml"), old).unwrap();
    ends(&mqlab(folder, &["site", "check", "--strict"]), 0);
    let (out, err) = ends(&mqlab(folder, &["site", "check", "-f", "old.yaml"]), 0);
    assert!(out.contains("tested on other versions alone") && err.starts_with("warning: "), "{out}{err}");
    let (_, err) = ends(&mqlab(folder, &["site", "check", "--strict", "-f", "old.yaml"]), 1);
    assert!(err.starts_with("error: ") && err.contains("activemq."), "{err}");
}
