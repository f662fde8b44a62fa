//! A union as an event.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Event)]
pub union AccountFrozen {
    pub reason: u64,
}

pub fn usage(event: AccountFrozen) {
    drop(event);
}

fn main() {}
