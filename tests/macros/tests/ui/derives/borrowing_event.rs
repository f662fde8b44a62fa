//! An event that borrows.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Debug, Serialize, Deserialize, Event)]
pub struct AccountFrozen<'a> {
    pub reason: &'a str,
}

pub fn usage<'a>(event: &AccountFrozen<'a>) -> &'a str {
    event.reason
}

fn main() {}
