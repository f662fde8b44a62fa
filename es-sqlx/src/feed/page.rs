use std::ops::ControlFlow;

use es_core::store::{FeedVisitor, Position, RawEvent, StoreError};

use super::Part;

/// A row with an event.
pub(crate) trait EventRow {
    /// The number that the database gave the event when it was stored.
    fn seq(&self) -> Option<i64>;

    /// The event; the row needn't tell what is common. `None` where a value has a form that is never written.
    fn event<'r>(&'r self, common: Common<'r>) -> Option<RawEvent<'r>>;
}

/// What all events that are asked for have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Common<'p> {
    pub(crate) entity_type: Option<&'p str>,
    pub(crate) event_type: Option<&'p str>,
}

/// A part of the feed, whose rows come in the order of their numbers, which is the fastest, and are shown in that of their
/// positions, which is nearly the same. A row waits only for those that come before it.
pub(crate) struct Page<'p, R> {
    /// The position of the first of `seqs`.
    first: u64,
    /// The numbers of the events, in the order of their positions.
    seqs: Vec<i64>,
    /// Their places in `seqs`, in the order of the numbers.
    order: Vec<usize>,
    /// How many of `order` are behind the row that came last.
    passed: usize,
    rows: Vec<Option<R>>,
    /// The place that is shown next.
    next: usize,
    common: Common<'p>,
}

impl<'p, R: EventRow> Page<'p, R> {
    /// From the numbers of the events at these positions, in the order of the positions. Some may be outside of the part.
    pub(crate) fn new(
        part: Part<'_>,
        numbered: impl Iterator<Item = (u64, i64)>,
        common: Common<'p>,
    ) -> Result<Self, StoreError> {
        let mut seqs = Vec::with_capacity((part.until - part.after) as usize);
        for (position, seq) in numbered {
            if position <= part.after || position > part.until {
                continue;
            }
            let expected = part.after + 1 + seqs.len() as u64;
            if position != expected {
                return Err(missing(expected));
            }
            seqs.push(seq);
        }
        if seqs.len() as u64 != part.until - part.after {
            return Err(missing(part.after + 1 + seqs.len() as u64));
        }
        let mut order: Vec<usize> = (0..seqs.len()).collect();
        order.sort_unstable_by_key(|&place| seqs[place]);
        let rows = seqs.iter().map(|_| None).collect();
        Ok(Page { first: part.after + 1, seqs, order, passed: 0, rows, next: 0, common })
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn seqs(&self) -> &[i64] {
        &self.seqs
    }

    /// The first and the last number, where few others lie between them.
    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.order.first()?, self.order.last()?);
        let (first, last) = (self.seqs[*first], self.seqs[*last]);
        let rows = last.saturating_sub(first) as usize;
        (rows < 4 * self.seqs.len() + 64).then_some((first, last))
    }

    /// Takes the next row, and shows what can be shown now.
    pub(crate) fn take(
        &mut self,
        row: R,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let seq = row.seq().ok_or_else(|| malformed(self.first))?;
        while let Some(&place) = self.order.get(self.passed)
            && self.seqs[place] <= seq
        {
            self.passed += 1;
            if self.seqs[place] == seq {
                if place == self.next {
                    self.next += 1;
                    if self.show_row(&row, place, visit)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                } else {
                    self.rows[place] = Some(row);
                }
                break;
            }
        }
        self.show(seq, visit)
    }

    /// Shows what is left.
    pub(crate) fn finish(
        &mut self,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<ControlFlow<()>, StoreError> {
        self.show(i64::MAX, visit)
    }

    /// Shows events in their order, up to the first whose row may still come, after the one with this number.
    fn show(
        &mut self,
        passed: i64,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<ControlFlow<()>, StoreError> {
        while let Some(&seq) = self.seqs.get(self.next)
            && seq <= passed
        {
            let place = self.next;
            self.next += 1;
            if let Some(row) = self.rows[place].take()
                && self.show_row(&row, place, visit)?.is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn show_row(
        &self,
        row: &R,
        place: usize,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let position = self.first + place as u64;
        let event = row.event(self.common).ok_or_else(|| malformed(position))?;
        Ok(visit(Position::new(position), event))
    }
}

pub(crate) fn missing(position: u64) -> StoreError {
    StoreError::Corrupt(format!("position {position} is missing"))
}

fn malformed(position: u64) -> StoreError {
    StoreError::Corrupt(format!(
        "the event at position {position} has a form that is never written"
    ))
}
