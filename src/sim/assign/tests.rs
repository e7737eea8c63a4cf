use super::*;

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
