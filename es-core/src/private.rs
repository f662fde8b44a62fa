//! What only generated code calls.

pub use inventory::submit;
use serde::de::DeserializeOwned;

use crate::store::RawEvent;
use crate::{Command, CommandDecodeError, DecodeError, Event, Evolve, NotStarted, ReplayFailure};

/// Reads a stored event as an `E`.
pub fn decode<E: Event>(raw: &RawEvent<'_>) -> Result<E, DecodeError> {
    if raw.schema_version != E::VERSION {
        return Err(DecodeError::UnknownVersion { stored: raw.schema_version, known: E::VERSION });
    }
    Ok(serde_json::from_slice(raw.data)?)
}

/// Reads a stored event as an `E` and folds it into the state.
pub fn replay<A: Evolve<E>, E: Event>(
    state: &mut Option<A>,
    raw: &RawEvent<'_>,
) -> Result<(), ReplayFailure> {
    let event = decode::<E>(raw)?;
    A::evolve(state, event, &raw.context())?;
    Ok(())
}

/// Whether a stored name is one of the older names of `E`.
pub fn is_alias<E: Event>(name: &str) -> bool {
    E::ALIASES.contains(&name)
}

/// The state that an event changes.
pub fn started<A: Evolve<E>, E: Event>(state: &mut Option<A>) -> Result<&mut A, NotStarted> {
    state.as_mut().ok_or(NotStarted { entity_type: A::TYPE, event_type: E::TYPE })
}

/// The state that an event moves on.
pub fn taken<A: Evolve<E>, E: Event>(state: &mut Option<A>) -> Result<A, NotStarted> {
    state.take().ok_or(NotStarted { entity_type: A::TYPE, event_type: E::TYPE })
}

/// An aggregate that no event handler starts: it starts from its default.
#[diagnostic::on_unimplemented(
    message = "nothing starts the state of `{Self}`",
    label = "no event handler of `{Self}` starts its state, and it isn't `Default`",
    note = "add an event handler without a receiver that returns `Self`: `#[event_handler] fn created(event: Created) -> Self {{ … }}`",
    note = "or let the state start from `#[derive(Default)]`"
)]
pub trait StartsFromDefault: Default {}

impl<A: Default> StartsFromDefault for A {}

/// The state that an event changes, begun from the default if there is none.
pub fn started_or_default<A: StartsFromDefault>(state: &mut Option<A>) -> &mut A {
    state.get_or_insert_with(A::default)
}

/// The state that an event moves on, the default if there is none.
pub fn taken_or_default<A: StartsFromDefault>(state: &mut Option<A>) -> A {
    state.take().unwrap_or_default()
}

/// A command that its handler takes by value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is taken by value, but a conflict may need it again",
    label = "not `Clone`",
    note = "take it by reference, `command: &{Self}`, or add `#[derive(Clone)]` to it"
)]
pub trait TakenByValue: Clone {}

impl<C: Clone> TakenByValue for C {}

/// The command for one try.
pub fn again<C: TakenByValue>(command: &C) -> C {
    command.clone()
}

/// Reads a command by its JSON.
pub fn decode_command<C: Command + DeserializeOwned>(json: &[u8]) -> Result<C, CommandDecodeError> {
    serde_json::from_slice(json)
        .map_err(|source| CommandDecodeError::Malformed { command_type: C::TYPE, source })
}

/// Fails at compile time where an event has a stored name that an earlier event of the aggregate has too.
pub const fn assert_new_name<E: Event>(earlier: &[(&str, &[&str])]) {
    let mut index = 0;
    while index < earlier.len() {
        let (name, aliases) = earlier[index];
        assert!(
            !same(name, E::TYPE) && !among(E::TYPE, aliases) && !among(name, E::ALIASES),
            "two events of one aggregate are stored under the same name: give one of them another by #[event(type = \"…\")]"
        );
        index += 1;
    }
}

const fn among(name: &str, names: &[&str]) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(name, names[index]) {
            return true;
        }
        index += 1;
    }
    false
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}
