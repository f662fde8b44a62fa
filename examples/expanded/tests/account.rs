//! The account without macros. The one with macros has the same tests.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

use expanded::{AccountCommand, AccountCommandError, domain, number};

#[path = "../../bank/tests/account/scenarios.rs"]
mod scenarios;
#[path = "../../bank/tests/account/stored.rs"]
mod stored;
