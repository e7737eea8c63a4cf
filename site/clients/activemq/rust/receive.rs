// region: receive
use std::{env, error::Error, pin::pin};

use async_stomp::client::{Connector, Subscriber, disconnect};
use async_stomp::{AckMode, FromServer, ToServer};
use futures_util::{SinkExt, StreamExt};

const QUEUE: &str = "your-queue";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("MQLAB_URL")?;
    let server = url.trim_start_matches("stomp://");
    let mut connection = Connector::builder()
        .server(server)
        .virtualhost("localhost")
        .login(env::var("MQLAB_USER")?)
        .passcode(env::var("MQLAB_PASSWORD")?)
        .connect()
        .await?;
    let subscribe = Subscriber::builder()
        .destination(format!("/queue/{QUEUE}"))
        .id("1")
        .ack(AckMode::ClientIndividual)
        .subscribe();
    connection.send(subscribe).await?;
    let mut stop = pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            frame = connection.next() => match frame.ok_or("the connection is lost")??.content {
                FromServer::Message { body, ack: Some(id), .. } => {
                    println!("{}", String::from_utf8_lossy(&body.unwrap_or_default()));
                    connection.send(ToServer::Ack { id, transaction: None }.into()).await?;
                }
                refused => return Err(format!("{refused:?}").into()),
            },
            _ = &mut stop => break,
        }
    }
    disconnect(&mut connection, "bye").await?;
    Ok(())
}
// endregion
