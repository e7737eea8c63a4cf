// region: send
use std::{env, error::Error};

use rocketmq::Producer;
use rocketmq::conf::{ClientOption, ProducerOption};
use rocketmq::model::message::MessageBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut client = ClientOption::default();
    client.set_access_url(env::var("MQLAB_URL")?);
    client.set_enable_tls(false);
    let mut options = ProducerOption::default();
    options.set_topics(vec!["your-topic"]);
    let mut producer = Producer::new(options, client)?;
    producer.start().await?;
    let message = MessageBuilder::builder()
        .set_topic("your-topic")
        .set_body("Hello from Rust".into())
        .build()?;
    producer.send(message).await?;
    producer.shutdown().await?;
    Ok(())
}
// endregion
