use std::error::Error;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::domain::Tally;

pub(crate) type Run<'a, T = ()> = BoxFuture<'a, Result<T, Failed>>;

/// A store of bank accounts, written the way its library's documentation shows.
pub(crate) trait Contender: Send + Sync + 'static {
    /// Opens an account: its first event.
    fn save(&self, account: Uuid) -> Run<'_>;

    /// Reads an account, decides on a deposit, and stores it. A lost race is [`Failed::Conflict`], unless the library
    /// itself tries again.
    fn update(&self, account: Uuid) -> Run<'_>;

    /// Reads all events of an account and folds them; `None` if there is no such account.
    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>>;

    /// Opens an account and keeps what appending to it needs, so that nothing has to be read.
    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>>;

    /// Removes the snapshots that the library has made by itself.
    fn forget_snapshots(&self) -> Run<'_> {
        Box::pin(async { Ok(()) })
    }

    /// Ends its connections.
    fn close(&self) -> Run<'_>;
}

/// An account in hand.
pub(crate) trait Held: Send {
    /// Appends so many deposits in one go.
    fn append(&mut self, events: u64) -> Run<'_>;
}

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// Another one was faster. The caller may try again.
    #[error("lost a race")]
    Conflict,
    /// The library can't do this, or not as it has to be measured.
    #[error("{0}")]
    Unsupported(&'static str),
    #[error("{0}")]
    Other(Box<dyn Error + Send + Sync>),
}

impl Failed {
    pub(crate) fn other(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Failed::Other(error.into())
    }
}
