use es_core::store::{RawEvent, StoreError, StreamHead, StreamQuery, Visitor};
use es_core::{EventId, Version};
use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::error::Limits;
use super::statements::Statements;
use super::values::Moment;

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
    let failed = |error| limits.error(error);
    let StreamQuery { entity_type, entity_id, message, .. } = query;
    let (mut next, last) = range(&query);
    let mut rows = sqlx::query(statements.stream.sql())
        .bind(entity_type)
        .bind(entity_id)
        .bind(next.cast_signed())
        .bind(last.cast_signed())
        .bind(message.map(|message| message.consumer()))
        .bind(message.map(|message| message.id()))
        .fetch(connection);

    let first = rows.try_next().await.map_err(failed)?;
    let head = first.as_ref().and_then(head).ok_or_else(|| malformed(&query, 0))?;
    let last = last.min(head.version.get());
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        let event = event(&row, entity_type, entity_id).ok_or_else(|| malformed(&query, next))?;
        if event.version.get() != next {
            return Err(missing(&query, next));
        }
        next += 1;
        if visit(event).is_break() {
            return Ok(Loaded { head, to_the_end: next > last });
        }
    }
    if next <= last {
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

/// `None` where it has a form that is never written.
fn head(row: &PgRow) -> Option<StreamHead> {
    let version: i64 = row.try_get(8).ok()?;
    let (deleted, processed) = (row.try_get(9).ok()?, row.try_get(10).ok()?);
    Some(StreamHead { version: Version::new(version.try_into().ok()?), deleted, processed })
}

/// `None` where a value has a form that is never written. The types of the columns are not looked at for each event:
/// they are those of the statement.
fn event<'r>(row: &'r PgRow, entity_type: &'r str, entity_id: &'r str) -> Option<RawEvent<'r>> {
    let version: i64 = row.try_get_unchecked(0).ok()?;
    let event_id: Uuid = row.try_get_unchecked(1).ok()?;
    let schema_version: i32 = row.try_get_unchecked(3).ok()?;
    Some(RawEvent {
        entity_type,
        entity_id,
        version: Version::new(version.try_into().ok()?),
        event_id: EventId::from(event_id),
        event_type: row.try_get_unchecked(2).ok()?,
        schema_version: schema_version.try_into().ok()?,
        data: row.try_get_raw(4).ok()?.as_bytes().ok()?,
        triggering_event: row.try_get_unchecked(5).ok()?,
        metadata: row.try_get_unchecked(6).ok()?,
        recorded_at: Moment::from_binary(row.try_get_raw(7).ok()?.as_bytes().ok()?)?,
    })
}

fn missing(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!("version {version} of {entity_type} {entity_id} is missing"))
}

fn malformed(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!(
        "version {version} of {entity_type} {entity_id} has a form that is never written"
    ))
}
