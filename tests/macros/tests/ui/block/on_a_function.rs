//! The attribute on a function.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account {
    balance: u64,
}

#[aggregate]
pub fn open(command: OpenAccount) -> Account {
    drop(command);
    Account { balance: 0 }
}

pub fn usage() -> u64 {
    open(OpenAccount { owner: "Ada".to_owned() }).balance
}

fn main() {}
