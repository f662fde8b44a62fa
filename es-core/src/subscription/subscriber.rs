use std::any::TypeId;

use serde::Serialize;

use super::{Delivery, HandlerError, SubscriberOptions};
use crate::Event;

/// Handles events as they come out of the store. Written by `#[event_subscriber]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event subscriber",
    label = "not an event subscriber",
    note = "write `#[event_subscriber(id = \"…\")]` on an `impl {Self}` block with its event handlers"
)]
pub trait EventSubscriber: Send + Sync + 'static {
    /// The stored name under which its progress is kept. It outlives the code.
    const ID: &'static str;

    /// What it handles, one entry for each handler.
    const HANDLERS: &'static [HandlerInfo];

    /// How it is run where `Subscriptions::subscribe_with` says nothing else.
    const OPTIONS: SubscriberOptions;

    /// Lets the handler with this [`number`](HandlerInfo::number) handle an event.
    fn deliver(
        &self,
        handler: u32,
        delivery: Delivery<'_>,
    ) -> impl Future<Output = Result<(), HandlerError>> + Send;
}

/// A subscriber that runs in the transaction of the append. Written by `#[event_subscriber(inline)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` doesn't run in the append's transaction",
    label = "not an inline subscriber",
    note = "write `#[event_subscriber(id = \"…\", inline)]`, or let `Subscriptions` run it"
)]
pub trait InlineSubscriber: EventSubscriber {}

/// A handler of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HandlerInfo {
    /// What tells it from the other handlers of the subscriber.
    pub number: u32,
    /// The stored name of the event; or an older one, where the subscriber has a type of its own for it.
    pub event_type: &'static str,
    /// The version of the shape of the JSON that it takes.
    pub schema_version: u32,
    /// The Rust type of the event.
    #[serde(skip)]
    pub event: TypeId,
    /// The method.
    pub handler: &'static str,
    /// Whether it takes the transaction.
    pub takes_transaction: bool,
}

impl HandlerInfo {
    /// A handler of the event `E`.
    pub const fn of<E: Event>(number: u32, handler: &'static str, takes_transaction: bool) -> Self {
        HandlerInfo {
            number,
            event_type: E::TYPE,
            schema_version: E::VERSION,
            event: TypeId::of::<E>(),
            handler,
            takes_transaction,
        }
    }
}

/// A subscriber that is linked into the program, whether it is run or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SubscriberInfo {
    /// The stored name.
    pub id: &'static str,
    /// The Rust type, with its path.
    pub rust_type: &'static str,
    /// Whether it runs in the append's transaction.
    pub inline: bool,
    /// What it handles.
    pub handlers: &'static [HandlerInfo],
}

inventory::collect!(SubscriberInfo);
