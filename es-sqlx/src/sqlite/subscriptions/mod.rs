mod texts;

use std::sync::Arc;

use es_core::store::StoreError;

pub(super) use self::texts::TEXTS;
use super::Connections;
use super::error::Limits;
use super::statements::Statements;
use super::transaction::SqliteTransaction;
use super::writer::Writer;
use crate::group::Group;
use crate::statement::Statement;
use crate::subscriptions::{SubscriptionDatabase, Texts};

/// What SQLite keeps of subscribers.
#[derive(Clone)]
pub(super) struct SqliteSubscriptions {
    pub(super) writers: Group<Writer>,
    pub(super) readers: Connections,
    pub(super) statements: Arc<Statements>,
    pub(super) limits: Limits,
}

impl SubscriptionDatabase for SqliteSubscriptions {
    type Session = SqliteTransaction;

    async fn begin(&self) -> Result<SqliteTransaction, StoreError> {
        self.writers.committer().begin().await
    }

    async fn read(
        &self,
        statement: &Statement,
        arguments: String,
        limit: Option<u32>,
    ) -> Result<Vec<String>, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let rows = sqlx::query_scalar(statement.sql())
            .bind(arguments)
            .bind(limit)
            .fetch_all(&mut *reader)
            .await;
        reader.give_back();
        rows.map_err(|error| self.limits.error(error))
    }

    fn texts(&self) -> &Texts<Statement> {
        &self.statements.subscriptions
    }
}
