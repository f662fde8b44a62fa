//! The name of a rebuild as an id.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters~rebuild")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, cx: EventHandlerContext<'_, AccountOpened>) -> Result<(), Failure> {
        println!("Dear {}", cx.event().owner);
        Ok(())
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
