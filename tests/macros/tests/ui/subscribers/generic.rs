//! A subscriber that is generic.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Letters<P>(P);

#[event_subscriber(id = "letters")]
impl<P: Fn(&str) + Send + Sync + 'static> Letters<P> {
    #[event_handler]
    async fn welcome(&self, cx: EventHandlerContext<'_, AccountOpened>) {
        (self.0)(&cx.event().owner);
    }
}

fn main() {}
