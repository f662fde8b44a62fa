//! The bank account: its commands, its events, and what follows from what. Amounts are in cents.

use es_core::prelude::*;
use thiserror::Error;

use crate::number::AccountNumber;

#[derive(Debug, Clone, Deserialize, Command)]
pub struct OpenAccount {
    pub owner: String,
}

#[derive(Debug, Clone, Deserialize, Command)]
pub struct Deposit {
    pub amount: u32,
}

#[derive(Debug, Clone, Deserialize, Command)]
pub struct Withdraw {
    pub amount: u32,
}

#[derive(Debug, Clone, Deserialize, Command)]
pub struct CloseAccount {}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct AccountOpened {
    pub owner: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct MoneyDeposited {
    pub amount: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct MoneyWithdrawn {
    pub amount: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
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

/// An account's state is kept each 10 events, so that a busy one is found as fast as a new one.
#[aggregate(id = AccountNumber, commands = AccountCommand, snapshot(every = 10))]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[command_handler]
    fn deposit(&self, command: &Deposit) -> Result<MoneyDeposited, Refused> {
        self.ensure_open()?;
        Ok(MoneyDeposited { amount: command.amount })
    }

    #[command_handler]
    fn withdraw(&self, command: &Withdraw) -> Result<MoneyWithdrawn, Refused> {
        self.ensure_open()?;
        self.balance.checked_sub(command.amount.into()).ok_or(Refused::Overdraft(self.balance))?;
        Ok(MoneyWithdrawn { amount: command.amount })
    }

    #[command_handler]
    fn close(&self, _: &CloseAccount) -> Result<AccountClosed, Refused> {
        self.ensure_open()?;
        (self.balance == 0).then_some(AccountClosed {}).ok_or(Refused::NotEmpty(self.balance))
    }

    #[event_handler]
    fn opened(event: AccountOpened) -> Self {
        Account { owner: event.owner, balance: 0, closed: false }
    }

    #[event_handler]
    fn deposited(&mut self, event: &MoneyDeposited) {
        self.balance += u64::from(event.amount);
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= u64::from(event.amount);
    }

    #[event_handler]
    fn closed(&mut self, _: &AccountClosed) {
        self.closed = true;
    }

    fn ensure_open(&self) -> Result<(), Refused> {
        if self.closed { Err(Refused::Closed) } else { Ok(()) }
    }
}
