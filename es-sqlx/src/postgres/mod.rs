//! The store on PostgreSQL 15 and later.

mod append;
mod bare;
mod doubt;
mod error;
mod feed;
mod load;
mod migrations;
mod open;
mod snapshot;
mod statements;
mod subscriptions;
#[cfg(test)]
mod tests;
mod together;
mod transaction;
mod values;
mod writer;

use std::ops::ControlFlow;
use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, Capabilities, EventStore, FeedPage, FeedQuery, FeedSignal,
    FeedVisitor, Position, RawEvent, RawSnapshot, StoreError, StreamHead, StreamQuery,
    StreamVisitor, Visitor,
};
use es_core::subscription::SubscriptionStore;
use es_core::{Transaction, Version};
use futures_core::future::BoxFuture;
use sqlx::PgPool;
use tokio::time::timeout;

use self::error::{Limits, is_lost};
use self::feed::{FeedStatements, PostgresFeed};
use self::statements::Statements;
use self::subscriptions::PostgresSubscriptions;
use self::together::Streams;
pub(crate) use self::transaction::PostgresTransaction;
use self::writer::Writer;
use crate::SqlxEventStoreBuilder;
use crate::feed::{Feed, Growth};
use crate::gather::{Gathered, Gathering};
use crate::group::Group;
use crate::prefix::TablePrefix;
use crate::subscriptions::Subscriptions;

/// The most commits that are under way at once: while one waits for the disk or for a lock, the next one is got ready.
const COMMITTERS: usize = 2;

type Connections = crate::connections::Connections<Limits>;

pub(crate) struct PostgresStore {
    appends: Group<Writer>,
    loads: Gathering<Streams>,
    feed: Arc<Feed<PostgresFeed>>,
    prefix: TablePrefix,
}

impl PostgresStore {
    pub(crate) async fn connect(
        builder: &SqlxEventStoreBuilder,
        url: &str,
    ) -> Result<Self, StoreError> {
        let prefix = builder.prefix()?;
        Self::new(builder, open::open(builder, url)?, prefix).await
    }

    pub(crate) async fn from_pool(
        builder: &SqlxEventStoreBuilder,
        pool: PgPool,
    ) -> Result<Self, StoreError> {
        let prefix = builder.prefix()?;
        Self::new(builder, open::shared(builder, pool), prefix).await
    }

    async fn new(
        builder: &SqlxEventStoreBuilder,
        connections: Connections,
        prefix: TablePrefix,
    ) -> Result<Self, StoreError> {
        let mut lease = connections.acquire().await?;
        lease.doubt();
        migrations::migrate(&mut lease, &prefix, connections.limits()).await?;
        lease.give_back();
        let (limit, patience) = (connections.limits().acquire, connections.limits().patience());
        let growth = Growth::default();
        let statements = FeedStatements::new(&prefix);
        let feed = PostgresFeed::new(connections.clone(), statements, growth.clone());
        let feed = Feed::new(feed, growth.clone());
        let statements = Arc::new(Statements::new(&prefix));
        let streams = Streams::new(connections.clone(), Arc::clone(&statements));
        let writer = Writer { connections, statements, growth };
        let appends = Group::new(writer, builder.committers(COMMITTERS), limit);
        let loads = Gathering::new(streams, 2 * limit + 2 * patience);
        Ok(PostgresStore { appends, loads, feed, prefix })
    }

    fn connections(&self) -> &Connections {
        &self.appends.committer().connections
    }

    fn statements(&self) -> &Arc<Statements> {
        &self.appends.committer().statements
    }

    pub(crate) fn table_prefix(&self) -> &str {
        self.prefix.as_ref()
    }

    async fn load(
        &self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        match self.loads.load(&query).await? {
            Gathered::Read(rows) => bare::show(&rows, query, visit),
            Gathered::Alone(_under_way) => self.load_alone(query, visit).await,
        }
    }

    async fn load_alone(
        &self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        let mut shown = false;
        match self.load_once(query, visit, &mut shown).await {
            // The connection may have been lost long ago, and nobody has noticed yet.
            Err(StoreError::Unavailable(_)) if !shown => {
                self.load_once(query, visit, &mut shown).await
            }
            loaded => loaded,
        }
    }

    async fn load_once(
        &self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
        shown: &mut bool,
    ) -> Result<StreamHead, StoreError> {
        let limits = self.connections().limits();
        let mut lease = self.connections().acquire().await?;
        let mut visit = Watched { visitor: visit, shown };
        let loading = load::load(&mut lease, self.statements(), limits, query, &mut visit);
        let loaded = timeout(limits.patience(), loading).await;
        match loaded.unwrap_or_else(|_| Err(limits.error(limits.silence()))) {
            Ok(loaded) => {
                if loaded.to_the_end {
                    lease.give_back();
                }
                Ok(loaded.head)
            }
            Err(error) => {
                if matches!(error, StoreError::Unavailable(_)) {
                    lease.give_up();
                }
                Err(error)
            }
        }
    }

    async fn entities(
        &self,
        entity_type: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let limits = self.connections().limits();
        let mut tried = false;
        loop {
            let mut lease = self.connections().acquire().await?;
            let listing = sqlx::query_scalar(self.statements().entities.sql())
                .bind(entity_type)
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(&mut *lease);
            match limits.wait(listing).await {
                Err(error) if is_lost(&error) => {
                    lease.give_up();
                    if tried {
                        return Err(limits.error(error));
                    }
                    tried = true;
                }
                listed => {
                    lease.give_back();
                    return listed.map_err(|error| limits.error(error));
                }
            }
        }
    }

    async fn position_of(
        &self,
        entity_type: &str,
        entity_id: &str,
        version: Version,
    ) -> Result<Option<Position>, StoreError> {
        let feed = self.feed.source();
        match feed.position_of(entity_type, entity_id, version).await? {
            Some(None) => {
                self.feed.end().await?;
                Ok(feed.position_of(entity_type, entity_id, version).await?.flatten())
            }
            found => Ok(found.flatten()),
        }
    }
}

/// A visitor of whom it is known whether it was shown anything.
struct Watched<'a, 'v> {
    visitor: &'a mut Visitor<'v>,
    shown: &'a mut bool,
}

impl StreamVisitor for Watched<'_, '_> {
    fn snapshot(&mut self, snapshot: RawSnapshot<'_>) {
        *self.shown = true;
        self.visitor.snapshot(snapshot);
    }

    fn event(&mut self, event: RawEvent<'_>) -> ControlFlow<()> {
        *self.shown = true;
        self.visitor.event(event)
    }
}

impl EventStore for PostgresStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::none().transactions(true).snapshots(true).feed(true)
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(self.load(query, visit))
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(self.appends.append(append))
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(self.entities(entity_type, after, limit))
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async { Ok(Transaction::new(self.appends.committer().begin().await?)) })
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        Some(Arc::new(Subscriptions(PostgresSubscriptions { writers: self.appends.clone() })))
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        Box::pin(self.feed.page(query, visit))
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        Box::pin(self.feed.end())
    }

    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        Box::pin(self.position_of(entity_type, entity_id, version))
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        self.feed.source().listen();
        self.feed.signal()
    }
}
