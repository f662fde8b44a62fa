//! An event that serde cannot write or read.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Event)]
pub struct AccountFrozen {
    pub reason: String,
}

#[derive(Default)]
pub struct Account {
    frozen: u64,
}

#[aggregate]
impl Account {
    #[command_handler]
    fn freeze(&self, _: &OpenAccount) -> AccountFrozen {
        AccountFrozen { reason: String::new() }
    }

    #[event_handler]
    fn frozen(&mut self, event: &AccountFrozen) {
        self.frozen += event.reason.len() as u64;
    }
}

pub async fn usage(
    accounts: &AggregateRepository<Account>,
    id: &Id<Account>,
) -> Result<u64, Failure> {
    Ok(accounts.find(id).await?.frozen)
}

fn main() {}
