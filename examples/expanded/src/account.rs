//! What the user writes, without `#[aggregate(commands = AccountCommand)]` and the markers on its methods.

use crate::{AccountOpened, Deposit, Deposited, OpenAccount, Withdraw, Withdrawn};

/// A bank account.
#[derive(Debug)]
pub struct Account {
    owner: String,
    balance: u64,
}

/// There is less money in the account than was asked for.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("only {balance} in the account")]
pub struct InsufficientFunds {
    /// Cents in the account.
    pub balance: u64,
}

impl Account {
    // #[command_handler]
    pub(crate) fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    // #[command_handler]
    pub(crate) fn deposit(&self, command: Deposit) -> Deposited {
        Deposited { amount: command.amount }
    }

    // #[command_handler]
    pub(crate) fn withdraw(&self, command: &Withdraw) -> Result<Withdrawn, InsufficientFunds> {
        if command.amount > self.balance {
            return Err(InsufficientFunds { balance: self.balance });
        }
        Ok(Withdrawn { amount: command.amount })
    }

    // #[event_handler]
    pub(crate) fn opened(event: AccountOpened) -> Self {
        Account { owner: event.owner, balance: 0 }
    }

    // #[event_handler]
    pub(crate) fn deposited(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }

    // #[event_handler]
    pub(crate) fn withdrawn(&mut self, event: &Withdrawn) {
        self.balance -= event.amount;
    }

    /// Whose account it is.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Cents in the account.
    pub fn balance(&self) -> u64 {
        self.balance
    }
}
