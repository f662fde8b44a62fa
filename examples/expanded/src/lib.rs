//! The bank account without macros: what `#[derive(Command)]`, `#[derive(Event)]` and `#[aggregate]` write for the bank's
//! `domain.rs`, written out.

#![allow(missing_docs, reason = "the names of the domain say what they are")]

mod account_expanded;
pub mod domain;
mod messages_expanded;
#[path = "../../bank/src/number.rs"]
pub mod number;

pub use self::account_expanded::{AccountCommand, AccountCommandError, AccountEvent};
