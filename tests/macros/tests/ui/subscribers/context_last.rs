//! A handler whose context comes after the transaction.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, tx: &mut Transaction, cx: EventHandlerContext<'_, AccountOpened>) {
        println!("Dear {}: {tx:?}", cx.event().owner);
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
