use sqlx::pool::PoolConnection;
use sqlx::{Connection, Executor, MySql, MySqlPool, SqlSafeStr};

use super::append::Server;
use super::error::{self, Limits};
use super::statements::Statements;
use crate::statement::Statement;

/// The connections of a store, and what is said to them.
pub(super) struct Connections {
    pub(super) pool: MySqlPool,
    pub(super) statements: Statements,
    pub(super) limits: Limits,
    /// `max_allowed_packet`, in bytes.
    pub(super) max_packet: usize,
    /// Whether it is MariaDB.
    pub(super) blocks: bool,
}

impl Connections {
    pub(super) fn server(&self) -> Server<'_> {
        Server {
            statements: &self.statements,
            limits: &self.limits,
            max_packet: self.max_packet,
            blocks: self.blocks,
        }
    }

    /// A connection that has prepared these statements. Tested, it is one on which the server hasn't hung up.
    ///
    /// What is dropped in the middle of a statement, sqlx brings to its end before it uses the connection again. In the
    /// middle of preparing one it can't, and waits for ever. So that is done here, and the connection closed if it is
    /// dropped.
    pub(super) async fn acquire(
        &self,
        statements: &[&Statement],
        tested: bool,
    ) -> Result<PoolConnection<MySql>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        if tested {
            // After a restart of the server, all that are idle are dead.
            for _ in 0..=self.pool.options().get_max_connections() {
                if error::within(self.limits.acquire, connection.ping()).await.is_ok() {
                    break;
                }
                connection.close_on_drop();
                connection = self.pool.acquire().await?;
            }
        }
        prepare(&mut connection, statements, &self.limits).await?;
        Ok(connection)
    }

    /// What stores appends in transactions of their own.
    pub(super) fn appending(&self) -> [&Statement; 2] {
        let Statements { block_alone, bind, bind_events, .. } = &self.statements;
        if self.blocks { [block_alone, bind_events] } else { [bind, bind_events] }
    }

    /// What loads.
    pub(super) fn loading(&self) -> [&Statement; 2] {
        [&self.statements.stream, &self.statements.load]
    }

    /// What loads with snapshots.
    pub(super) fn loading_after_snapshot(&self) -> [&Statement; 2] {
        [&self.statements.stream_after_snapshot, &self.statements.load]
    }

    /// What transactions use.
    pub(super) fn within(&self) -> Vec<&Statement> {
        let Statements { stream, load, block_within, bind, bind_events, .. } = &self.statements;
        let Statements { stream_after_snapshot, keep_snapshot, forget_snapshots, .. } =
            &self.statements;
        let append = if self.blocks { block_within } else { bind };
        let mut within = self.statements.subscriptions.all();
        within.extend([stream, load, stream_after_snapshot, append, bind_events]);
        within.extend([keep_snapshot, forget_snapshots]);
        within
    }
}

async fn prepare(
    connection: &mut PoolConnection<MySql>,
    statements: &[&Statement],
    limits: &Limits,
) -> Result<(), sqlx::Error> {
    let mut preparing = Preparing { connection, done: false };
    for statement in statements {
        let prepare = preparing.connection.prepare(statement.sql().into_sql_str());
        error::within(limits.answer(), prepare).await?;
    }
    preparing.done = true;
    Ok(())
}

/// Closes the connection unless it comes to its end.
struct Preparing<'a> {
    connection: &'a mut PoolConnection<MySql>,
    done: bool,
}

impl Drop for Preparing<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.connection.close_on_drop();
        }
    }
}
