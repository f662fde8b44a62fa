//! A generic aggregate.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account<C> {
    balance: u64,
    currency: std::marker::PhantomData<C>,
}

#[aggregate]
impl<C: Send + Sync + 'static> Account<C> {
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
        Account { balance: 0, currency: std::marker::PhantomData }
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= event.amount;
    }
}

pub fn usage(account: &Account<u8>) -> u64 {
    account.balance
}

fn main() {}
