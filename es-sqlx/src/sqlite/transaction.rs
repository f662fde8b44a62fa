use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, NewSnapshot, StoreError, StoreTransaction, StreamHead,
    StreamQuery, Visitor,
};
use es_core::subscription::{Advance, AdvanceError};
use futures_core::future::BoxFuture;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::error::Limits;
use super::held::Held;
use super::statements::Statements;
use super::{append, load, snapshot};
use crate::connections::Tenure;
use crate::feed::Growth;
use crate::statement::Statement;
use crate::subscriptions::{self, SubscriptionSession};

/// A transaction that holds the lock for writing from its first statement on.
pub(crate) struct SqliteTransaction {
    open: Option<Open>,
    state: State,
    statements: Arc<Statements>,
    limits: Limits,
    growth: Growth,
    /// Giving the connection back takes a task, and a transaction can be dropped outside of the runtime.
    runtime: Handle,
}

pub(super) struct Open {
    transaction: Transaction<'static, Sqlite>,
    held: Held,
    _turn: OwnedSemaphorePermit,
    _tenure: Tenure,
}

/// What is known of SQLite's side of the transaction. Some errors, such as a full disk, make SQLite roll back by
/// itself; what follows is then refused ([`Held`]), and on a pool of the application stored at once and on its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Sound,
    /// Statements of the user have run, or one of this store has failed or wasn't waited for.
    Unknown,
    Failed,
}

impl SqliteTransaction {
    pub(super) fn new(
        open: Open,
        statements: Arc<Statements>,
        limits: Limits,
        growth: Growth,
    ) -> Self {
        SqliteTransaction {
            open: Some(open),
            state: State::Sound,
            statements,
            limits,
            growth,
            runtime: Handle::current(),
        }
    }

    /// The connection for the user's own statements.
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
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
        let loaded = load::load(connection, &self.statements, &self.limits, query, visit).await;
        if loaded.is_err() {
            self.state = State::Unknown;
        }
        loaded.map(|loaded| loaded.head)
    }

    async fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        self.check().await?;
        let connection = open(&mut self.open, self.state)?;
        // Until the statement has come to its end, it isn't known how it ended.
        self.state = State::Unknown;
        let appended = append::append_one(connection, &self.statements, &self.limits, append).await;
        self.state = if matches!(appended, Err(AppendError::Store(_))) {
            State::Failed
        } else {
            State::Sound
        };
        appended
    }

    async fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> Result<(), StoreError> {
        self.check().await?;
        let connection = open(&mut self.open, self.state)?;
        self.state = State::Unknown;
        let kept = snapshot::keep(connection, &self.statements, &snapshot).await;
        self.state = if kept.is_err() { State::Failed } else { State::Sound };
        kept.map_err(|error| self.limits.error(error))
    }

    /// Finds out whether SQLite still has the transaction open: inside of one, it refuses to begin another.
    async fn check(&mut self) -> Result<(), StoreError> {
        if self.state != State::Unknown {
            return Ok(());
        }
        let connection = open(&mut self.open, self.state)?;
        match sqlx::query("BEGIN").execute(connection).await {
            Ok(_) => self.state = State::Failed,
            Err(sqlx::Error::Database(_)) => self.state = State::Sound,
            Err(error) => return Err(self.limits.error(error)),
        }
        open(&mut self.open, self.state).map(drop)
    }

    async fn commit(mut self) -> Result<(), StoreError> {
        self.check().await?;
        open(&mut self.open, self.state)?;
        let Some(Open { transaction, held, _turn, _tenure }) = self.open.take() else {
            return Ok(());
        };
        let growth = self.growth.clone();
        let _told = growth.told_at_the_end();
        held.release();
        transaction.commit().await.map_err(|error| self.limits.error(error))
    }

    async fn rollback(mut self) -> Result<(), StoreError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        open.rollback(self.state).await.map_err(|error| self.limits.error(error))
    }
}

fn open(open: &mut Option<Open>, state: State) -> Result<&mut SqliteConnection, StoreError> {
    match open {
        Some(open) if state != State::Failed => Ok(&mut open.transaction),
        _ => Err(StoreError::database("the transaction has failed, and nothing of it is kept")),
    }
}

impl Open {
    /// A transaction that has begun, the turn to write, and what has to be kept until the end.
    pub(super) fn new(
        transaction: Transaction<'static, Sqlite>,
        held: Held,
        turn: OwnedSemaphorePermit,
        tenure: Tenure,
    ) -> Self {
        held.hold();
        Open { transaction, held, _turn: turn, _tenure: tenure }
    }

    async fn rollback(mut self, state: State) -> Result<(), sqlx::Error> {
        if state != State::Sound {
            // sqlx counts a transaction that SQLite has rolled back as open, for good. There has to be one to end.
            let _ = sqlx::query("BEGIN").execute(&mut *self.transaction).await;
        }
        self.transaction.rollback().await
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else { return };
        let _runtime = self.runtime.enter();
        let state = self.state;
        if state == State::Sound {
            drop(open);
        } else {
            self.runtime.spawn(open.rollback(state));
        }
    }
}

impl SubscriptionSession for SqliteTransaction {
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
        let rows = sqlx::query_scalar(statement.sql()).bind(arguments).bind(limit);
        let rows = rows.fetch_all(connection).await;
        self.state = if rows.is_err() { State::Failed } else { State::Sound };
        rows.map_err(|error| self.limits.error(error))
    }

    async fn change(
        &mut self,
        statement: &Statement,
        arguments: String,
    ) -> Result<u64, StoreError> {
        self.check().await?;
        let connection = open(&mut self.open, self.state)?;
        self.state = State::Unknown;
        let changed = sqlx::query(statement.sql()).bind(arguments).execute(connection).await;
        self.state = if changed.is_err() { State::Failed } else { State::Sound };
        Ok(changed.map_err(|error| self.limits.error(error))?.rows_affected())
    }

    async fn end(self) -> Result<(), StoreError> {
        self.commit().await
    }

    async fn back(self) {
        // What can't be rolled back from here, the database rolls back with the connection.
        let _ = self.rollback().await;
    }
}

impl StoreTransaction for SqliteTransaction {
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
