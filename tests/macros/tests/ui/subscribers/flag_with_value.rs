//! A flag with a value.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters", transient = true)]
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
