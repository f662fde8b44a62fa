//! Whole streams for those who fold them, and ask for no more of each event than that takes. Each column that isn't sent
//! makes a long stream some percent faster.

use std::ops::ControlFlow;

use es_core::store::{RawEvent, StoreError, StreamHead, StreamQuery, Visitor};
use es_core::{EventId, Timestamp, Version};
use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{Either, Executor, PgConnection, Row as _};
use uuid::Uuid;

use super::error::Limits;
use super::load::{Loaded, malformed};
use super::statements::Statements;

/// As [`load`](super::load::load), of a query that [is bare](crate::gather::is_bare).
pub(super) async fn load(
    connection: &mut PgConnection,
    statements: &Statements,
    limits: &Limits,
    query: StreamQuery<'_>,
    visit: &mut Visitor<'_>,
) -> Result<Loaded, StoreError> {
    let StreamQuery { entity_type, entity_id, .. } = query;
    let stream = sqlx::query(statements.bare_stream.sql()).bind(entity_type).bind(entity_id);
    // `fetch` would take each row through one stream more.
    let mut rows = connection.fetch_many(stream);
    let mut shown = Shown::new(query, visit);
    while let Some(step) = rows.try_next().await.map_err(|error| limits.error(error))? {
        if let Either::Right(row) = step
            && let ControlFlow::Break(head) = shown.row(&row)?
        {
            return Ok(Loaded { head, to_the_end: false });
        }
    }
    Ok(Loaded { head: shown.end()?, to_the_end: true })
}

/// As [`load`], of rows that are there.
pub(super) fn show(
    rows: &[PgRow],
    query: StreamQuery<'_>,
    visit: &mut Visitor<'_>,
) -> Result<StreamHead, StoreError> {
    let mut shown = Shown::new(query, visit);
    for row in rows {
        if let ControlFlow::Break(head) = shown.row(row)? {
            return Ok(head);
        }
    }
    shown.end()
}

/// A stream that is shown row by row. Versions aren't read but counted, and their number is compared with the head's at
/// the end.
struct Shown<'a, 'v> {
    query: StreamQuery<'a>,
    visit: &'a mut Visitor<'v>,
    head: Option<StreamHead>,
    version: Version,
}

impl<'a, 'v> Shown<'a, 'v> {
    fn new(query: StreamQuery<'a>, visit: &'a mut Visitor<'v>) -> Self {
        Shown { query, visit, head: None, version: Version::NONE }
    }

    /// Shows the event of the next row. Breaks where the visitor wants no more.
    fn row(&mut self, row: &PgRow) -> Result<ControlFlow<StreamHead>, StoreError> {
        let Some(head) = self.head else {
            self.head = Some(head(row).ok_or_else(|| malformed(&self.query, 0))?);
            return Ok(ControlFlow::Continue(()));
        };
        self.version = self.version.plus(1);
        let (event_type, schema_version, data) =
            columns(row).ok_or_else(|| malformed(&self.query, self.version.get()))?;
        let event = RawEvent {
            entity_type: self.query.entity_type,
            entity_id: self.query.entity_id,
            version: self.version,
            event_id: EventId::from(Uuid::nil()),
            event_type,
            schema_version,
            data,
            metadata: None,
            triggering_event: None,
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        Ok(match self.visit.event(event) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => ControlFlow::Break(head),
        })
    }

    /// After the last row.
    fn end(self) -> Result<StreamHead, StoreError> {
        let Shown { query, version, .. } = self;
        let head = self.head.ok_or_else(|| malformed(&query, 0))?;
        if version != head.version {
            let StreamQuery { entity_type, entity_id, .. } = query;
            return Err(StoreError::Corrupt(format!(
                "{entity_type} {entity_id} is at version {}, and has {version} events",
                head.version
            )));
        }
        Ok(head)
    }
}

/// What the first row of a stream says.
pub(super) fn head(row: &PgRow) -> Option<StreamHead> {
    let deleted: i32 = row.try_get_unchecked(1).ok()?;
    let version: &str = row.try_get_unchecked(2).ok()?;
    let version = Version::new(version.parse().ok()?);
    Some(StreamHead { version, deleted: deleted & 1 != 0, ..StreamHead::NONE })
}

/// The number of the stream that a first row is of, where streams are read together, from 0.
pub(super) fn stream(row: &PgRow) -> Option<usize> {
    let number: i32 = row.try_get_unchecked(1).ok()?;
    usize::try_from(number / 2).ok()?.checked_sub(1)
}

/// `None` where a value has a form that is never written. The types of the columns aren't looked at in each row: they
/// are those of the statement.
fn columns(row: &PgRow) -> Option<(&str, u32, &[u8])> {
    let schema_version: i32 = row.try_get_unchecked(1).ok()?;
    Some((
        row.try_get_unchecked(0).ok()?,
        schema_version.try_into().ok()?,
        row.try_get_raw(2).ok()?.as_bytes().ok()?,
    ))
}
