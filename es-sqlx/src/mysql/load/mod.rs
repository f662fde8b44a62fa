mod after_snapshot;
pub(super) mod bare;

use std::ops::ControlFlow;

use es_core::Version;
use es_core::store::{RawEvent, StoreError, StreamHead, StreamQuery, Visitor};
use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{MySql, MySqlConnection, Row};
use uuid::Uuid;

use super::append::Server;
use super::error::{Limits, Rows};
use super::{error, time};
use crate::gather::is_bare;
use crate::statement::Statement;

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
) -> Result<Loaded, Failure> {
    let Range { first: next, last } = Range::of(&query);
    let mut reader = Reader { server, query, visit, next, last, to_the_end: true };
    let head = reader.load(connection).await?;
    Ok(Loaded { head, to_the_end: reader.to_the_end })
}

/// What was loaded.
pub(super) struct Loaded {
    pub(super) head: StreamHead,
    /// Whether everything was taken that the server sent.
    pub(super) to_the_end: bool,
}

struct Reader<'a, 'v> {
    server: Server<'a>,
    query: StreamQuery<'a>,
    visit: &'a mut Visitor<'v>,
    /// The version that has to come next.
    next: u64,
    /// The last version to show.
    last: u64,
    to_the_end: bool,
}

/// What a row has of an event.
#[derive(Clone, Copy)]
enum Columns {
    /// Everything, from this column on.
    From(usize),
    Bare,
}

impl<'a> Reader<'a, '_> {
    async fn load(&mut self, connection: &mut MySqlConnection) -> Result<StreamHead, Failure> {
        if let Some(shape) = self.query.wanted_snapshot() {
            return self.after_snapshot(connection, shape).await;
        }
        // A stream from its start on has events, as a rule, and then each of them can tell the head: that is the fastest.
        let from_start = self.next == 1 && self.last > 0 && self.query.message.is_none();
        let head = match from_start {
            true if is_bare(&self.query) => self.bare_stream(connection).await?,
            true => self.stream(connection).await?,
            false => None,
        };
        match head {
            Some(head) => Ok(head),
            None => self.head_and_stream(connection).await,
        }
    }

    /// `None` if there are no events.
    async fn stream(
        &mut self,
        connection: &mut MySqlConnection,
    ) -> Result<Option<StreamHead>, Failure> {
        let statement = self.server.statements.stream.sql();
        let (entity_type, entity_id) = (self.query.entity_type, self.query.entity_id);
        let mut rows = sqlx::query(statement)
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(self.next)
            .bind(self.last)
            .fetch(connection);
        let Some(first) = first_row(self.server.limits, &mut rows).await? else { return Ok(None) };
        let head = version_and_deleted(&first).ok_or_else(|| malformed(&self.query, self.next))?;
        self.last = self.last.min(head.version.get());
        if self.show(&first, Columns::From(2), head)?.is_continue() {
            self.rest(&mut rows, Columns::From(2), head).await?;
        }
        Ok(Some(head))
    }

    async fn head_and_stream(
        &mut self,
        connection: &mut MySqlConnection,
    ) -> Result<StreamHead, Failure> {
        let (entity_type, entity_id) = (self.query.entity_type, self.query.entity_id);
        let mut rows = self
            .query_head(&self.server.statements.load)
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(self.next)
            .bind(self.last)
            .bind((self.last + 1).saturating_sub(self.next))
            .fetch(connection);
        let first = first_row(self.server.limits, &mut rows).await?;
        let first = first.filter(|row| !has_event(row));
        let head = first.as_ref().and_then(version_and_flags);
        let head = head.ok_or_else(|| malformed(&self.query, 0))?;
        self.last = self.last.min(head.version.get());
        self.rest(&mut rows, Columns::From(0), head).await?;
        Ok(head)
    }

    /// A statement whose first row is the head of the stream, with the values that tell whether the message was processed.
    fn query_head(&self, statement: &Statement) -> Query<'a, MySql, MySqlArguments> {
        let StreamQuery { entity_type, entity_id, message, .. } = self.query;
        sqlx::query(statement.sql())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(message.map(|message| message.consumer().as_bytes()))
            .bind(message.map(|message| message.id().as_bytes()))
    }

    /// Shows the events of all rows that are left, and fails if some are missing.
    async fn rest(
        &mut self,
        rows: &mut Rows<'_>,
        columns: Columns,
        head: StreamHead,
    ) -> Result<(), StoreError> {
        let limits = self.server.limits;
        loop {
            let row = error::next(limits.answer(), rows).await;
            let Some(row) = row.map_err(|error| limits.error(error))? else { break };
            if self.show(&row, columns, head)?.is_break() {
                return Ok(());
            }
        }
        self.complete()
    }

    fn complete(&self) -> Result<(), StoreError> {
        if self.next <= self.last { Err(missing(&self.query, self.next)) } else { Ok(()) }
    }

    fn show(
        &mut self,
        row: &MySqlRow,
        columns: Columns,
        head: StreamHead,
    ) -> Result<ControlFlow<()>, StoreError> {
        if self.next > self.last {
            return Err(beyond(&self.query, head.version));
        }
        let event = match columns {
            Columns::From(column) => row
                .try_get_unchecked(column + 3)
                .ok()
                .and_then(|event_type| str::from_utf8(event_type).ok())
                .and_then(|event_type| event(row, column, &self.query, event_type)),
            Columns::Bare => bare::event(row, 1, self.next, &self.query),
        };
        let event = event.ok_or_else(|| malformed(&self.query, self.next))?;
        if event.version.get() != self.next {
            return Err(missing(&self.query, self.next));
        }
        self.next += 1;
        let shown = self.visit.event(event);
        self.to_the_end &= shown.is_continue();
        Ok(shown)
    }
}

async fn first_row(limits: &Limits, rows: &mut Rows<'_>) -> Result<Option<MySqlRow>, Failure> {
    let row = error::next(limits.answer(), rows).await;
    row.map_err(|error| Failure::at_once(limits, error))
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
fn version_and_deleted(row: &MySqlRow) -> Option<StreamHead> {
    let deleted: i8 = row.try_get(1).ok()?;
    let version = Version::new(row.try_get(0).ok()?);
    Some(StreamHead { version, deleted: deleted != 0, ..StreamHead::NONE })
}

/// `None` where a value has a form that is never written.
fn version_and_flags(row: &MySqlRow) -> Option<StreamHead> {
    let flags: u64 = row.try_get(1).ok()?;
    let version = Version::new(row.try_get(0).ok()?);
    Some(StreamHead {
        version,
        deleted: flags & 1 != 0,
        processed: flags & 2 != 0,
        has_other_snapshot: flags & 4 != 0,
    })
}

/// Whether the row has an event, where a head is one of its own.
fn has_event(row: &MySqlRow) -> bool {
    row.try_get_unchecked::<Option<&[u8]>, _>(2).is_ok_and(|id| id.is_some())
}

/// The event from this column on, of this type. `None` where a value has a form that is never written.
pub(super) fn event<'r>(
    row: &'r MySqlRow,
    column: usize,
    query: &StreamQuery<'r>,
    event_type: &'r str,
) -> Option<RawEvent<'r>> {
    let bytes = |n: usize| row.try_get_unchecked::<Option<&[u8]>, _>(column + n).ok()?;
    let text = |n: usize| match bytes(n) {
        Some(bytes) => str::from_utf8(bytes).ok().map(Some),
        None => Some(None),
    };
    Some(RawEvent {
        entity_type: query.entity_type,
        entity_id: query.entity_id,
        version: Version::new(row.try_get(column).ok()?),
        schema_version: u32::try_from(row.try_get::<u64, _>(column + 1).ok()?).ok()?,
        event_id: Uuid::from_slice(bytes(2)?).ok()?.into(),
        event_type,
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

pub(super) fn malformed(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!(
        "version {version} of {entity_type} {entity_id} has a form that is never written"
    ))
}
