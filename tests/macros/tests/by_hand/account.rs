//! What `examples/expanded` writes by hand, with macros.

use es_core::prelude::*;

/// Opens an account.
#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct OpenAccount {
    pub owner: String,
}

/// Puts money in.
#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct Deposit {
    pub amount: u64,
}

/// Takes money out.
#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct Withdraw {
    pub amount: u64,
}

/// An account was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct AccountOpened {
    pub owner: String,
}

/// Money was put in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Deposited {
    pub amount: u64,
}

/// Money was taken out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(type = "MoneyWithdrawn")]
pub struct Withdrawn {
    pub amount: u64,
}

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
    pub balance: u64,
}

#[aggregate(commands = AccountCommand)]
impl Account {
    #[command_handler]
    pub(crate) fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[command_handler]
    pub(crate) fn deposit(&self, command: Deposit) -> Deposited {
        Deposited { amount: command.amount }
    }

    #[command_handler]
    pub(crate) fn withdraw(&self, command: &Withdraw) -> Result<Withdrawn, InsufficientFunds> {
        if command.amount > self.balance {
            return Err(InsufficientFunds { balance: self.balance });
        }
        Ok(Withdrawn { amount: command.amount })
    }

    #[event_handler]
    pub(crate) fn opened(event: AccountOpened) -> Self {
        Account { owner: event.owner, balance: 0 }
    }

    #[event_handler]
    pub(crate) fn deposited(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }

    #[event_handler]
    pub(crate) fn withdrawn(&mut self, event: &Withdrawn) {
        self.balance -= event.amount;
    }
}
