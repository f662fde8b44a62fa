//! An event handler that is no method.

use es_core::prelude::*;

include!("../messages.rs");

#[event_handler]
pub fn opened(event: AccountOpened) -> String {
    event.owner
}

pub fn usage() -> String {
    opened(AccountOpened { owner: "Ada".to_owned() })
}

fn main() {}
