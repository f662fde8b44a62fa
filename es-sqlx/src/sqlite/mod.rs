//! The store on SQLite 3.

mod append;
mod error;
mod load;
mod migrations;
mod open;
mod packet;
mod page;
mod statements;
#[cfg(test)]
mod tests;
mod transaction;

use std::sync::Arc;

use es_core::Transaction;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, EventStore, StoreError, StreamHead, StreamQuery,
    Visitor,
};
use futures_core::future::BoxFuture;
use sqlx::SqlitePool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use self::error::Limits;
use self::open::Pools;
use self::statements::Statements;
pub(crate) use self::transaction::SqliteTransaction;
use crate::SqlxEventStoreBuilder;
use crate::prefix::TablePrefix;

pub(crate) struct SqliteStore {
    pools: Pools,
    /// Whoever holds it writes. SQLite has one writer at a time and lets others poll for the lock; here they stand in
    /// line.
    turn: Arc<Semaphore>,
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
        Self::new(pools, limits, prefix).await
    }

    pub(crate) async fn from_pool(
        builder: &SqlxEventStoreBuilder,
        pool: SqlitePool,
    ) -> Result<Self, StoreError> {
        let prefix = builder.prefix()?;
        let limits = open::limits(&pool).await?;
        Self::new(Pools { writers: pool.clone(), readers: pool }, limits, prefix).await
    }

    async fn new(pools: Pools, limits: Limits, prefix: TablePrefix) -> Result<Self, StoreError> {
        let mut writer = pools.writers.acquire().await.map_err(|error| limits.error(error))?;
        migrations::migrate(&mut writer, &prefix, &limits).await?;
        drop(writer);
        let statements = Arc::new(Statements::new(&prefix));
        Ok(SqliteStore { pools, turn: Arc::new(Semaphore::new(1)), statements, limits, prefix })
    }

    pub(crate) fn table_prefix(&self) -> &str {
        self.prefix.as_ref()
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        match timeout(self.limits.acquire, Arc::clone(&self.turn).acquire_owned()).await {
            Ok(turn) => turn.map_err(StoreError::database),
            Err(_) => {
                Err(StoreError::TimedOut { what: "turn to write", limit: self.limits.acquire })
            }
        }
    }

    async fn load(
        &self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        let mut reader =
            self.pools.readers.acquire().await.map_err(|error| self.limits.error(error))?;
        load::load(&mut reader, &self.statements, &self.limits, query, visit).await
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let _turn = self.turn().await?;
        let mut writer =
            self.pools.writers.acquire().await.map_err(|error| self.limits.error(error))?;
        append::append_one(&mut writer, &self.statements, &self.limits, append).await
    }

    async fn entities(
        &self,
        entity_type: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(self.statements.entities.sql())
            .bind(entity_type)
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pools.readers)
            .await
            .map_err(|error| self.limits.error(error))
    }

    async fn begin(&self) -> Result<Transaction, StoreError> {
        let turn = self.turn().await?;
        let transaction = self.pools.writers.begin_with("BEGIN IMMEDIATE").await;
        let transaction = transaction.map_err(|error| self.limits.error(error))?;
        let statements = Arc::clone(&self.statements);
        Ok(Transaction::new(SqliteTransaction::new(transaction, turn, statements, self.limits)))
    }
}

impl EventStore for SqliteStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::none().transactions(true).position_at_append(true)
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(self.load(query, visit))
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(self.append(append))
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
        Box::pin(self.begin())
    }
}
