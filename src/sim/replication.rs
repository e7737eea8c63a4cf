//! A partition of Kafka in copies: what is accepted and what consumers see, while followers fall behind, catch up, and
//! the leader dies.

/// How a topic is set up, and whether its producer asks for every replica in sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    pub copies: usize,
    /// `min.insync.replicas`.
    pub minimum: usize,
    /// `acks=all`, else `acks=1`.
    pub all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Consumers see it as well.
    Stored,
    /// Acknowledged by the leader, while fewer are in sync than the minimum.
    Unseen,
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Begins,
    Sent(Vec<u32>, Answer),
    /// What was refused, or had no answer.
    SentAgain(Vec<u32>, Answer),
    FallsBehind(usize),
    CatchUp,
    /// With a message that nobody else has yet.
    LeaderDies(Option<u32>),
    /// The new leader, and a message that was acknowledged and is gone.
    Elected(usize, Option<u32>),
    NoLeader,
    Returns(usize),
}

/// How it is after an event. Nodes are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub event: Event,
    /// What each node has on its disk.
    pub logs: Vec<Vec<u32>>,
    pub in_sync: Vec<usize>,
    pub leader: Option<usize>,
    pub down: Option<usize>,
    pub seen: Vec<u32>,
}

/// Followers fall behind one after the other and catch up; then the leader dies with a message on its way, and returns.
pub fn story(setup: Setup) -> Vec<Frame> {
    let mut partition = Partition::new(setup);
    partition.send();
    for node in (2..=setup.copies).rev() {
        partition.in_sync.retain(|one| *one != node);
        partition.tell(Event::FallsBehind(node));
        partition.send();
    }
    if setup.copies > 1 {
        partition.catch_up(Event::CatchUp);
        partition.send_again();
    }
    partition.leader_dies();
    partition.told
}

struct Partition {
    setup: Setup,
    logs: Vec<Vec<u32>>,
    in_sync: Vec<usize>,
    leader: Option<usize>,
    down: Option<usize>,
    seen: Vec<u32>,
    sent: u32,
    /// What the producer has no good answer for.
    open: Vec<u32>,
    told: Vec<Frame>,
}

impl Partition {
    fn new(setup: Setup) -> Self {
        let mut partition = Self {
            setup,
            logs: vec![Vec::new(); setup.copies],
            in_sync: (1..=setup.copies).collect(),
            leader: Some(1),
            down: None,
            seen: Vec::new(),
            sent: 0,
            open: Vec::new(),
            told: Vec::new(),
        };
        partition.tell(Event::Begins);
        partition
    }

    fn tell(&mut self, event: Event) {
        self.told.push(Frame {
            event,
            logs: self.logs.clone(),
            in_sync: self.in_sync.clone(),
            leader: self.leader,
            down: self.down,
            seen: self.seen.clone(),
        });
    }

    fn enough(&self) -> bool {
        self.in_sync.len() >= self.setup.minimum
    }

    fn send(&mut self) {
        self.sent += 1;
        let messages = vec![self.sent];
        let answer = self.append(&messages);
        if answer == Answer::Refused {
            self.open.push(self.sent);
        }
        self.tell(Event::Sent(messages, answer));
    }

    fn send_again(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let messages = std::mem::take(&mut self.open);
        let answer = self.append(&messages);
        if answer == Answer::Refused {
            self.open.clone_from(&messages);
        }
        self.tell(Event::SentAgain(messages, answer));
    }

    fn append(&mut self, messages: &[u32]) -> Answer {
        if self.setup.all && !self.enough() {
            return Answer::Refused;
        }
        for node in &self.in_sync {
            self.logs[node - 1].extend(messages);
        }
        self.show();
        if self.enough() { Answer::Stored } else { Answer::Unseen }
    }

    /// Consumers get what all in sync have, if these are enough.
    fn show(&mut self) {
        if let Some(leader) = self.leader.filter(|_| self.enough()) {
            self.seen.clone_from(&self.logs[leader - 1]);
        }
    }

    /// Everybody who is there has what the leader has; what it does not have is cut off.
    fn catch_up(&mut self, event: Event) {
        self.in_sync = (1..=self.setup.copies).filter(|node| self.down != Some(*node)).collect();
        if let Some(leader) = self.leader {
            let log = self.logs[leader - 1].clone();
            self.in_sync.iter().for_each(|node| self.logs[node - 1].clone_from(&log));
        }
        self.show();
        self.tell(event);
    }

    fn leader_dies(&mut self) {
        let takes = self.setup.copies > 1 && (self.enough() || !self.setup.all);
        let message = takes.then_some(self.sent + 1);
        self.logs[0].extend(message);
        self.in_sync.retain(|node| *node != 1);
        (self.leader, self.down) = (None, Some(1));
        self.tell(Event::LeaderDies(message));
        let Some(next) = self.in_sync.first().copied() else {
            self.tell(Event::NoLeader);
            (self.leader, self.down) = (Some(1), None);
            self.catch_up(Event::Returns(1));
            return;
        };
        self.leader = Some(next);
        self.tell(Event::Elected(next, message.filter(|_| !self.setup.all)));
        if self.setup.all {
            self.open.extend(message);
            self.send_again();
        }
        self.down = None;
        self.catch_up(Event::Returns(1));
        self.send_again();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line per frame: the event, every log with `!` where it is in sync, and what consumers see.
    fn told(copies: usize, minimum: usize, all: bool) -> Vec<String> {
        let list = |messages: &[u32]| messages.iter().map(u32::to_string).collect::<String>();
        let line = |frame: &Frame| {
            let logs = frame.logs.iter().enumerate().map(|(at, log)| {
                let mark = if frame.in_sync.contains(&(at + 1)) { "!" } else { "" };
                format!("{}{mark}", list(log))
            });
            format!("{:?}: {} | {}", frame.event, logs.collect::<Vec<_>>().join(" "), list(&frame.seen))
        };
        story(Setup { copies, minimum, all }).iter().map(line).collect()
    }

    #[test]
    fn three_copies_with_a_minimum_of_two_refuse_what_one_alone_would_have() {
        assert_eq!(
            told(3, 2, true),
            [
                "Begins: ! ! ! | ",
                "Sent([1], Stored): 1! 1! 1! | 1",
                "FallsBehind(3): 1! 1! 1 | 1",
                "Sent([2], Stored): 12! 12! 1 | 12",
                "FallsBehind(2): 12! 12 1 | 12",
                "Sent([3], Refused): 12! 12 1 | 12",
                "CatchUp: 12! 12! 12! | 12",
                "SentAgain([3], Stored): 123! 123! 123! | 123",
                "LeaderDies(Some(4)): 1234 123! 123! | 123",
                "Elected(2, None): 1234 123! 123! | 123",
                "SentAgain([4], Stored): 1234 1234! 1234! | 1234",
                "Returns(1): 1234! 1234! 1234! | 1234",
            ]
        );
    }

    #[test]
    fn one_acknowledgement_is_given_for_what_nobody_sees_and_for_what_is_lost() {
        assert_eq!(
            told(3, 2, false),
            [
                "Begins: ! ! ! | ",
                "Sent([1], Stored): 1! 1! 1! | 1",
                "FallsBehind(3): 1! 1! 1 | 1",
                "Sent([2], Stored): 12! 12! 1 | 12",
                "FallsBehind(2): 12! 12 1 | 12",
                "Sent([3], Unseen): 123! 12 1 | 12",
                "CatchUp: 123! 123! 123! | 123",
                "LeaderDies(Some(4)): 1234 123! 123! | 123",
                "Elected(2, Some(4)): 1234 123! 123! | 123",
                "Returns(1): 123! 123! 123! | 123",
            ]
        );
    }

    #[test]
    fn a_minimum_of_all_copies_stops_with_the_first_that_is_gone() {
        assert_eq!(
            told(2, 2, true),
            [
                "Begins: ! ! | ",
                "Sent([1], Stored): 1! 1! | 1",
                "FallsBehind(2): 1! 1 | 1",
                "Sent([2], Refused): 1! 1 | 1",
                "CatchUp: 1! 1! | 1",
                "SentAgain([2], Stored): 12! 12! | 12",
                "LeaderDies(Some(3)): 123 12! | 12",
                "Elected(2, None): 123 12! | 12",
                "SentAgain([3], Refused): 123 12! | 12",
                "Returns(1): 12! 12! | 12",
                "SentAgain([3], Stored): 123! 123! | 123",
            ]
        );
    }

    #[test]
    fn a_single_copy_waits_for_its_node() {
        let wanted = [
            "Begins: ! | ",
            "Sent([1], Stored): 1! | 1",
            "LeaderDies(None): 1 | 1",
            "NoLeader: 1 | 1",
            "Returns(1): 1! | 1",
        ];
        assert_eq!(told(1, 1, true), wanted);
        assert_eq!(told(1, 2, true)[1], "Sent([1], Refused): ! | ");
    }

    #[test]
    fn what_was_acknowledged_for_all_is_never_lost() {
        for copies in 1..=3 {
            for minimum in 1..=3 {
                let frames = story(Setup { copies, minimum, all: true });
                let stored = frames.iter().flat_map(|frame| match &frame.event {
                    Event::Sent(messages, Answer::Stored) | Event::SentAgain(messages, Answer::Stored) => {
                        messages.clone()
                    }
                    _ => Vec::new(),
                });
                let last = frames.last().unwrap();
                assert!(stored.into_iter().all(|message| last.seen.contains(&message)), "{copies} {minimum}");
            }
        }
    }
}
