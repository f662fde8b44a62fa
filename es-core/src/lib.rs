//! Event-sourced aggregates: you write domain structs, `#[aggregate]` generates the dispatch at compile time, and an
//! [`AggregateRepository`] saves, updates and finds them in an [`EventStore`].
//!
//! ```
//! use es_core::prelude::*;
//!
//! #[derive(Clone, Command)]
//! pub struct OpenAccount { pub owner: String }
//!
//! #[derive(Clone, Command)]
//! pub struct Deposit { pub amount: u32 }
//!
//! #[derive(Serialize, Deserialize, Event)]
//! pub struct AccountOpened { pub owner: String }
//!
//! #[derive(Serialize, Deserialize, Event)]
//! pub struct MoneyDeposited { pub amount: u32 }
//!
//! #[derive(Debug)]
//! pub struct Account { pub owner: String, pub balance: u64 }
//!
//! #[aggregate]
//! impl Account {
//!     #[command_handler]
//!     fn open(command: OpenAccount) -> AccountOpened {
//!         AccountOpened { owner: command.owner }
//!     }
//!
//!     #[command_handler]
//!     fn deposit(&self, command: Deposit) -> MoneyDeposited {
//!         MoneyDeposited { amount: command.amount }
//!     }
//!
//!     #[event_handler]
//!     fn opened(event: AccountOpened) -> Self {
//!         Account { owner: event.owner, balance: 0 }
//!     }
//!
//!     #[event_handler]
//!     fn deposited(&mut self, event: &MoneyDeposited) {
//!         self.balance += u64::from(event.amount);
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Failure> {
//! let accounts = AggregateRepository::<Account>::new(MemoryEventStore::new());
//! let opened = accounts.save(OpenAccount { owner: "Ada".into() }).await?;
//! let account = accounts.update(opened.id(), Deposit { amount: 30 }).await?;
//! assert_eq!(account.balance, 30);
//! # Ok(())
//! # }
//! ```
//!
//! | where | what |
//! | --- | --- |
//! | [`aggregate`], [`command_handler`], [`event_handler`], the derives | the macros |
//! | [`repository`] | what a program calls |
//! | [`testing`] | given / when / then |
//! | [`store`] | what a store implements; `conformance` (a feature) tests one |
//! | [`evolution`] | how stored events keep their meaning |
//! | [`registry`] | the aggregates that are linked into the program |
//! | [`shape`] | the stored form of a type, as text |
//! | [`lock`] | a file that keeps the shapes of stored events |
//!
//! A command handler is called again after a lost race, so what it does beside deciding can happen more than once. Work
//! that must happen once belongs behind the events.
//!
//! The stores on SQL databases are in the crate `es-sqlx`.

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
pub mod evolution;
mod id;
pub mod lock;
mod message;
mod metadata;
pub mod registry;
pub mod repository;
pub mod shape;
mod snapshot;
pub mod store;
pub mod subscription;
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
pub use self::id::{AggregateId, GeneratedId, Id, IdOf, MAX_ID_BYTES};
pub use self::message::MessageKey;
pub use self::metadata::Metadata;
pub use self::repository::{AggregateRepository, Persisted, RetryPolicy};
pub use self::snapshot::{Memento, SnapshotContext, SnapshotData, Snapshots, UnreadableSnapshot};
pub use self::store::{EventStore, MemoryEventStore, Transaction};
pub use self::subscription::{EventHandlerContext, EventSubscriber};
pub use self::version::Version;
pub use es_macros::{
    AggregateId, Command, Event, aggregate, command_handler, event_handler, event_subscriber,
    upcaster,
};
pub use jiff::Timestamp;
pub use uuid::Uuid;

/// What a module with aggregates needs: `use es_core::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Aggregate, AggregateId, AggregateRepository, Command, CommandContext, Event, EventContext,
        EventHandlerContext, EventStore, EventSubscriber, Failure, Id, MemoryEventStore, Persisted,
        RepositoryError, Transaction, Version,
    };
    pub use es_macros::{aggregate, command_handler, event_handler, event_subscriber, upcaster};
    pub use serde::{Deserialize, Serialize};
}
