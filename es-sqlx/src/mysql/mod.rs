//! The store on MariaDB and MySQL.

mod append;
mod connections;
mod direct;
mod encoding;
mod error;
mod feed;
mod load;
mod migrations;
mod open;
mod packet;
mod round;
mod script;
mod snapshot;
mod statements;
mod subscriptions;
#[cfg(test)]
mod tests;
mod time;
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
use sqlx::MySqlPool;

use self::connections::Connections;
use self::error::Limits;
use self::feed::{FeedStatements, MySqlFeed};
use self::statements::Statements;
use self::subscriptions::MySqlSubscriptions;
use self::together::Streams;
pub(crate) use self::transaction::MySqlTransaction;
use self::writer::Writer;
use crate::SqlxEventStoreBuilder;
use crate::connections::Connections as Shared;
use crate::feed::{Feed, Growth};
use crate::gather::{Gathered, Gathering};
use crate::group::Group;
use crate::prefix::TablePrefix;
use crate::subscriptions::Subscriptions;

/// The most commits that are under way at once: while one waits for the disk or for a lock, the next one is written.
const COMMITTERS: usize = 2;

pub(crate) struct MySqlStore {
    appends: Group<Writer>,
    loads: Gathering<Streams>,
    feed: Arc<Feed<MySqlFeed>>,
    connections: Arc<Connections>,
    prefix: TablePrefix,
}

impl MySqlStore {
    pub(crate) async fn connect(
        builder: &SqlxEventStoreBuilder,
        url: &str,
    ) -> Result<Self, StoreError> {
        let prefix = builder.prefix()?;
        let (pool, limits) = open::open(builder, url).await?;
        let connections = pool.options().get_max_connections();
        Self::new(builder, Shared::own(pool, connections, limits), prefix).await
    }

    pub(crate) async fn from_pool(
        builder: &SqlxEventStoreBuilder,
        pool: MySqlPool,
    ) -> Result<Self, StoreError> {
        let prefix = builder.prefix()?;
        let limits = open::limits(builder, &pool).await?;
        Self::new(builder, Shared::shared(pool, limits), prefix).await
    }

    async fn new(
        builder: &SqlxEventStoreBuilder,
        shared: Shared<Limits>,
        prefix: TablePrefix,
    ) -> Result<Self, StoreError> {
        let limits = *shared.limits();
        let mut connection = shared.pool().acquire().await.map_err(|error| limits.error(error))?;
        let (max_packet, blocks) = open::abilities(&mut connection, &limits).await?;
        migrations::migrate(&mut connection, &prefix, &limits).await?;
        drop(connection);
        let statements = Statements::new(&prefix);
        let connections = Connections { shared, statements, limits, max_packet, blocks };
        Ok(Self::of(builder, connections, prefix))
    }

    fn of(builder: &SqlxEventStoreBuilder, connections: Connections, prefix: TablePrefix) -> Self {
        let connections = Arc::new(connections);
        let growth = Growth::default();
        let feed = MySqlFeed::new(Arc::clone(&connections), FeedStatements::new(&prefix));
        let feed = Feed::new(feed, growth.clone());
        let writer = Writer::new(Arc::clone(&connections), growth);
        let appends = Group::new(writer, builder.committers(COMMITTERS), builder.acquire_timeout);
        let streams = Streams(Arc::clone(&connections));
        let limit = 2 * (connections.limits.acquire + connections.limits.answer());
        let loads = Gathering::new(streams, limit);
        MySqlStore { appends, loads, feed, connections, prefix }
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
        let connections = &self.connections;
        let mut tested = false;
        loop {
            let acquired = match query.wanted_snapshot() {
                Some(_) => connections.lease(&connections.loading_after_snapshot(), tested).await,
                None => connections.lease(&connections.loading(), tested).await,
            };
            let loaded = match acquired {
                Ok(mut lease) => {
                    let loaded = load::load(&mut lease, connections.server(), query, visit).await;
                    match &loaded {
                        Ok(load::Loaded { to_the_end: true, .. }) => lease.give_back(),
                        Err(load::Failure::LostAtOnce(_)) => lease.give_up(),
                        // The rest of it may be on its way. sqlx takes it before it uses the connection again.
                        Ok(_) => {
                            lease.trust();
                            drop(lease);
                        }
                        Err(load::Failure::Store(_)) => drop(lease),
                    }
                    loaded
                }
                Err(error) => Err(load::Failure::at_once(&connections.limits, error)),
            };
            match loaded {
                Ok(loaded) => return Ok(loaded.head),
                // The server may have hung up on a connection that nobody used.
                Err(load::Failure::LostAtOnce(_)) if !tested => tested = true,
                Err(failure) => return Err(failure.error(&connections.limits)),
            }
        }
    }

    async fn entities(
        &self,
        entity_type: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let mut tested = false;
        loop {
            match self.ids(entity_type, after, limit, tested).await {
                Ok(ids) => return ids.into_iter().map(text).collect(),
                // The server may have hung up on a connection that nobody used.
                Err(lost) if !tested && error::is_lost(&lost) && !error::is_late(&lost) => {
                    tested = true;
                }
                Err(error) => return Err(self.connections.limits.error(error)),
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

    async fn ids(
        &self,
        entity_type: &str,
        after: Option<&str>,
        limit: u32,
        tested: bool,
    ) -> Result<Vec<Vec<u8>>, sqlx::Error> {
        let connections = &self.connections;
        let entities = &connections.statements.entities;
        let mut lease = connections.lease(&[entities], tested).await?;
        let ids = sqlx::query_scalar(entities.sql())
            .bind(entity_type.as_bytes())
            .bind(after.unwrap_or_default().as_bytes())
            .bind(limit)
            .fetch_all(&mut *lease);
        let ids = error::within(connections.limits.answer(), ids).await?;
        lease.give_back();
        Ok(ids)
    }
}

fn text(id: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(id).map_err(|_| StoreError::Corrupt("an id is no UTF-8".to_owned()))
}

impl EventStore for MySqlStore {
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
        Some(Arc::new(Subscriptions(MySqlSubscriptions { writers: self.appends.clone() })))
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
        self.feed.signal()
    }
}
