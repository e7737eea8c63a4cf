//! What programs need to connect: read from the engine and the folder, without touching a broker.

use super::ConvergeError;
use super::prepare::{Lowered, prepare};
use crate::brokers::{self, EnvironmentVariable};
use crate::docker::{Engine, StackId};
use crate::model::Stack;
use crate::state::Folder;

/// Every broker of a stack that runs, lowered.
pub struct Settings<'a>(Vec<Lowered<'a>>);

impl<'a> Settings<'a> {
    /// A broker that does not run is an error: its ports and passwords are not decided yet.
    pub async fn read(stack: &'a Stack, engine: &Engine, id: &StackId, folder: &Folder) -> Result<Self, ConvergeError> {
        let inventory = engine.inventory(id).await?;
        let states = inventory.stack(&id.name);
        for broker in &stack.brokers {
            let nodes = states.iter().flat_map(|stack| &stack.nodes).filter(|node| node.broker == broker.name);
            if !nodes.into_iter().any(|node| node.state == "running") {
                return Err(ConvergeError::NotRunning { broker: broker.name.clone() });
            }
        }
        // Without this, new ones would be made up that no broker knows.
        let secrets = folder.secrets()?;
        for broker in &stack.brokers {
            let wanted = brokers::find(broker.kind).map_or(&[][..], |kind| kind.description().secrets);
            let own = secrets.get(&broker.name);
            if wanted.iter().any(|name| own.is_none_or(|own| !own.contains_key(*name))) {
                return Err(ConvergeError::NoSecrets { broker: broker.name.clone() });
            }
        }
        Ok(Self(prepare(stack, engine, &inventory, id, folder, false).await?))
    }

    /// In the order of the file. Holds passwords.
    pub fn variables(&self) -> Vec<EnvironmentVariable> {
        let of_one = |lowered: &Lowered<'_>| lowered.broker.lesson().environment(lowered.model, &lowered.facts);
        self.0.iter().flat_map(of_one).collect()
    }
}
