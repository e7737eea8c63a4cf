// region: receive
use std::{env, error::Error, pin::pin};

use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::{Connection, Receiver, Session};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::builder()
        .container_id("rust-receive")
        .sasl_profile(SaslProfile::Plain {
            username: env::var("MQLAB_USER")?,
            password: env::var("MQLAB_PASSWORD")?,
        })
        .open(env::var("MQLAB_URL")?.as_str())
        .await?;
    let mut session = Session::begin(&mut connection).await?;
    let mut receiver = Receiver::attach(&mut session, "receiver", "your-queue").await?;
    let mut stop = pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            delivery = receiver.recv::<String>() => {
                let delivery = delivery?;
                println!("{}", delivery.body());
                receiver.accept(&delivery).await?;
            }
            _ = &mut stop => break,
        }
    }
    receiver.close().await?;
    session.end().await?;
    connection.close().await?;
    Ok(())
}
// endregion
