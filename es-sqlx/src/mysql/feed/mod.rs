//! The feed on MariaDB and MySQL: appends leave the numbers of their events in a queue, and whoever reads gives them
//! their positions.

mod sequencer;
mod statements;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use es_core::Version;
use es_core::store::{FeedFilter, FeedVisitor, Position, RawEvent, StoreError, StreamQuery};
use futures_core::future::BoxFuture;
use futures_util::TryStreamExt;
use sqlx::mysql::MySqlRow;
use sqlx::pool::PoolConnection;
use sqlx::{MySql, MySqlConnection, Row};

pub(super) use self::statements::FeedStatements;
use super::connections::Connections;
use super::encoding::hex;
use super::{error, load};
use crate::feed::{Part, Source};
use crate::statement::Statement;

pub(super) struct MySqlFeed {
    connections: Arc<Connections>,
    statements: FeedStatements,
    /// Whether a connection was lost, and others may be.
    doubtful: AtomicBool,
}

impl MySqlFeed {
    pub(super) fn new(connections: Arc<Connections>, statements: FeedStatements) -> Self {
        MySqlFeed { connections, statements, doubtful: AtomicBool::new(false) }
    }

    /// `Some(None)` for an event that is stored and has no position yet.
    pub(super) async fn position_of(
        &self,
        entity_type: &str,
        entity_id: &str,
        version: Version,
    ) -> Result<Option<Option<Position>>, StoreError> {
        let statement = &self.statements.position;
        let mut connection = self.acquire(statement).await?;
        let asked = sqlx::query_scalar(statement.sql())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(version.get())
            .fetch_optional(&mut *connection);
        let found: Option<Option<u64>> = self.answer(asked).await?;
        Ok(found.map(|position| position.map(Position::new)))
    }

    async fn acquire(&self, statement: &Statement) -> Result<PoolConnection<MySql>, StoreError> {
        let tested = self.doubtful.swap(false, Ordering::AcqRel);
        let acquired = self.connections.acquire(&[statement], tested).await;
        acquired.map_err(|error| self.failed(error))
    }

    async fn answer<T>(
        &self,
        exchange: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let answered = error::within(self.connections.limits.answer(), exchange).await;
        answered.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: sqlx::Error) -> StoreError {
        if error::is_lost(&error) {
            self.doubtful.store(true, Ordering::Release);
        }
        self.connections.limits.error(error)
    }

    async fn read(&self, part: Part<'_>, visit: &mut FeedVisitor<'_>) -> Result<(), StoreError> {
        let mut connection = self.acquire(&self.statements.page).await?;
        self.show(&mut connection, part, visit).await
    }

    async fn show(
        &self,
        connection: &mut MySqlConnection,
        part: Part<'_>,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<(), StoreError> {
        let types = types(part.filter);
        let mut rows = sqlx::query(self.statements.page.sql())
            .bind(part.after)
            .bind(part.until)
            .bind(types.as_deref())
            .bind(types.as_deref())
            .bind(part.limit)
            .fetch(connection);
        let mut last = part.after;
        while let Some(row) = self.answer(rows.try_next()).await? {
            let position: u64 = row.try_get(0).map_err(|error| self.failed(error))?;
            let event = event_of(&row).filter(|_| position > last);
            let event = event.ok_or_else(|| malformed(position))?;
            last = position;
            if visit(Position::new(position), event).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// `None` where a value has a form that is never written.
fn event_of(row: &MySqlRow) -> Option<RawEvent<'_>> {
    let text = |column: usize| str::from_utf8(row.try_get_unchecked(column).ok()?).ok();
    load::event(row, 3, &StreamQuery::new(text(1)?, text(2)?))
}

fn malformed(position: u64) -> StoreError {
    StoreError::Corrupt(format!(
        "the event at position {position} has a form that is never written"
    ))
}

/// The types of a filter, as the statement looks for them: ` TYPE:EVENT TYPE:EVENT `, each in hexadecimal.
fn types(filter: &FeedFilter) -> Option<String> {
    let mut text = " ".to_owned();
    for (entity_type, event_type) in filter.types()? {
        hex(entity_type.as_bytes(), &mut text);
        text.push(':');
        hex(event_type.as_bytes(), &mut text);
        text.push(' ');
    }
    Some(text.to_ascii_uppercase())
}

impl Source for MySqlFeed {
    const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(100));
    const REST: Duration = Duration::from_millis(4);

    fn sequence(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(self.give_positions())
    }

    fn read<'a>(
        &'a self,
        part: Part<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.read(part, visit))
    }
}
