//! The attribute on the impl of a trait.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account {
    balance: u64,
}

#[aggregate]
impl Default for Account {
    fn default() -> Self {
        Account { balance: 0 }
    }
}

pub fn usage() -> u64 {
    Account::default().balance
}

fn main() {}
