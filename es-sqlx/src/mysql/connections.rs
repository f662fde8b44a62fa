use sqlx::pool::PoolConnection;
use sqlx::{Connection, MySql, MySqlPool};

use super::append::Server;
use super::error::{self, Limits};
use super::statements::Statements;

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

    /// A free connection, or a new one. Tested, it is one on which the server hasn't hung up.
    pub(super) async fn acquire(&self, tested: bool) -> Result<PoolConnection<MySql>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        if tested {
            // After a restart of the server, all that are idle are dead.
            for _ in 0..=self.pool.options().get_max_connections() {
                if error::within(self.limits.acquire, connection.ping()).await.is_ok() {
                    break;
                }
                connection.close_on_drop();
                drop(connection);
                connection = self.pool.acquire().await?;
            }
        }
        Ok(connection)
    }
}
