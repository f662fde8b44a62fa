//! A handler of a pseudo event.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Debug, Serialize, Deserialize, Event)]
#[event(pseudo)]
pub struct OwnerAsked {
    pub question: String,
}

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn asked(&self, cx: EventHandlerContext<'_, OwnerAsked>) {
        println!("Why, {}", cx.event().question);
    }
}

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
