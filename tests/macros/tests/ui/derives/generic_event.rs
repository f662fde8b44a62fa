//! A generic event.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Debug, Serialize, Deserialize, Event)]
pub struct AccountFrozen<R> {
    pub reason: R,
}

pub fn usage(event: AccountFrozen<String>) -> String {
    event.reason
}

fn main() {}
