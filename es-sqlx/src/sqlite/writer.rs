use std::sync::Arc;

use es_core::store::{Append, StoreError};
use futures_core::future::BoxFuture;
use sqlx::SqlitePool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::append;
use super::error::Limits;
use super::statements::Statements;
use super::transaction::SqliteTransaction;
use crate::feed::Growth;
use crate::group::{Commit, Outcome};

/// Writes, one thing at a time.
pub(super) struct Writer {
    pool: SqlitePool,
    /// Whoever holds it writes. SQLite has one writer at a time and lets others poll for the lock; here they stand in
    /// line.
    turn: Arc<Semaphore>,
    statements: Arc<Statements>,
    limits: Limits,
    growth: Growth,
}

/// Who has a transaction and waits for this one too, waits in vain.
const TURN: &str = "turn to write (who has a transaction writes `within` it)";

impl Writer {
    pub(super) fn new(
        pool: SqlitePool,
        statements: Arc<Statements>,
        limits: Limits,
        growth: Growth,
    ) -> Self {
        Writer { pool, turn: Arc::new(Semaphore::new(1)), statements, limits, growth }
    }

    #[cfg(test)]
    pub(super) fn connections(&self) -> &SqlitePool {
        &self.pool
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        match timeout(self.limits.acquire, Arc::clone(&self.turn).acquire_owned()).await {
            Ok(turn) => turn.map_err(StoreError::database),
            Err(_) => Err(StoreError::TimedOut { what: TURN, limit: self.limits.acquire }),
        }
    }

    pub(super) async fn begin(&self) -> Result<SqliteTransaction, StoreError> {
        let turn = self.turn().await?;
        let transaction = self.pool.begin_with("BEGIN IMMEDIATE").await;
        let transaction = transaction.map_err(|error| self.limits.error(error))?;
        let statements = Arc::clone(&self.statements);
        let growth = self.growth.clone();
        Ok(SqliteTransaction::new(transaction, turn, statements, self.limits, growth))
    }
}

impl Commit for Writer {
    fn commit<'a>(
        &'a self,
        appends: &'a [Append],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let _turn = self.turn().await?;
            let _told = self.growth.told_at_the_end();
            let mut writer = self.pool.acquire().await.map_err(|error| self.limits.error(error))?;
            append::append(&mut writer, &self.statements, &self.limits, appends).await
        })
    }
}
