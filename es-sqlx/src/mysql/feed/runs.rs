use std::ops::Range;

use es_core::store::StoreError;

use crate::feed::missing;

/// Events whose numbers and positions follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) position: u64,
    pub(super) seq: u64,
    pub(super) events: u64,
}

impl Run {
    /// From number of the first event, how many there are, and position of the first one.
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(str::parse);
        let (seq, events, position) =
            (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        (events > 0).then_some(Run { position, seq, events })
    }

    fn end(&self) -> u64 {
        self.position + self.events
    }

    /// What of it has positions from this one on, up to that one.
    fn part(self, first: u64, last: u64) -> Option<Self> {
        let before = first.saturating_sub(self.position);
        let behind = self.end().saturating_sub(last + 1);
        let events = self.events.checked_sub(before + behind).filter(|&events| events > 0)?;
        Some(Run { position: self.position + before, seq: self.seq + before, events })
    }
}

/// Runs whose positions follow each other, in their order. There is at least one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Runs(Vec<Run>);

impl Runs {
    /// What a text has of the events after a position up to another one, from the first of them on. Servers may be told to
    /// cut such texts off; a run that isn't whole has no `;`, and isn't taken.
    pub(super) fn read(text: &[u8], after: u64, until: u64) -> Result<Self, StoreError> {
        let text = str::from_utf8(text).unwrap_or_default();
        let mut found: Vec<Run> =
            text.split_inclusive(';').filter_map(|run| Run::read(run.strip_suffix(';')?)).collect();
        found.sort_unstable_by_key(|run| run.position);
        Runs::of(found, after, until)
    }

    /// What is there of them, which come in the order of their positions.
    pub(super) fn of(found: Vec<Run>, after: u64, until: u64) -> Result<Self, StoreError> {
        let mut runs: Vec<Run> = Vec::with_capacity(found.len());
        let mut next = after + 1;
        for run in found.into_iter().filter_map(|run| run.part(after + 1, until)) {
            if run.position != next {
                break;
            }
            next = run.end();
            runs.push(run);
        }
        if runs.is_empty() {
            return Err(missing(next));
        }
        Ok(Runs(runs))
    }

    /// The last position.
    pub(super) fn until(&self) -> u64 {
        Near(&self.0).until()
    }

    /// In parts whose numbers have few others between them.
    pub(super) fn near_each_other(&self) -> impl Iterator<Item = Near<'_>> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let (near, others) = rest.split_at_checked(near_the_first(rest))?;
            rest = others;
            (!near.is_empty()).then_some(Near(near))
        })
    }
}

/// How many runs are as near to each other as [`Page::range`](crate::feed::Page::range) asks for.
fn near_the_first(runs: &[Run]) -> usize {
    let (mut numbers, mut events) = (Range { start: u64::MAX, end: 0 }, 0);
    let is_near = |run: &&Run| {
        numbers = numbers.start.min(run.seq)..numbers.end.max(run.seq + run.events);
        events += run.events;
        numbers.end - numbers.start <= 4 * events + 64
    };
    runs.iter().take_while(is_near).count()
}

/// Some of [`Runs`].
pub(super) struct Near<'a>(&'a [Run]);

impl Near<'_> {
    /// The position before the first one.
    pub(super) fn after(&self) -> u64 {
        self.0.first().map_or(0, |run| run.position - 1)
    }

    /// The last position.
    pub(super) fn until(&self) -> u64 {
        self.0.last().map_or(0, |run| run.end() - 1)
    }

    /// Positions and numbers.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u64, i64)> {
        self.0.iter().flat_map(|run| (run.position..run.end()).zip(run.seq.cast_signed()..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seq: u64, events: u64, position: u64) -> Run {
        Run { position, seq, events }
    }

    #[test]
    fn runs_are_taken_in_the_order_of_their_positions_and_cut_to_what_is_asked_for() {
        let runs = Runs::read(b"30 2 6;10 5 1;7 9 8;", 2, 9).unwrap();
        assert_eq!(runs.0, [run(12, 3, 3), run(30, 2, 6), run(7, 2, 8)]);
        assert_eq!(runs.until(), 9);
        let runs = Runs::read(b"10 5 1;", 1, 3).unwrap();
        assert_eq!(runs.0, [run(11, 2, 2)]);
    }

    #[test]
    fn what_is_cut_off_is_not_taken() {
        let text = b"10 5 101;20 12 106;40 7 118;";
        for length in 0..=text.len() {
            let whole = match length {
                0..=8 => None,
                9..=18 => Some(105),
                19..=27 => Some(117),
                _ => Some(124),
            };
            let runs = Runs::read(&text[..length], 100, 124).ok();
            assert_eq!(runs.map(|runs| runs.until()), whole, "{length} bytes");
        }
    }

    #[test]
    fn numbers_that_are_far_apart_are_apart() {
        let runs = Runs(vec![
            run(1_000, 10, 1),
            run(1_013, 10, 11),
            run(5_000, 1, 21),
            run(1_110, 100, 22),
            run(1_300, 1, 122),
            run(1, 1, 123),
        ]);
        let near: Vec<(u64, u64)> =
            runs.near_each_other().map(|near| (near.after(), near.until())).collect();
        assert_eq!(near, [(0, 20), (20, 21), (21, 122), (122, 123)]);
        let numbers: Vec<_> = runs.near_each_other().nth(2).unwrap().numbered().skip(99).collect();
        assert_eq!(numbers, [(121, 1_209), (122, 1_300)]);
    }
}
