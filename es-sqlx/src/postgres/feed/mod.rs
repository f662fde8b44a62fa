//! The feed on PostgreSQL: events get their positions after their commit, from whoever reads.

mod listener;
mod row;
mod sequencer;
mod statements;

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use es_core::Version;
use es_core::store::{FeedFilter, FeedVisitor, Position, StoreError};
use futures_core::future::BoxFuture;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgArguments, PgBindIterExt, PgRow};
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres};
use tokio::time::timeout;

use self::listener::Listener;
pub(super) use self::statements::FeedStatements;
use super::Connections;
use crate::feed::{Growth, Page, Part, Recent, Source, Wanted};

pub(super) struct PostgresFeed {
    connections: Connections,
    statements: FeedStatements,
    growth: Growth,
    /// Begins when somebody waits for the first time.
    listener: OnceLock<Listener>,
    /// Whether this cluster of servers is known to be the one that numbered the transactions.
    at_home: AtomicBool,
    recent: Recent<Vec<Run>>,
}

/// The position before the first event, and the numbers of the events.
type Run = (i64, Vec<i64>);

impl PostgresFeed {
    pub(super) fn new(
        connections: Connections,
        statements: FeedStatements,
        growth: Growth,
    ) -> Self {
        let at_home = AtomicBool::new(false);
        PostgresFeed {
            connections,
            statements,
            growth,
            listener: OnceLock::new(),
            at_home,
            recent: Recent::default(),
        }
    }

    /// Hears of positions that other processes give.
    pub(super) fn listen(&self) {
        self.listener.get_or_init(|| {
            Listener::start(&self.connections, &self.statements.channel, &self.growth)
        });
    }

    /// `Some(None)` for an event that is stored and has no position yet.
    pub(super) async fn position_of(
        &self,
        entity_type: &str,
        entity_id: &str,
        version: Version,
    ) -> Result<Option<Option<Position>>, StoreError> {
        let mut lease = self.connections.acquire().await?;
        let asked = sqlx::query_scalar(self.statements.position.sql())
            .bind(entity_type)
            .bind(entity_id)
            .bind(i64::try_from(version.get()).unwrap_or(i64::MAX))
            .fetch_optional(&mut *lease);
        let limits = self.connections.limits();
        let asked = limits.wait(asked).await.map_err(|error| limits.error(error));
        let found: Option<Option<i64>> = lease.settle(asked)?;
        Ok(found.map(|position| position.map(|position| Position::new(position.cast_unsigned()))))
    }

    async fn read(&self, part: Part<'_>, visit: &mut FeedVisitor<'_>) -> Result<(), StoreError> {
        let mut lease = self.connections.acquire().await?;
        let limits = self.connections.limits();
        let read = timeout(limits.patience(), self.show(&mut lease, part, visit)).await;
        lease.settle(read.unwrap_or_else(|_| Err(limits.error(limits.silence()))))
    }

    async fn show(
        &self,
        connection: &mut PgConnection,
        part: Part<'_>,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<(), StoreError> {
        let failed = |error| self.connections.limits().error(error);
        let runs = match self.recent.of(part) {
            Some(runs) => runs,
            None => self.runs(connection, part).await.map_err(failed)?,
        };
        let numbered =
            runs.into_iter().flat_map(|(before, run)| (before.cast_unsigned() + 1..).zip(run));
        let wanted = Wanted::of(part.filter);
        let mut page: Page<'_, PgRow> = Page::new(part, numbered, wanted.common())?;
        let mut rows = self.query(&page, &wanted, part.filter).fetch(connection);
        let mut more = true;
        // To the end, also where no more is wanted, so that the connection is ready for what comes next.
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            if more {
                more = page.take(row, visit)?.is_continue();
            }
        }
        if more {
            let _ = page.finish(visit)?;
        }
        Ok(())
    }

    /// Asks for the runs in which the events of a part are.
    async fn runs(
        &self,
        connection: &mut PgConnection,
        part: Part<'_>,
    ) -> Result<Vec<Run>, sqlx::Error> {
        sqlx::query_as(self.statements.runs.sql())
            .bind(part.after.cast_signed())
            .bind(part.until.cast_signed())
            .fetch_all(connection)
            .await
    }

    /// Asks for the rows of a page.
    fn query<'q>(
        &self,
        page: &Page<'_, PgRow>,
        wanted: &Wanted<'q>,
        filter: &'q FeedFilter,
    ) -> Query<'q, Postgres, PgArguments> {
        let FeedStatements { range, range_of_one, list, list_of_one, .. } = &self.statements;
        let (range, list) = match wanted {
            Wanted::OfOne { .. } => (range_of_one, list_of_one),
            Wanted::Any => (range, list),
        };
        let numbers = match page.range() {
            Some((first, last)) => sqlx::query(range.sql()).bind(first).bind(last),
            None => sqlx::query(list.sql()).bind(page.seqs().to_vec()),
        };
        match wanted {
            Wanted::OfOne { entity_type, event_types } => {
                numbers.bind(*entity_type).bind(event_types.clone())
            }
            Wanted::Any => {
                let types = filter.types();
                let entity_types = types
                    .clone()
                    .map(|types| types.map(|(entity_type, _)| entity_type).bind_iter());
                let event_types =
                    types.map(|types| types.map(|(_, event_type)| event_type).bind_iter());
                numbers.bind(entity_types).bind(event_types)
            }
        }
    }
}

impl Source for PostgresFeed {
    const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(100));
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
