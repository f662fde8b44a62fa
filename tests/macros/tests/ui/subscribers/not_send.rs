//! A handler that keeps what can't be sent while it waits.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, cx: EventHandlerContext<'_, AccountOpened>) {
        let owner = std::rc::Rc::new(cx.into_event().owner);
        std::future::ready(()).await;
        println!("Dear {owner}");
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
