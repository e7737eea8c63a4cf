//! Which of several places takes connections.

use std::time::Duration;

use tokio::net::TcpStream;

/// The first of these, in their order, that takes a connection. All are tried at once, so that one that is silent
/// costs nothing when another answers before it in the list; none is `None`.
pub async fn first_open(places: impl IntoIterator<Item = (String, u16)>, within: Duration) -> Option<usize> {
    let tries = places.into_iter().map(|(host, port)| {
        tokio::spawn(async move {
            tokio::time::timeout(within, TcpStream::connect((host.as_str(), port)))
                .await
                .is_ok_and(|tried| tried.is_ok())
        })
    });
    let tries: Vec<_> = tries.collect();
    for (index, tried) in tries.into_iter().enumerate() {
        if tried.await.unwrap_or(false) {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_closed_port_is_passed_over() {
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let [first, second] =
            [&closed, &open].map(|socket| ("127.0.0.1".to_owned(), socket.local_addr().unwrap().port()));
        drop(closed);
        let within = Duration::from_secs(5);
        assert_eq!(first_open([first.clone(), second], within).await, Some(1));
        assert_eq!(first_open([first], within).await, None);
    }
}
