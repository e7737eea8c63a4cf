// region: receive
use std::{env, error::Error, pin::pin};

use rocketmq::SimpleConsumer;
use rocketmq::conf::{ClientOption, SimpleConsumerOption};
use rocketmq::model::common::{FilterExpression, FilterType};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut client = ClientOption::default();
    client.set_access_url(env::var("MQLAB_URL")?);
    client.set_enable_tls(false);
    let mut options = SimpleConsumerOption::default();
    options.set_consumer_group("your-group");
    options.set_topics(vec!["your-topic"]);
    let mut consumer = SimpleConsumer::new(options, client)?;
    consumer.start().await?;
    let all = FilterExpression::new(FilterType::Tag, "*");
    let mut stop = pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            messages = consumer.receive("your-topic", &all) => {
                for message in messages? {
                    println!("{}", String::from_utf8_lossy(message.body()));
                    consumer.ack(&message).await?;
                }
            }
            _ = &mut stop => break,
        }
    }
    consumer.shutdown().await?;
    Ok(())
}
// endregion
