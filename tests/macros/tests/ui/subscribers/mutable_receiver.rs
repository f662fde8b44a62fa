//! A handler that changes its subscriber.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&mut self, cx: EventHandlerContext<'_, AccountOpened>) {
        println!("Dear {}", cx.event().owner);
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
