//! What must hold for any stack, on brokers as nasty as the real ones that were recorded.

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::drafts::{Draft, drafts};
use super::lab::{Lab, anything_goes, simulate, stack};
use super::report::Report;
use crate::brokers::OutcomeResult;
use crate::plan::{DiffOptions, Plan};

/// A few cases of each, so that all of it takes seconds. `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    const USUAL: u32 = 256;
    const FEW: u32 = 24;
    let asked = ProptestConfig::default();
    let cases = if asked.cases == USUAL { FEW } else { asked.cases };
    ProptestConfig { cases, ..asked }
}

fn texts(plans: &[Plan]) -> String {
    plans.iter().map(Plan::to_text).collect()
}

fn blocked(plans: &[Plan]) -> Vec<String> {
    let steps = plans.iter().flat_map(|plan| &plan.steps).filter(|step| step.action.is_blocked());
    steps.map(|step| step.to_line()).collect()
}

fn to_do(plans: &[Plan]) -> Vec<String> {
    let steps = plans.iter().flat_map(|plan| &plan.steps).filter(|step| !step.action.is_blocked());
    steps.map(|step| step.to_line()).collect()
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

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_apply_leaves_nothing_to_do(first in drafts(), second in drafts()) {
        simulate(async {
            let lab = Lab::new();
            for draft in [first, second] {
                let stack = stack(&draft.yaml(0));
                let options = anything_goes(&stack);
                let report = lab.apply(&stack, &options).await;
                is_green(&report)?;
                let again = lab.plan(&stack, &options).await;
                prop_assert_eq!(to_do(&again), Vec::<String>::new());
                prop_assert_eq!(blocked(&again), blocked(&report.plans));
                prop_assert!(lab.journal().replaces.is_empty());
            }
            Ok(())
        })?;
    }
}

#[test]
fn timing() {
    let draft =
        proptest::strategy::Strategy::new_tree(&drafts(), &mut proptest::test_runner::TestRunner::deterministic())
            .unwrap()
            .current();
    let yaml = draft.yaml(0);
    let t = std::time::Instant::now();
    for _ in 0..20 {
        stack(&yaml);
    }
    eprintln!("stack {:?}", t.elapsed() / 20);
    let one = stack(&yaml);
    let t = std::time::Instant::now();
    for _ in 0..20 {
        super::lab::lowered(&one);
    }
    eprintln!("lower {:?}", t.elapsed() / 20);
    simulate(async {
        let lab = Lab::new();
        let options = anything_goes(&one);
        let t = std::time::Instant::now();
        lab.apply(&one, &options).await;
        eprintln!("apply {:?}", t.elapsed());
        let t = std::time::Instant::now();
        lab.plan(&one, &options).await;
        eprintln!("plan {:?}", t.elapsed());
    });
}
