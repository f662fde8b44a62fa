//! A handler that fails with what is no error.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

pub struct Unreachable(pub String);

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, cx: EventHandlerContext<'_, AccountOpened>) -> Result<(), Unreachable> {
        Err(Unreachable(cx.into_event().owner))
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
