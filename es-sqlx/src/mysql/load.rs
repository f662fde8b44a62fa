use std::ops::ControlFlow;

use es_core::Version;
use es_core::store::{RawEvent, StoreError, StreamHead, StreamQuery, Visitor};
use futures_util::TryStreamExt;
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row};
use uuid::Uuid;

use super::append::Server;
use super::error::Limits;
use super::{error, time};

/// Why a load failed.
pub(super) enum Failure {
    /// The connection was lost before anything was shown.
    LostAtOnce(sqlx::Error),
    Store(StoreError),
}

impl Failure {
    /// Before anything was shown.
    pub(super) fn at_once(limits: &Limits, error: sqlx::Error) -> Self {
        if error::is_lost(&error) && !error::is_late(&error) {
            Failure::LostAtOnce(error)
        } else {
            Failure::Store(limits.error(error))
        }
    }

    pub(super) fn error(self, limits: &Limits) -> StoreError {
        match self {
            Failure::LostAtOnce(error) => limits.error(error),
            Failure::Store(error) => error,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Store(error)
    }
}

/// Shows the events that the query asks for, and returns the head of their stream, both as one statement saw them.
pub(super) async fn load(
    connection: &mut MySqlConnection,
    server: Server<'_>,
    query: StreamQuery<'_>,
    visit: &mut Visitor<'_>,
) -> Result<StreamHead, Failure> {
    let Range { first, last } = Range::of(&query);
    let message = query.message;
    let mut rows = sqlx::query(server.statements.load.sql())
        .bind(query.entity_type.as_bytes())
        .bind(query.entity_id.as_bytes())
        .bind(message.map(|message| message.consumer().as_bytes()))
        .bind(message.map(|message| message.id().as_bytes()))
        .bind(query.entity_type.as_bytes())
        .bind(query.entity_id.as_bytes())
        .bind(query.entity_type.as_bytes())
        .bind(query.entity_id.as_bytes())
        .bind(first)
        .bind(last)
        .bind((last + 1).saturating_sub(first))
        .fetch(connection);
    let answer = server.limits.answer();
    let failed = |error| server.limits.error(error);

    let head = error::within(answer, rows.try_next())
        .await
        .map_err(|error| Failure::at_once(server.limits, error))?;
    let head = head.as_ref().and_then(head_of).ok_or_else(|| malformed(&query, 0))?;
    let last = last.min(head.version.get());
    let mut next = first;
    while let Some(row) = error::within(answer, rows.try_next()).await.map_err(failed)? {
        if next > last {
            return Err(beyond(&query, head.version).into());
        }
        let event = event(&row, &query).ok_or_else(|| malformed(&query, next))?;
        if event.version.get() != next {
            return Err(missing(&query, next).into());
        }
        next += 1;
        if visit(event) == ControlFlow::Break(()) {
            return Ok(head);
        }
    }
    if next <= last {
        return Err(missing(&query, next).into());
    }
    Ok(head)
}

/// The versions that a query asks for.
struct Range {
    first: u64,
    last: u64,
}

impl Range {
    fn of(query: &StreamQuery<'_>) -> Self {
        let after = query.after.get();
        let until = query.until.map_or(u64::MAX, Version::get);
        let limited = query.limit.map_or(u64::MAX, |events| after.saturating_add(events.into()));
        let (first, last) =
            (after.saturating_add(1), until.min(limited).min(i64::MAX.cast_unsigned()));
        if first > last { Range { first: 1, last: 0 } } else { Range { first, last } }
    }
}

/// `None` where a value has a form that is never written.
fn head_of(row: &MySqlRow) -> Option<StreamHead> {
    if row.try_get::<Option<&[u8]>, _>(2).ok()?.is_some() {
        return None;
    }
    let flags: u64 = row.try_get(1).ok()?;
    Some(StreamHead {
        version: Version::new(row.try_get(0).ok()?),
        deleted: flags & 1 != 0,
        processed: flags & 2 != 0,
    })
}

/// `None` where a value has a form that is never written.
fn event<'r>(row: &'r MySqlRow, query: &StreamQuery<'r>) -> Option<RawEvent<'r>> {
    let bytes = |column: usize| row.try_get_unchecked::<Option<&[u8]>, _>(column).ok()?;
    let text = |column: usize| match bytes(column) {
        Some(bytes) => str::from_utf8(bytes).ok().map(Some),
        None => Some(None),
    };
    Some(RawEvent {
        entity_type: query.entity_type,
        entity_id: query.entity_id,
        version: Version::new(row.try_get(0).ok()?),
        schema_version: u32::try_from(row.try_get::<u64, _>(1).ok()?).ok()?,
        event_id: Uuid::from_slice(bytes(2)?).ok()?.into(),
        event_type: str::from_utf8(bytes(3)?).ok()?,
        data: bytes(4)?,
        triggering_event: text(5)?,
        metadata: text(6)?,
        recorded_at: time::decode(bytes(7)?)?,
    })
}

fn missing(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!("version {version} of {entity_type} {entity_id} is missing"))
}

fn beyond(query: &StreamQuery<'_>, version: Version) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!(
        "{entity_type} {entity_id} is at version {version}, and has later events"
    ))
}

fn malformed(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!(
        "version {version} of {entity_type} {entity_id} has a form that is never written"
    ))
}
