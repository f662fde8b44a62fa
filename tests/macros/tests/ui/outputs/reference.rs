//! A command handler that lends its event.

use es_core::prelude::*;

include!("../messages.rs");

static OPENED: AccountOpened = AccountOpened { owner: String::new() };

pub struct Account {
    balance: u64,
}

#[aggregate]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> &'static AccountOpened {
        drop(command);
        &OPENED
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
    id: &Id<Account>,
) -> Result<u64, RepositoryError<InsufficientFunds>> {
    let account = accounts.update(id, Withdraw { amount: 30 }).await?;
    Ok(accounts.find(account.id()).await?.balance)
}

fn main() {}
