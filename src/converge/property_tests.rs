//! What must hold for any stack, on brokers as nasty as the real ones that were recorded.
//!
//! Each case has a file that was applied before, and hand-made objects beside it; then another file comes.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use super::ADMINISTRATOR;
use super::drafts::{Draft, drafts, policies};
use super::lab::{Lab, anything_goes, simulate, stack};
use super::report::Report;
use crate::brokers::fake::{Happened, Mischief};
use crate::brokers::{FakeTopic, OutcomeResult};
use crate::model::{Address, Resource, Stack};
use crate::plan::{Action, DiffOptions, Plan, Step};

/// A few cases of each, so that all of it takes seconds. `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    const USUAL: u32 = 256;
    const FEW: u32 = 24;
    let asked = ProptestConfig::default();
    let cases = if asked.cases == USUAL { FEW } else { asked.cases };
    ProptestConfig { cases, max_shrink_iters: 1024, ..asked }
}

/// Longer than anybody's reads are stale.
const LATER: Duration = Duration::from_mins(10);

/// A lab where a file was applied, and where somebody made things by hand since.
async fn lab_with(draft: &Draft) -> Result<Lab, TestCaseError> {
    let lab = Lab::new();
    let stack = stack(&draft.yaml(0));
    is_green(&lab.apply(&stack, &anything_goes(&stack)).await)?;
    by_hand(&lab);
    tokio::time::advance(LATER).await;
    Ok(lab)
}

/// An exchange, a queue, a topic, a user, and a binding to everything that can have one.
fn by_hand(lab: &Lab) {
    let ends = |kind: &str| {
        let found = lab.rabbit.resources().into_iter().map(|one| one.address);
        found.filter(|address| address.kind == kind).collect::<Vec<_>>()
    };
    let (exchanges, queues) = (ends("exchange"), ends("queue"));
    let fanout = json!({ "vhost": "/", "name": "by hand", "type": "fanout", "durable": true, "auto_delete": false,
                         "internal": false, "arguments": {} });
    lab.rabbit.by_hand("exchanges", fanout);
    let queue = json!({ "vhost": "/", "name": "by hand", "durable": true, "auto_delete": false,
                        "arguments": { "x-queue-type": "classic", "x-max-length": 5 } });
    lab.rabbit.by_hand("queues", queue);
    let hash = json!("ZJzI0CyI78aR1kKqUWInxSQkI0yR0O2OMr3D+Q6fENdFLY+e");
    let user = json!({ "name": "by hand", "password_hash": hash, "tags": [], "limits": {},
                       "hashing_algorithm": "rabbit_password_hashing_sha256" });
    lab.rabbit.by_hand("users", user);
    let all = exchanges.iter().map(|one| (one, "exchange")).chain(queues.iter().map(|one| (one, "queue")));
    for (end, kind) in all {
        // In another virtual host there is only what the broker itself has.
        let source = if end.vhost.is_none() { "by hand" } else { "amq.fanout" };
        let binding = json!({ "vhost": end.vhost_name(), "source": source, "destination": end.name,
                              "destination_type": kind, "routing_key": "by hand", "arguments": {} });
        lab.rabbit.by_hand("bindings", binding);
    }
    lab.kafka.by_hand("by-hand", FakeTopic { partitions: 2, ..FakeTopic::default() });
}

fn texts(plans: &[Plan]) -> String {
    plans.iter().map(Plan::to_text).collect()
}

fn steps(plans: &[Plan]) -> impl Iterator<Item = &Step> {
    plans.iter().flat_map(|plan| &plan.steps)
}

fn blocked(plans: &[Plan]) -> Vec<String> {
    steps(plans).filter(|step| step.action.is_blocked()).map(Step::to_line).collect()
}

fn to_do(plans: &[Plan]) -> Vec<String> {
    steps(plans).filter(|step| !step.action.is_blocked()).map(Step::to_line).collect()
}

/// Everything that was not blocked was done, and was looked at.
fn is_green(report: &Report) -> Result<(), TestCaseError> {
    let undone: Vec<_> = report.outcomes.iter().filter(|outcome| outcome.result != OutcomeResult::Done).collect();
    prop_assert!(undone.is_empty(), "{undone:#?}\n{}", texts(&report.plans));
    let bad: Vec<_> = report.checks.iter().filter(|check| !check.ok).collect();
    prop_assert!(bad.is_empty(), "{bad:#?}\n{}", texts(&report.plans));
    prop_assert!(report.failures.is_empty(), "{:?}", report.failures);
    Ok(())
}

fn is_all_right(report: &Report) -> bool {
    report.failed() + report.not_tried() + report.checks_failed() + report.failures.len() == 0
}

/// One more run without trouble ends it.
async fn converges(lab: &Lab, stack: &Stack, options: &DiffOptions) -> Result<(), TestCaseError> {
    lab.behave(&Mischief::default());
    tokio::time::advance(LATER).await;
    is_green(&lab.apply(stack, options).await)?;
    prop_assert_eq!(to_do(&lab.plan(stack, options).await), Vec::<String>::new());
    prop_assert!(lab.journal().replaces.is_empty());
    Ok(())
}

/// What was done is there, and what was not is not: by a plan that is made afterwards.
async fn tells_the_truth(
    report: &Report,
    lab: &Lab,
    stack: &Stack,
    options: &DiffOptions,
) -> Result<(), TestCaseError> {
    let left = lab.plan(stack, options).await;
    let left: BTreeSet<&Address> = steps(&left).map(|step| &step.address).collect();
    for outcome in &report.outcomes {
        let is_left = left.contains(&outcome.address);
        match &outcome.result {
            OutcomeResult::Done => prop_assert!(!is_left, "{} was not done", outcome.address),
            // Nobody tried to replace it, or it was replaced without all that belongs to it.
            OutcomeResult::Failed { reason } if reason.contains("was not made again") => {}
            result => prop_assert!(is_left, "{} was done: {result:?}", outcome.address),
        }
    }
    Ok(())
}

/// Everything nobody declared, but for our own place in a virtual host.
fn strangers(lab: &Lab, stack: &Stack) -> Vec<String> {
    let declared: BTreeSet<Address> =
        super::lab::lowered(stack).into_iter().flat_map(|one| one.topology).map(|one| one.address).collect();
    let found = lab.resources().into_iter().filter(|one| !declared.contains(&one.address) && !is_ours(&one.address));
    found.map(|one| format!("{} {:?}", one.address, one.attributes)).collect()
}

/// Who makes a virtual host may work in it.
fn is_ours(address: &Address) -> bool {
    address.kind == "permission" && address.name == ADMINISTRATOR
}

/// A step's object, and everything that may suffer with it.
fn affected(plans: &[Plan], culprit: &Address) -> BTreeSet<Address> {
    let mut affected = BTreeSet::from([culprit.clone()]);
    loop {
        let suffers = |step: &&Step| {
            let shares = |one: &Resource| affected.contains(&one.address) || !one.needs.is_disjoint(&affected);
            !step.needs.is_disjoint(&affected) || step.dependants.iter().any(shares)
        };
        let more: Vec<&Step> = steps(plans).filter(suffers).collect();
        let hit = steps(plans).filter(|step| affected.contains(&step.address));
        let gone: Vec<Address> = hit.flat_map(|step| &step.dependants).map(|one| one.address.clone()).collect();
        let before = affected.len();
        affected.extend(more.into_iter().map(|step| step.address.clone()).chain(gone));
        if affected.len() == before {
            return affected;
        }
    }
}

/// An object that the next apply makes or changes.
async fn pick(lab: &Lab, stack: &Stack, options: &DiffOptions, index: Index) -> Option<(Vec<Plan>, Address)> {
    let plans = lab.plan(stack, options).await;
    let possible: Vec<Address> =
        steps(&plans).filter(|step| !step.action.is_blocked()).map(|step| step.address.clone()).collect();
    let picked = (!possible.is_empty()).then(|| index.get(&possible).clone())?;
    Some((plans, picked))
}

/// Plans without the places in the file, in an order that is not the file's.
fn by_broker(plans: &[Plan]) -> BTreeSet<String> {
    let mut plans = plans.to_vec();
    for step in plans.iter_mut().flat_map(|plan| &mut plan.steps) {
        step.origin = None;
        step.changes.iter_mut().for_each(|change| change.origin = None);
    }
    plans.iter().map(Plan::to_text).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_apply_leaves_nothing_to_do(first in drafts(), second in drafts()) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let stack = stack(&second.yaml(0));
            let options = anything_goes(&stack);
            let report = lab.apply(&stack, &options).await;
            is_green(&report)?;
            let again = lab.plan(&stack, &options).await;
            prop_assert_eq!(to_do(&again), Vec::<String>::new());
            prop_assert_eq!(blocked(&again), blocked(&report.plans));
            prop_assert!(lab.journal().replaces.is_empty());
            let idle = lab.apply(&stack, &options).await;
            prop_assert!(idle.outcomes.is_empty() && idle.checks.is_empty(), "nothing changed, so nothing is probed");
            Ok(())
        })?;
    }

    #[test]
    fn the_order_of_the_file_is_no_matter_and_needs_come_first(
        first in drafts(), second in drafts(), seed in 1_u64..,
    ) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let (plain, shuffled) = (stack(&second.yaml(0)), stack(&second.yaml(seed)));
            let options = anything_goes(&plain);
            let plans = lab.plan(&plain, &options).await;
            prop_assert_eq!(by_broker(&plans), by_broker(&lab.plan(&shuffled, &options).await));
            for plan in &plans {
                for (position, step) in plan.steps.iter().enumerate() {
                    let later: BTreeSet<_> = plan.steps[position..].iter().map(|step| &step.address).collect();
                    prop_assert!(step.needs.iter().all(|needed| !later.contains(needed)), "{}", plan.to_text());
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_step_that_fails_stops_its_dependants_and_nobody_else(
        first in drafts(), second in drafts(), index in any::<Index>(),
    ) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let stack = stack(&second.yaml(0));
            let options = anything_goes(&stack);
            let Some((plans, culprit)) = pick(&lab, &stack, &options, index).await else { return Ok(()) };
            lab.behave(&Mischief { refuses: Some(culprit.clone()), ..Mischief::default() });
            let report = lab.apply(&stack, &options).await;
            let affected = affected(&plans, &culprit);
            for outcome in &report.outcomes {
                let (is_done, is_culprit) = (outcome.result == OutcomeResult::Done, outcome.address == culprit);
                prop_assert_eq!(matches!(outcome.result, OutcomeResult::Failed { .. }) && is_culprit, is_culprit,
                    "{:?}", outcome);
                prop_assert!(is_done || affected.contains(&outcome.address), "{outcome:?}\n{}", texts(&plans));
                let step = steps(&plans).find(|step| step.address == outcome.address);
                if step.is_some_and(|step| step.needs.contains(&culprit)) {
                    // An import may have taken it in before it stopped at the culprit.
                    prop_assert!(is_done || matches!(outcome.result, OutcomeResult::NotTried { .. }), "{outcome:?}");
                }
            }
            prop_assert_eq!(report.done() + report.failed() + report.not_tried(), report.outcomes.len());
            prop_assert!(report.failed() > 0 && !is_all_right(&report));
            tells_the_truth(&report, &lab, &stack, &options).await?;
            converges(&lab, &stack, &options).await
        })?;
    }

    #[test]
    fn a_killed_run_is_finished_by_the_next_with_what_was_made_by_hand(
        first in drafts(), second in drafts(), moments in prop::collection::vec(1_usize..40, 1..3),
    ) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let stack = stack(&second.yaml(0));
            let options = anything_goes(&stack);
            let before = strangers(&lab, &stack);
            for moment in moments {
                lab.apply_killed_at(moment, &stack, &options).await;
            }
            converges(&lab, &stack, &options).await?;
            prop_assert_eq!(strangers(&lab, &stack), before);
            Ok(())
        })?;
    }

    #[test]
    fn a_policy_that_comes_or_goes_replaces_no_queue(
        first in drafts(), root in policies(), other in policies(),
    ) {
        simulate(async {
            let lab = Lab::new();
            let before = stack(&first.yaml(0));
            is_green(&lab.apply(&before, &anything_goes(&before)).await)?;
            let mut second = first.clone();
            second.root.policies = root;
            if let Some(inside) = &mut second.other {
                inside.policies = other;
            }
            let after = stack(&second.yaml(0));
            for options in [DiffOptions::default(), anything_goes(&after)] {
                let plans = lab.plan(&after, &options).await;
                let others: Vec<_> = steps(&plans).filter(|step| step.address.kind != "policy").collect();
                prop_assert!(others.is_empty(), "{}", texts(&plans));
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_nobody_declared_is_not_touched(first in drafts(), second in drafts(), permitted in any::<bool>()) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let stack = stack(&second.yaml(0));
            let options = if permitted { anything_goes(&stack) } else { DiffOptions::default() };
            let before = strangers(&lab, &stack);
            lab.behave(&Mischief::default());
            let report = lab.apply(&stack, &options).await;
            prop_assert_eq!(strangers(&lab, &stack), before);
            // What goes away with something is made again; nothing else is even named in a request.
            let mut named: BTreeSet<Address> = steps(&report.plans).map(|step| step.address.clone()).collect();
            let along = steps(&report.plans).flat_map(|step| &step.dependants).map(|one| one.address.clone());
            named.extend(along);
            for touched in [lab.rabbit.touched(), lab.kafka.touched()].concat() {
                prop_assert!(named.contains(&touched) || is_ours(&touched), "{touched}\n{}", texts(&report.plans));
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_is_ignored_is_never_green(first in drafts(), second in drafts(), index in any::<Index>()) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let stack = stack(&second.yaml(0));
            let options = anything_goes(&stack);
            let plans = lab.plan(&stack, &options).await;
            let doable = || steps(&plans).filter(|step| !step.action.is_blocked());
            let along = doable().flat_map(|step| &step.dependants).map(|one| one.address.clone());
            let possible: Vec<Address> = doable().map(|step| step.address.clone()).chain(along).collect();
            if possible.is_empty() {
                return Ok(());
            }
            let ignored = index.get(&possible).clone();
            let was_there = lab.has(&ignored);
            lab.behave(&Mischief { ignores: Some(ignored.clone()), ..Mischief::default() });
            let report = lab.apply(&stack, &options).await;
            // An exchange that only may go away with something can have stayed.
            let is_step = doable().any(|step| step.address == ignored);
            let differs = is_step || (was_there && !lab.has(&ignored));
            prop_assert_eq!(is_all_right(&report), !differs, "{}\n{}", ignored, texts(&plans));
            converges(&lab, &stack, &options).await
        })?;
    }

    #[test]
    fn stale_reads_are_waited_for_and_not_for_ever(
        first in drafts(), second in drafts(), seconds in prop::sample::select(vec![0_u64, 3, 12, 70, 500]),
    ) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let stack = stack(&second.yaml(0));
            let options = anything_goes(&stack);
            lab.behave(&Mischief { stale: Duration::from_secs(seconds), ..Mischief::default() });
            let report = lab.apply(&stack, &options).await;
            if seconds < 20 || report.outcomes.is_empty() {
                is_green(&report)?;
            } else {
                prop_assert!(report.checks_failed() > 0, "{:#?}", report.checks);
            }
            converges(&lab, &stack, &options).await
        })?;
    }

    #[test]
    fn a_missing_answer_is_settled_by_reading_again(
        first in drafts(), second in drafts(), write in 0_usize..8,
        happened in prop::sample::select(vec![Happened::Nothing, Happened::Half, Happened::All]),
    ) {
        simulate(async {
            let lab = lab_with(&first).await?;
            let stack = stack(&second.yaml(0));
            let options = anything_goes(&stack);
            lab.behave(&Mischief { silent: Some((write, happened)), ..Mischief::default() });
            let report = lab.apply(&stack, &options).await;
            let open = |result: &OutcomeResult| matches!(result, OutcomeResult::Unknown { .. });
            prop_assert!(!report.outcomes.iter().any(|outcome| open(&outcome.result)));
            if happened == Happened::All {
                let failed: Vec<_> = report.outcomes.iter().filter(|outcome| {
                    matches!(&outcome.result, OutcomeResult::Failed { .. })
                        && !steps(&report.plans).any(|step| step.address == outcome.address && step.action == Action::Replace)
                }).collect();
                prop_assert!(failed.is_empty(), "{failed:?}");
            }
            tells_the_truth(&report, &lab, &stack, &options).await?;
            converges(&lab, &stack, &options).await
        })?;
    }
}
