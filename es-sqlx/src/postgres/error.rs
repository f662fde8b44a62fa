use std::io;
use std::sync::Arc;
use std::time::Duration;

use es_core::store::StoreError;
use sqlx::Postgres;
use tokio::time::timeout;

use crate::connections::ConnectionLimits;

/// How long this store waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For a connection.
    pub(super) acquire: Duration,
    /// For a lock.
    pub(super) lock: Duration,
    /// For the end of a statement.
    pub(super) statement: Duration,
}

/// How much longer than its limit a statement is waited for: the server ends it, unless it can't be reached any more.
const GRACE: Duration = Duration::from_secs(2);

/// The codes of PostgreSQL's errors that callers can do something about.
mod code {
    pub(super) const READ_ONLY: &str = "25006";
    pub(super) const SERIALIZATION_FAILURE: &str = "40001";
    pub(super) const DEADLOCK: &str = "40P01";
    pub(super) const DISK_FULL: &str = "53100";
    pub(super) const TOO_MANY_CONNECTIONS: &str = "53300";
    pub(super) const LOCK_NOT_AVAILABLE: &str = "55P03";
    pub(super) const CANCELED: &str = "57014";
    pub(super) const CORRUPT: [&str; 2] = ["XX001", "XX002"];
    /// The classes of errors that end the connection, and the codes in them.
    pub(super) const LOST: [&str; 7] = ["08", "25P03", "57P01", "57P02", "57P03", "57P04", "57P05"];
}

impl Limits {
    /// What the driver said, for callers. A lost connection is told as one on which nothing was stored.
    pub(super) fn error(&self, error: sqlx::Error) -> StoreError {
        if is_lost(&error) {
            return StoreError::Unavailable(Arc::new(error));
        }
        let error = match error {
            sqlx::Error::PoolTimedOut => {
                return StoreError::TimedOut { what: "free connection", limit: self.acquire };
            }
            sqlx::Error::Configuration(error) => return StoreError::Address(error.to_string()),
            error => error,
        };
        match &*sql_state(&error) {
            code::LOCK_NOT_AVAILABLE => {
                StoreError::TimedOut { what: "lock of an entity", limit: self.lock }
            }
            code::CANCELED => {
                StoreError::TimedOut { what: "end of a statement", limit: self.statement }
            }
            code::SERIALIZATION_FAILURE | code::DEADLOCK => StoreError::Contended(Arc::new(error)),
            code::READ_ONLY => StoreError::ReadOnly(Arc::new(error)),
            code::DISK_FULL => StoreError::Full(Arc::new(error)),
            code::TOO_MANY_CONNECTIONS => StoreError::Unavailable(Arc::new(error)),
            state if code::CORRUPT.contains(&state) => StoreError::Corrupt(error.to_string()),
            _ => StoreError::database(error),
        }
    }

    /// As [`error`](Self::error), of an append. Versions and messages are looked at in the same statement, so they can
    /// be taken only where another one took them meanwhile, and that append is tried again.
    pub(super) fn refused(&self, error: sqlx::Error) -> StoreError {
        match error.as_database_error() {
            Some(taken) if taken.is_unique_violation() => {
                StoreError::Corrupt(format!("{error}, though it was free"))
            }
            _ => self.error(error),
        }
    }

    /// Waits for the end of an exchange with the server, and fails as a lost connection does where there is none.
    pub(super) async fn wait<T>(
        &self,
        exchange: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        timeout(self.patience(), exchange).await.unwrap_or_else(|_| Err(self.silence()))
    }

    /// How long an exchange with the server may take.
    pub(super) fn patience(&self) -> Duration {
        self.statement.saturating_add(GRACE)
    }

    /// The error of a server that doesn't answer.
    pub(super) fn silence(&self) -> sqlx::Error {
        let message = format!("the server doesn't answer within {:?}", self.patience());
        sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, message))
    }
}

impl ConnectionLimits for Limits {
    type Database = Postgres;

    fn acquire(&self) -> Duration {
        self.acquire
    }

    fn error(&self, error: sqlx::Error) -> StoreError {
        self.error(error)
    }
}

/// Whether the connection is lost, and with it the knowledge of what the server did last.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        error => {
            let state = sql_state(error);
            code::LOST.iter().any(|lost| state.starts_with(lost))
        }
    }
}

/// Whether the change was refused as a whole, because others changed the same, and would go well if done again.
pub(super) fn is_contended(error: &sqlx::Error) -> bool {
    // A key that is taken was free for the snapshot of the statement: somebody has committed it since.
    error.as_database_error().is_some_and(|error| error.is_unique_violation())
        || matches!(&*sql_state(error), code::SERIALIZATION_FAILURE | code::DEADLOCK)
}

/// Whether the server ended a statement because it took too long.
pub(super) fn is_canceled(error: &sqlx::Error) -> bool {
    sql_state(error) == code::CANCELED
}

fn sql_state(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|error| error.code());
    code.map(|code| code.into_owned()).unwrap_or_default()
}
