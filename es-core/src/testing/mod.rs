//! Tests in the words of the domain.
//!
//! Of an aggregate: given these events, when this command comes, then these events follow. No store is needed.
//!
//! ```
//! use es_core::prelude::*;
//! use es_core::testing::{given, given_nothing};
//! # #[derive(Command)]
//! # pub struct OpenAccount { pub owner: String }
//! # #[derive(Debug, Clone, Serialize, Deserialize, Command)]
//! # pub struct Withdraw { pub amount: u64 }
//! # #[derive(Serialize, Deserialize, Event)]
//! # pub struct AccountOpened { pub owner: String }
//! # #[derive(Serialize, Deserialize, Event)]
//! # pub struct Withdrawn { pub amount: u64 }
//! # #[derive(Debug, PartialEq)]
//! # pub struct InsufficientFunds;
//! # #[derive(Debug)]
//! # pub struct Account { balance: u64 }
//! # #[aggregate]
//! # impl Account {
//! #     #[command_handler]
//! #     fn open(command: OpenAccount) -> AccountOpened { AccountOpened { owner: command.owner } }
//! #     #[command_handler]
//! #     fn withdraw(&self, command: Withdraw) -> Result<Withdrawn, InsufficientFunds> {
//! #         self.balance.checked_sub(command.amount).ok_or(InsufficientFunds)?;
//! #         Ok(Withdrawn { amount: command.amount })
//! #     }
//! #     #[event_handler]
//! #     fn opened(_: &AccountOpened) -> Self { Account { balance: 0 } }
//! #     #[event_handler]
//! #     fn withdrawn(&mut self, event: &Withdrawn) { self.balance -= event.amount; }
//! # }
//!
//! given_nothing::<Account>()
//!     .when(OpenAccount { owner: "Ada".into() })
//!     .then(AccountOpened { owner: "Ada".into() });
//!
//! given::<Account>(AccountOpened { owner: "Ada".into() })
//!     .when(Withdraw { amount: 30 })
//!     .then_error(InsufficientFunds);
//! ```
//!
//! Events are compared by stored name and JSON, so they need neither `PartialEq` nor `Debug`. A scenario whose outcome
//! nobody looks at fails.
//!
//! Of a subscriber: given these events, when those are delivered, then its commands led to these. See [`subscriber()`].

mod aggregate;
mod events;
mod outcome;
mod snapshot;
#[cfg(not(target_family = "wasm"))]
mod subscriber;

pub use self::aggregate::{Given, GivenNothing, Scenario, given, given_nothing};
pub use self::outcome::{Accepted, Then, When};
#[cfg(not(target_family = "wasm"))]
pub use self::subscriber::{
    SubscriberScenario, SubscriberThen, SubscriberWhen, subscriber, subscriber_on,
};

/// How a test fails.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a test fails")]
fn fail(message: &str) -> ! {
    panic!("{message}")
}
