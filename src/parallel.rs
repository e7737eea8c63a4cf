//! The same work on many items, on as many threads as there are cores. What it gives does not tell how many.

use std::panic::resume_unwind;
use std::thread;

/// Fewer are done before another thread has begun.
const LEAST: usize = 50;

/// The results in the order of the items.
pub(crate) fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let size = items.len().div_ceil(cores).max(LEAST);
    let done = |part: &[T]| part.iter().map(&work).collect::<Vec<R>>();
    let Some((own, others)) = items.split_at_checked(size).filter(|(_, others)| !others.is_empty()) else {
        return done(items);
    };
    thread::scope(|scope| {
        let others: Vec<_> = others.chunks(size).map(|part| scope.spawn(move || done(part))).collect();
        let mut all = done(own);
        for part in others {
            all.extend(part.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_items() {
        for count in [0, 1, LEAST, LEAST + 1, 10 * LEAST + 7] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(on_all_cores(&items, |item| item * 2), doubled);
        }
    }
}
