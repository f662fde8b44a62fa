//! A type that is no id.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Debug, Clone)]
pub struct Iban(pub String);

pub struct Account {
    balance: u64,
}

#[aggregate(id = Iban)]
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

pub async fn usage(
    accounts: &AggregateRepository<Account>,
    id: &Iban,
) -> Result<u64, RepositoryError<InsufficientFunds>> {
    Ok(accounts.update(id, Withdraw { amount: 30 }).await?.balance)
}

fn main() {}
