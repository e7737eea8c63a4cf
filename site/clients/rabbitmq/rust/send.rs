// region: send
use std::{env, error::Error};

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection =
        Connection::connect(&env::var("MQLAB_URL")?, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await?;
    let confirmation = channel
        .basic_publish(
            "".into(), // the default exchange: the routing key is the queue's name
            "your-queue".into(),
            BasicPublishOptions {
                mandatory: true,
                ..Default::default()
            },
            b"Hello from Rust",
            BasicProperties::default().with_delivery_mode(2), // persistent
        )
        .await?
        .await?;
    match confirmation {
        Confirmation::Ack(None) => connection.close(200, "".into()).await?,
        refused => return Err(format!("no queue has it: {refused:?}").into()),
    }
    Ok(())
}
// endregion
