//! mqlab's own user: what it needs, and how it gets it back.

use mqlab::brokers::{Interest, OutcomeResult, SessionError, Target};
use mqlab::model::{Facts, Secret};
use serde_json::json;

use super::live::{Live, broker};

/// A wrong password is told from everything else, at once and for good.
pub(crate) async fn a_wrong_password_is_said(target: &Target) {
    let wrong = Target { password: Secret::new("wrong"), ..target.clone() };
    let mut live = Live::connect(&wrong);
    for error in [
        live.session.ready().await.unwrap_err(),
        live.session.observe(Interest { whole: true, ..Interest::default() }).await.unwrap_err(),
    ] {
        assert!(matches!(&error, SessionError::Unauthorized { user, .. } if *user == target.user), "{error}");
    }
}

/// `.mqlab/` was lost: the commands set the new password in the running container, whether the user is there, gone,
/// or without its rights. `run` executes a command in the container with this input and says whether it worked.
pub(crate) async fn a_lost_password_is_set_again(target: &Target, run: impl Fn(&[String], &str) -> bool) {
    let old = Live::connect(target);
    old.api.put("vhosts/live-reset", &json!({})).await;
    let commands = |password: &str| {
        let secrets = [("admin_password".to_owned(), Secret::new(password))].into();
        let facts = Facts { secrets, ..target.facts.clone() };
        broker().lesson().reset(&old.model(""), &facts)
    };
    let reset = |password: &str| {
        for command in commands(password) {
            assert!(run(&command.command, command.input.unwrap().reveal()), "{}", command.what);
        }
    };
    let forget: [(&str, &[&str]); 4] = [
        ("a new password", &[]),
        ("gone", &["rabbitmqctl", "delete_user", "mqlab"]),
        ("no tags", &["rabbitmqctl", "set_user_tags", "mqlab"]),
        ("no permissions", &["rabbitmqctl", "clear_permissions", "mqlab"]),
    ];
    for (index, (what, command)) in forget.into_iter().enumerate() {
        if !command.is_empty() {
            let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
            assert!(run(&command, ""), "{what}");
        }
        let password = format!("new{index}");
        let fresh = Target { password: Secret::new(password.as_str()), ..target.clone() };
        let mut live = Live::connect(&fresh);
        let error = live.session.ready().await.unwrap_err();
        assert!(matches!(error, SessionError::Unauthorized { .. }), "{what}: {error}");
        reset(&password);
        live.session.ready().await.unwrap();
        for vhost in ["/", "live-reset"] {
            live.api.amqp(vhost).await.close(200, "done".into()).await.unwrap();
        }
        let checks = live.session.probe().await;
        assert!(checks[0].ok, "{what}: {checks:?}");
    }
    // Rights that are lost while the password is right are noticed as well.
    let last = Target { password: Secret::new("new3"), ..target.clone() };
    assert!(run(&["rabbitmqctl", "set_user_tags", "mqlab", "monitoring"].map(str::to_owned), ""));
    let error = Live::connect(&last).session.ready().await.unwrap_err();
    assert!(matches!(error, SessionError::Unauthorized { .. }), "{error}");
    reset(target.password.reveal());
    let mut live = Live::connect(target);
    live.session.ready().await.unwrap();
    live.api.delete("vhosts/live-reset").await;
}

/// A virtual host that others made has no place for our user; declared in the file, it is worked in all the same.
pub(crate) async fn a_virtual_host_of_others_is_entered(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete("vhosts/live-theirs").await;
    live.api.put("vhosts/live-theirs", &json!({})).await;
    live.api.put("queues/live-theirs/q", &json!({ "durable": true, "arguments": { "x-queue-type": "classic" } })).await;
    live.api.publish("live-theirs", "q", 2).await;
    live.api.delete(&format!("permissions/live-theirs/{}", target.user)).await;
    let spec = |kind: &str| format!("vhosts: {{ live-theirs: {{ queues: {{ q: {{ type: {kind} }} }} }} }}");
    assert!(live.converge(&spec("classic")).await.is_empty(), "looking needs no permission, and gives none");
    assert!(live.api.get(&format!("permissions/live-theirs/{}", target.user)).await.is_null());

    // At planning nothing is changed, not even our own permission; before deleting we are let in and look again.
    let wanted = live.wanted(&spec("quorum"));
    let options = mqlab::plan::DiffOptions {
        replace: [wanted.last().unwrap().address.clone()].into(),
        ..mqlab::plan::DiffOptions::default()
    };
    let mut plan = live.plan(&wanted, &options).await;
    assert!(plan.steps[0].to_line().contains("2 messages"), "{}", plan.to_text());
    assert!(live.api.get(&format!("permissions/live-theirs/{}", target.user)).await.is_null());
    plan.steps[0].action = mqlab::plan::Action::Replace;
    let outcomes = live.apply(&plan).await;
    assert!(
        matches!(&outcomes[0].result, OutcomeResult::Failed { reason } if reason.contains("2 messages")),
        "{outcomes:?}"
    );
    let said = live.seen.0.lock().unwrap().join("\n");
    assert!(said.contains("gave the user `mqlab` access to the virtual host `live-theirs`"), "{said}");
    live.converge_with(&spec("quorum"), &mqlab::plan::DiffOptions { allow_data_loss: true, ..options }).await;
    live.api.delete("vhosts/live-theirs").await;
}
