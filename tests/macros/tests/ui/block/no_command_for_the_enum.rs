//! An enum of commands without a command handler.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account {
    balance: u64,
}

#[aggregate(commands = AccountCommand)]
impl Account {
    #[event_handler]
    fn opened(_: &AccountOpened) -> Self {
        Account { balance: 0 }
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= event.amount;
    }
}

pub async fn usage(
    accounts: &AggregateRepository<Account>,
    id: &Id<Account>,
) -> Result<u64, Failure> {
    Ok(accounts.find(id).await?.balance)
}

fn main() {}
