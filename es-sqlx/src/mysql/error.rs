use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use es_core::store::StoreError;
use futures_core::stream::BoxStream;
use futures_util::{FutureExt, TryStreamExt};
use sqlx::MySql;
use sqlx::mysql::{MySqlDatabaseError, MySqlRow};
use tokio::time::timeout;

use crate::connections::ConnectionLimits;

/// How long this store waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For a connection.
    pub(super) acquire: Duration,
    /// For the lock of an entity.
    pub(super) busy: Duration,
    /// For the end of a statement.
    pub(super) statement: Duration,
}

/// Error numbers of the servers.
mod number {
    pub(super) const DISK_FULL: u16 = 1021;
    pub(super) const TOO_MANY_CONNECTIONS: u16 = 1040;
    pub(super) const SHUTDOWN: u16 = 1053;
    pub(super) const DUPLICATE: u16 = 1062;
    pub(super) const TABLE_FULL: u16 = 1114;
    pub(super) const TOO_MANY_USER_CONNECTIONS: u16 = 1203;
    pub(super) const LOCK_WAIT: u16 = 1205;
    pub(super) const DEADLOCK: u16 = 1213;
    pub(super) const NO_SAVEPOINT: u16 = 1305;
    pub(super) const OPTION_PREVENTS: u16 = 1290;
    pub(super) const READ_ONLY_TRANSACTION: u16 = 1792;
    pub(super) const READ_ONLY_MODE: u16 = 1836;
    /// MariaDB's `innodb_snapshot_isolation`: a row was changed since it was read.
    pub(super) const CHANGED_MEANWHILE: u16 = 1020;
    /// MariaDB ends a connection that was killed.
    pub(super) const CONNECTION_KILLED: u16 = 1927;
    /// MariaDB's `max_statement_time`.
    pub(super) const STATEMENT_TIME: u16 = 1969;
    /// MySQL's `max_execution_time`.
    pub(super) const EXECUTION_TIME: u16 = 3024;
    /// MySQL ends a connection that was idle for too long.
    pub(super) const IDLE_TOO_LONG: u16 = 4031;
    /// Something about a file, or a table in it; what it is, only the text says.
    pub(super) const OF_FILES: [u16; 5] = [
        1,    // it can't be created
        3,    // it can't be written
        1005, // a table can't be created
        1026, // a log can't be written
        1030, // what an engine was told by the operating system
    ];
}

/// What such a text has, in any language of the server, where there is no room: for temporary files, say, in which a large
/// commit waits for the binary log.
const NO_ROOM: [&str; 3] =
    ["No space left on device", "Disk quota exceeded", "No more room in record file"];

impl ConnectionLimits for Limits {
    type Database = MySql;

    fn acquire(&self) -> Duration {
        self.acquire
    }

    fn error(&self, error: sqlx::Error) -> StoreError {
        Limits::error(self, error)
    }
}

impl Limits {
    pub(super) fn error(&self, error: sqlx::Error) -> StoreError {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return StoreError::TimedOut { what: "free connection", limit: self.acquire };
        }
        if is_late(&error) {
            return self.unanswered();
        }
        if is_lost(&error) {
            return StoreError::Unavailable(Arc::new(error));
        }
        match number(&error) {
            Some(number::LOCK_WAIT) => {
                StoreError::TimedOut { what: "lock of an entity", limit: self.busy }
            }
            Some(number::STATEMENT_TIME | number::EXECUTION_TIME) => self.unanswered(),
            Some(number::DEADLOCK | number::CHANGED_MEANWHILE) => {
                StoreError::Contended(Arc::new(error))
            }
            Some(
                number::OPTION_PREVENTS | number::READ_ONLY_TRANSACTION | number::READ_ONLY_MODE,
            ) => StoreError::ReadOnly(Arc::new(error)),
            Some(number::DISK_FULL | number::TABLE_FULL) => StoreError::Full(Arc::new(error)),
            Some(number) if number::OF_FILES.contains(&number) && tells_of_no_room(&error) => {
                StoreError::Full(Arc::new(error))
            }
            _ => StoreError::database(error),
        }
    }

    fn unanswered(&self) -> StoreError {
        StoreError::TimedOut { what: "answer of the database", limit: self.statement }
    }

    /// The longest that a server which still runs can take for an append, whose statements may each wait for locks.
    pub(super) fn answer(&self) -> Duration {
        self.statement + 3 * self.busy + Duration::from_secs(1)
    }
}

fn number(error: &sqlx::Error) -> Option<u16> {
    Some(error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?.number())
}

fn tells_of_no_room(error: &sqlx::Error) -> bool {
    let text = error.as_database_error().map_or("", |error| error.message());
    NO_ROOM.iter().any(|no_room| text.contains(no_room))
}

/// The connection, or the server, is gone or can't be had.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed => true,
        _ => matches!(
            number(error),
            Some(
                number::SHUTDOWN
                    | number::CONNECTION_KILLED
                    | number::IDLE_TOO_LONG
                    | number::TOO_MANY_CONNECTIONS
                    | number::TOO_MANY_USER_CONNECTIONS
            )
        ),
    }
}

/// Others were in the way at the same moment, and aren't any more: nothing was written, and a second try may do it.
pub(super) fn is_contended(error: &sqlx::Error) -> bool {
    rolls_back(error) || is_taken(error)
}

/// The server has rolled the whole transaction back.
pub(super) fn rolls_back(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(number::DEADLOCK | number::CHANGED_MEANWHILE))
}

/// The lock of an entity was waited for in vain.
pub(super) fn is_locked(error: &sqlx::Error) -> bool {
    number(error) == Some(number::LOCK_WAIT)
}

/// A key is taken.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    number(error) == Some(number::DUPLICATE)
}

/// The transaction isn't the one that had this savepoint.
pub(super) fn is_without_savepoint(error: &sqlx::Error) -> bool {
    number(error) == Some(number::NO_SAVEPOINT)
}

/// The end of a step, or an error of kind `TimedOut`.
pub(super) async fn within<T>(
    limit: Duration,
    step: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let late = |_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into()));
    timeout(limit, step).await.unwrap_or_else(late)
}

pub(super) type Rows<'r> = BoxStream<'r, Result<MySqlRow, sqlx::Error>>;

/// The next row. Most are there already, and need no timer.
pub(super) async fn next(
    limit: Duration,
    rows: &mut Rows<'_>,
) -> Result<Option<MySqlRow>, sqlx::Error> {
    match rows.try_next().now_or_never() {
        Some(row) => row,
        None => within(limit, rows.try_next()).await,
    }
}

/// The server didn't answer in time, and so hardly will at once.
pub(super) fn is_late(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(io) if io.kind() == ErrorKind::TimedOut)
}
