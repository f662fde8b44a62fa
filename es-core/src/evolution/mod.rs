//! How stored events keep their meaning while the code goes on: the steps that bring an older version to the current
//! one.
//!
//! A stored event is a name, a version and JSON, and is never changed. When the shape of an event changes, its version is
//! raised, and a step says what the older JSON means now:
//!
//! ```
//! use es_core::evolution::Upcast;
//! use es_core::prelude::*;
//! use serde_json::{Value, json};
//!
//! /// A typed step: version 1 is a type too, and `From` brings it to version 2.
//! #[derive(Serialize, Deserialize, Event)]
//! #[event(type = "AccountOpened")]
//! pub struct AccountOpenedV1 { pub owner: String }
//!
//! #[derive(Serialize, Deserialize, Event)]
//! #[event(version = 2, from = AccountOpenedV1)]
//! pub struct AccountOpened { pub owner: String, pub currency: String }
//!
//! impl From<AccountOpenedV1> for AccountOpened {
//!     fn from(event: AccountOpenedV1) -> Self {
//!         AccountOpened { owner: event.owner, currency: "EUR".into() }
//!     }
//! }
//!
//! #[derive(Serialize, Deserialize, Event)]
//! #[event(version = 2)]
//! pub struct MoneyWithdrawn { pub cents: u64 }
//!
//! #[derive(Serialize, Deserialize, Event)]
//! pub struct FeeCharged { pub cents: u64 }
//!
//! pub struct Account { owner: String, cents: u64 }
//!
//! #[aggregate]
//! impl Account {
//!     #[event_handler]
//!     fn opened(event: AccountOpened) -> Self {
//!         Account { owner: event.owner, cents: 10_000 }
//!     }
//!
//!     #[event_handler]
//!     fn withdrawn(&mut self, event: &MoneyWithdrawn) {
//!         self.cents -= event.cents;
//!     }
//!
//!     #[event_handler]
//!     fn charged(&mut self, event: &FeeCharged) {
//!         self.cents -= event.cents;
//!     }
//!
//!     /// A step on JSON: in version 1 the fee was a field of the withdrawal. It is an event of its own now.
//!     #[upcaster(event = "MoneyWithdrawn", from = 1, into = ("MoneyWithdrawn", 2), into = ("FeeCharged", 1))]
//!     fn split_fee(json: Value) -> Upcast {
//!         Upcast::to("MoneyWithdrawn", json!({ "cents": json["amount"] }))
//!             .and("FeeCharged", json!({ "cents": json["fee"] }))
//!     }
//! }
//! # let _ = |account: Account| account.owner;
//! ```
//!
//! Steps are taken one after the other until the current version is reached: version 1 of an event of version 3 takes
//! two. That happens wherever events are read: on load, in a history, and on the way to a subscriber. The current
//! version takes no step and costs nothing more.
//!
//! That every chain ends, has no hole, no cycle and no step twice is checked when `#[aggregate]` is compiled.
//! [`registry::check`](crate::registry::check) checks every aggregate of the program, those written by hand too.

mod check;
mod part;
mod rename;
mod step;
mod upcast;

pub use self::check::Fault;
pub(crate) use self::check::{fault_of_event, fault_of_step};
pub use self::rename::rename_field;
pub use self::step::{MadeFrom, OlderVersion, TypedStep};
pub(crate) use self::step::{modernise, older, read_older};
pub(crate) use self::upcast::{Current, Texts, is_pseudo, upcast};
pub use self::upcast::{IntoUpcast, Upcast, UpcastError, Upcaster};

use crate::store::RawEvent;
use crate::{Aggregate, DecodeError, EventSet};

/// Reads a stored event as the events that it means now: one, several or none.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode<A: Aggregate>(raw: &RawEvent<'_>) -> Result<Vec<A::Event>, DecodeError> {
    let mut events = Vec::new();
    each_current::<A>(raw, &mut |current| {
        events.push(A::Event::decode(&current)?);
        Ok(())
    })?;
    Ok(events)
}

/// Shows what a stored event means now, each with the current name, version and JSON.
pub(crate) fn each_current<A: Aggregate>(
    raw: &RawEvent<'_>,
    show: &mut dyn FnMut(RawEvent<'_>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    if is_pseudo(raw.event_type) {
        return Ok(());
    }
    let mut show = |current: RawEvent<'_>| match show(current) {
        Err(DecodeError::UnknownType) if A::SKIPS_UNKNOWN_EVENTS => Ok(()),
        shown => shown,
    };
    upcast(A::EVENTS, A::UPCASTERS, raw, &mut Texts(&mut show))
}
