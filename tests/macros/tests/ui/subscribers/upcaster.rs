//! An upcaster in a subscriber.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, cx: EventHandlerContext<'_, AccountOpened>) -> Result<(), Failure> {
        println!("Dear {}", cx.event().owner);
        Ok(())
    }

    #[upcaster(event = "AccountOpened", from = 1)]
    fn with_owner(json: serde_json::Value) -> serde_json::Value {
        json
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
