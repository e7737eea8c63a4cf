//! Whether a broker answers at all. Asked before librdkafka is: while a broker starts, an engine's proxy takes
//! connections for it and drops them, and librdkafka then waits longer each time.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::brokers::kafka::PORT;
use crate::brokers::{Endpoint, SessionError, Target};

/// `ApiVersions` in version 0, which every broker answers; the number of the request is 7, the client has no name.
const REQUEST: [u8; 14] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff];

/// One attempt at each node until one answers. Whatever goes wrong is [`SessionError::NotReady`], in the words of the
/// first.
pub(super) async fn greet(target: &Target, within: Duration) -> Result<(), SessionError> {
    let mut first = None;
    for endpoint in target.endpoints(PORT) {
        match greet_one(endpoint, within).await {
            Ok(()) => return Ok(()),
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(()), Err)
}

async fn greet_one(endpoint: &Endpoint, within: Duration) -> Result<(), SessionError> {
    let talk = async {
        let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
        stream.write_all(&REQUEST).await?;
        let mut answer = [0; 10];
        stream.read_exact(&mut answer).await?;
        Ok::<bool, io::Error>(is_answer(answer))
    };
    let problem = match timeout(within, talk).await {
        Ok(Ok(true)) => return Ok(()),
        Ok(Ok(false)) => "it does not speak Kafka's protocol".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", within.as_secs()),
    };
    Err(SessionError::NotReady(format!("cannot reach {endpoint}: {problem}")))
}

/// After four bytes of length: the number of our request, and no error.
fn is_answer(answer: [u8; 10]) -> bool {
    answer[4..] == [0, 0, 0, 7, 0, 0]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tokio::net::TcpListener;

    use super::*;
    use crate::model::{Facts, Secret};

    async fn greeted(answer: &'static [u8]) -> Result<(), SessionError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 14];
            stream.read_exact(&mut request).await.unwrap();
            assert_eq!(request, REQUEST);
            stream.write_all(answer).await.unwrap();
        });
        let endpoints =
            BTreeMap::from([(PORT.to_owned(), vec![Endpoint { node: 1, host: "127.0.0.1".to_owned(), port }])]);
        let target = Target {
            broker: "events".to_owned(),
            nodes: 1,
            endpoints,
            user: String::new(),
            password: Secret::new(""),
            facts: Facts::default(),
            deadline: Duration::from_secs(5),
        };
        greet(&target, target.deadline).await
    }

    #[tokio::test]
    async fn only_a_whole_answer_counts() {
        assert!(greeted(&[0, 0, 1, 0, 0, 0, 0, 7, 0, 0]).await.is_ok());
        // What a proxy does for a broker that does not listen yet.
        assert!(matches!(greeted(&[]).await, Err(SessionError::NotReady(_))));
        // The beginning of an HTTP answer.
        let text = greeted(b"HTTP/1.1 4").await.unwrap_err().to_string();
        assert!(text.contains("does not speak Kafka's protocol"), "{text}");
    }
}
