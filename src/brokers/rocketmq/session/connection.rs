//! One connection to a name server, a broker or a proxy, opened when it is needed.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::brokers::rocketmq::protocol::{Answer, Request, frame, loose};
use crate::brokers::{Endpoint, SessionError};

/// How many questions are on their way at once: a broker works at sixteen.
const ON_THEIR_WAY: usize = 64;
/// One look at whether somebody is there.
pub(super) const ATTEMPT: Duration = Duration::from_secs(3);

/// Where to ask. After a failure the next question opens a new connection.
#[derive(Debug)]
pub(super) struct Connection {
    endpoint: Endpoint,
    /// For one answer.
    deadline: Duration,
    stream: Option<TcpStream>,
    next: i32,
}

impl Connection {
    pub(super) fn new(endpoint: Endpoint, deadline: Duration) -> Self {
        Self { endpoint, deadline, stream: None, next: 1 }
    }

    /// Which broker it is: the master is 1.
    pub(super) fn node(&self) -> u32 {
        self.endpoint.node
    }

    pub(super) fn endpoint(&self) -> String {
        self.endpoint.to_string()
    }

    /// One question; an answer that is a "no" is an error in the broker's words.
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, SessionError> {
        let answer = self.ask_all(&[request]).await?.pop();
        let answer = answer.ok_or_else(|| self.nonsense("no answer".to_owned()))?;
        if answer.is_success() { Ok(answer) } else { Err(SessionError::Refused(answer.complaint())) }
    }

    /// One question to somebody who may not be there: it is asked again anyway.
    pub(super) async fn knock(&mut self, request: Request) -> Result<Json, SessionError> {
        let patience = self.deadline;
        self.deadline = patience.min(ATTEMPT);
        let answer = self.read(request).await;
        self.deadline = patience;
        answer
    }

    /// One question whose answer has a body.
    pub(super) async fn read(&mut self, request: Request) -> Result<Json, SessionError> {
        let answer = self.ask(request).await?;
        self.parse(&answer)
    }

    /// Several at once, each with its own "yes" or "no".
    pub(super) async fn read_all<const N: usize>(
        &mut self,
        requests: [Request; N],
    ) -> Result<[Result<Json, SessionError>; N], SessionError> {
        let answers: [Answer; N] = self
            .ask_all(&requests)
            .await?
            .try_into()
            .map_err(|answers: Vec<Answer>| self.nonsense(format!("{} answers to {N} questions", answers.len())))?;
        Ok(answers.map(|answer| {
            if answer.is_success() { self.parse(&answer) } else { Err(SessionError::Refused(answer.complaint())) }
        }))
    }

    pub(super) fn parse(&self, answer: &Answer) -> Result<Json, SessionError> {
        loose::parse(&answer.body).map_err(|error| self.nonsense(error.to_string()))
    }

    /// Many questions, and an answer for each in their order, whatever it says. Ends when one answer takes longer
    /// than the deadline.
    pub(super) async fn ask_all(&mut self, requests: &[Request]) -> Result<Vec<Answer>, SessionError> {
        let mut answers = Vec::with_capacity(requests.len());
        for some in requests.chunks(ON_THEIR_WAY) {
            let result = self.exchange(some).await;
            if result.is_err() {
                // What is still on its way would be taken for the answer to something else.
                self.stream = None;
            }
            answers.extend(result?);
        }
        Ok(answers)
    }

    async fn exchange(&mut self, requests: &[Request]) -> Result<Vec<Answer>, SessionError> {
        let first = self.next;
        self.next = first.wrapping_add(i32::try_from(requests.len()).unwrap_or_default()).max(1);
        let numbered = (first..).zip(requests);
        let bytes: Vec<u8> = numbered.flat_map(|(number, request)| request.encode(number)).collect();
        let deadline = self.deadline;
        let (silence, broken) = (self.silence(), self.endpoint());
        let unreachable = |source: io::Error| SessionError::Unreachable { endpoint: broken, source: source.into() };
        let stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                match timeout(deadline, TcpStream::connect((self.endpoint.host.as_str(), self.endpoint.port))).await {
                    Ok(Ok(stream)) => stream,
                    Ok(Err(error)) => return Err(unreachable(error)),
                    Err(_) => return Err(silence),
                }
            }
        };
        let stream = self.stream.insert(stream);
        let (mut from, mut to) = stream.split();
        let mut answers: BTreeMap<i32, Answer> = BTreeMap::new();
        let take = async {
            while answers.len() < requests.len() {
                let frame = match timeout(deadline, read_frame(&mut from)).await {
                    Ok(frame) => frame.map_err(Fault::Io)?,
                    Err(_) => return Err(Fault::Silence),
                };
                if let Some(answer) = Answer::decode(&frame).map_err(Fault::Nonsense)? {
                    answers.insert(answer.number, answer);
                }
            }
            Ok(())
        };
        let give = async { to.write_all(&bytes).await.map_err(Fault::Io) };
        match tokio::try_join!(take, give) {
            Ok(_) => {}
            Err(Fault::Io(error)) => return Err(unreachable(error)),
            Err(Fault::Silence) => return Err(silence),
            Err(Fault::Nonsense(detail)) => return Err(self.nonsense(detail)),
        }
        let in_order: Option<Vec<Answer>> =
            (first..).take(requests.len()).map(|number| answers.remove(&number)).collect();
        in_order.ok_or_else(|| self.nonsense("an answer to no question of ours".to_owned()))
    }

    fn silence(&self) -> SessionError {
        SessionError::TimedOut { endpoint: self.endpoint(), seconds: self.deadline.as_secs().max(1) }
    }

    fn nonsense(&self, detail: String) -> SessionError {
        SessionError::Protocol { endpoint: self.endpoint(), detail }
    }
}

enum Fault {
    Io(io::Error),
    Silence,
    Nonsense(String),
}

pub(super) async fn read_frame(from: &mut (impl AsyncReadExt + Unpin)) -> io::Result<Vec<u8>> {
    let length = from.read_u32().await? as usize;
    if length > frame::MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not speak RocketMQ's remoting protocol"));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame).await?;
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// Answers each connection with what `say` makes of the numbers of so many requests, and closes it.
    async fn connection(requests: usize, say: fn(Vec<i32>) -> Vec<u8>) -> Connection {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut numbers = Vec::new();
                for _ in 0..requests {
                    let frame = read_frame(&mut stream).await.unwrap();
                    let header: Json = serde_json::from_slice(&frame[4..]).unwrap();
                    numbers.push(i32::try_from(header["opaque"].as_i64().unwrap()).unwrap());
                }
                stream.write_all(&say(numbers)).await.unwrap();
                // A broker that says nothing keeps the connection.
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        });
        Connection::new(Endpoint { node: 1, host: "127.0.0.1".to_owned(), port }, Duration::from_millis(200))
    }

    fn answers(numbers: impl IntoIterator<Item = i32>) -> Vec<u8> {
        let frames = numbers.into_iter().flat_map(|number| {
            let header = format!(r#"{{"code":0,"flag":1,"opaque":{number},"remark":"{number}"}}"#);
            let length = |bytes: usize| u32::try_from(bytes).unwrap().to_be_bytes();
            [&length(header.len() + 4)[..], &length(header.len()), header.as_bytes()].concat()
        });
        frames.collect()
    }

    #[tokio::test]
    async fn answers_find_their_questions_in_any_order() {
        let mut connection = connection(3, |numbers| answers(numbers.into_iter().rev())).await;
        let found = connection.ask_all(&vec![Request::new(21); 3]).await.unwrap();
        let numbers: Vec<&str> = found.iter().map(|answer| answer.remark.as_str()).collect();
        assert_eq!(numbers, ["1", "2", "3"]);
    }

    #[tokio::test]
    async fn silence_is_told_from_a_closed_port_and_from_nonsense() {
        let mut silent = connection(1, |_| Vec::new()).await;
        assert!(matches!(silent.ask(Request::new(21)).await, Err(SessionError::TimedOut { .. })));
        let mut cut = connection(2, |numbers| answers(numbers.into_iter().take(1))).await;
        assert!(matches!(cut.ask_all(&vec![Request::new(21); 2]).await, Err(SessionError::TimedOut { .. })));
        let mut other = connection(1, |_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await;
        assert!(matches!(other.ask(Request::new(21)).await, Err(SessionError::Unreachable { .. })));
        let mut stranger = connection(1, |_| answers([77])).await;
        assert!(matches!(stranger.ask(Request::new(21)).await, Err(SessionError::Protocol { .. })));
        let mut nobody =
            Connection::new(Endpoint { node: 1, host: "127.0.0.1".to_owned(), port: 1 }, Duration::from_secs(1));
        assert!(matches!(nobody.ask(Request::new(21)).await, Err(SessionError::Unreachable { .. })));
    }

    #[tokio::test]
    async fn a_late_answer_is_not_taken_for_the_next_one() {
        let mut connection = connection(1, |numbers| if numbers == [1] { Vec::new() } else { answers(numbers) }).await;
        assert!(connection.ask(Request::new(21)).await.is_err());
        connection.deadline = Duration::from_secs(2);
        assert_eq!(connection.ask(Request::new(21)).await.unwrap().remark, "2");
    }
}
