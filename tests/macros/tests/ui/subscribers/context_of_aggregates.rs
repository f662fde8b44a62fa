//! The context that event handlers of aggregates take.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, event: AccountOpened, cx: &EventContext<'_>) {
        println!("Dear {}: {}", event.owner, cx.version());
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
