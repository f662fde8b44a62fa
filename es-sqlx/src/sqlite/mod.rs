//! The store on SQLite 3.

mod append;
mod error;
mod feed;
mod held;
mod load;
mod migrations;
mod open;
mod packet;
mod page;
mod snapshot;
mod statements;
mod subscriptions;
#[cfg(test)]
mod tests;
mod together;
mod transaction;
mod writer;

use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, Capabilities, EventStore, FeedPage, FeedQuery, FeedSignal,
    FeedVisitor, Position, StoreError, StreamHead, StreamQuery, Visitor,
};
use es_core::subscription::SubscriptionStore;
use es_core::{Transaction, Version};
use futures_core::future::BoxFuture;
use sqlx::SqlitePool;

use self::error::Limits;
use self::feed::{FeedStatements, SqliteFeed};
use self::held::Held;
use self::open::Pools;
use self::statements::Statements;
use self::subscriptions::SqliteSubscriptions;
use self::together::Streams;
pub(crate) use self::transaction::SqliteTransaction;
use self::writer::Writer;
use crate::SqlxEventStoreBuilder;
use crate::feed::{Feed, Growth};
use crate::gather::{Gathered, Gathering};
use crate::group::Group;
use crate::prefix::TablePrefix;
use crate::subscriptions::Subscriptions;

type Connections = crate::connections::Connections<Limits>;

pub(crate) struct SqliteStore {
    appends: Group<Writer>,
    loads: Gathering<Streams>,
    feed: Arc<Feed<SqliteFeed>>,
    readers: Connections,
    statements: Arc<Statements>,
    limits: Limits,
    prefix: TablePrefix,
}

impl SqliteStore {
    pub(crate) async fn connect(
        builder: &SqlxEventStoreBuilder,
        url: &str,
    ) -> Result<Self, StoreError> {
        let prefix = builder.prefix()?;
        let (pools, limits) = open::open(builder, url).await?;
        Self::new(builder, pools, limits, prefix).await
    }

    pub(crate) async fn from_pool(
        builder: &SqlxEventStoreBuilder,
        pool: SqlitePool,
    ) -> Result<Self, StoreError> {
        let prefix = builder.prefix()?;
        let limits = open::limits(&pool).await?;
        Self::new(builder, Pools::shared(pool, Held::default(), limits), limits, prefix).await
    }

    async fn new(
        builder: &SqlxEventStoreBuilder,
        Pools { writers, readers, feed, held }: Pools,
        limits: Limits,
        prefix: TablePrefix,
    ) -> Result<Self, StoreError> {
        let mut writer = writers.acquire().await?;
        migrations::migrate(&mut writer, &prefix, &limits).await?;
        writer.give_back();
        let statements = Arc::new(Statements::new(&prefix));
        let growth = Growth::default();
        let feed_statements = FeedStatements::new(&prefix);
        let feed = SqliteFeed { readers: feed, limits, statements: feed_statements };
        let feed = Feed::new(feed, growth.clone());
        let writer = Writer::new(writers, held, Arc::clone(&statements), growth);
        let appends = Group::new(writer, builder.committers(1), limits.acquire);
        let streams =
            Streams { readers: readers.clone(), statements: Arc::clone(&statements), limits };
        let loads = Gathering::new(streams, 2 * (limits.acquire + limits.busy));
        Ok(SqliteStore { appends, loads, feed, readers, statements, limits, prefix })
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
            Gathered::Read(short) => short.show(&query, visit),
            Gathered::Alone(_under_way) => self.load_alone(query, visit).await,
        }
    }

    async fn load_alone(
        &self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let loaded = load::load(&mut reader, &self.statements, &self.limits, query, visit).await?;
        if loaded.to_the_end {
            reader.give_back();
        }
        Ok(loaded.head)
    }

    async fn entities(
        &self,
        entity_type: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let listed = sqlx::query_scalar(self.statements.entities.sql())
            .bind(entity_type)
            .bind(after)
            .bind(limit)
            .fetch_all(&mut *reader)
            .await;
        reader.give_back();
        listed.map_err(|error| self.limits.error(error))
    }
}

impl EventStore for SqliteStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::none().transactions(true).position_at_append(true).feed(true).snapshots(true)
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
        Some(Arc::new(Subscriptions(SqliteSubscriptions {
            writers: self.appends.clone(),
            readers: self.readers.clone(),
            statements: Arc::clone(&self.statements),
            limits: self.limits,
        })))
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
        Box::pin(self.feed.source().position_of(entity_type, entity_id, version))
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        self.feed.signal()
    }
}
