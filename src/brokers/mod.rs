//! The seam: what a broker kind must say about itself (pure) and be able to do (a session).
//!
//! A new kind is one folder, one line in [`registry`], and data. Brokers do not know each other.

mod activemq;
mod artemis;
mod broker;
mod catalogue;
#[cfg(test)]
pub(crate) mod fake;
mod kafka;
mod ledger;
mod rabbitmq;
mod rocketmq;
mod session;
mod stomp;
#[cfg(test)]
mod testing;

pub use broker::{
    Broker, Call, Channel, Description, Edge, EdgeStyle, EnvironmentVariable, Helper, IdDescription, Impossible,
    Lesson, MapBinding, MapExchange, MapQueue, Meaning, Operation, PortDescription, Reason, ResetCommand, RouteMap,
    Router, Trace, TraceStep,
};
pub use catalogue::{Artefacts, Catalogue, OfficialImage, Recipe, RecipeFile, Version};
#[cfg(test)]
pub(crate) use kafka::{FakeKafka, FakeTopic};
pub use ledger::Ledger;
#[cfg(test)]
pub(crate) use rabbitmq::FakeRabbit;
pub use session::{Batch, Check, Endpoint, Interest, Outcome, OutcomeResult, Readiness, Session, SessionError, Target};

/// Every kind, in the order of the documentation.
pub fn registry() -> &'static [&'static dyn Broker] {
    &[&kafka::Kafka, &rabbitmq::RabbitMq, &activemq::ActiveMq, &artemis::Artemis, &rocketmq::RocketMq]
}

/// The kind of this name.
pub fn find(kind: &str) -> Option<&'static dyn Broker> {
    registry().iter().copied().find(|broker| broker.description().kind == kind)
}
