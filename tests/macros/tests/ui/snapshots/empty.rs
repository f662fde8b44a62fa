//! Nothing is said of the snapshots.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Serialize, Deserialize)]
pub struct Account {
    balance: u64,
}

#[aggregate(snapshot())]
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
) -> Result<u64, RepositoryError<InsufficientFunds>> {
    let opened = accounts.save(OpenAccount { owner: "Ada".to_owned() }).await?;
    let account = accounts.update(opened.id(), Withdraw { amount: 30 }).await?;
    Ok(accounts.find(account.id()).await?.balance)
}

fn main() {}
