use std::sync::Mutex;

use super::*;
use crate::brokers;
use crate::model::Address;
use crate::plan::Stage;

/// Answers always the same, and keeps what it was asked.
struct Told(Answer, Mutex<Vec<String>>);

impl Confirm for Told {
    fn confirm(&self, question: &str) -> Answer {
        self.1.lock().unwrap().push(question.to_owned());
        self.0
    }
}

fn told(answer: Answer) -> Told {
    Told(answer, Mutex::default())
}

fn step(kind: &str, action: Action) -> Step {
    Step { action, cause: "because".to_owned(), ..Step::of(Address::new("jobs", kind, "x")) }
}

fn plan() -> Plan {
    Plan {
        stage: Stage::Topology,
        steps: vec![
            step("exchange", Action::Create),
            step("policy", Action::Update),
            step("queue", Action::Replace),
            step("binding", Action::Delete),
            step("user", Action::Delete),
        ],
        unchanged: 0,
        unmanaged: Vec::new(),
        notes: Vec::new(),
        projected: false,
    }
}

fn settled(confirm: &Told) -> Vec<String> {
    let mut plan = plan();
    let broker = brokers::find("rabbitmq").unwrap();
    settle(&mut plan, |step| holds_data(broker, step), confirm);
    plan.steps.iter().map(Step::to_line).collect()
}

#[test]
fn one_question_names_everything_that_goes_but_bindings() {
    let yes = told(Answer::Yes);
    let lines = settled(&yes);
    assert!(lines.iter().all(|line| !line.starts_with('!')), "{lines:?}");
    let asked = yes.1.into_inner().unwrap();
    assert_eq!(asked, ["  -/+ jobs/queue/x: because\n  - jobs/user/x: because\nDo this?"]);
}

#[test]
fn without_a_yes_they_are_blocked_and_the_others_go_on() {
    for (answer, reason) in
        [(Answer::No, "you said no"), (Answer::NobodyThere, "it needs a yes, and no terminal is there to ask")]
    {
        assert_eq!(
            settled(&told(answer)),
            [
                "+ jobs/exchange/x: because".to_owned(),
                "~ jobs/policy/x: because".to_owned(),
                format!("! jobs/queue/x: because | {reason} | run it again with `--yes`"),
                "- jobs/binding/x: because".to_owned(),
                format!("! jobs/user/x: because | {reason} | run it again with `--yes`"),
            ]
        );
    }
}

#[test]
fn where_nothing_goes_nobody_is_asked() {
    let no = told(Answer::No);
    let mut plan = plan();
    plan.steps.truncate(2);
    settle(&mut plan, |_| true, &no);
    assert!(no.1.into_inner().unwrap().is_empty());
}
