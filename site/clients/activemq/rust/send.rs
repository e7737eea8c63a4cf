// region: send
use std::{env, error::Error};

use async_stomp::client::{Connector, disconnect};
use async_stomp::{FromServer, ToServer};
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
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let send = ToServer::Send {
        destination: format!("/queue/{QUEUE}"),
        transaction: None,
        // Without the first the message does not survive a restart; the second asks for an answer.
        headers: Some(vec![
            header("persistent", "true"),
            header("receipt", "sent"),
        ]),
        body: Some(b"Hello from Rust".to_vec()),
    };
    connection.send(send.into()).await?;
    match connection
        .next()
        .await
        .ok_or("the connection is lost")??
        .content
    {
        FromServer::Receipt { .. } => disconnect(&mut connection, "bye").await?,
        refused => return Err(format!("{refused:?}").into()),
    }
    Ok(())
}
// endregion
