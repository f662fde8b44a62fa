//! What the user writes, without its derives `Command` and `Event`.

use serde::{Deserialize, Serialize};

/// Opens an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenAccount {
    /// Whose account it is.
    pub owner: String,
}

/// Puts money in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deposit {
    /// Cents.
    pub amount: u64,
}

/// Takes money out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Withdraw {
    /// Cents.
    pub amount: u64,
}

/// An account was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountOpened {
    /// Whose account it is.
    pub owner: String,
}

/// Money was put in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deposited {
    /// Cents.
    pub amount: u64,
}

/// Money was taken out. Stored as `MoneyWithdrawn`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Cents.
    pub amount: u64,
}
