//! RabbitMQ through its session, against a broker that runs. Each scenario takes a target whose user is an
//! administrator, works in virtual hosts of its own and leaves nothing behind. What was made is checked by the
//! management API and AMQP as any client would use them, not by the session that made it.

mod access;
mod changes;
mod contents;
mod declared;
mod failures;
mod hand;
mod live;
mod policies;
mod replaces;
mod routing;
mod strangers;

pub(crate) use access::*;
pub(crate) use changes::*;
pub(crate) use contents::*;
pub(crate) use declared::*;
pub(crate) use failures::*;
pub(crate) use hand::*;
pub(crate) use policies::*;
pub(crate) use replaces::*;
pub(crate) use routing::*;
pub(crate) use strangers::*;
