//! How long to wait before asking again.

use std::time::Duration;

use rand::Rng;

/// Growing waits with jitter, so that several that were refused together do not come back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    most: Duration,
}

impl Backoff {
    /// The first wait is about `first`; each is twice the one before, up to `most`.
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { next: first.min(most), most }
    }

    /// The next wait: between half of it and all of it.
    pub fn next_wait(&mut self) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.most);
        whole.mul_f64(rand::rng().random_range(0.5..=1.0))
    }

    /// Waits for [`Backoff::next_wait`].
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.next_wait()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_most_and_stay_within_their_half() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(350));
        for whole in [100, 200, 350, 350] {
            let wait = backoff.next_wait();
            assert!(wait >= Duration::from_millis(whole / 2), "{wait:?}");
            assert!(wait <= Duration::from_millis(whole), "{wait:?}");
        }
    }
}
