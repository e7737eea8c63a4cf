// region: send
use std::{env, error::Error, time::Duration};

use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let producer: FutureProducer = ClientConfig::new()
        .set("bootstrap.servers", env::var("MQLAB_URL")?)
        .set("acks", "all")
        .create()?;
    let record = FutureRecord::to("your-topic")
        .key("greeting")
        .payload("Hello from Rust");
    // Over when all replicas in sync have it.
    producer
        .send(record, Duration::ZERO)
        .await
        .map_err(|(error, _)| error)?;
    Ok(())
}
// endregion
