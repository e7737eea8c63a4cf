// region: receive
use std::{env, error::Error, pin::pin};

use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::{Connection, ConnectionProperties};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection =
        Connection::connect(&env::var("MQLAB_URL")?, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel.basic_qos(10, BasicQosOptions::default()).await?;
    let mut consumer = channel
        .basic_consume(
            "your-queue".into(),
            "".into(),
            BasicConsumeOptions::default(),
            Default::default(),
        )
        .await?;
    let mut stop = pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            delivery = consumer.next() => {
                let delivery = delivery.ok_or("the broker has cancelled the consumer")??;
                println!("{}", String::from_utf8_lossy(&delivery.data));
                delivery.ack(BasicAckOptions::default()).await?;
            }
            _ = &mut stop => break,
        }
    }
    connection.close(200, "".into()).await?;
    Ok(())
}
// endregion
