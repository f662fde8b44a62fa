mod texts;

use es_core::store::StoreError;

pub(super) use self::texts::TEXTS;
use super::error::is_lost;
use super::transaction::PostgresTransaction;
use super::writer::Writer;
use crate::group::Group;
use crate::statement::Statement;
use crate::subscriptions::{SubscriptionDatabase, Texts};

/// What PostgreSQL keeps of subscribers.
#[derive(Clone)]
pub(super) struct PostgresSubscriptions {
    pub(super) writers: Group<Writer>,
}

impl SubscriptionDatabase for PostgresSubscriptions {
    type Session = PostgresTransaction;

    async fn begin(&self) -> Result<PostgresTransaction, StoreError> {
        self.writers.committer().begin().await
    }

    async fn read(
        &self,
        statement: &Statement,
        arguments: String,
        limit: Option<u32>,
    ) -> Result<Vec<String>, StoreError> {
        let connections = &self.writers.committer().connections;
        let limits = connections.limits();
        let mut tried = false;
        loop {
            let mut lease = connections.acquire().await?;
            let mut query = sqlx::query_scalar(statement.sql()).bind(&arguments);
            if let Some(limit) = limit {
                query = query.bind(i64::from(limit));
            }
            match limits.wait(query.fetch_all(&mut *lease)).await {
                Err(error) if is_lost(&error) => {
                    lease.give_up();
                    if tried {
                        return Err(limits.error(error));
                    }
                    tried = true;
                }
                read => {
                    lease.give_back();
                    return read.map_err(|error| limits.error(error));
                }
            }
        }
    }

    fn texts(&self) -> &Texts<Statement> {
        &self.writers.committer().statements.subscriptions
    }
}
