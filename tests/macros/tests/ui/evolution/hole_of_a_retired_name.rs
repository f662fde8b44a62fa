//! A version of an event that has another name now, and no step from it.

use es_core::prelude::*;
use serde_json::Value;

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

    #[upcaster(event = "Debited", from = 1, into = ("MoneyWithdrawn", 1))]
    fn step(json: Value) -> Value {
        json
    }

    #[upcaster(event = "Debited", from = 3, into = ("MoneyWithdrawn", 1))]
    fn other(json: Value) -> Value {
        json
    }
}

pub async fn usage(
    accounts: &AggregateRepository<Account>,
) -> Result<u64, RepositoryError<InsufficientFunds>> {
    let opened = accounts.save(OpenAccount { owner: "Ada".to_owned() }).await?;
    let account = accounts.update(opened.id(), Withdraw { amount: 30 }).await?;
    Ok(accounts.find(account.id()).await?.balance)
}

fn main() {}
