//! The feed on MariaDB and MySQL: appends leave the numbers of their events in a queue, and whoever reads gives them
//! their positions.

mod queue;
mod runs;
mod sequencer;
mod statements;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use es_core::Version;
use es_core::store::{FeedFilter, FeedVisitor, Position, RawEvent, StoreError, StreamQuery};
use futures_core::future::BoxFuture;
use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{MySql, MySqlConnection, Row};

use self::runs::{Run, Runs};
pub(super) use self::statements::FeedStatements;
use super::connections::Connections;
use super::encoding::hex;
use super::error::{self, Limits};
use super::load;
use crate::connections::Lease;
use crate::feed::{Common, EventRow, Page, Part, Recent, Source, Wanted};
use crate::statement::Statement;

pub(super) struct MySqlFeed {
    connections: Arc<Connections>,
    statements: FeedStatements,
    /// Whether a connection was lost, and others may be.
    doubtful: AtomicBool,
    recent: Recent<Vec<Run>>,
}

impl MySqlFeed {
    pub(super) fn new(connections: Arc<Connections>, statements: FeedStatements) -> Self {
        let doubtful = AtomicBool::new(false);
        MySqlFeed { connections, statements, doubtful, recent: Recent::default() }
    }

    /// `Some(None)` for an event that is stored and has no position yet.
    pub(super) async fn position_of(
        &self,
        entity_type: &str,
        entity_id: &str,
        version: Version,
    ) -> Result<Option<Option<Position>>, StoreError> {
        let statement = &self.statements.position;
        let mut lease = self.acquire(&[statement]).await?;
        let asked = sqlx::query_scalar(statement.sql())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(version.get())
            .fetch_optional(&mut *lease);
        let asked = self.answer(asked).await;
        let found: Option<Option<u64>> = lease.settle(asked)?;
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
        let FeedStatements { runs, range, range_of_one, .. } = &self.statements;
        let mut lease = self.acquire(&[runs, range, range_of_one]).await?;
        let read = self.read_on(&mut lease, part, visit).await;
        lease.settle(read)
    }

    async fn read_on(
        &self,
        connection: &mut MySqlConnection,
        mut part: Part<'_>,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<(), StoreError> {
        let wanted = Wanted::of(part.filter);
        while part.after < part.until {
            let runs = self.runs(connection, part).await?;
            for near in runs.near_each_other() {
                let part = Part { after: near.after(), until: near.until(), ..part };
                let page = Page::new(part, near.numbered(), wanted.common())?;
                if self.show(connection, part, page, &wanted, visit).await?.is_break() {
                    return Ok(());
                }
            }
            part.after = runs.until();
        }
        Ok(())
    }

    /// The runs that have the first events of a part, or all of them.
    async fn runs(
        &self,
        connection: &mut MySqlConnection,
        part: Part<'_>,
    ) -> Result<Runs, StoreError> {
        if let Some(runs) = self.recent.of(part) {
            return Runs::of(runs, part.after, part.until);
        }
        let asked = sqlx::query(self.statements.runs.sql())
            .bind(part.after + 1)
            .bind(part.until)
            .fetch_one(connection);
        let row = self.answer(asked).await?;
        let text: Option<&[u8]> = row.try_get_unchecked(0).map_err(|error| self.failed(error))?;
        Runs::read(text.unwrap_or_default(), part.after, part.until)
    }

    async fn show(
        &self,
        connection: &mut MySqlConnection,
        part: Part<'_>,
        mut page: Page<'_, MySqlRow>,
        wanted: &Wanted<'_>,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let mut rows = self.range(&page, wanted, part.filter).fetch(connection);
        let mut shown = ControlFlow::Continue(());
        // To the end, also where no more is wanted, so that the connection is ready for what comes next.
        while let Some(row) = self.next(&mut rows).await? {
            if shown.is_continue() {
                shown = page.take(row, visit)?;
            }
        }
        match shown {
            ControlFlow::Continue(()) => page.finish(visit),
            ControlFlow::Break(()) => Ok(shown),
        }
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
    const REST: Duration = Duration::from_millis(12);

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
