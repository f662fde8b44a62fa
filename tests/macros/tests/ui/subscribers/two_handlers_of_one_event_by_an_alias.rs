//! Two handlers of one event, of which one names it by an alias.

use es_core::prelude::*;

include!("../messages.rs");

pub type Opened = AccountOpened;

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, cx: EventHandlerContext<'_, AccountOpened>) -> Result<(), Failure> {
        println!("Dear {}", cx.event().owner);
        Ok(())
    }

    #[event_handler]
    async fn greet(&self, cx: EventHandlerContext<'_, Opened>) {
        println!("Hello {}", cx.event().owner);
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
