//! A block without handlers.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Default)]
pub struct Account {
    balance: u64,
}

#[aggregate]
impl Account {
    pub fn balance(&self) -> u64 {
        self.balance
    }
}

pub async fn usage(
    accounts: &AggregateRepository<Account>,
    id: &Id<Account>,
) -> Result<u64, Failure> {
    Ok(accounts.find(id).await?.balance())
}

fn main() {}
