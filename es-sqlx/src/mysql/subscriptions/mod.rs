mod texts;

use es_core::store::StoreError;
use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{MySql, Row};

pub(super) use self::texts::TEXTS;
use super::error;
use super::transaction::MySqlTransaction;
use super::writer::Writer;
use crate::group::Group;
use crate::statement::Statement;
use crate::subscriptions::{SubscriptionDatabase, Texts};

/// What MariaDB and MySQL keep of subscribers.
#[derive(Clone)]
pub(super) struct MySqlSubscriptions {
    pub(super) writers: Group<Writer>,
}

impl MySqlSubscriptions {
    async fn read_once(
        &self,
        statement: &Statement,
        arguments: &str,
        limit: Option<u32>,
        tested: bool,
    ) -> Result<Vec<String>, sqlx::Error> {
        let connections = &self.writers.committer().connections;
        let mut lease = connections.lease(&[statement], tested).await?;
        let rows = query(statement, arguments, limit).fetch_all(&mut *lease);
        let rows = error::within(connections.limits.answer(), rows).await?;
        lease.give_back();
        texts(rows)
    }
}

impl SubscriptionDatabase for MySqlSubscriptions {
    type Session = MySqlTransaction;

    async fn begin(&self) -> Result<MySqlTransaction, StoreError> {
        self.writers.committer().begin().await
    }

    async fn read(
        &self,
        statement: &Statement,
        arguments: String,
        limit: Option<u32>,
    ) -> Result<Vec<String>, StoreError> {
        let mut tested = false;
        loop {
            match self.read_once(statement, &arguments, limit, tested).await {
                Ok(rows) => return Ok(rows),
                // The server may have hung up on a connection that nobody used.
                Err(lost) if !tested && error::is_lost(&lost) && !error::is_late(&lost) => {
                    tested = true;
                }
                Err(error) => return Err(self.writers.committer().connections.limits.error(error)),
            }
        }
    }

    fn texts(&self) -> &Texts<Statement> {
        &self.writers.committer().connections.statements.subscriptions
    }
}

/// The statement with the arguments at each `?`, and how many rows to show at the last one.
pub(super) fn query<'q>(
    statement: &Statement,
    arguments: &'q str,
    limit: Option<u32>,
) -> Query<'q, MySql, MySqlArguments> {
    let of_arguments = statement.values() - usize::from(limit.is_some());
    let mut query = sqlx::query(statement.sql());
    for _ in 0..of_arguments {
        query = query.bind(arguments);
    }
    if let Some(limit) = limit {
        query = query.bind(limit);
    }
    query
}

/// The first column of each row, which MySQL calls JSON and MariaDB text.
pub(super) fn texts(rows: Vec<MySqlRow>) -> Result<Vec<String>, sqlx::Error> {
    rows.iter().map(|row| row.try_get_unchecked(0)).collect()
}
