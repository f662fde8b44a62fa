//! A typed step from the event itself.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Debug, Serialize, Deserialize, Event)]
#[event(type = "Closed", version = 2, from = Self)]
pub struct AccountClosed {
    pub reason: String,
}

#[derive(Debug, Serialize, Deserialize, Event)]
#[event(version = 2, from = AccountLocked)]
pub struct AccountLocked {
    pub reason: String,
}

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

    #[event_handler]
    fn closed(&mut self, _: AccountClosed) {}
}

pub async fn usage(
    accounts: &AggregateRepository<Account>,
) -> Result<u64, RepositoryError<InsufficientFunds>> {
    let opened = accounts.save(OpenAccount { owner: "Ada".to_owned() }).await?;
    let account = accounts.update(opened.id(), Withdraw { amount: 30 }).await?;
    Ok(accounts.find(account.id()).await?.balance)
}

fn main() {}
