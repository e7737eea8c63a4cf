//! A partition of Kafka as a row of files: what retention deletes, and what compaction leaves.

/// One that was written, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    pub offset: u32,
    /// In percent of the retention.
    pub age: u32,
    pub key: char,
    /// None is a tombstone.
    pub value: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to come.
    Absent,
    /// It is written to.
    Open,
    Closed,
    Deleted,
}

/// One file, named after the first offset that it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub base: u32,
    pub state: State,
    pub messages: Vec<Message>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// From and to these offsets.
    Written(u32, u32),
    /// A message is older than the retention, in a segment that has younger ones.
    TooOld(u32),
    /// The segment with this first offset.
    Deleted(u32),
    Cleaned,
    /// Again, after `delete.retention.ms`.
    CleanedTombstones,
    /// By somebody who begins at the beginning.
    Read,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub event: Event,
    pub segments: Vec<Segment>,
}

/// Messages of a segment, as `segment.bytes` would have it.
const FULL: usize = 3;
/// Between a message and the next, in percent of the retention.
const PAUSE: u32 = 25;

/// Deletion by age.
pub fn deletion() -> Vec<Frame> {
    let mut log = Log::new(3);
    log.write(3, |_| ('A', Some(0)));
    log.write(3, |_| ('A', Some(0)));
    log.tell(Event::TooOld(0));
    log.write(2, |_| ('A', Some(0)));
    let old = |segment: &&mut Segment| {
        segment.state == State::Closed && segment.messages.iter().all(|message| message.age > 100)
    };
    let gone: Vec<u32> = log
        .segments
        .iter_mut()
        .filter(old)
        .map(|segment| {
            segment.state = State::Deleted;
            segment.messages.clear();
            segment.base
        })
        .collect();
    for base in gone {
        log.tell(Event::Deleted(base));
    }
    log.told
}

/// Keys and values by offset; `None` deletes the key.
const TABLE: [(char, Option<u32>); 10] = [
    ('A', Some(1)),
    ('B', Some(1)),
    ('A', Some(2)),
    ('A', Some(3)),
    ('B', None),
    ('C', Some(1)),
    ('A', Some(4)),
    ('A', Some(5)),
    ('C', Some(2)),
    ('A', Some(6)),
];

/// Compaction by key.
pub fn compaction() -> Vec<Frame> {
    let mut log = Log::new(4);
    log.write(8, |offset| TABLE[offset]);
    log.clean(Event::Cleaned);
    log.tell(Event::Read);
    log.write(2, |offset| TABLE[offset]);
    log.clean(Event::Cleaned);
    log.clean(Event::CleanedTombstones);
    log.told
}

struct Log {
    next: u32,
    segments: Vec<Segment>,
    told: Vec<Frame>,
}

impl Log {
    fn new(segments: u32) -> Self {
        let bases = (0..segments).map(|number| number * 3);
        let segments = bases.map(|base| Segment { base, state: State::Absent, messages: Vec::new() });
        Self { next: 0, segments: segments.collect(), told: Vec::new() }
    }

    fn tell(&mut self, event: Event) {
        self.told.push(Frame { event, segments: self.segments.clone() });
    }

    fn write(&mut self, count: u32, what: impl Fn(usize) -> (char, Option<u32>)) {
        let first = self.next;
        for _ in 0..count {
            let offset = self.next;
            self.next += 1;
            self.segments.iter_mut().flat_map(|segment| &mut segment.messages).for_each(|one| one.age += PAUSE);
            let at = offset as usize / FULL;
            if at > 0 && self.segments[at].state == State::Absent {
                self.segments[at - 1].state = State::Closed;
            }
            let (key, value) = what(offset as usize);
            self.segments[at].state = State::Open;
            self.segments[at].messages.push(Message { offset, age: 0, key, value });
        }
        self.tell(Event::Written(first, self.next - 1));
    }

    /// Of each key the last message in the closed segments stays. Tombstones go in a second pass.
    fn clean(&mut self, event: Event) {
        let closed = || self.segments.iter().filter(|segment| segment.state == State::Closed);
        let all: Vec<Message> = closed().flat_map(|segment| segment.messages.clone()).collect();
        let is_last = |message: &Message| {
            all.iter().rfind(|one| one.key == message.key).map(|one| one.offset) == Some(message.offset)
        };
        for segment in self.segments.iter_mut().filter(|segment| segment.state == State::Closed) {
            segment.messages.retain(is_last);
            if event == Event::CleanedTombstones {
                segment.messages.retain(|message| message.value.is_some());
            }
        }
        self.tell(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(frames: &[Frame], cell: impl Fn(&Message) -> String) -> Vec<String> {
        let segment = |segment: &Segment| {
            let messages = segment.messages.iter().map(&cell).collect::<Vec<_>>().join(" ");
            match segment.state {
                State::Absent => String::new(),
                State::Open => format!("({messages}"),
                State::Closed => format!("({messages})"),
                State::Deleted => "x".to_owned(),
            }
        };
        let line = |frame: &Frame| {
            let segments = frame.segments.iter().map(segment).collect::<Vec<_>>().join(" ");
            format!("{:?}: {}", frame.event, segments.trim_end())
        };
        frames.iter().map(line).collect()
    }

    #[test]
    fn a_segment_goes_when_its_newest_message_is_too_old() {
        assert_eq!(
            told(&deletion(), |message| format!("{}:{}", message.offset, message.age)),
            [
                "Written(0, 2): (0:50 1:25 2:0",
                "Written(3, 5): (0:125 1:100 2:75) (3:50 4:25 5:0",
                "TooOld(0): (0:125 1:100 2:75) (3:50 4:25 5:0",
                "Written(6, 7): (0:175 1:150 2:125) (3:100 4:75 5:50) (6:25 7:0",
                "Deleted(0): x (3:100 4:75 5:50) (6:25 7:0",
            ]
        );
    }

    #[test]
    fn compaction_leaves_the_last_of_each_key_and_the_open_segment_alone() {
        let cell = |message: &Message| {
            let value = message.value.map_or_else(|| "-".to_owned(), |value| value.to_string());
            format!("{}{}{value}", message.offset, message.key)
        };
        assert_eq!(
            told(&compaction(), cell),
            [
                "Written(0, 7): (0A1 1B1 2A2) (3A3 4B- 5C1) (6A4 7A5",
                "Cleaned: () (3A3 4B- 5C1) (6A4 7A5",
                "Read: () (3A3 4B- 5C1) (6A4 7A5",
                "Written(8, 9): () (3A3 4B- 5C1) (6A4 7A5 8C2) (9A6",
                "Cleaned: () (4B-) (7A5 8C2) (9A6",
                "CleanedTombstones: () () (7A5 8C2) (9A6",
            ]
        );
    }
}
