//! What the learning pages say about brokers, shown on those brokers. Beside what is claimed stands its twin, where the
//! same look has to find the opposite: a check that could not fail would fail there.

mod kafka;
mod rabbitmq;
