//! A command of the enum that cannot be read.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Clone, Command)]
pub struct Freeze;

pub struct Account {
    balance: u64,
}

#[aggregate(commands = AccountCommand)]
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

    #[command_handler]
    fn freeze(&self, _: Freeze) -> MoneyWithdrawn {
        MoneyWithdrawn { amount: 0 }
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
