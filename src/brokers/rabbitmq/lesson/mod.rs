//! What the site and `mqlab env` say about RabbitMQ.

mod calls;
mod channel;
mod edges;
mod environment;
mod names;
mod reset;

use super::router::RabbitRouter;
use super::{definitions, kinds};
use serde_json::Value as Json;

use crate::brokers::{Call, Channel, Edge, EnvironmentVariable, Lesson, ResetCommand, Router};
use crate::model::{App, BrokerModel, Facts, Flow, Resource};

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

    fn variable(&self, resource: &Resource, end: &str) -> String {
        environment::variable(&resource.address.broker, resource.address.vhost_name(), end)
    }

    fn reset(&self, broker: &BrokerModel, facts: &Facts) -> Vec<ResetCommand> {
        reset::reset(broker, facts)
    }

    fn router(&self) -> Option<&'static dyn Router> {
        Some(&RabbitRouter)
    }

    fn channel(&self, resource: &Resource) -> Channel {
        channel::channel(resource)
    }

    fn operation(&self, _app: &App, flow: &Flow) -> Option<Json> {
        channel::operation(flow)
    }

    fn definitions(&self, resources: &[Resource]) -> Option<Json> {
        let without_users = resources.iter().filter(|resource| {
            !matches!(resource.address.kind.as_str(), kinds::USER | kinds::PERMISSION | kinds::TOPIC_PERMISSION)
        });
        // Only a user's password takes a salt.
        Some(definitions::document(without_users, &mut || [0; 4]))
    }
}
