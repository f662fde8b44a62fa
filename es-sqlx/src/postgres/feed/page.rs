use std::ops::ControlFlow;

use es_core::store::{FeedVisitor, Position, RawEvent, StoreError};
use es_core::{EventId, Version};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::feed::Part;
use crate::postgres::values::Moment;

/// A part of the feed, whose rows come in the order of their numbers and are shown in that of their positions. A row
/// waits only for those that come before it.
pub(super) struct Page {
    /// The position of the first of `seqs`.
    first: u64,
    /// The numbers of the events, in the order of their positions.
    seqs: Vec<i64>,
    /// Their places in `seqs`, in the order of the numbers.
    order: Vec<usize>,
    /// How many of `order` are behind the row that came last.
    passed: usize,
    rows: Vec<Option<PgRow>>,
    /// The place that is shown next.
    next: usize,
}

impl Page {
    /// From the runs of the part, each with the position before it.
    pub(super) fn new(part: Part<'_>, runs: Vec<(i64, Vec<i64>)>) -> Result<Self, StoreError> {
        let mut seqs = Vec::with_capacity((part.until - part.after) as usize);
        for (before, run) in runs {
            for (seq, position) in run.into_iter().zip(before.cast_unsigned() + 1..) {
                if position <= part.after || position > part.until {
                    continue;
                }
                let expected = part.after + 1 + seqs.len() as u64;
                if position != expected {
                    return Err(missing(expected));
                }
                seqs.push(seq);
            }
        }
        if seqs.len() as u64 != part.until - part.after {
            return Err(missing(part.after + 1 + seqs.len() as u64));
        }
        let mut order: Vec<usize> = (0..seqs.len()).collect();
        order.sort_unstable_by_key(|&place| seqs[place]);
        let rows = seqs.iter().map(|_| None).collect();
        Ok(Page { first: part.after + 1, seqs, order, passed: 0, rows, next: 0 })
    }

    pub(super) fn seqs(&self) -> &[i64] {
        &self.seqs
    }

    /// The first and the last number, where few others lie between them.
    pub(super) fn range(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.order.first()?, self.order.last()?);
        let (first, last) = (self.seqs[*first], self.seqs[*last]);
        let rows = last.saturating_sub(first) as usize;
        (rows < 4 * self.seqs.len() + 64).then_some((first, last))
    }

    /// Takes the next row, and shows what can be shown now.
    pub(super) fn take(
        &mut self,
        row: PgRow,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let seq: i64 = row.try_get_unchecked(0).map_err(|_| malformed(self.first))?;
        while let Some(&place) = self.order.get(self.passed)
            && self.seqs[place] <= seq
        {
            self.passed += 1;
            if self.seqs[place] == seq {
                self.rows[place] = Some(row);
                break;
            }
        }
        self.show(seq, visit)
    }

    /// Shows what is left.
    pub(super) fn finish(
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
            let position = self.first + self.next as u64;
            if let Some(row) = self.rows[self.next].take() {
                let event = event_of(&row).ok_or_else(|| malformed(position))?;
                if visit(Position::new(position), event).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            self.next += 1;
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// `None` where a value has a form that is never written.
fn event_of(row: &PgRow) -> Option<RawEvent<'_>> {
    let version: i64 = row.try_get_unchecked(3).ok()?;
    let event_id: Uuid = row.try_get_unchecked(4).ok()?;
    let schema_version: i32 = row.try_get_unchecked(6).ok()?;
    Some(RawEvent {
        entity_type: row.try_get_unchecked(1).ok()?,
        entity_id: row.try_get_unchecked(2).ok()?,
        version: Version::new(version.try_into().ok()?),
        event_id: EventId::from(event_id),
        event_type: row.try_get_unchecked(5).ok()?,
        schema_version: schema_version.try_into().ok()?,
        data: row.try_get_raw(7).ok()?.as_bytes().ok()?,
        triggering_event: row.try_get_unchecked(8).ok()?,
        metadata: row.try_get_unchecked(9).ok()?,
        recorded_at: Moment::from_binary(row.try_get_raw(10).ok()?.as_bytes().ok()?)?,
    })
}

fn missing(position: u64) -> StoreError {
    StoreError::Corrupt(format!("position {position} is missing"))
}

fn malformed(position: u64) -> StoreError {
    StoreError::Corrupt(format!(
        "the event at position {position} has a form that is never written"
    ))
}
