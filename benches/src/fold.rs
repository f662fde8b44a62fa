//! The fold of an account's events: through what `#[aggregate]` writes, and through a match written by hand.
//!
//! Both ways read the same rows and call the same methods of the same state. The match by hand is what one writes who
//! doesn't have the macros: by stored name, with the version of the shape checked, and an error for what it can't read.

use std::fmt;

use es_core::prelude::*;
use es_core::store::RawEvent;
use es_core::{EventId, Timestamp};

/// An account was opened.
#[derive(Serialize, Deserialize, Event)]
pub struct AccountOpened {
    /// Whose account it is.
    pub owner: String,
}

/// Money was put in.
#[derive(Serialize, Deserialize, Event)]
pub struct Deposited {
    /// Cents.
    pub amount: u64,
}

/// Money was taken out.
#[derive(Serialize, Deserialize, Event)]
#[event(type = "MoneyWithdrawn")]
pub struct Withdrawn {
    /// Cents.
    pub amount: u64,
}

/// A bank account.
#[derive(Debug)]
pub struct Account {
    owner: String,
    balance: u64,
}

#[aggregate(type = "FoldedAccount")]
impl Account {
    #[event_handler]
    fn opened(event: AccountOpened) -> Self {
        Account { owner: event.owner, balance: 0 }
    }

    #[event_handler]
    fn deposited(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &Withdrawn) {
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

/// The events of an account as one writes them without macros.
pub enum ByHand {
    /// An account was opened.
    AccountOpened(AccountOpened),
    /// Money was put in.
    Deposited(Deposited),
    /// Money was taken out.
    Withdrawn(Withdrawn),
}

/// What the match by hand can't read or fold.
#[derive(Debug)]
pub enum ByHandError {
    /// No arm knows the stored name.
    UnknownType,
    /// The event is stored in another version of its shape.
    UnknownVersion(u32),
    /// The JSON doesn't fit the type.
    Malformed(serde_json::Error),
    /// The event can't be the first one.
    NotStarted,
}

impl fmt::Display for ByHandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for ByHandError {}

impl From<serde_json::Error> for ByHandError {
    fn from(error: serde_json::Error) -> Self {
        ByHandError::Malformed(error)
    }
}

/// Folds one event, by hand.
pub fn apply_by_hand(state: &mut Option<Account>, event: ByHand) -> Result<(), ByHandError> {
    match event {
        ByHand::AccountOpened(event) => *state = Some(Account::opened(event)),
        ByHand::Deposited(event) => {
            state.as_mut().ok_or(ByHandError::NotStarted)?.deposited(&event)
        }
        ByHand::Withdrawn(event) => {
            state.as_mut().ok_or(ByHandError::NotStarted)?.withdrawn(&event)
        }
    }
    Ok(())
}

/// Decodes and folds one stored event, by hand.
pub fn replay_by_hand(state: &mut Option<Account>, raw: &RawEvent<'_>) -> Result<(), ByHandError> {
    if raw.schema_version != 1 {
        return Err(ByHandError::UnknownVersion(raw.schema_version));
    }
    match raw.event_type {
        "AccountOpened" => *state = Some(Account::opened(serde_json::from_slice(raw.data)?)),
        "Deposited" => {
            let event: Deposited = serde_json::from_slice(raw.data)?;
            state.as_mut().ok_or(ByHandError::NotStarted)?.deposited(&event);
        }
        "MoneyWithdrawn" => {
            let event: Withdrawn = serde_json::from_slice(raw.data)?;
            state.as_mut().ok_or(ByHandError::NotStarted)?.withdrawn(&event);
        }
        _ => return Err(ByHandError::UnknownType),
    }
    Ok(())
}

/// The stored rows of an account that is opened, and then sees deposits and withdrawals in turn.
pub fn rows(count: u64) -> impl Iterator<Item = RawEvent<'static>> {
    let row = |version, event_type, data: &'static str| RawEvent {
        entity_type: "FoldedAccount",
        entity_id: "0197c2a0-0000-7000-8000-000000000001",
        version: Version::new(version),
        event_id: EventId::from(uuid(version)),
        event_type,
        schema_version: 1,
        data: data.as_bytes(),
        metadata: None,
        triggering_event: None,
        recorded_at: Timestamp::UNIX_EPOCH,
    };
    (1..=count).map(move |version| match version {
        1 => row(version, "AccountOpened", r#"{"owner":"Ada Lovelace"}"#),
        _ if version % 2 == 0 => row(version, "Deposited", r#"{"amount":12345}"#),
        _ => row(version, "MoneyWithdrawn", r#"{"amount":12345}"#),
    })
}

fn uuid(number: u64) -> es_core::Uuid {
    es_core::Uuid::from_u128(u128::from(number))
}

/// The balance after this many stored events, through the generated dispatch.
#[inline(never)]
pub fn replay_all_generated(count: u64) -> Result<u64, es_core::ReplayFailure> {
    let mut state = None;
    for raw in rows(count) {
        Account::replay(&mut state, &raw)?;
    }
    Ok(state.map_or(0, |account: Account| account.balance()))
}

/// The balance after this many stored events, by hand.
#[inline(never)]
pub fn replay_all_by_hand(count: u64) -> Result<u64, ByHandError> {
    let mut state = None;
    for raw in rows(count) {
        replay_by_hand(&mut state, &raw)?;
    }
    Ok(state.map_or(0, |account| account.balance()))
}

/// The balance after this many decoded events, through the generated dispatch.
#[inline(never)]
pub fn apply_all_generated(count: u64) -> Result<u64, es_core::NotStarted> {
    let mut state = None;
    for raw in rows(count) {
        let event = match raw.version.get() {
            1 => AccountEvent::from(AccountOpened { owner: String::new() }),
            version if version % 2 == 0 => AccountEvent::from(Deposited { amount: version }),
            version => AccountEvent::from(Withdrawn { amount: version - 1 }),
        };
        Account::apply(&mut state, event, &raw.context())?;
    }
    Ok(state.map_or(0, |account: Account| account.balance()))
}

/// The balance after this many decoded events, by hand.
#[inline(never)]
pub fn apply_all_by_hand(count: u64) -> Result<u64, ByHandError> {
    let mut state = None;
    for raw in rows(count) {
        let event = match raw.version.get() {
            1 => ByHand::AccountOpened(AccountOpened { owner: String::new() }),
            version if version % 2 == 0 => ByHand::Deposited(Deposited { amount: version }),
            version => ByHand::Withdrawn(Withdrawn { amount: version - 1 }),
        };
        apply_by_hand(&mut state, event)?;
    }
    Ok(state.map_or(0, |account| account.balance()))
}
