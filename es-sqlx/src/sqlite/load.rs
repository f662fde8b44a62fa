use std::ops::ControlFlow;

use es_core::store::{RawSnapshot, StoreError, StreamHead, StreamQuery, Visitor};
use es_core::{Timestamp, Version};
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::error::Limits;
use super::page::{Entry, Page, Record};
use super::statements::Statements;

/// What a load gives.
pub(super) struct Loaded {
    pub(super) head: StreamHead,
    /// Whether all rows were read, so that the connection is ready for what comes next.
    pub(super) to_the_end: bool,
}

/// Shows the events that the query asks for, and returns the head of their stream, both as one statement saw them.
pub(super) async fn load(
    connection: &mut SqliteConnection,
    statements: &Statements,
    limits: &Limits,
    query: StreamQuery<'_>,
    visit: &mut Visitor<'_>,
) -> Result<Loaded, StoreError> {
    Reader { connection, statements, limits, query, visit, next: 0, last: 0 }.load().await
}

struct Reader<'a, 'v> {
    connection: &'a mut SqliteConnection,
    statements: &'a Statements,
    limits: &'a Limits,
    query: StreamQuery<'a>,
    visit: &'a mut Visitor<'v>,
    /// The version that has to come next.
    next: u64,
    /// The last version to show.
    last: u64,
}

/// Where reading pages stopped.
enum Stop {
    /// At the end of what is wanted.
    End,
    /// Where the visitor wants no more.
    Break,
    /// At an event that is too large for a page, in the page that ends with this version.
    Large(u64),
}

impl Reader<'_, '_> {
    async fn load(mut self) -> Result<Loaded, StoreError> {
        let after = self.query.after.get();
        let until = self.query.until.map_or(u64::MAX, Version::get);
        let limited =
            self.query.limit.map_or(u64::MAX, |events| after.saturating_add(events.into()));
        (self.next, self.last) = (after.saturating_add(1), until.min(limited).min(i64::MAX as u64));
        if self.next > self.last {
            (self.next, self.last) = (1, 0);
        }

        let (head, mut stop) = self.pages(self.query.wanted_snapshot()).await?;
        // What follows is read by other statements. Events never change, so they still show the same state.
        while let Stop::Large(end) = stop {
            stop = match self.rows(end).await? {
                ControlFlow::Continue(()) if self.next <= self.last => self.pages(None).await?.1,
                ControlFlow::Continue(()) => Stop::End,
                ControlFlow::Break(()) => Stop::Break,
            };
        }
        Ok(Loaded { head, to_the_end: matches!(stop, Stop::End) })
    }

    /// Shows a snapshot of this shape, and events, a page in a row. The first call narrows `last` to what the stream has.
    async fn pages(&mut self, shape: Option<&str>) -> Result<(StreamHead, Stop), StoreError> {
        let Statements { pages, bare_pages, pages_after_snapshot, .. } = self.statements;
        let message = self.query.message;
        let bare = self.query.bare && shape.is_none();
        let statement = match shape {
            Some(_) => pages_after_snapshot,
            None if bare => bare_pages,
            None => pages,
        };
        let rows = sqlx::query(statement.sql())
            .bind(self.query.entity_type)
            .bind(self.query.entity_id)
            .bind(self.next.cast_signed())
            .bind(self.last.cast_signed())
            .bind(message.map(|message| message.consumer()))
            .bind(message.map(|message| message.id()));
        let rows = if let Some(shape) = shape { rows.bind(shape) } else { rows };
        let mut rows = rows.fetch(&mut *self.connection);
        let mut head = StreamHead::NONE;
        let mut short_page = None;
        while let Some(row) = rows.try_next().await.map_err(|error| self.limits.error(error))? {
            let values =
                page_row(&row, shape.is_some()).map_err(|error| self.limits.error(error))?;
            let values = values.ok_or_else(|| malformed(&self.query, self.next))?;
            head = values.head;
            if let Some(snapshot) = values.snapshot {
                if !(self.next..=self.last).contains(&snapshot.version.get()) {
                    return Err(malformed(&self.query, self.next));
                }
                self.next = snapshot.version.get() + 1;
                self.visit.snapshot(snapshot);
            }
            self.last = self.last.min(head.version.get());
            let first = self.next;
            let mut page = Page::new(values.page);
            loop {
                match if bare { page.next_bare(self.next) } else { page.next() } {
                    Ok(Some(Entry::Event(record))) => {
                        if show(&self.query, &mut self.next, &record, self.visit)?.is_break() {
                            return Ok((head, Stop::Break));
                        }
                    }
                    Ok(Some(Entry::Large(version))) if version == self.next => {
                        return Ok((head, Stop::Large(values.last)));
                    }
                    Ok(Some(Entry::Large(_))) => return Err(missing(&self.query, self.next)),
                    Ok(None) => break,
                    Err(_) => return Err(malformed(&self.query, self.next)),
                }
            }
            if self.next <= values.last {
                short_page = Some((first, values.last));
                break;
            }
        }
        drop(rows);
        if let Some((first, last)) = short_page {
            return Err(self.hole(first, last).await);
        }
        if self.next <= self.last {
            return Err(missing(&self.query, self.next));
        }
        Ok((head, Stop::End))
    }

    /// Finds the version that is missing between these. Those of bare events were only counted.
    async fn hole(&mut self, first: u64, last: u64) -> StoreError {
        let mut rows = sqlx::query(self.statements.rows.sql())
            .bind(self.query.entity_type)
            .bind(self.query.entity_id)
            .bind(first.cast_signed())
            .bind(last.cast_signed())
            .fetch(&mut *self.connection);
        let mut next = first;
        loop {
            match rows.try_next().await.map(|row| row.map(|row| row.try_get::<i64, _>(0))) {
                Ok(Some(Ok(version))) if version == next.cast_signed() => next += 1,
                Ok(Some(Err(error))) | Err(error) => return self.limits.error(error),
                Ok(Some(Ok(_)) | None) => return missing(&self.query, next),
            }
        }
    }

    /// Shows events up to this version, one in a row.
    async fn rows(&mut self, end: u64) -> Result<ControlFlow<()>, StoreError> {
        let mut rows = sqlx::query(self.statements.rows.sql())
            .bind(self.query.entity_type)
            .bind(self.query.entity_id)
            .bind(self.next.cast_signed())
            .bind(end.cast_signed())
            .fetch(&mut *self.connection);
        while let Some(row) = rows.try_next().await.map_err(|error| self.limits.error(error))? {
            let record = record(&row).map_err(|error| self.limits.error(error))?;
            let record = record.ok_or_else(|| malformed(&self.query, self.next))?;
            if show(&self.query, &mut self.next, &record, self.visit)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if self.next <= end {
            return Err(missing(&self.query, self.next));
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn show(
    query: &StreamQuery<'_>,
    next: &mut u64,
    record: &Record<'_>,
    visit: &mut Visitor<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    if record.version != *next {
        return Err(missing(query, *next));
    }
    *next += 1;
    Ok(visit.event(record.event(query.entity_type, query.entity_id)))
}

struct PageRow<'r> {
    head: StreamHead,
    last: u64,
    page: &'r [u8],
    snapshot: Option<RawSnapshot<'r>>,
}

/// `None` where a value has a form that is never written.
fn page_row(row: &SqliteRow, after_snapshot: bool) -> Result<Option<PageRow<'_>>, sqlx::Error> {
    let version = row.try_get::<i64, _>(0)?;
    let (deleted, processed) = (row.try_get(1)?, row.try_get(2)?);
    let last = row.try_get::<Option<i64>, _>(3)?.unwrap_or_default();
    let page = row.try_get::<Option<&[u8]>, _>(4)?.unwrap_or_default();
    let (snapshot, has_other_snapshot) = match after_snapshot {
        true => {
            let snapshot =
                row.try_get::<Option<i64>, _>(5)?.zip(row.try_get::<Option<&[u8]>, _>(6)?);
            (snapshot, row.try_get(7)?)
        }
        false => (None, false),
    };
    let page_row = || {
        let version = Version::new(version.try_into().ok()?);
        let head = StreamHead { version, deleted, processed, has_other_snapshot };
        let snapshot = match snapshot {
            Some((version, data)) => {
                Some(RawSnapshot { version: Version::new(version.try_into().ok()?), data })
            }
            None => None,
        };
        Some(PageRow { head, last: last.try_into().ok()?, page, snapshot })
    };
    Ok(page_row())
}

/// `None` where a value has a form that is never written.
pub(super) fn record(row: &SqliteRow) -> Result<Option<Record<'_>>, sqlx::Error> {
    let version = row.try_get::<i64, _>(0)?;
    let event_id = row.try_get::<&[u8], _>(1)?;
    let event_type = row.try_get::<&[u8], _>(2)?;
    let schema_version = row.try_get::<i64, _>(3)?;
    let data = row.try_get(4)?;
    let triggering_event = row.try_get::<Option<&[u8]>, _>(5)?;
    let metadata = row.try_get::<Option<&[u8]>, _>(6)?;
    let recorded_at = row.try_get(7)?;
    let record = || {
        Some(Record {
            version: version.try_into().ok()?,
            event_id: Uuid::from_slice(event_id).ok()?.into(),
            event_type: str::from_utf8(event_type).ok()?,
            schema_version: schema_version.try_into().ok()?,
            data,
            triggering_event: triggering_event.map(str::from_utf8).transpose().ok()?,
            metadata: metadata.map(str::from_utf8).transpose().ok()?,
            recorded_at: Timestamp::from_microsecond(recorded_at).ok()?,
        })
    };
    Ok(record())
}

pub(super) fn missing(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!("version {version} of {entity_type} {entity_id} is missing"))
}

pub(super) fn malformed(query: &StreamQuery<'_>, version: u64) -> StoreError {
    let StreamQuery { entity_type, entity_id, .. } = query;
    StoreError::Corrupt(format!(
        "version {version} of {entity_type} {entity_id} has a form that is never written"
    ))
}
