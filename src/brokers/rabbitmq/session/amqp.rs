//! AMQP 0-9-1, for what only it can do: the greeting, exact counts, and a message that goes round.

mod bind;
mod stream;

use std::io;
use std::time::Duration;

use lapin::options::{
    BasicAckOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::kinds::SCRATCH;
use crate::brokers::{Endpoint, SessionError, Target};
use crate::plan::Contents;

pub(super) use bind::bind;
pub(super) use stream::stream_length;

/// What a broker says of a queue that it has and cannot serve: 404 like for one that it does not have.
pub(super) const RECOVERING: &str = "is down or inaccessible";

/// Asks for AMQP 0-9-1 and waits for the server's first method frame. Logs in as nobody.
pub(super) async fn greeting(target: &Target) -> Result<(), SessionError> {
    let endpoint = endpoint(target)?;
    let name = name(target, endpoint);
    let talk = async {
        let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        let mut frame = [0_u8; 11];
        stream.read_exact(&mut frame).await?;
        // Type 1 is a method; class 10, method 10 is connection.start.
        Ok::<bool, io::Error>(frame[0] == 1 && frame[7..] == [0, 10, 0, 10])
    };
    match timeout(target.deadline, talk).await {
        Err(_) => Err(SessionError::TimedOut { endpoint: name, seconds: target.deadline.as_secs() }),
        Ok(Err(source)) => Err(SessionError::Unreachable { endpoint: name, source: Box::new(source) }),
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(SessionError::Protocol { endpoint: name, detail: "no AMQP 0-9-1 greeting".to_owned() }),
    }
}

/// How many messages are ready in these queues of one virtual host and how many consumers they have, by passive
/// declares, which are exact where the management statistics lag. A queue that is not there holds nothing; one
/// that is there and cannot be served is an error with [`RECOVERING`] in it.
///
/// Not counted: what is out for acknowledgement, and anything about streams, for which the answer is always 0.
pub(super) async fn ready(
    target: &Target,
    vhost: &str,
    queues: &[&str],
) -> Result<Vec<Result<Contents, SessionError>>, SessionError> {
    let connection = connect(target, vhost).await?;
    let mut found = Vec::with_capacity(queues.len());
    let mut channel = within(target, connection.create_channel()).await?;
    for queue in queues {
        if !channel.status().connected() {
            channel = within(target, connection.create_channel()).await?;
        }
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let declare = channel.queue_declare((*queue).into(), options, FieldTable::default());
        found.push(match within(target, declare).await {
            Ok(queue) => Ok(Contents {
                messages: Some(queue.message_count().into()),
                consumers: Some(queue.consumer_count().into()),
                bytes: None,
            }),
            Err(SessionError::Refused(reason)) if reason.contains("NOT_FOUND") && !reason.contains(RECOVERING) => {
                Ok(Contents { messages: Some(0), consumers: Some(0), bytes: None })
            }
            // One that does not answer would cost its deadline for each of the others too.
            Err(error @ (SessionError::TimedOut { .. } | SessionError::Unreachable { .. })) => return Err(error),
            Err(error) => Err(error),
        });
    }
    close(target, connection).await;
    Ok(found)
}

/// Sends a message through an exclusive queue of ours and takes it back.
pub(super) async fn round_trip(target: &Target, vhost: &str) -> Result<String, SessionError> {
    let connection = connect(target, vhost).await?;
    let channel = within(target, connection.create_channel()).await?;
    within(target, channel.confirm_select(ConfirmSelectOptions::default())).await?;
    let queue = format!("{SCRATCH}{:016x}", rand::random::<u64>());
    // Exclusive: it goes away with this connection, whatever happens to us.
    let options = QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
    within(target, channel.queue_declare(queue.as_str().into(), options, FieldTable::default())).await?;
    let payload = queue.as_bytes();
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let publish = channel.basic_publish("".into(), queue.as_str().into(), options, payload, BasicProperties::default());
    let confirm = within(target, publish).await?;
    match within(target, confirm).await? {
        Confirmation::Ack(None) => {}
        Confirmation::Ack(Some(_)) => return Err(SessionError::Refused("the message was returned".to_owned())),
        Confirmation::Nack(_) | Confirmation::NotRequested => {
            return Err(SessionError::Refused("the message was not confirmed".to_owned()));
        }
    }
    let taken = within(target, channel.basic_get(queue.as_str().into(), BasicGetOptions::default())).await?;
    let Some(taken) = taken else {
        return Err(SessionError::Refused("the message was confirmed and is not in its queue".to_owned()));
    };
    if taken.delivery.data != payload {
        return Err(SessionError::Refused("another message came back".to_owned()));
    }
    within(target, taken.delivery.acker.ack(BasicAckOptions::default())).await?;
    close(target, connection).await;
    Ok("published with a confirm, taken back and acknowledged".to_owned())
}

/// To one virtual host, as mqlab's user.
async fn connect(target: &Target, vhost: &str) -> Result<Connection, SessionError> {
    let endpoint = endpoint(target)?;
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let url =
        format!("amqp://{}:{}@{endpoint}/{}", encode(&target.user), encode(target.password.reveal()), encode(vhost));
    let properties = ConnectionProperties::default().with_connection_name("mqlab".into());
    let connect = Connection::connect(&url, properties);
    within(target, connect).await
}

/// The answer does not matter: the server notices a closed socket too.
async fn close(target: &Target, connection: Connection) {
    let _ = timeout(target.deadline.min(Duration::from_secs(1)), connection.close(200, "done".into())).await;
}

/// Gives a call the deadline of one request.
async fn within<T>(target: &Target, call: impl IntoFuture<Output = lapin::Result<T>>) -> Result<T, SessionError> {
    let name = name(target, endpoint(target)?);
    match timeout(target.deadline, call.into_future()).await {
        Err(_) => Err(SessionError::TimedOut { endpoint: name, seconds: target.deadline.as_secs() }),
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(match error.kind() {
            lapin::ErrorKind::ProtocolError(refusal) if refusal.get_id() == 403 => {
                SessionError::Unauthorized { endpoint: name, user: target.user.clone() }
            }
            lapin::ErrorKind::ProtocolError(refusal) => SessionError::Refused(refusal.get_message().to_string()),
            _ => SessionError::Unreachable { endpoint: name, source: Box::new(error) },
        }),
    }
}

fn endpoint(target: &Target) -> Result<&Endpoint, SessionError> {
    target.endpoint("amqp").ok_or_else(|| SessionError::Protocol {
        endpoint: target.broker.clone(),
        detail: "the port `amqp` is not published".to_owned(),
    })
}

fn name(target: &Target, endpoint: &Endpoint) -> String {
    format!("{} (amqp, {endpoint})", target.broker)
}
