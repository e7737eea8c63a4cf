// region: receive
use std::{env, error::Error, pin::pin};

use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::{ClientConfig, Message};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let consumer: StreamConsumer = ClientConfig::new()
        .set("bootstrap.servers", env::var("MQLAB_URL")?)
        .set("group.id", "your-group")
        .set("auto.offset.reset", "earliest")
        // Else a message counts as read before it is processed.
        .set("enable.auto.offset.store", "false")
        .create()?;
    consumer.subscribe(&["your-topic"])?;
    let mut stop = pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            message = consumer.recv() => {
                let message = message?;
                println!("{}", String::from_utf8_lossy(message.payload().unwrap_or_default()));
                // Committed in the background, and when the consumer is dropped.
                consumer.store_offset_from_message(&message)?;
            }
            _ = &mut stop => return Ok(()),
        }
    }
}
// endregion
