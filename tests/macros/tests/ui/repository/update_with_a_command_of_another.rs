//! An update with a command of another aggregate.

use es_core::prelude::*;

include!("../messages.rs");

mod order {
    use super::*;

    #[derive(Clone, Command)]
    pub struct Create;

    #[derive(Clone, Command)]
    pub struct Approve;

    #[derive(Debug, Serialize, Deserialize, Event)]
    pub struct Created;

    pub struct Order;

    #[aggregate]
    impl Order {
        #[command_handler]
        fn create(_: Create) -> Created {
            Created
        }

        #[command_handler]
        fn approve(&self, _: Approve) {}

        #[event_handler]
        fn created(_: &Created) -> Self {
            Order
        }
    }
}
use order::Approve;

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

pub async fn usage(accounts: &AggregateRepository<Account>) -> Result<u64, Failure> {
    let opened = accounts.save(OpenAccount { owner: "Ada".to_owned() }).await?;
    let account = accounts.update(opened.id(), Approve).await?;
    Ok(accounts.find(account.id()).await?.balance)
}

fn main() {}
