//! What becomes of a classic queue of RabbitMQ: one that has a consumer, on the connection that declared it.

/// How a queue was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    pub durable: bool,
    pub exclusive: bool,
    pub auto_delete: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    ConnectionCloses,
    /// The connection stays.
    ConsumerLeaves,
    BrokerRestarts,
}

/// Whether the queue is there afterwards, and what decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Stays,
    /// It is made again when the broker starts, with its persistent messages.
    Comes,
    GoneWithConnection,
    GoneWithConsumer,
    GoneWithBroker,
}

impl Declared {
    /// Every way to declare one, durable first.
    pub fn all() -> impl Iterator<Item = Self> {
        let flags = [true, false].into_iter().flat_map(|durable| [false, true].map(|exclusive| (durable, exclusive)));
        flags.flat_map(|(durable, exclusive)| [false, true].map(|auto_delete| Self { durable, exclusive, auto_delete }))
    }

    /// From RabbitMQ 4.3 on a transient queue must be exclusive, unless the configuration permits it.
    pub fn is_refused(self, version: (u32, u32)) -> bool {
        version >= (4, 3) && !self.durable && !self.exclusive
    }
}

impl Event {
    pub const ALL: [Self; 3] = [Self::ConnectionCloses, Self::ConsumerLeaves, Self::BrokerRestarts];

    pub fn name(self) -> &'static str {
        match self {
            Self::ConnectionCloses => "connection",
            Self::ConsumerLeaves => "consumer",
            Self::BrokerRestarts => "restart",
        }
    }
}

impl Fate {
    pub fn is_there(self) -> bool {
        matches!(self, Self::Stays | Self::Comes)
    }
}

/// A restart closes the connection, so its consumer leaves too.
pub fn fate(queue: Declared, event: Event) -> Fate {
    match event {
        Event::ConnectionCloses | Event::BrokerRestarts if queue.exclusive => Fate::GoneWithConnection,
        _ if queue.auto_delete => Fate::GoneWithConsumer,
        Event::BrokerRestarts if queue.durable => Fate::Comes,
        Event::BrokerRestarts => Fate::GoneWithBroker,
        _ => Fate::Stays,
    }
}
