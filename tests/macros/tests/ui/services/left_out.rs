//! A repository without the services.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Rates {
    pub percent: u64,
}

pub struct Account {
    balance: u64,
}

#[aggregate(services = Rates)]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[command_handler]
    fn withdraw(
        &self,
        command: Withdraw,
        rates: &Rates,
    ) -> Result<MoneyWithdrawn, InsufficientFunds> {
        self.balance.checked_sub(command.amount + rates.percent).ok_or(InsufficientFunds)?;
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

pub fn usage() -> AggregateRepository<Account> {
    AggregateRepository::new(MemoryEventStore::new())
}

fn main() {}
