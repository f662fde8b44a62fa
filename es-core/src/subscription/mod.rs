//! Subscribers: each event of the store, once, in order, to the handlers that want it.

mod context;
mod dead_letter;
mod delivery;
mod handler_error;
mod memory;
mod options;
#[cfg(not(target_family = "wasm"))]
mod runtime;
mod shared_tables;
mod store;
mod subscriber;
mod tables;
mod token;

pub use self::context::{ContextWithin, EventHandlerContext};
pub use self::dead_letter::{DeadLetter, EntityKey, NewDeadLetter};
pub use self::delivery::Delivery;
pub(crate) use self::delivery::NoHandler;
pub use self::handler_error::{HandlerError, HandlerFailure, HandlerOutput, Retry};
pub(crate) use self::memory::MemorySubscriptions;
pub use self::options::{OnFailure, Start, SubscriberOptions};
#[cfg(not(target_family = "wasm"))]
pub use self::runtime::{
    ControlError, InlineStore, Rebuild, RebuildError, StartFinding, StartFindings,
    SubscriberStatus, SubscriptionControl, Subscriptions, SubscriptionsError, WaitError,
};
#[cfg(not(target_family = "wasm"))]
pub(crate) use self::runtime::{Deliver, Routes};
pub(crate) use self::shared_tables::SharedTables;
pub use self::store::{
    Advance, AdvanceError, Held, Lease, PartitionProgress, StoredProgress, SubscriptionStore,
};
pub use self::subscriber::{EventSubscriber, HandlerInfo, InlineSubscriber, SubscriberInfo};
pub(crate) use self::tables::Tables;
pub use self::token::ConsistencyToken;
