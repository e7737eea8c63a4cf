//! Takes objects off one broker.

use super::commands;
use super::connection::Connection;
use super::contents::topics_of;
use super::observe::{self, Tables};
use super::write::{Results, is_silence};
use crate::brokers::OutcomeResult;
use crate::brokers::rocketmq::protocol::{Answer, Request};
use crate::brokers::rocketmq::{GROUP, TOPIC};
use crate::plan::Step;

/// A group's own topics go with it, as with `mqadmin deleteSubGroup`. A broker also answers "done" for what it never
/// had.
pub(super) async fn delete_from<'a>(broker: &mut Connection, steps: &[&'a Step]) -> Results<'a> {
    let requests: Vec<(&Step, Request)> =
        steps.iter().flat_map(|step| requests(step).into_iter().map(|request| (*step, request))).collect();
    let bare: Vec<Request> = requests.iter().map(|(_, request)| request.clone()).collect();
    let answers = match broker.ask_all(&bare).await {
        Ok(answers) => answers,
        Err(error) if is_silence(&error) => {
            let reason = error.to_string();
            let left = observe::read(broker).await.ok();
            return steps.iter().map(|step| (&step.address, after_silence(step, left.as_ref(), &reason))).collect();
        }
        Err(error) => {
            let failed = OutcomeResult::Failed { reason: error.to_string() };
            return steps.iter().map(|step| (&step.address, failed.clone())).collect();
        }
    };
    let mut results = Results::new();
    for ((step, _), answer) in requests.iter().zip(&answers) {
        let result = results.entry(&step.address).or_insert(OutcomeResult::Done);
        if *result == OutcomeResult::Done {
            *result = outcome(answer);
        }
    }
    results
}

fn requests(step: &Step) -> Vec<Request> {
    let topics = topics_of(&step.address).into_iter().map(|topic| commands::delete_topic(&topic));
    let group = (step.address.kind == GROUP).then(|| commands::delete_group(&step.address.name));
    group.into_iter().chain(topics).collect()
}

pub(super) fn outcome(answer: &Answer) -> OutcomeResult {
    if answer.is_success() { OutcomeResult::Done } else { OutcomeResult::Failed { reason: answer.complaint() } }
}

fn after_silence(step: &Step, left: Option<&Tables>, reason: &str) -> OutcomeResult {
    let name = &step.address.name;
    let is_gone = left.map(|left| match step.address.kind.as_str() {
        TOPIC => !left.topics.contains_key(name),
        _ => !left.groups.contains_key(name),
    });
    if is_gone == Some(true) { OutcomeResult::Done } else { OutcomeResult::Unknown { reason: reason.to_owned() } }
}
