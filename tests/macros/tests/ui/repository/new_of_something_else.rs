//! A new repository of something else.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account {
    balance: u64,
}

#[aggregate]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[command_handler]
    fn withdraw(&self, command: Withdraw) -> Result<MoneyWithdrawn, InsufficientFunds> {
        self.balance.checked_sub(command.amount).ok_or(InsufficientFunds)?;
        Ok(MoneyWithdrawn { amount: command.amount })
    }

    #[event_handler]
    fn opened(_: &AccountOpened) -> Self {
        Account { balance: 0 }
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= event.amount;
    }
}

pub struct Ledger;

pub fn usage() {
    let _ledgers = AggregateRepository::<Ledger>::new(MemoryEventStore::new());
}

fn main() {}
