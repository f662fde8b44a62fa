use sqlx::pool::PoolConnection;
use sqlx::{Connection, Executor, MySql, SqlSafeStr};

use super::append::Server;
use super::error::{self, Limits};
use super::statements::Statements;
use crate::connections::{Connections as Shared, Lease, Tenure};
use crate::statement::Statement;

/// The connections of a store, and what is said to them.
pub(super) struct Connections {
    pub(super) shared: Shared<Limits>,
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

    /// A connection that has prepared these statements, for one use. Tested, it is one on which the server hasn't hung up.
    ///
    /// Unless it is given back, it is closed: sqlx can't always bring to its end what is dropped in the middle of a statement,
    /// and then waits for ever.
    pub(super) async fn lease(
        &self,
        statements: &[&Statement],
        tested: bool,
    ) -> Result<Lease<Limits>, sqlx::Error> {
        let mut lease = self.shared.try_acquire().await?;
        if tested {
            // After a restart of the server, all that are idle are dead.
            for _ in 0..=self.shared.pool().options().get_max_connections() {
                if error::within(self.limits.acquire, lease.ping()).await.is_ok() {
                    break;
                }
                lease.give_up();
                lease = self.shared.try_acquire().await?;
            }
        }
        lease.doubt();
        for statement in statements {
            let prepare = lease.prepare(statement.sql().into_sql_str());
            error::within(self.limits.answer(), prepare).await?;
        }
        Ok(lease)
    }

    /// As [`lease`](Self::lease), for a transaction; with what has to be kept until its end.
    pub(super) async fn for_transaction(
        &self,
        tested: bool,
    ) -> Result<(PoolConnection<MySql>, Tenure), sqlx::Error> {
        Ok(self.lease(&self.within(), tested).await?.for_transaction())
    }

    /// What stores appends in transactions of their own.
    pub(super) fn appending(&self) -> [&Statement; 2] {
        let Statements { block_alone, bind, bind_events, .. } = &self.statements;
        if self.blocks { [block_alone, bind_events] } else { [bind, bind_events] }
    }

    /// What loads.
    pub(super) fn loading(&self) -> [&Statement; 3] {
        let Statements { bare_stream, stream, load, .. } = &self.statements;
        [bare_stream, stream, load]
    }

    /// What loads with snapshots.
    pub(super) fn loading_after_snapshot(&self) -> [&Statement; 2] {
        [&self.statements.stream_after_snapshot, &self.statements.load]
    }

    /// What transactions use.
    pub(super) fn within(&self) -> Vec<&Statement> {
        let Statements { bare_stream, stream, load, block_within, bind, bind_events, .. } =
            &self.statements;
        let Statements { stream_after_snapshot, keep_snapshot, forget_snapshots, .. } =
            &self.statements;
        let append = if self.blocks { block_within } else { bind };
        let mut within = self.statements.subscriptions.all();
        within.extend([bare_stream, stream, load, stream_after_snapshot, append, bind_events]);
        within.extend([keep_snapshot, forget_snapshots]);
        within
    }
}
