//! An aggregate that borrows.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account<'a> {
    balance: u64,
    owner: &'a str,
}

#[aggregate]
impl<'a> Account<'a> {
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
        Account { balance: 0, owner: "" }
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= event.amount;
    }
}

pub fn usage(account: &Account<'_>) -> (u64, usize) {
    (account.balance, account.owner.len())
}

fn main() {}
