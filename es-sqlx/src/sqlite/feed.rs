//! The feed on SQLite: there is one writer at a time, so the numbers of the rows are the order of the commits.

use std::ops::ControlFlow;
use std::time::Duration;

use es_core::Version;
use es_core::store::{FeedVisitor, Position, StoreError};
use futures_core::future::BoxFuture;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::error::Limits;
use super::load;
use super::page::{Entry, Page};
use crate::feed::{Part, Source, json};
use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// How many events are in a row at most. There are at most as many in memory.
const PAGE: u32 = 256;

pub(super) struct SqliteFeed {
    pub(super) readers: SqlitePool,
    pub(super) limits: Limits,
    pub(super) statements: FeedStatements,
}

pub(super) struct FeedStatements {
    /// `?1` first position without it, `?2` last one, `?3` how many, `?4` filter in JSON, or NULL. Returns one row: a
    /// [page](super::page), in which before each record are `position type_bytes id_bytes `, then the entity's type and id.
    page: Statement,
    /// `?1` position. Returns an event, and after it the entity's type and id.
    row: Statement,
    /// Returns the last position.
    end: Statement,
    /// `?1` type, `?2` id, `?3` version. Returns the position.
    position: Statement,
}

impl FeedStatements {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        FeedStatements {
            page: Statement::new(prefix, include_str!("statements/feed.sql")),
            row: Statement::new(prefix, include_str!("statements/feed_row.sql")),
            end: Statement::new(prefix, include_str!("statements/feed_end.sql")),
            position: Statement::new(prefix, include_str!("statements/feed_position.sql")),
        }
    }
}

impl SqliteFeed {
    pub(super) async fn position_of(
        &self,
        entity_type: &str,
        entity_id: &str,
        version: Version,
    ) -> Result<Option<Position>, StoreError> {
        let position: Option<i64> = sqlx::query_scalar(self.statements.position.sql())
            .bind(entity_type)
            .bind(entity_id)
            .bind(i64::try_from(version.get()).unwrap_or(i64::MAX))
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| self.limits.error(error))?;
        Ok(position.map(|position| Position::new(position.cast_unsigned())))
    }

    async fn end(&self) -> Result<u64, StoreError> {
        let end: i64 = sqlx::query_scalar(self.statements.end.sql())
            .fetch_one(&self.readers)
            .await
            .map_err(|error| self.limits.error(error))?;
        Ok(end.cast_unsigned())
    }

    async fn read(&self, part: Part<'_>, visit: &mut FeedVisitor<'_>) -> Result<(), StoreError> {
        let mut connection =
            self.readers.acquire().await.map_err(|error| self.limits.error(error))?;
        let filter = json(part.filter);
        let mut reader = Reader { feed: self, filter, last: part.after, left: part.limit, visit };
        while reader.left > 0 && reader.last < part.until {
            if reader.page(&mut connection, part.until).await?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

struct Reader<'a, 'v> {
    feed: &'a SqliteFeed,
    filter: Option<String>,
    /// The last position that was looked at.
    last: u64,
    left: u32,
    visit: &'a mut FeedVisitor<'v>,
}

impl Reader<'_, '_> {
    async fn page(
        &mut self,
        connection: &mut SqliteConnection,
        until: u64,
    ) -> Result<ControlFlow<()>, StoreError> {
        let events = self.left.min(PAGE);
        let row = sqlx::query(self.feed.statements.page.sql())
            .bind(self.last.cast_signed())
            .bind(until.cast_signed())
            .bind(events)
            .bind(self.filter.as_deref())
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| self.feed.limits.error(error))?;
        let text: Option<&[u8]> = row.try_get(0).map_err(|error| self.feed.limits.error(error))?;
        let mut page = Page::new(text.unwrap_or_default());
        let mut shown = 0;
        while let Some((position, entity_type, entity_id)) = self.heading(&mut page)? {
            self.last = position;
            shown += 1;
            match page.next() {
                Ok(Some(Entry::Event(record))) => {
                    let event = record.event(entity_type, entity_id);
                    if (self.visit)(Position::new(position), event).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(Some(Entry::Large(_))) => {
                    self.left -= shown;
                    return self.row(connection, position).await;
                }
                _ => return Err(malformed(position)),
            }
        }
        self.left -= shown;
        if shown < events {
            self.last = until;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The position of the next event of a page, and the type and the id of its entity; `None` at its end.
    fn heading<'p>(
        &self,
        page: &mut Page<'p>,
    ) -> Result<Option<(u64, &'p str, &'p str)>, StoreError> {
        if page.is_at_end() {
            return Ok(None);
        }
        let heading = page.heading().filter(|(position, ..)| *position > self.last);
        heading.map(Some).ok_or_else(|| malformed(self.last + 1))
    }

    /// Shows an event that is too large for a page.
    async fn row(
        &mut self,
        connection: &mut SqliteConnection,
        position: u64,
    ) -> Result<ControlFlow<()>, StoreError> {
        let row = sqlx::query(self.feed.statements.row.sql())
            .bind(position.cast_signed())
            .fetch_one(connection)
            .await
            .map_err(|error| self.feed.limits.error(error))?;
        let failed = |error| self.feed.limits.error(error);
        let record = load::record(&row).map_err(failed)?.ok_or_else(|| malformed(position))?;
        let (entity_type, entity_id): (&str, &str) =
            (row.try_get(8).map_err(failed)?, row.try_get(9).map_err(failed)?);
        Ok((self.visit)(Position::new(position), record.event(entity_type, entity_id)))
    }
}

fn malformed(position: u64) -> StoreError {
    StoreError::Corrupt(format!(
        "the event at position {position} has a form that is never written"
    ))
}

impl Source for SqliteFeed {
    const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(50));
    const REST: Duration = Duration::ZERO;

    fn sequence(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(self.end())
    }

    fn read<'a>(
        &'a self,
        part: Part<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.read(part, visit))
    }
}
