//! Groups and offsets.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rdkafka::admin::AdminOptions;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use super::client::{Broker, EARLIEST, LATEST, Member, New, Stored, together};
use super::java::{Running, defaults, said};
use crate::lab::until;
use crate::rabbit::wait;

pub(super) fn a_group_deals_out_the_partitions(broker: &Broker) {
    broker.topic("dealt", 4, &[]);
    let [mut one, mut two] = [(); 2].map(|()| broker.member("workers", "dealt", &[EARLIEST]));
    let mut alone = broker.member("audit", "dealt", &[EARLIEST]);
    let mut members = [&mut one, &mut two, &mut alone];
    together("all have their partitions", &mut members, |members| {
        [0, 1, 2].map(|index: usize| members[index].assigned().len()) == [2, 2, 4]
    });
    let shared: BTreeSet<i32> = one.assigned().union(&two.assigned()).copied().collect();
    assert_eq!(shared, BTreeSet::from([0, 1, 2, 3]), "each partition has one member");
    for partition in 0..4 {
        broker.fill("dealt", partition, 10);
    }
    together("both groups have all", &mut [&mut one, &mut two, &mut alone], |members| {
        members[0].read.len() + members[1].read.len() >= 40 && members[2].read.len() >= 40
    });
    let sorted = |members: &[&Member]| -> Vec<Stored> {
        let mut all: Vec<Stored> = members.iter().flat_map(|member| member.read.clone()).collect();
        all.sort();
        all
    };
    let all = sorted(&[&alone]);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 40);
    assert_eq!(sorted(&[&one, &two]), all);
    assert_eq!((one.read.len(), two.read.len()), (20, 20));
    for member in [&one, &two] {
        assert!(member.read.iter().all(|message| member.assigned().contains(&message.partition)));
    }
}

pub(super) fn members_beyond_the_partitions_are_idle(broker: &Broker) {
    broker.topic("narrow", 2, &[]);
    let mut members = [(); 3].map(|()| broker.member("crowd", "narrow", &[EARLIEST]));
    let [one, two, three] = &mut members;
    together("two have a partition", &mut [one, two, three], |members| {
        let mut sizes = [0, 1, 2].map(|index: usize| members[index].assigned().len());
        sizes.sort_unstable();
        sizes == [0, 1, 1]
    });
    for partition in 0..2 {
        broker.fill("narrow", partition, 10);
    }
    together("all is read", &mut [one, two, three], |members| {
        members.iter().map(|member| member.read.len()).sum::<usize>() == 20
    });
    let mut counts = members.each_ref().map(|member| member.read.len());
    counts.sort_unstable();
    assert_eq!(counts, [0, 10, 10]);
    // It is idle for want of a partition: with one member less, it has work.
    let mut members = Vec::from(members);
    let busy = members.iter().position(|member| !member.assigned().is_empty()).unwrap();
    drop(members.remove(busy));
    let idle = members.iter().position(|member| member.assigned().is_empty()).unwrap();
    let mut idle = members.remove(idle);
    let mut other = members.remove(0);
    together("the idle one has work", &mut [&mut idle, &mut other], |members| !members[0].read.is_empty());
}

pub(super) fn a_new_group_begins_by_its_setting(broker: &Broker) {
    broker.topic("begins", 1, &[]);
    broker.fill("begins", 0, 3);
    let mut members = [("earliest", &[EARLIEST][..]), ("latest", &[LATEST]), ("default", &[])]
        .map(|(group, settings)| broker.member(&format!("begins-{group}"), "begins", settings));
    for member in &mut members {
        member.until("the end is seen", |member| !member.ends.is_empty());
    }
    broker.send("begins", &[New { value: Some("new"), ..New::default() }]);
    for member in &mut members {
        member.until("the new message is there", |member| member.values().last() == Some(&"new"));
    }
    let [earliest, latest, default] = &members;
    assert_eq!(earliest.values(), ["0", "1", "2", "new"]);
    assert_eq!((latest.values(), default.values()), (vec!["new"], vec!["new"]));

    let mut none = broker.member("begins-none", "begins", &[("auto.offset.reset", "error")]);
    none.until("it is refused", |member| member.error.is_some());
    assert_eq!((none.error, none.read.len()), (Some(RDKafkaErrorCode::AutoOffsetReset), 0));

    // The Java consumer's, as it says itself.
    let defaults = defaults(broker);
    let of = |key: &str| defaults[key].as_str();
    assert_eq!(of("auto.offset.reset"), "latest");
    assert_eq!((of("enable.auto.commit"), of("auto.commit.interval.ms")), ("true", "5000 (5 seconds)"));
    assert_eq!(of("group.protocol"), "classic");
    let assignors = of("partition.assignment.strategy");
    assert!(assignors.starts_with("class org.apache.kafka.clients.consumer.RangeAssignor,"), "{assignors}");
}

pub(super) fn a_committed_offset_is_the_next_to_read(broker: &Broker) {
    broker.topic("next", 1, &[]);
    broker.fill("next", 0, 10);
    let mut member = broker.member("next", "next", &[EARLIEST]);
    member.until("five are read", |member| member.read.len() == 5);
    // The client's own position, which is what it commits.
    assert_eq!(broker.committed("next", "next"), None);
    member.consumer.commit_consumer_state(CommitMode::Sync).unwrap();
    assert_eq!((member.read[4].offset, broker.committed("next", "next")), (4, Some(5)));
    drop(member);
    let mut after = broker.member("next", "next", &[EARLIEST]);
    after.until("it goes on", |member| member.read.len() == 5);
    assert_eq!(after.values(), ["5", "6", "7", "8", "9"]);
}

pub(super) fn the_setting_counts_where_no_offset_does(broker: &Broker) {
    broker.topic("resets", 1, &[]);
    broker.fill("resets", 0, 10);
    for group in ["reset-earliest", "reset-latest"] {
        let mut member = broker.member(group, "resets", &[EARLIEST]);
        member.until("some are read", |member| !member.read.is_empty());
        member.commit("resets", 5);
    }
    let again = |broker: &Broker| {
        [("reset-earliest", EARLIEST), ("reset-latest", LATEST)].map(|(group, setting)| {
            let mut member = broker.member(group, "resets", &[setting]);
            member.until("the end is seen", |member| !member.ends.is_empty());
            member.values().iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()
        })
    };
    assert_eq!(again(broker), [["5", "6", "7", "8", "9"], ["5", "6", "7", "8", "9"]]);
    // The offset that was committed exists no more.
    let mut gone = TopicPartitionList::new();
    gone.add_partition_offset("resets", 0, Offset::Offset(7)).unwrap();
    wait(broker.admin.delete_records(&gone, &AdminOptions::new())).unwrap();
    assert_eq!(broker.ends("resets", 0), (7, 10));
    assert_eq!(again(broker), [vec!["7", "8", "9"], vec![]]);
}

pub(super) fn what_was_not_committed_is_read_again(broker: &Broker) {
    broker.topic("again", 1, &[]);
    broker.fill("again", 0, 10);
    for (group, committed, first) in [("careless", None, "0"), ("careful", Some(10), "new")] {
        let mut member = broker.member(group, "again", &[EARLIEST]);
        member.until("all is read", |member| member.read.len() == 10);
        if let Some(offset) = committed {
            member.commit("again", offset);
            broker.send("again", &[New { value: Some("new"), ..New::default() }]);
        }
        drop(member);
        let mut after = broker.member(group, "again", &[EARLIEST]);
        after.until("something is read", |member| !member.read.is_empty());
        assert_eq!(after.values()[0], first, "{group}");
    }
}

pub(super) fn offsets_are_set_while_nobody_is_active(broker: &Broker) {
    broker.topic("moved", 1, &[]);
    broker.fill("moved", 0, 10);
    let mut member = broker.member("moved", "moved", &[EARLIEST]);
    member.until("all is read", |member| member.read.len() == 10);
    member.commit("moved", 10);
    let arguments = ["--reset-offsets", "--group", "moved", "--topic", "moved", "--to-offset", "3", "--execute"];
    // Its heart beats beside what it is asked.
    let active = broker.groups(&arguments);
    assert!(active.contains("is inactive, but the current state is Stable"), "{active}");
    assert_eq!(broker.committed("moved", "moved"), Some(10));
    drop(member);
    let inactive = broker.groups(&arguments);
    assert_eq!(broker.committed("moved", "moved"), Some(3), "{inactive}");
}

pub(super) fn offsets_are_committed_every_five_seconds(broker: &Broker) {
    broker.topic("auto", 1, &[]);
    broker.fill("auto", 0, 10);
    let mut off = broker.member("auto-off", "auto", &[EARLIEST]);
    let consumer: BaseConsumer = broker.config(&[("group.id", "auto"), EARLIEST]).create().unwrap();
    consumer.subscribe(&["auto"]).unwrap();
    let mut on = Member { consumer, read: Vec::new(), ends: BTreeSet::new(), error: None };
    together("all is read", &mut [&mut off, &mut on], |members| members.iter().all(|member| member.read.len() == 10));
    let since = Instant::now();
    assert_eq!(broker.committed("auto", "auto"), None);
    together("it is committed", &mut [&mut off, &mut on], |_| broker.committed("auto", "auto") == Some(10));
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
    assert_eq!(broker.committed("auto-off", "auto"), None);
}

/// Two consumers that set nothing but their group, and two that ask for the new protocol.
pub(super) fn java_consumers_are_assigned_by_range(broker: &Broker) {
    for topic in ["range-a", "range-b"] {
        broker.topic(topic, 3, &[]);
    }
    let consumer = |group: &str, protocol: &[&str]| {
        let arguments = [&["--include", "range-.*", "--group", group][..], protocol].concat();
        Running::start(broker.java("org.apache.kafka.tools.consumer.ConsoleConsumer", &arguments))
    };
    let modern = ["--command-property", "group.protocol=consumer"];
    let _running =
        [consumer("classic", &[]), consumer("classic", &[]), consumer("modern", &modern), consumer("modern", &modern)];
    // GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS CURRENT-EPOCH CURRENT-ASSIGNMENT …
    let members = || {
        let text = broker.groups(&["--describe", "--members", "--verbose", "--group", "classic", "--group", "modern"]);
        let rows = text.lines().map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        rows.filter(|row| row.len() > 6 && ["classic", "modern"].contains(&row[0].as_str())).collect::<Vec<_>>()
    };
    let sizes = |found: &[Vec<String>], group: &str| {
        let mut sizes: Vec<usize> =
            found.iter().filter(|row| row[0] == group).map(|row| row[4].parse().unwrap()).collect();
        sizes.sort_unstable();
        sizes
    };
    let mut found = Vec::new();
    until("both members of both groups have partitions, and together all", 60, || {
        found = members();
        ["classic", "modern"].iter().all(|group| {
            let sizes = sizes(&found, group);
            sizes.len() == 2 && sizes[0] > 0 && sizes.iter().sum::<usize>() == 6
        })
    });
    assert_eq!((sizes(&found, "classic"), sizes(&found, "modern")), (vec![2, 4], vec![3, 3]), "{found:?}");
    let of_classic: BTreeSet<&str> =
        found.iter().filter(|row| row[0] == "classic").map(|row| row[6].as_str()).collect();
    assert_eq!(of_classic, BTreeSet::from(["range-a:0,1;range-b:0,1", "range-a:2;range-b:2"]));
    let strategies = broker.groups(&["--describe", "--state", "--group", "classic", "--group", "modern"]);
    for (group, strategy) in [("classic", "range"), ("modern", "uniform")] {
        let row = strategies.lines().find(|line| line.trim_start().starts_with(group)).unwrap();
        assert!(row.split_whitespace().any(|word| word == strategy), "{row}");
    }
}

const SHARE: &str = "org.apache.kafka.tools.consumer.ConsoleShareConsumer";

pub(super) fn members_of_a_share_group_read_one_partition(broker: &Broker) {
    broker.topic("shared", 1, &[]);
    broker.send("shared", &[New { value: Some("old"), ..New::default() }]);
    let begin_at_the_first = ["--alter", "--entity-type", "groups", "--add-config", "share.auto.offset.reset=earliest"];
    for group in ["from-the-first", "releases"] {
        let arguments = [&begin_at_the_first[..], &["--entity-name", group]].concat();
        let output = broker.java("kafka.admin.ConfigCommand", &arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    let consumer = |group: &str, more: &[&str]| {
        Running::start(broker.java(SHARE, &[&["--topic", "shared", "--group", group][..], more].concat()))
    };
    let members = [consumer("sharers", &[]), consumer("sharers", &[])];
    let first = consumer("from-the-first", &[]);
    let releases = consumer("releases", &["--release"]);
    until("a released message is delivered five times", 60, || releases.lines().len() >= 5);
    let mut number = 0;
    until("both members have got a message", 60, || {
        number += 1;
        broker.send("shared", &[New { value: Some(&number.to_string()), ..New::default() }]);
        members.iter().all(|member| !member.lines().is_empty())
    });
    // The group began behind what was there, and nobody got what another one has done.
    let count = |member: &Running, value: &str| member.lines().iter().filter(|line| *line == value).count();
    let last = number.to_string();
    until("the last message is there", 20, || members.iter().any(|member| count(member, &last) == 1));
    let all: Vec<String> = members.iter().flat_map(Running::lines).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    assert!(!all.contains(&"old".to_owned()), "{all:?}");
    until("the other group has all", 20, || count(&first, &last) == 1);
    assert_eq!(count(&first, "old"), 1);
    until("the released ones are given up", 30, || count(&releases, &last) == 5);
    for value in ["old".to_owned(), last] {
        assert_eq!(count(&releases, &value), 5, "{value}");
    }
}
