//! What the user writes, as in the bank's `domain.rs`, but without `Command`, `Event`, `#[aggregate]` and its markers.

use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, Deserialize)]
pub struct OpenAccount {
    pub owner: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Deposit {
    pub amount: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Withdraw {
    pub amount: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct CloseAccount {}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountOpened {
    pub owner: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct MoneyDeposited {
    pub amount: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct MoneyWithdrawn {
    pub amount: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountClosed {}

/// Why an account refuses a command.
#[derive(Debug, PartialEq, Error)]
pub enum Refused {
    #[error("the account is closed")]
    Closed,
    #[error("only {0} cents are in the account")]
    Overdraft(u64),
    #[error("{0} cents are still in the account")]
    NotEmpty(u64),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub owner: String,
    pub balance: u64,
    pub closed: bool,
}

impl Account {
    // #[command_handler]
    pub(crate) fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    // #[command_handler]
    pub(crate) fn deposit(&self, command: &Deposit) -> Result<MoneyDeposited, Refused> {
        self.ensure_open()?;
        Ok(MoneyDeposited { amount: command.amount })
    }

    // #[command_handler]
    pub(crate) fn withdraw(&self, command: &Withdraw) -> Result<MoneyWithdrawn, Refused> {
        self.ensure_open()?;
        self.balance.checked_sub(command.amount.into()).ok_or(Refused::Overdraft(self.balance))?;
        Ok(MoneyWithdrawn { amount: command.amount })
    }

    // #[command_handler]
    pub(crate) fn close(&self, _: &CloseAccount) -> Result<AccountClosed, Refused> {
        self.ensure_open()?;
        (self.balance == 0).then_some(AccountClosed {}).ok_or(Refused::NotEmpty(self.balance))
    }

    // #[event_handler]
    pub(crate) fn opened(event: AccountOpened) -> Self {
        Account { owner: event.owner, balance: 0, closed: false }
    }

    // #[event_handler]
    pub(crate) fn deposited(&mut self, event: &MoneyDeposited) {
        self.balance += u64::from(event.amount);
    }

    // #[event_handler]
    pub(crate) fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= u64::from(event.amount);
    }

    // #[event_handler]
    pub(crate) fn closed(&mut self, _: &AccountClosed) {
        self.closed = true;
    }

    fn ensure_open(&self) -> Result<(), Refused> {
        if self.closed { Err(Refused::Closed) } else { Ok(()) }
    }
}
