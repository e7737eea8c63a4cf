use serde_json::Value as Json;

use super::*;
use crate::sim::vectors::recorded;

fn members(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("c{number}")).collect()
}

fn topics(sizes: &[u32]) -> Topics {
    sizes.iter().enumerate().map(|(at, size)| (format!("t{at}"), *size)).collect()
}

fn sizes(assignment: &Assignment) -> Vec<usize> {
    assignment.values().map(BTreeSet::len).collect()
}

#[test]
fn more_members_than_partitions_leave_some_idle_except_in_a_share_group() {
    for strategy in Strategy::ALL {
        let rounds = rounds(strategy, &members(4), &topics(&[3]), &Assignment::new());
        let wanted = if strategy == Strategy::Share { vec![2, 1, 2, 1] } else { vec![1, 1, 1, 0] };
        assert_eq!(sizes(rounds.last().unwrap()), wanted, "{strategy:?}");
    }
}

#[test]
fn range_gives_the_first_member_more_of_every_topic() {
    let topics = topics(&[3, 3]);
    let found = |strategy| sizes(&rounds(strategy, &members(2), &topics, &Assignment::new())[0]);
    assert_eq!(found(Strategy::Range), [4, 2]);
    assert_eq!(found(Strategy::RoundRobin), [3, 3]);
}

#[test]
fn a_cooperative_rebalance_gives_up_before_it_gives_out() {
    let topics = topics(&[6]);
    let two = rounds(Strategy::CooperativeSticky, &members(2), &topics, &Assignment::new());
    assert_eq!(two.len(), 1);
    let three = rounds(Strategy::CooperativeSticky, &members(3), &topics, &two[0]);
    assert_eq!(three.iter().map(sizes).collect::<Vec<_>>(), [[2, 2, 0], [2, 2, 2]]);
    let kept = |member: &str| three[1][member].iter().filter(|one| two[0][member].contains(one)).count();
    assert_eq!((kept("c1"), kept("c2")), (2, 2));
    assert_eq!(three[1], rounds(Strategy::Sticky, &members(3), &topics, &two[0])[0]);
}

#[test]
fn nobody_and_nothing_are_no_mistakes() {
    for strategy in Strategy::ALL {
        assert_eq!(rounds(strategy, &[], &topics(&[3]), &Assignment::new()), [Assignment::new()]);
        assert_eq!(sizes(&rounds(strategy, &members(2), &topics(&[]), &Assignment::new())[0]), [0, 0]);
    }
}

/// From the assignors themselves, by `tests/live/vectors.rs`. A share group's partitions depend on the topic's id:
/// their number is compared.
#[test]
fn groups_get_what_the_assignors_gave_them() {
    let recorded = recorded("assignments.json");
    let cases = recorded.as_array().unwrap();
    assert!(cases.len() >= 200);
    for one in cases {
        let (case, wanted) = (&one["case"], one["rounds"].as_array().unwrap());
        let strategy = Strategy::ALL.into_iter().find(|strategy| case["strategy"] == strategy.name()).unwrap();
        let names = |key: &str| -> Vec<String> { serde_json::from_value(case[key].clone()).unwrap() };
        let topics: Topics = serde_json::from_value(case["topics"].clone()).unwrap();
        let mut all = rounds(strategy, &names("members"), &topics, &Assignment::new());
        let mut owned = all.last().unwrap().clone();
        owned.retain(|member, _| names("then").contains(member));
        all.extend(rounds(strategy, &names("then"), &topics, &owned));
        assert_eq!(all.len(), wanted.len(), "{case}");
        for (found, wanted) in all.iter().zip(wanted) {
            let wanted: BTreeMap<String, Vec<String>> = serde_json::from_value(Json::clone(wanted)).unwrap();
            if strategy == Strategy::Share {
                assert_eq!(sizes(found), wanted.values().map(Vec::len).collect::<Vec<_>>(), "{case}");
                continue;
            }
            let shown =
                |own: &BTreeSet<Partition>| own.iter().map(|one| format!("{}|{}", one.topic, one.number)).collect();
            let found: BTreeMap<String, Vec<String>> =
                found.iter().map(|(member, own)| (member.clone(), shown(own))).collect();
            assert_eq!(found, wanted, "{case}");
        }
    }
}
