//! A handler that takes more than there is.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(
        &self,
        cx: EventHandlerContext<'_, AccountOpened>,
        tx: &mut Transaction,
        accounts: &MemoryEventStore,
    ) {
        println!("Dear {}: {tx:?}, {accounts:?}", cx.event().owner);
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
