use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures_core::future::BoxFuture;
use futures_util::FutureExt;

use crate::subscription::{Delivery, EventSubscriber, HandlerError};

/// An [`EventSubscriber`] of any type.
pub(crate) trait Deliver: Send + Sync {
    /// Lets a handler handle an event. A handler that panics fails.
    fn deliver<'a>(
        &'a self,
        handler: u32,
        delivery: Delivery<'a>,
    ) -> BoxFuture<'a, Result<(), HandlerError>>;
}

impl<S: EventSubscriber> Deliver for S {
    fn deliver<'a>(
        &'a self,
        handler: u32,
        delivery: Delivery<'a>,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        let handled = AssertUnwindSafe(EventSubscriber::deliver(self, handler, delivery));
        Box::pin(handled.catch_unwind().map(|outcome| {
            outcome.unwrap_or_else(|panic| Err(HandlerError::new(Panicked(message(&*panic)))))
        }))
    }
}

/// What a panic says.
pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[derive(Debug, thiserror::Error)]
#[error("the handler panicked: {0}")]
struct Panicked(String);
