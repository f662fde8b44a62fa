use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, NewSnapshot, StoreError, StoreTransaction, StreamHead,
    StreamQuery, Visitor,
};
use es_core::subscription::{Advance, AdvanceError};
use futures_core::future::BoxFuture;
use sqlx::{PgConnection, Postgres, SqlSafeStr, Transaction};

use super::error::{Limits, is_contended, is_lost};
use super::statements::Statements;
use super::{append, load, snapshot};
use crate::connections::{Lease, Tenure};
use crate::feed::Growth;
use crate::statement::Statement;
use crate::subscriptions::{self, SubscriptionSession};

/// A transaction whose statements each see what is committed before them.
pub(crate) struct PostgresTransaction {
    open: Option<Open>,
    state: State,
    statements: Arc<Statements>,
    limits: Limits,
    growth: Growth,
}

struct Open {
    transaction: Transaction<'static, Postgres>,
    tenure: Tenure,
}

/// What is known of the server's side of the transaction. After an error it takes nothing more, and answers a `COMMIT`
/// by rolling back, without an error.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Sound,
    /// Statements of the user have run, or one of this store has failed or wasn't waited for.
    Unknown,
    Failed,
}

impl PostgresTransaction {
    pub(super) async fn begin(
        lease: Lease<Limits>,
        statements: Arc<Statements>,
        limits: Limits,
        growth: Growth,
    ) -> Result<Self, sqlx::Error> {
        let (connection, tenure) = lease.for_transaction();
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED".into_sql_str();
        // In a task of its own: sqlx doesn't know of a transaction whose beginning was dropped in the middle, and would give
        // the connection to somebody else with it, whose appends would end with that transaction.
        let begun = tenure.runtime.clone().spawn(async move {
            let transaction = Transaction::begin(connection, Some(begin)).await?;
            Ok(Open { transaction, tenure })
        });
        let begun = async { begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed)) };
        let open = Some(limits.wait(begun).await?);
        Ok(PostgresTransaction { open, state: State::Sound, statements, limits, growth })
    }

    /// The connection for the user's own statements.
    pub(crate) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let connection = open(&mut self.open, self.state)?;
        self.state = State::Unknown;
        Ok(connection)
    }

    async fn load(
        &mut self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        let connection = open(&mut self.open, self.state)?;
        let before = std::mem::replace(&mut self.state, State::Unknown);
        let loaded = load::load(connection, &self.statements, &self.limits, query, visit).await?;
        self.state = before;
        Ok(loaded.head)
    }

    async fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        self.check().await?;
        let connection = open(&mut self.open, self.state)?;
        // Until the statement has come to its end, it isn't known how it ended.
        self.state = State::Unknown;
        let appends = [append];
        let appended = append::append_within(connection, &self.statements, &appends);
        match self.limits.wait(appended).await {
            Ok(outcomes) => {
                self.state = State::Sound;
                outcomes.into_iter().next().unwrap_or_else(append::unknown)
            }
            Err(error) => {
                self.state = State::Failed;
                Err(self.refused(error).into())
            }
        }
    }

    async fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> Result<(), StoreError> {
        self.check().await?;
        let connection = open(&mut self.open, self.state)?;
        self.state = State::Unknown;
        let kept = snapshot::keep(connection, &self.statements, &snapshot);
        let kept = self.limits.wait(kept).await;
        self.state = if kept.is_err() { State::Failed } else { State::Sound };
        kept.map_err(|error| self.refused(error))
    }

    fn refused(&self, error: sqlx::Error) -> StoreError {
        if is_contended(&error) {
            return StoreError::Contended(Arc::new(error));
        }
        self.limits.error(error)
    }

    /// Finds out whether the server still takes statements in this transaction.
    async fn check(&mut self) -> Result<(), StoreError> {
        if self.state != State::Unknown {
            return Ok(());
        }
        let connection = open(&mut self.open, self.state)?;
        let probe = sqlx::raw_sql("SAVEPOINT es_probe; RELEASE SAVEPOINT es_probe");
        match self.limits.wait(probe.execute(connection)).await {
            Ok(_) => self.state = State::Sound,
            Err(error) if is_lost(&error) => return Err(self.limits.error(error)),
            Err(_) => self.state = State::Failed,
        }
        open(&mut self.open, self.state).map(drop)
    }

    async fn commit(mut self) -> Result<(), StoreError> {
        self.check().await?;
        open(&mut self.open, self.state)?;
        let Some(Open { transaction, tenure: _tenure }) = self.open.take() else { return Ok(()) };
        let growth = self.growth.clone();
        let _told = growth.told_at_the_end();
        self.limits.wait(transaction.commit()).await.map_err(|error| {
            if is_lost(&error) {
                return StoreError::OutcomeUnknown(Arc::new(error));
            }
            self.refused(error)
        })
    }

    async fn rollback(mut self) -> Result<(), StoreError> {
        let Some(Open { transaction, tenure: _tenure }) = self.open.take() else { return Ok(()) };
        let rolled_back = self.limits.wait(transaction.rollback()).await;
        rolled_back.map_err(|error| self.limits.error(error))
    }
}

fn open(open: &mut Option<Open>, state: State) -> Result<&mut PgConnection, StoreError> {
    match open {
        Some(open) if state != State::Failed => Ok(&mut open.transaction),
        _ => Err(StoreError::database("the transaction has failed, and nothing of it is kept")),
    }
}

impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        if let Some(Open { transaction, tenure }) = self.open.take() {
            let _runtime = tenure.runtime.enter();
            drop(transaction);
        }
    }
}

impl SubscriptionSession for PostgresTransaction {
    const HEX: bool = false;

    async fn rows(
        &mut self,
        statement: &Statement,
        arguments: String,
        limit: Option<u32>,
    ) -> Result<Vec<String>, StoreError> {
        self.check().await?;
        let connection = open(&mut self.open, self.state)?;
        self.state = State::Unknown;
        let mut query = sqlx::query_scalar(statement.sql()).bind(arguments);
        if let Some(limit) = limit {
            query = query.bind(i64::from(limit));
        }
        let rows = self.limits.wait(query.fetch_all(connection)).await;
        self.state = if rows.is_err() { State::Failed } else { State::Sound };
        rows.map_err(|error| self.refused(error))
    }

    async fn change(
        &mut self,
        statement: &Statement,
        arguments: String,
    ) -> Result<u64, StoreError> {
        self.check().await?;
        let connection = open(&mut self.open, self.state)?;
        self.state = State::Unknown;
        let query = sqlx::query(statement.sql()).bind(arguments);
        let changed = self.limits.wait(query.execute(connection)).await;
        self.state = if changed.is_err() { State::Failed } else { State::Sound };
        Ok(changed.map_err(|error| self.refused(error))?.rows_affected())
    }

    async fn end(self) -> Result<(), StoreError> {
        self.commit().await
    }

    async fn back(self) {
        // What can't be rolled back from here, the database rolls back with the connection.
        let _ = self.rollback().await;
    }
}

impl StoreTransaction for PostgresTransaction {
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
            let statements = Arc::clone(&self.statements);
            let advanced = subscriptions::advance(self, &statements.subscriptions, advance).await;
            if advanced.is_err() {
                self.state = State::Failed;
            }
            advanced
        })
    }

    fn fence<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        Box::pin(async move {
            let statements = Arc::clone(&self.statements);
            let fenced = subscriptions::fence(self, &statements.subscriptions, live, rebuilt).await;
            if fenced.is_err() {
                self.state = State::Failed;
            }
            fenced
        })
    }

    fn take_over<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        Box::pin(async move {
            let statements = Arc::clone(&self.statements);
            let taken =
                subscriptions::take_over(self, &statements.subscriptions, live, rebuilt).await;
            if taken.is_err() {
                self.state = State::Failed;
            }
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
