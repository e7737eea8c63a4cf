//! What the site and `mqlab env` say about RabbitMQ.

mod calls;
mod edges;
mod environment;
mod names;
mod reset;

use super::router::RabbitRouter;
use crate::brokers::{Call, Edge, EnvironmentVariable, Lesson, ResetCommand, Router};
use crate::model::{BrokerModel, Facts, Resource};

pub(super) struct RabbitLesson;

impl Lesson for RabbitLesson {
    fn edges(&self, resources: &[Resource]) -> Vec<Edge> {
        edges::edges(resources)
    }

    fn calls(&self, resource: &Resource, facts: &Facts) -> Vec<Call> {
        calls::calls(resource, facts)
    }

    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
        environment::environment(broker, facts)
    }

    fn reset(&self, broker: &BrokerModel, facts: &Facts) -> Vec<ResetCommand> {
        reset::reset(broker, facts)
    }

    fn router(&self) -> Option<&'static dyn Router> {
        Some(&RabbitRouter)
    }
}
