//! The attribute on the type instead of its block.

use es_core::prelude::*;

include!("../messages.rs");

#[aggregate]
pub struct Account {
    balance: u64,
}

impl Account {
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    fn withdraw(&self, command: Withdraw) -> Result<MoneyWithdrawn, InsufficientFunds> {
        self.balance.checked_sub(command.amount).ok_or(InsufficientFunds)?;
        Ok(MoneyWithdrawn { amount: command.amount })
    }

    fn opened(_: &AccountOpened) -> Self {
        Account { balance: 0 }
    }

    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= event.amount;
    }
}

pub fn usage(account: &Account) -> u64 {
    account.balance
}

fn main() {}
