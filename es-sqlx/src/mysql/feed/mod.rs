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
use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{MySql, MySqlConnection, Row};

pub(super) use self::statements::FeedStatements;
use super::connections::Connections;
use super::encoding::hex;
use super::error::{self, Limits};
use super::load;
use crate::connections::Lease;
use crate::feed::{Common, EventRow, Page, Part, Source, Wanted, malformed};
use crate::statement::Statement;

/// So few positions are read by one statement, which looks up each event by its number.
const FEW: u64 = 64;

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
        let mut connection = self.acquire(&[statement]).await?;
        let asked = sqlx::query_scalar(statement.sql())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(version.get())
            .fetch_optional(&mut *connection);
        let found: Option<Option<u64>> = self.answer(asked).await?;
        Ok(found.map(|position| position.map(Position::new)))
    }

    async fn acquire(&self, statements: &[&Statement]) -> Result<Lease<Limits>, StoreError> {
        let tested = self.doubtful.swap(false, Ordering::AcqRel);
        let acquired = self.connections.lease(statements, tested).await;
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
        let statements = &self.statements;
        if part.until - part.after <= FEW {
            let mut connection = self.acquire(&[&statements.page]).await?;
            return self.show_page(&mut connection, part, visit).await;
        }
        let FeedStatements { numbers, range, range_of_one, page, .. } = statements;
        let used = [numbers, range, range_of_one, page];
        let mut connection = self.acquire(&used).await?;
        let wanted = Wanted::of(part.filter);
        match self.numbered(&mut connection, part, wanted.common()).await? {
            Some(page) => {
                let range = self.range(&page, &wanted, part.filter);
                self.show_range(range, &mut connection, page, visit).await
            }
            None => self.show_page(&mut connection, part, visit).await,
        }
    }

    /// Asks for the numbers of the events. `None` where they are far apart, or the server cuts such a text off.
    async fn numbered<'p>(
        &self,
        connection: &mut MySqlConnection,
        part: Part<'_>,
        common: Common<'p>,
    ) -> Result<Option<Page<'p, MySqlRow>>, StoreError> {
        let asked = sqlx::query(self.statements.numbers.sql())
            .bind(part.after)
            .bind(part.until)
            .fetch_one(connection);
        let row = self.answer(asked).await?;
        let text: Option<&[u8]> = row.try_get_unchecked(0).map_err(|error| self.failed(error))?;
        let numbers = text.and_then(|text| str::from_utf8(text).ok()).and_then(numbers);
        let page = numbers.and_then(|numbers| Page::new(part, numbers.into_iter(), common).ok());
        Ok(page.filter(|page| page.range().is_some()))
    }

    /// Asks for the rows of a page.
    fn range<'q>(
        &self,
        page: &Page<'_, MySqlRow>,
        wanted: &Wanted<'q>,
        filter: &FeedFilter,
    ) -> Query<'q, MySql, MySqlArguments> {
        let (first, last) = page.range().unwrap_or((1, 0));
        match wanted {
            Wanted::OfOne { entity_type, event_types } if (1..=8).contains(&event_types.len()) => {
                let query = sqlx::query(self.statements.range_of_one.sql())
                    .bind(event_types.len() > 1)
                    .bind(first)
                    .bind(last)
                    .bind(entity_type.as_bytes());
                let eight = event_types.iter().cycle().take(8);
                eight.fold(query, |query, event_type| query.bind(event_type.as_bytes()))
            }
            _ => {
                let types = types(filter);
                let query = sqlx::query(self.statements.range.sql()).bind(first).bind(last);
                query.bind(types.clone()).bind(types)
            }
        }
    }

    async fn show_range(
        &self,
        range: Query<'_, MySql, MySqlArguments>,
        connection: &mut MySqlConnection,
        mut page: Page<'_, MySqlRow>,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<(), StoreError> {
        let mut rows = range.fetch(connection);
        while let Some(row) = self.next(&mut rows).await? {
            if page.take(row, visit)?.is_break() {
                return Ok(());
            }
        }
        page.finish(visit).map(drop)
    }

    async fn show_page(
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
        while let Some(row) = self.next(&mut rows).await? {
            let position: u64 = row.try_get(0).map_err(|error| self.failed(error))?;
            let event = row.event(Common::default()).filter(|_| position > last);
            let event = event.ok_or_else(|| malformed(position))?;
            last = position;
            if visit(Position::new(position), event).is_break() {
                break;
            }
        }
        Ok(())
    }

    async fn next(&self, rows: &mut error::Rows<'_>) -> Result<Option<MySqlRow>, StoreError> {
        let next = error::next(self.connections.limits.answer(), rows).await;
        next.map_err(|error| self.failed(error))
    }
}

impl EventRow for MySqlRow {
    fn seq(&self) -> Option<i64> {
        self.try_get::<u64, _>(0).ok()?.try_into().ok()
    }

    fn event<'r>(&'r self, common: Common<'r>) -> Option<RawEvent<'r>> {
        let text = |column: usize| str::from_utf8(self.try_get_unchecked(column).ok()?).ok();
        let entity_type = common.entity_type.or_else(|| text(1))?;
        let event_type = common.event_type.or_else(|| text(6))?;
        load::event(self, 3, &StreamQuery::new(entity_type, text(2)?), event_type)
    }
}

/// Positions and numbers from a text of both, in the order of the positions. A text that is cut off ends in a position that
/// isn't the one that follows, or lacks some.
fn numbers(text: &str) -> Option<Vec<(u64, i64)>> {
    let pairs = text.split(',').map(|pair| {
        let (seq, position) = pair.split_once(' ')?;
        Some((position.parse().ok()?, seq.parse().ok()?))
    });
    let mut pairs: Vec<(u64, i64)> = pairs.collect::<Option<_>>()?;
    pairs.sort_unstable();
    Some(pairs)
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
