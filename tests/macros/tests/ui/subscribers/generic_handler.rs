//! A handler that is generic.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome<E: Event>(&self, cx: EventHandlerContext<'_, E>) {
        println!("Dear {}", cx.entity_id());
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
