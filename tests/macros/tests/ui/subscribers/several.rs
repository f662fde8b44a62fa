//! All that is wrong at once.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(lane = 2)]
impl Letters {
    #[event_handler]
    fn welcome(&mut self, event: AccountOpened) {
        println!("Dear {}", event.owner);
    }

    #[event_handler]
    async fn warn(cx: EventHandlerContext<'_, MoneyWithdrawn>, limit: u64) {
        println!("{} of {limit}", cx.event().amount);
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
