// region: send
use std::{env, error::Error};

use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::types::messaging::{Header, Message};
use fe2o3_amqp::{Connection, Sender, Session};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::builder()
        .container_id("rust-send")
        .sasl_profile(SaslProfile::Plain {
            username: env::var("MQLAB_USER")?,
            password: env::var("MQLAB_PASSWORD")?,
        })
        .open(env::var("MQLAB_URL")?.as_str())
        .await?;
    let mut session = Session::begin(&mut connection).await?;
    let mut sender = Sender::attach(&mut session, "sender", "your-queue").await?;
    // Without this header the message does not survive a restart of the broker.
    let durable = Header {
        durable: true,
        ..Default::default()
    };
    let message = Message::builder()
        .header(durable)
        .value("Hello from Rust")
        .build();
    sender
        .send(message)
        .await?
        .accepted_or_else(|refused| format!("{refused:?}"))?;
    sender.close().await?;
    session.end().await?;
    connection.close().await?;
    Ok(())
}
// endregion
