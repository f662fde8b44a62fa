//! The account with macros. The one without has the same tests.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

use bank::domain::{self, AccountCommand, AccountCommandError};
use bank::number;

#[path = "account/scenarios.rs"]
mod scenarios;
#[path = "account/stored.rs"]
mod stored;
