use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use crate::Version;
use crate::subscription::HandlerError;

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The entity isn't at the version that the events were decided at.
    #[error("the entity is at version {actual}, not {expected}")]
    Conflict {
        /// The version that the events were decided at.
        expected: Version,
        /// The version that is stored.
        actual: Version,
    },
    /// The entity was to be created, and exists.
    #[error("the entity exists already, at version {actual}")]
    AlreadyExists {
        /// The version that is stored.
        actual: Version,
    },
    /// The entity has processed this message before.
    #[error("the entity has processed this message before")]
    Duplicate,
    /// The entity was deleted.
    #[error("the entity was deleted")]
    Deleted,
    /// A subscriber that runs in the append's transaction failed. The transaction can only be rolled back.
    #[error("`{subscriber}`, which runs with the append, failed: {error}")]
    Subscriber {
        /// The subscriber.
        subscriber: &'static str,
        /// Why.
        #[source]
        error: HandlerError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a store failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Something took longer than its limit: a free connection, the lock of another writer.
    #[error(
        "no {what} within {limit:?}: another one holds it for too long, or there is too much load"
    )]
    TimedOut {
        /// What was waited for.
        what: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// The database can't be reached, or the connection was lost before anything could be stored: nothing was changed.
    /// Try again later.
    #[error("the database can't be reached: {0}")]
    Unavailable(#[source] Arc<dyn Error + Send + Sync>),
    /// The connection was lost while something was being stored, and whether it is stored couldn't be found out. Look
    /// before you store it again.
    #[error("the connection was lost, and it isn't known whether the change is stored: {0}")]
    OutcomeUnknown(#[source] Arc<dyn Error + Send + Sync>),
    /// Others were changing the same at the same time, and the database refused this change, of which nothing is
    /// stored. Try again.
    #[error("nothing was stored, because others change the same at the same time: {0}")]
    Contended(#[source] Arc<dyn Error + Send + Sync>),
    /// The database takes no changes: it is a replica, or set to be read only.
    #[error("the database is read only: {0}")]
    ReadOnly(#[source] Arc<dyn Error + Send + Sync>),
    /// The disk is full, or a quota of the database is used up: nothing was stored.
    #[error("there is no room for more: {0}")]
    Full(#[source] Arc<dyn Error + Send + Sync>),
    /// The future of an append in a transaction was dropped before it ended, or an inline subscriber failed in it, so nobody
    /// knows what the transaction holds. Nothing of it is kept: run it again.
    #[error(
        "a call in this transaction was dropped before it ended, or a subscriber failed in it, so the transaction can't be committed"
    )]
    Abandoned,
    /// What is stored contradicts itself: a version is missing, or a value has a form that this library never writes.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The store can't do this.
    #[error("this store has no {0}")]
    Unsupported(&'static str),
    /// The address of the store can't be used.
    #[error("{0}")]
    Address(String),
    /// The tables were made by a newer version of this library.
    #[error(
        "the database has schema {found}, and this library knows {known}: use a newer version of the library"
    )]
    NewerSchema {
        /// The schema version that was found.
        found: u32,
        /// The newest schema version that this library knows.
        known: u32,
    },
    /// What the database said.
    #[error("the database failed: {0}")]
    Database(#[source] Arc<dyn Error + Send + Sync>),
}

impl StoreError {
    /// An error of the database itself.
    pub fn database(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        StoreError::Database(error.into().into())
    }
}
