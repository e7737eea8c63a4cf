//! The validated stack, and the values that travel between the phases of a run.
//!
//! Pure: nothing in here opens a file, a socket or a clock. What the user typed is in
//! [`crate::spec`]; what the engine and the brokers answered arrives as an [`Observation`].

mod address;
mod build;
mod build_apps;
mod build_broker;
mod build_images;
mod build_ports;
mod container;
mod facts;
mod image;
mod mirror;
mod node_id;
mod observation;
mod reference;
mod references;
mod resource;
mod rules;
mod secret;
mod stack;
mod value;

pub use address::{Address, AddressError, STACK};
pub use build::StackNameError;
pub use container::{Container, ContainerFile, ImageWanted, KnownCause, MemoryMount, Mount, PublishedPort};
pub use facts::Facts;
pub(crate) use facts::version_pair;
pub use image::{ImageServed, ImageSource};
pub use mirror::{Mirror, MirrorError, MirrorFrom, Place, Trust, mirrors_of_text};
pub use node_id::{NodeId, NotANode};
pub use observation::{Observation, Unknown};
pub use reference::{HUB, Reference, is_digest};
pub use resource::{OnChange, Origin, Resource};
pub use rules::{AttributeRule, Change, Home, KindRules, Rule, Verdict, blocked, grow_only, in_place, replace};
pub use secret::Secret;
pub use stack::{App, BrokerModel, Build, Flow, ImageSettings, Instances, SiteSettings, Stack, Storage};
pub use value::Value;

#[cfg(test)]
mod build_tests;
