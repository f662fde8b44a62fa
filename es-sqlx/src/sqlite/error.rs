use std::sync::Arc;
use std::time::Duration;

use es_core::store::StoreError;
use sqlx::Sqlite;

use crate::connections::ConnectionLimits;

/// How long this store waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For a connection of its own, and for its turn to write.
    pub(super) acquire: Duration,
    /// For the lock of the file.
    pub(super) busy: Duration,
}

/// SQLite's primary result codes; the extended ones have them in their low byte.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READ_ONLY: i32 = 8;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const NOT_A_DATABASE: i32 = 26;
}

impl ConnectionLimits for Limits {
    type Database = Sqlite;

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
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
        match code.map(|code| code & 0xff) {
            Some(code::BUSY | code::LOCKED) => {
                StoreError::TimedOut { what: "lock of the database", limit: self.busy }
            }
            Some(code::CORRUPT | code::NOT_A_DATABASE) => StoreError::Corrupt(error.to_string()),
            Some(code::READ_ONLY) => StoreError::ReadOnly(Arc::new(error)),
            Some(code::FULL) => StoreError::Full(Arc::new(error)),
            _ => StoreError::database(error),
        }
    }
}
