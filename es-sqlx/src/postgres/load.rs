use es_core::store::{RawEvent, RawSnapshot, StoreError, StreamHead, StreamQuery, Visitor};
use es_core::{EventId, Version};
use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use super::bare;
use super::error::Limits;
use super::statements::Statements;
use super::values::Moment;
use crate::gather::is_bare;

/// What a load gives.
pub(super) struct Loaded {
    pub(super) head: StreamHead,
    /// Whether all rows were read, so that the connection is ready for what comes next.
    pub(super) to_the_end: bool,
}

/// Shows the events that the query asks for, and returns the head of their stream, both as one statement saw them.
/// They are shown as they arrive, so that there are never more than a few of them.
pub(super) async fn load(
    connection: &mut PgConnection,
    statements: &Statements,
    limits: &Limits,
    query: StreamQuery<'_>,
    visit: &mut Visitor<'_>,
) -> Result<Loaded, StoreError> {
    if is_bare(&query) {
        return bare::load(connection, statements, limits, query, visit).await;
    }
    let failed = |error| limits.error(error);
    let StreamQuery { entity_type, entity_id, message, .. } = query;
    let shape = query.wanted_snapshot();
    let statement =
        if shape.is_some() { &statements.stream_after_snapshot } else { &statements.stream };
    let (mut next, last) = range(&query);
    let mut rows = sqlx::query(statement.sql())
        .bind(entity_type)
        .bind(entity_id)
        .bind(next.cast_signed())
        .bind(last.cast_signed())
        .bind(message.map(|message| message.consumer()))
        .bind(message.map(|message| message.id()));
    if let Some(shape) = shape {
        rows = rows.bind(shape);
    }
    let mut rows = rows.fetch(connection);

    let mut head = None;
    let mut wanted = true;
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        match row_of(&row, entity_type, entity_id).ok_or_else(|| malformed(&query, next))? {
            Row::Head(found) => head = Some(found),
            Row::Snapshot(snapshot) if !(next..=last).contains(&snapshot.version.get()) => {
                return Err(malformed(&query, next));
            }
            Row::Snapshot(snapshot) => {
                next = snapshot.version.get() + 1;
                visit.snapshot(snapshot);
            }
            Row::Event(event) if event.version.get() != next => return Err(missing(&query, next)),
            Row::Event(event) => {
                next += 1;
                wanted = wanted && visit.event(event).is_continue();
            }
        }
        if let (false, Some(head)) = (wanted, head) {
            return Ok(Loaded { head, to_the_end: false });
        }
    }
    let head = head.ok_or_else(|| malformed(&query, next))?;
    if next <= last.min(head.version.get()) {
        return Err(missing(&query, next));
    }
    Ok(Loaded { head, to_the_end: true })
}

/// The first and the last version to show, the last one before the first if there are none.
fn range(query: &StreamQuery<'_>) -> (u64, u64) {
    let after = query.after.get();
    let until = query.until.map_or(u64::MAX, Version::get);
    let limited = query.limit.map_or(u64::MAX, |events| after.saturating_add(events.into()));
    let (first, last) = (after.saturating_add(1), until.min(limited).min(i64::MAX as u64));
    if first <= last { (first, last) } else { (1, 0) }
}

enum Row<'r> {
    Head(StreamHead),
    Snapshot(RawSnapshot<'r>),
    Event(RawEvent<'r>),
}

/// `None` where a value has a form that is never written. The types of the columns aren't looked at in each row: they
/// are those of the statement.
fn row_of<'r>(row: &'r PgRow, entity_type: &'r str, entity_id: &'r str) -> Option<Row<'r>> {
    let version: i64 = row.try_get_unchecked(0).ok()?;
    let version = Version::new(version.try_into().ok()?);
    let event_id: Option<Uuid> = row.try_get_unchecked(1).ok()?;
    let number: i32 = row.try_get_unchecked(3).ok()?;
    let Some(event_id) = event_id else {
        let shape: Option<&str> = row.try_get_unchecked(2).ok()?;
        if shape.is_some() {
            let data = row.try_get_raw(4).ok()?.as_bytes().ok()?;
            return Some(Row::Snapshot(RawSnapshot { version, data }));
        }
        return Some(Row::Head(StreamHead {
            version,
            deleted: number & 1 != 0,
            processed: number & 2 != 0,
            has_other_snapshot: number & 4 != 0,
        }));
    };
    Some(Row::Event(RawEvent {
        entity_type,
        entity_id,
        version,
        event_id: EventId::from(event_id),
        event_type: row.try_get_unchecked(2).ok()?,
        schema_version: number.try_into().ok()?,
        data: row.try_get_raw(4).ok()?.as_bytes().ok()?,
        triggering_event: row.try_get_unchecked(5).ok()?,
        metadata: row.try_get_unchecked(6).ok()?,
        recorded_at: Moment::from_binary(row.try_get_raw(7).ok()?.as_bytes().ok()?)?,
    }))
}

fn missing(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!("version {version} of {entity_type} {entity_id} is missing"))
}

pub(super) fn malformed(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!(
        "version {version} of {entity_type} {entity_id} has a form that is never written"
    ))
}
