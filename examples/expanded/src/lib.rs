//! A bank account without macros: what `#[derive(Command)]`, `#[derive(Event)]` and `#[aggregate]` write, by hand.

mod account;
mod account_expanded;
mod messages;
mod messages_expanded;

pub use self::account::{Account, InsufficientFunds};
pub use self::account_expanded::{AccountCommand, AccountCommandError, AccountEvent};
pub use self::messages::{AccountOpened, Deposit, Deposited, OpenAccount, Withdraw, Withdrawn};
