//! An id that is too long.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters-to-those-who-have-opened-an-account-with-us-and-to-those-who-have-not-yet-done")]
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
