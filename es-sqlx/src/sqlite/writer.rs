use std::sync::Arc;

use es_core::store::{Append, StoreError};
use futures_core::future::BoxFuture;
use sqlx::{SqlSafeStr, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Connections;
use super::append;
use super::held::Held;
use super::statements::Statements;
use super::transaction::{Open, SqliteTransaction};
use crate::feed::Growth;
use crate::group::{Commit, Outcome};

/// Writes, one thing at a time.
pub(super) struct Writer {
    connections: Connections,
    /// Whoever holds it writes. SQLite has one writer at a time and lets others poll for the lock; here they stand in
    /// line.
    turn: Arc<Semaphore>,
    held: Held,
    statements: Arc<Statements>,
    growth: Growth,
}

/// Who has a transaction and waits for this one too, waits in vain.
const TURN: &str = "turn to write (who has a transaction writes `within` it)";

impl Writer {
    pub(super) fn new(
        connections: Connections,
        held: Held,
        statements: Arc<Statements>,
        growth: Growth,
    ) -> Self {
        Writer { connections, turn: Arc::new(Semaphore::new(1)), held, statements, growth }
    }

    #[cfg(test)]
    pub(super) fn connections(&self) -> &Connections {
        &self.connections
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        if let Ok(turn) = Arc::clone(&self.turn).try_acquire_owned() {
            return Ok(turn);
        }
        let limit = self.connections.limits().acquire;
        match timeout(limit, Arc::clone(&self.turn).acquire_owned()).await {
            Ok(turn) => turn.map_err(StoreError::database),
            Err(_) => Err(StoreError::TimedOut { what: TURN, limit }),
        }
    }

    pub(super) async fn begin(&self) -> Result<SqliteTransaction, StoreError> {
        let turn = self.turn().await?;
        let limits = *self.connections.limits();
        let (connection, tenure) = self.connections.acquire().await?.for_transaction();
        let begin = "BEGIN IMMEDIATE".into_sql_str();
        let transaction = Transaction::begin(connection, Some(begin)).await;
        let transaction = transaction.map_err(|error| limits.error(error))?;
        let open = Open::new(transaction, self.held.clone(), turn, tenure);
        let statements = Arc::clone(&self.statements);
        Ok(SqliteTransaction::new(open, statements, limits, self.growth.clone()))
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
            let mut writer = self.connections.acquire().await?;
            let limits = self.connections.limits();
            let outcomes = append::append(&mut writer, &self.statements, limits, appends).await;
            writer.give_back();
            outcomes
        })
    }
}
