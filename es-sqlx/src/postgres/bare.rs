//! Whole streams for those who fold them, and ask for no more of each event than that takes. Each column that isn't sent
//! makes a long stream some percent faster.

use es_core::store::{RawEvent, StoreError, StreamHead, StreamQuery, Visitor};
use es_core::{EventId, Timestamp, Version};
use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{Either, Executor, PgConnection, Row as _};
use uuid::Uuid;

use super::error::Limits;
use super::load::{Loaded, malformed};
use super::statements::Statements;

/// Whether the query asks for a whole stream, bare.
pub(super) fn is_bare(query: &StreamQuery<'_>) -> bool {
    let StreamQuery { after, until, limit, message, snapshot, bare, .. } = *query;
    let whole = after == Version::NONE && until.is_none() && limit.is_none();
    bare && whole && message.is_none() && snapshot.is_none()
}

/// As [`load`](super::load::load), of a query that [is bare](is_bare). Versions aren't read but counted, and their number
/// is compared with the head's at the end.
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

    let mut head = None;
    let mut version = Version::NONE;
    while let Some(step) = rows.try_next().await.map_err(|error| limits.error(error))? {
        let Either::Right(row) = step else { continue };
        let Some(head) = head else {
            head = Some(head_of(&row).ok_or_else(|| malformed(&query, 0))?);
            continue;
        };
        version = version.plus(1);
        let (event_type, schema_version, data) =
            columns(&row).ok_or_else(|| malformed(&query, version.get()))?;
        let event = RawEvent {
            entity_type,
            entity_id,
            version,
            event_id: EventId::from(Uuid::nil()),
            event_type,
            schema_version,
            data,
            metadata: None,
            triggering_event: None,
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        if visit.event(event).is_break() {
            return Ok(Loaded { head, to_the_end: false });
        }
    }
    let head = head.ok_or_else(|| malformed(&query, 0))?;
    if version < head.version {
        return Err(StoreError::Corrupt(format!(
            "{entity_type} {entity_id} is at version {}, and has {version} events",
            head.version
        )));
    }
    Ok(Loaded { head, to_the_end: true })
}

fn head_of(row: &PgRow) -> Option<StreamHead> {
    let deleted: i32 = row.try_get_unchecked(1).ok()?;
    let version: &str = row.try_get_unchecked(2).ok()?;
    let version = Version::new(version.parse().ok()?);
    Some(StreamHead { version, deleted: deleted != 0, ..StreamHead::NONE })
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
