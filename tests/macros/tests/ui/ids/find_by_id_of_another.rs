//! The id of another aggregate to find by.

use es_core::prelude::*;

include!("../messages.rs");

mod order {
    use super::*;

    pub struct Order;

    #[aggregate]
    impl Order {
        #[event_handler]
        fn opened(_: &AccountOpened) -> Self {
            Order
        }
    }
}
use order::Order;

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

pub async fn usage(
    accounts: &AggregateRepository<Account>,
    order: &Id<Order>,
) -> Result<u64, Failure> {
    Ok(accounts.find(order).await?.balance)
}

fn main() {}
