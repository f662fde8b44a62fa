//! es-core

// The macros name this crate `::es_core`; this lets them work in here too.
#[allow(unused_extern_crates, reason = "used by the expansions of the macros in here")]
extern crate self as es_core;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod aggregate;
mod command;
#[cfg(feature = "conformance")]
pub mod conformance;
mod decision;
mod error;
mod event;
mod id;
mod message;
mod metadata;
pub mod registry;
pub mod repository;
pub mod store;
pub mod testing;
mod version;

pub use self::aggregate::{Aggregate, Evolve, NotStarted, ReplayFailure};
pub use self::command::{
    Command, CommandContext, CommandDecodeError, CommandSet, Create, Handle, HandlerParameter,
    Nothing, WithoutServices,
};
pub use self::decision::{Decision, Events, IntoEvents};
pub use self::error::{Failure, ReplayError, RepositoryError};
pub use self::event::{
    DecodeError, EncodeError, Event, EventContext, EventId, EventSet, Storable, StoredEvent,
};
pub use self::id::{AggregateId, GeneratedId, Id, MAX_ID_BYTES};
pub use self::message::MessageKey;
pub use self::metadata::Metadata;
pub use self::repository::{AggregateRepository, Persisted, RetryPolicy};
pub use self::store::{EventStore, MemoryEventStore, Transaction};
pub use self::version::Version;
pub use es_macros::{AggregateId, Command, Event, aggregate, command_handler, event_handler};
pub use jiff::Timestamp;
pub use uuid::Uuid;

/// What a module with aggregates needs: `use es_core::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Aggregate, AggregateId, AggregateRepository, Command, CommandContext, Event, EventContext,
        EventStore, Failure, Id, MemoryEventStore, Persisted, RepositoryError, Version,
    };
    pub use es_macros::{aggregate, command_handler, event_handler};
    pub use serde::{Deserialize, Serialize};
}
