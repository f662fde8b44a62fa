//! The order in which events get their positions.

use std::collections::HashMap;

/// Events of a commit that have no position yet, and whose numbers follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The number of the first one.
    pub(super) seq: u64,
    pub(super) events: u64,
    pub(super) commit: u64,
    /// Where the last run of its commit begins, if that was looked up.
    pub(super) last: Option<u64>,
}

/// Puts the first runs of the queue, which come in the order of their numbers, into the order of their positions. With a
/// `boundary`, which is where the next run begins, only whole commits are taken whose runs all begin before it.
///
/// A commit comes where its last run is, so that commits stay together, and one that waited for another one, to go on in its
/// stream, comes after it. Whatever comes before something that is taken is taken too: it was committed before the other one
/// was stored, and numbers rise.
pub(super) fn in_order(mut queue: Vec<Waiting>, boundary: Option<u64>) -> Vec<Waiting> {
    match boundary {
        // All of each commit is here.
        None => {
            let mut last: HashMap<u64, u64> = HashMap::with_capacity(queue.len());
            last.extend(queue.iter().map(|run| (run.commit, run.seq)));
            for run in &mut queue {
                run.last = last.get(&run.commit).copied();
            }
        }
        Some(boundary) => queue.retain(|run| run.last.is_some_and(|last| last < boundary)),
    }
    queue.sort_unstable_by_key(|run| (run.last, run.commit, run.seq));
    queue
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seq: u64, commit: u64, last: Option<u64>) -> Waiting {
        Waiting { seq, events: 1, commit, last }
    }

    fn numbers(queue: Vec<Waiting>, boundary: Option<u64>) -> Vec<u64> {
        in_order(queue, boundary).into_iter().map(|run| run.seq).collect()
    }

    #[test]
    fn a_commit_comes_where_its_last_run_is() {
        let queue = vec![run(1, 7, None), run(2, 8, None), run(5, 7, None), run(9, 6, None)];
        assert_eq!(numbers(queue, None), [2, 1, 5, 9]);
    }

    #[test]
    fn a_commit_that_goes_on_behind_the_boundary_is_left() {
        let queue = || vec![run(1, 7, Some(9)), run(2, 8, Some(4)), run(4, 8, Some(4))];
        assert_eq!(numbers(queue(), Some(9)), [2, 4]);
        assert_eq!(numbers(queue(), Some(10)), [2, 4, 1]);
        assert_eq!(numbers(queue(), Some(4)), [0; 0]);
    }
}
