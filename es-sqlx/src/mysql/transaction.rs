use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, NewSnapshot, StoreError, StoreTransaction, StreamHead,
    StreamQuery, Visitor,
};
use es_core::subscription::{Advance, AdvanceError};
use futures_core::future::BoxFuture;
use sqlx::{MySql, MySqlConnection, SqlSafeStr, Transaction};

use super::append;
use super::connections::Connections;
use super::script::{self, Place};
use super::subscriptions::{query, texts};
use super::{error, load, snapshot};
use crate::connections::Tenure;
use crate::feed::Growth;
use crate::statement::Statement;
use crate::subscriptions::{self, SubscriptionSession};

/// How often an append is tried that meets others at the same moment.
const TRIES: u32 = 4;

/// A transaction that sees what others have committed. It has a savepoint from its start on, which tells whether it is
/// still the same: statements of the user can end it, and so can the server.
pub(crate) struct MySqlTransaction {
    transaction: Option<Transaction<'static, MySql>>,
    failed: bool,
    /// Whether statements of the user may have ended it since it was looked at last.
    lent: bool,
    connections: Arc<Connections>,
    growth: Growth,
    tenure: Tenure,
}

impl MySqlTransaction {
    pub(super) async fn begin(
        connections: &Arc<Connections>,
        growth: &Growth,
        tested: bool,
    ) -> Result<Self, sqlx::Error> {
        let (connection, tenure) = connections.for_transaction(tested).await?;
        let begin = match connections.shared.are_own() {
            true => script::BEGIN_HELD,
            false => script::BEGIN_WITH_SAVEPOINT,
        };
        let begin = begin.into_sql_str();
        // In a task of its own: sqlx doesn't know of a transaction whose beginning was dropped in the middle, and would give
        // the connection to somebody else with it.
        let begun = tokio::spawn(Transaction::begin(connection, Some(begin)));
        let begun = async { begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed)) };
        let transaction = error::within(connections.limits.answer(), begun).await?;
        Ok(MySqlTransaction {
            transaction: Some(transaction),
            failed: false,
            lent: false,
            connections: Arc::clone(connections),
            growth: growth.clone(),
            tenure,
        })
    }

    /// The connection for the user's own statements.
    pub(crate) fn connection(&mut self) -> Result<&mut MySqlConnection, StoreError> {
        self.lent = true;
        open(&mut self.transaction, self.failed)
    }

    async fn load(
        &mut self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        let connection = open(&mut self.transaction, self.failed)?;
        // A load that isn't waited for leaves the connection in the middle of it.
        self.failed = true;
        let loaded = load::load(connection, self.connections.server(), query, visit).await;
        self.failed = matches!(loaded, Err(load::Failure::LostAtOnce(_)));
        loaded.map(|loaded| loaded.head).map_err(|failure| failure.error(&self.connections.limits))
    }

    async fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        let connection = open(&mut self.transaction, self.failed)?;
        // Until it has come to its end, it isn't known how it ended.
        self.failed = true;
        let appends = [append];
        for attempt in 1.. {
            let server = self.connections.server();
            let failure = match append::append(connection, server, Place::Within, &appends).await {
                Ok(outcomes) => {
                    self.failed = false;
                    return outcomes.into_iter().next().unwrap_or_else(|| Err(ended().into()));
                }
                Err(failure) => failure.error,
            };
            if error::is_without_savepoint(&failure) {
                return Err(ended().into());
            }
            if error::rolls_back(&failure) || error::is_lost(&failure) {
                return Err(self.connections.limits.error(failure).into());
            }
            let back = sqlx::raw_sql(script::BACK_TO_SAVEPOINT).execute(&mut *connection);
            let back = error::within(self.connections.limits.answer(), back).await;
            back.map_err(|error| self.connections.limits.error(error))?;
            if !error::is_taken(&failure) || attempt == TRIES {
                self.failed = false;
                return Err(self.connections.limits.error(failure).into());
            }
        }
        Err(ended().into())
    }

    async fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> Result<(), StoreError> {
        self.goes_on().await?;
        let connection = open(&mut self.transaction, self.failed)?;
        self.failed = true;
        let kept = snapshot::keep(connection, self.connections.server(), &snapshot).await;
        self.failed = kept.is_err();
        kept.map_err(|error| self.connections.limits.error(error))
    }

    /// Fails where the transaction has ended before, so that what comes isn't part of it.
    async fn goes_on(&mut self) -> Result<(), StoreError> {
        let connection = open(&mut self.transaction, self.failed)?;
        if !self.lent {
            return Ok(());
        }
        self.failed = true;
        let limits = &self.connections.limits;
        let same = sqlx::raw_sql(script::RENEW_SAVEPOINT).execute(connection);
        error::within(limits.answer(), same).await.map_err(|error| {
            if error::is_without_savepoint(&error) { ended() } else { limits.error(error) }
        })?;
        (self.failed, self.lent) = (false, false);
        Ok(())
    }

    async fn commit(mut self) -> Result<(), StoreError> {
        self.goes_on().await?;
        let limits = &self.connections.limits;
        let Some(transaction) = self.transaction.take() else { return Ok(()) };
        let _told = self.growth.told_at_the_end();
        let committed = error::within(limits.answer(), transaction.commit()).await;
        committed.map_err(|error| match error::is_lost(&error) {
            true => StoreError::OutcomeUnknown(Arc::new(error)),
            false => limits.error(error),
        })
    }

    async fn rollback(mut self) -> Result<(), StoreError> {
        let Some(transaction) = self.transaction.take() else { return Ok(()) };
        let limits = &self.connections.limits;
        let rolled_back = error::within(limits.answer(), transaction.rollback()).await;
        rolled_back.map_err(|error| limits.error(error))
    }
}

fn open<'a>(
    transaction: &'a mut Option<Transaction<'static, MySql>>,
    failed: bool,
) -> Result<&'a mut MySqlConnection, StoreError> {
    match transaction {
        Some(transaction) if !failed => Ok(transaction),
        _ => Err(StoreError::database("the transaction has failed, and nothing of it is kept")),
    }
}

fn ended() -> StoreError {
    StoreError::database(
        "the transaction has ended before: a statement of one's own that changes tables commits, and some errors roll \
         back; what came after isn't stored",
    )
}

impl Drop for MySqlTransaction {
    fn drop(&mut self) {
        let Some(transaction) = self.transaction.take() else { return };
        let _runtime = self.tenure.runtime.enter();
        drop(transaction);
    }
}

impl SubscriptionSession for MySqlTransaction {
    const HEX: bool = true;

    async fn rows(
        &mut self,
        statement: &Statement,
        arguments: String,
        limit: Option<u32>,
    ) -> Result<Vec<String>, StoreError> {
        let connection = open(&mut self.transaction, self.failed)?;
        self.failed = true;
        let limits = &self.connections.limits;
        let rows = query(statement, &arguments, limit).fetch_all(connection);
        let rows = error::within(limits.answer(), rows).await;
        self.failed = rows.is_err();
        rows.and_then(texts).map_err(|error| limits.error(error))
    }

    async fn change(
        &mut self,
        statement: &Statement,
        arguments: String,
    ) -> Result<u64, StoreError> {
        let connection = open(&mut self.transaction, self.failed)?;
        self.failed = true;
        let limits = &self.connections.limits;
        let changed = query(statement, &arguments, None).execute(connection);
        let changed = error::within(limits.answer(), changed).await;
        self.failed = changed.is_err();
        Ok(changed.map_err(|error| limits.error(error))?.rows_affected())
    }

    async fn end(self) -> Result<(), StoreError> {
        self.commit().await
    }

    async fn back(self) {
        // What can't be rolled back from here, the database rolls back with the connection.
        let _ = self.rollback().await;
    }
}

impl StoreTransaction for MySqlTransaction {
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(self.load(query, visit))
    }

    fn append(&mut self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(self.append(append))
    }

    fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.keep_snapshot(snapshot))
    }

    fn advance<'a>(
        &'a mut self,
        advance: &'a Advance<'a>,
    ) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async move {
            self.goes_on().await?;
            let connections = Arc::clone(&self.connections);
            let statements = &connections.statements.subscriptions;
            let advanced = subscriptions::advance(self, statements, advance).await;
            self.failed |= advanced.is_err();
            advanced
        })
    }

    fn fence<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        Box::pin(async move {
            self.goes_on().await?;
            let connections = Arc::clone(&self.connections);
            let statements = &connections.statements.subscriptions;
            let fenced = subscriptions::fence(self, statements, live, rebuilt).await;
            self.failed |= fenced.is_err();
            fenced
        })
    }

    fn take_over<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        Box::pin(async move {
            self.goes_on().await?;
            let connections = Arc::clone(&self.connections);
            let statements = &connections.statements.subscriptions;
            let taken = subscriptions::take_over(self, statements, live, rebuilt).await;
            self.failed |= taken.is_err();
            taken
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin((*self).commit())
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin((*self).rollback())
    }
}
