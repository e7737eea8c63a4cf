//! The engine: networks, volumes and containers of a stack, observed and applied like everything else.
//!
//! Only this module and `images` name the engine's client.

mod archive;
mod asked_ports;
mod create;
mod daemon;
mod dialect;
mod endpoint;
mod engine;
mod error;
mod facts;
mod gateway;
mod holder;
mod inventory;
mod labels;
mod lock;
mod lower;
mod observe;
mod ports;
mod product;
mod rules;
mod session;
mod settle;
mod stacks;
mod steps;
mod watch;

pub use asked_ports::{AskedPort, asked_ports};
pub use daemon::{BadMirror, Caller, Change, Daemon, DaemonError, Done, Left, MirrorUrl, Side};
pub use endpoint::ConnectSettings;
pub(crate) use engine::own_architecture;
pub use engine::{Engine, EngineFacts, connect, nobody};
pub(crate) use error::words_of;
pub use error::{Absent, Error};
pub use facts::facts;
pub use inventory::Inventory;
pub use labels::{StackId, container_name, volume_name};
pub use lock::{StackLock, lock};
pub(crate) use lower::{SEAL_KEY, short_hash};
pub use lower::{WantedNode, is_node, resources, wanted};
pub use product::{Maker, Product};
pub use rules::kinds;
pub use session::EngineSession;
pub use settle::{Settled, refuse_fewer_nodes, settle};
pub use stacks::{NodeSummary, Power, StackSummary, VolumeSummary};
pub use watch::{ContainerState, Death, ExecResult, LogLine};
