use std::fmt;

use crate::store::{RawEvent, StoreError};
use crate::subscription::HandlerError;
use crate::{EncodeError, EventId, NotStarted, ReplayFailure, Version};

/// Why a save, update or find failed, apart from what the command handler itself refused.
///
/// Where it is another error, as that of a store, that one is its source; `transparent` would hide it from whoever looks for
/// it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// There is no such entity; or upcasters drop all of its events.
    #[error("no {entity_type} with id `{entity_id}`")]
    NotFound {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The id that was asked for.
        entity_id: String,
    },
    /// The entity was deleted. Its history is still there, `find(..).including_deleted()` gives what it was last, and its id
    /// can't be used again.
    #[error("{entity_type} `{entity_id}` was deleted")]
    Deleted {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The id that was asked for.
        entity_id: String,
    },
    /// An entity with this id exists already. Nothing was written. One whose events are all dropped by upcasters does exist,
    /// though it isn't found.
    #[error("{entity_type} `{entity_id}` exists already")]
    AlreadyExists {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The id that was to be created.
        entity_id: String,
    },
    /// Others changed the entity in between, each time that it was tried; or it isn't at the version that the
    /// caller expects. Nothing was written: read again, and decide again.
    #[error(
        "{entity_type} `{entity_id}` is at version {actual}, not {expected} (tried {attempts} times)"
    )]
    Conflict {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The entity.
        entity_id: String,
        /// The version that the decision was made at.
        expected: Version,
        /// The version that is stored.
        actual: Version,
        /// How many times it was tried.
        attempts: u32,
    },
    /// A subscriber that runs in the append's transaction failed. Nothing was written.
    #[error("`{subscriber}`, which runs with the append, failed: {error}")]
    Subscriber {
        /// The subscriber.
        subscriber: &'static str,
        /// Why.
        #[source]
        error: HandlerError,
    },
    /// A command that should create an entity led to no event, so there is nothing to create.
    #[error("the command led to no event, so no {entity_type} was created")]
    NoEvents {
        /// The stored name of the aggregate.
        entity_type: &'static str,
    },
    /// The entity has fewer events than the version that was asked for.
    #[error(
        "{entity_type} `{entity_id}` is at version {actual}; there is no version {requested} yet"
    )]
    NoSuchVersion {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The entity.
        entity_id: String,
        /// The version that was asked for.
        requested: Version,
        /// The version that is stored.
        actual: Version,
    },
    /// The text of an id or message id can't be stored.
    #[error("{what} of {} bytes can't be stored: it takes 1 to 255 bytes without NUL", text.len())]
    InvalidId {
        /// Which text it is.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// A stored id isn't one of the aggregate's type of id.
    #[error("`{entity_id}` is stored as the id of a {entity_type}, and can't be read as one")]
    UnreadableId {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The text that is stored.
        entity_id: String,
    },
    /// The first event of a new entity can't start its state. Nothing was written.
    #[error("{0}")]
    NotStarted(#[from] NotStarted),
    /// The command led to an event after the one that deletes the entity, which has to be the last but for pseudo events.
    /// Nothing was written.
    #[error("`{event_type}` comes after the event that deletes the {entity_type}")]
    EventAfterDeletion {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The stored name of the event that comes too late.
        event_type: &'static str,
    },
    /// An event can't be written as JSON. Nothing was written.
    #[error("{0}")]
    Encode(#[from] EncodeError),
    /// The command led to an event that could not be read back if it were stored: what its `Serialize` writes, its
    /// `Deserialize` doesn't read. Nothing was written.
    #[error("nothing was stored, because it couldn't be read back: {0}")]
    Unreadable(#[source] Box<ReplayError>),
    /// A stored event can't be read.
    #[error("{0}")]
    Replay(#[from] Box<ReplayError>),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Why a save or update failed: the handler refused the command, or something else.
///
/// Each handler keeps its own error type: `update(&id, Withdraw { .. })` fails with
/// `RepositoryError<InsufficientFunds>`. It prints as what it holds. A [`Failure`] is its source, so that whoever doesn't
/// know the handler's error finds that; the handler's own error isn't, so that a report doesn't print it twice.
#[derive(Debug)]
pub enum RepositoryError<E> {
    /// The command handler's own error. Nothing was written.
    Rejected(E),
    /// Anything else.
    Failed(Failure),
}

impl<E> RepositoryError<E> {
    /// The handler's own error, if it is one.
    pub fn rejection(&self) -> Option<&E> {
        match self {
            RepositoryError::Rejected(error) => Some(error),
            RepositoryError::Failed(_) => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for RepositoryError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RepositoryError::Rejected(error) => error.fmt(f),
            RepositoryError::Failed(failure) => failure.fmt(f),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for RepositoryError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            RepositoryError::Rejected(error) => error.source(),
            RepositoryError::Failed(failure) => Some(failure),
        }
    }
}

impl<E> From<Failure> for RepositoryError<E> {
    fn from(failure: Failure) -> Self {
        RepositoryError::Failed(failure)
    }
}

impl<E> From<StoreError> for RepositoryError<E> {
    fn from(error: StoreError) -> Self {
        RepositoryError::Failed(error.into())
    }
}

/// A stored event that can't be read or folded, and where it is. Nothing was skipped.
#[derive(Debug, thiserror::Error)]
#[error(
    "event {event_id} (`{event_type}`, version {version} of {entity_type} `{entity_id}`): {reason}"
)]
pub struct ReplayError {
    /// The stored name of the aggregate.
    pub entity_type: String,
    /// The entity.
    pub entity_id: String,
    /// The entity's version with this event.
    pub version: Version,
    /// The event.
    pub event_id: EventId,
    /// The stored name of the event.
    pub event_type: String,
    /// What is wrong with it.
    pub reason: ReplayFailure,
}

impl ReplayError {
    pub(crate) fn new(raw: &RawEvent<'_>, reason: ReplayFailure) -> Self {
        ReplayError {
            entity_type: raw.entity_type.to_owned(),
            entity_id: raw.entity_id.to_owned(),
            version: raw.version,
            event_id: raw.event_id,
            event_type: raw.event_type.to_owned(),
            reason,
        }
    }
}
