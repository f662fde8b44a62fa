//! What only generated code calls.

use crate::evolution::{self, Current, Upcaster};
pub use inventory::submit;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::registry::{CommandInfo, EventInfo};
use crate::store::RawEvent;
use crate::subscription::{
    Delivery, EventHandlerContext, EventSubscriber, HandlerError, HandlerInfo, NoHandler,
};
use crate::{
    Aggregate, AggregateId, Command, CommandDecodeError, DecodeError, Event, EventContext, Evolve,
    GeneratedId, NotStarted, ReplayFailure, StoredEvent, Transaction,
};

/// An event that an aggregate handles.
///
/// What generated code asks of an event it asks through this one trait, so that a type that isn't an event is reported
/// once, not once for each question.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Serialize, Deserialize, Event)]` on it"
)]
pub trait HandledBy<A>: Sized {
    /// The stored name.
    const NAME: &'static str;
    /// What the registry knows of it, but for its handler.
    const INFO: EventInfo;

    /// Whether a stored name is one of the older names.
    fn is_alias(name: &str) -> bool;

    /// The event on its way into the store.
    fn stored(&self) -> &dyn StoredEvent;

    /// Reads a stored event.
    fn decode(raw: &RawEvent<'_>) -> Result<Self, DecodeError>;

    /// Folds the event into the state.
    fn fold(self, state: &mut Option<A>, cx: &EventContext<'_>) -> Result<(), NotStarted>;

    /// Reads a stored event and folds it into the state.
    fn replay(state: &mut Option<A>, raw: &RawEvent<'_>) -> Result<(), ReplayFailure>;

    /// The state that the event changes.
    fn started(state: &mut Option<A>) -> Result<&mut A, NotStarted>;

    /// The state that the event moves on.
    fn taken(state: &mut Option<A>) -> Result<A, NotStarted>;
}

#[diagnostic::do_not_recommend]
impl<A: Evolve<E>, E: Event> HandledBy<A> for E {
    const NAME: &'static str = E::TYPE;
    const INFO: EventInfo = EventInfo::of::<A, E>("");

    fn is_alias(name: &str) -> bool {
        E::ALIASES.contains(&name)
    }

    fn stored(&self) -> &dyn StoredEvent {
        self
    }

    fn decode(raw: &RawEvent<'_>) -> Result<Self, DecodeError> {
        if raw.schema_version != E::VERSION {
            return decode_older(raw);
        }
        Ok(E::read(raw.data)?)
    }

    fn fold(self, state: &mut Option<A>, cx: &EventContext<'_>) -> Result<(), NotStarted> {
        A::evolve(state, self, cx)
    }

    fn replay(state: &mut Option<A>, raw: &RawEvent<'_>) -> Result<(), ReplayFailure> {
        if raw.schema_version != E::VERSION {
            return replay_older(state, raw, E::VERSION);
        }
        let event = E::read(raw.data).map_err(DecodeError::from)?;
        A::evolve(state, event, &raw.context())?;
        Ok(())
    }

    fn started(state: &mut Option<A>) -> Result<&mut A, NotStarted> {
        state.as_mut().ok_or(NotStarted { entity_type: A::TYPE, event_type: E::TYPE })
    }

    fn taken(state: &mut Option<A>) -> Result<A, NotStarted> {
        state.take().ok_or(NotStarted { entity_type: A::TYPE, event_type: E::TYPE })
    }
}

/// Reads an older version that is a type too.
#[cold]
fn decode_older<E: Event>(raw: &RawEvent<'_>) -> Result<E, DecodeError> {
    evolution::read_older::<E>(raw.schema_version, raw.data)
        .map_err(|error| error.about(raw.schema_version, E::VERSION))
}

/// Folds what an event of an older version means now.
#[cold]
#[inline(never)]
fn replay_older<A: Aggregate>(
    state: &mut Option<A>,
    raw: &RawEvent<'_>,
    known: u32,
) -> Result<(), ReplayFailure> {
    if evolution::is_pseudo(raw.event_type) {
        return Ok(());
    }
    let mut fold = Fold { state, raw, known, outcome: Ok(()) };
    evolution::upcast(A::EVENTS, A::UPCASTERS, raw, &mut fold)?;
    fold.outcome
}

/// Folds what it is shown of a stored event, up to the first failure.
struct Fold<'f, 'r, A> {
    state: &'f mut Option<A>,
    raw: &'f RawEvent<'r>,
    known: u32,
    outcome: Result<(), ReplayFailure>,
}

impl<A: Aggregate> Current for Fold<'_, '_, A> {
    fn text(&mut self, current: RawEvent<'_>) -> Result<(), DecodeError> {
        let RawEvent { event_type, schema_version, .. } = *self.raw;
        if current.event_type == event_type && current.schema_version == schema_version {
            return Err(DecodeError::version(schema_version, self.known));
        }
        if self.outcome.is_ok() {
            self.outcome = A::replay(self.state, &current);
        }
        Ok(())
    }

    fn tree(
        &mut self,
        current: RawEvent<'_>,
        event: &EventInfo,
        json: Value,
    ) -> Result<(), DecodeError> {
        if self.outcome.is_ok() {
            self.outcome = event.fold(self.state, json, &current.context());
        }
        Ok(())
    }
}

/// Folds an event of a stored type that no event handler knows: what it means now, or nothing.
///
/// # Errors
/// [`DecodeError::UnknownType`] where the aggregate doesn't skip unknown events.
#[cold]
#[inline(never)]
pub fn replay_unknown<A: Aggregate>(
    state: &mut Option<A>,
    raw: &RawEvent<'_>,
) -> Result<(), ReplayFailure> {
    if A::UPCASTERS.iter().any(|step| step.event_type() == raw.event_type) {
        return replay_older(state, raw, raw.schema_version);
    }
    if A::SKIPS_UNKNOWN_EVENTS || evolution::is_pseudo(raw.event_type) {
        return Ok(());
    }
    Err(DecodeError::UnknownType.into())
}

/// The JSON that an upcaster takes.
#[diagnostic::on_unimplemented(
    message = "an upcaster takes the JSON as `serde_json::Value`, not as `{Self}`",
    label = "not JSON",
    note = "write `json: serde_json::Value`; for an older version that is a type, write `#[event(from = …)]` on the event"
)]
pub trait TakesJson {
    /// The JSON as it is taken.
    fn take(json: serde_json::Value) -> Self;
}

impl TakesJson for serde_json::Value {
    fn take(json: serde_json::Value) -> Self {
        json
    }
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

/// A command that has a handler; one trait for the same reason as [`HandledBy`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "not a command",
    note = "write `#[derive(Command)]` on it"
)]
pub trait HandledCommand: Sized {
    /// The name.
    const NAME: &'static str;
    /// What the registry knows of it, but for its handler, if it creates the entity.
    const CREATES: CommandInfo;
    /// What the registry knows of it, but for its handler, if it updates the entity.
    const UPDATES: CommandInfo;
}

#[diagnostic::do_not_recommend]
impl<C: Command> HandledCommand for C {
    const NAME: &'static str = C::TYPE;
    const CREATES: CommandInfo = CommandInfo::creates::<C>("");
    const UPDATES: CommandInfo = CommandInfo::updates::<C>("");
}

/// A command that is dispatched by its name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is dispatched by name, but it can't be read from JSON",
    label = "not `Deserialize`",
    note = "add `#[derive(Deserialize)]` to it, or leave `commands = …` out of `#[aggregate]`"
)]
pub trait Dispatched: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<C: DeserializeOwned> Dispatched for C {}

/// Reads a command by its JSON.
pub fn decode_command<C: Dispatched>(
    name: &'static str,
    json: &[u8],
) -> Result<C, CommandDecodeError> {
    serde_json::from_slice(json)
        .map_err(|source| CommandDecodeError::Malformed { command_type: name, source })
}

/// An event that a subscriber handles; one trait for the same reason as [`HandledBy`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Serialize, Deserialize, Event)]` on it"
)]
pub trait Delivered: Sized {
    /// What is known of a handler that doesn't take the transaction, but for its number and name.
    const HANDLER: HandlerInfo;
    /// What is known of a handler that takes the transaction, but for its number and name.
    const TRANSACTIONAL: HandlerInfo;

    /// As [`Delivery::context`].
    fn context(delivery: Delivery<'_>) -> Result<EventHandlerContext<'_, Self>, HandlerError>;

    /// As [`Delivery::transactional`].
    fn transactional(
        delivery: Delivery<'_>,
    ) -> Result<(EventHandlerContext<'_, Self>, &mut Transaction), HandlerError>;
}

#[diagnostic::do_not_recommend]
impl<E: Event> Delivered for E {
    const HANDLER: HandlerInfo = HandlerInfo::of::<E>(0, "", false);
    const TRANSACTIONAL: HandlerInfo = HandlerInfo::of::<E>(0, "", true);

    fn context(delivery: Delivery<'_>) -> Result<EventHandlerContext<'_, Self>, HandlerError> {
        delivery.context()
    }

    fn transactional(
        delivery: Delivery<'_>,
    ) -> Result<(EventHandlerContext<'_, Self>, &mut Transaction), HandlerError> {
        delivery.transactional()
    }
}

/// The handler. Fails at compile time where no subscriber sees its event.
pub const fn handler(handler: HandlerInfo) -> HandlerInfo {
    assert!(
        !evolution::is_pseudo(handler.event_type),
        "no subscriber sees a pseudo event: leave the handler out, or leave `pseudo` out of the event's `#[event(…)]` and add an `#[event_handler]` for it to the aggregate"
    );
    handler
}

/// A subscriber that has a handler of this event: one, so that the compiler finds a second one by whatever name of it.
pub trait HandlerOf<E> {}

/// An aggregate that has such events.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no events of type `{E}`",
    label = "not an aggregate that this event can be of",
    note = "name the aggregate that has an `#[event_handler]` for `{E}`, or take the id as text: `cx.entity_id()`"
)]
pub trait Emits<E>: Aggregate {}

#[diagnostic::do_not_recommend]
impl<A: Evolve<E>, E> Emits<E> for A {}

/// What a handler of a subscriber takes beside its context.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store's transaction",
    label = "not `Transaction`",
    note = "after the context, a handler takes at most the transaction: `tx: &mut Transaction`"
)]
pub trait HandlersTransaction {
    /// The transaction, as the handler takes it.
    fn of(transaction: &mut Transaction) -> &mut Self;
}

impl HandlersTransaction for Transaction {
    fn of(transaction: &mut Transaction) -> &mut Self {
        transaction
    }
}

/// A handler was called that the subscriber doesn't have.
pub fn no_handler<S: EventSubscriber>(number: u32) -> Result<(), HandlerError> {
    Err(HandlerError::permanent(NoHandler { subscriber: S::ID, number }))
}

/// An id around another that can be generated.
#[diagnostic::on_unimplemented(
    message = "an id of type `{Self}` can't be generated",
    label = "ids of this type are chosen by the caller",
    note = "use `save_as(id, command)` instead of `save(command)`"
)]
pub trait GeneratedAs<I>: AggregateId {
    /// As [`GeneratedId::generate`].
    fn generate() -> I;

    /// As [`GeneratedId::derive`].
    fn derive(name: &[u8]) -> I;
}

#[diagnostic::do_not_recommend]
impl<T: AggregateId, I: GeneratedId> GeneratedAs<I> for T {
    fn generate() -> I {
        I::generate()
    }

    fn derive(name: &[u8]) -> I {
        I::derive(name)
    }
}

/// Fails at compile time where the event at this place has a stored name that an earlier event of the aggregate has too,
/// or where a version before its current one can't be read.
#[allow(clippy::panic, reason = "this is how a check at compile time fails")]
pub const fn assert_event(events: &[EventInfo], steps: &[Upcaster], place: usize) {
    let EventInfo { event_type, aliases, .. } = events[place];
    let mut earlier = 0;
    while earlier < place {
        let other = &events[earlier];
        assert!(
            !other.is_named(event_type) && !among(other.event_type, aliases),
            "two events of one aggregate are stored under the same name: give one of them another by `#[event(type = \"…\")]`"
        );
        earlier += 1;
    }
    if let Some(fault) = evolution::fault_of_event(events, steps, place) {
        panic!("{}", fault.message());
    }
}

/// Fails at compile time where something is wrong with the step at this place. `room` has a place for each step.
#[allow(clippy::panic, reason = "this is how a check at compile time fails")]
pub const fn assert_step(
    events: &[EventInfo],
    steps: &[Upcaster],
    place: usize,
    room: &mut [usize],
) {
    if let Some(fault) = evolution::fault_of_step(events, steps, place, room) {
        panic!("{}", fault.message());
    }
}

/// Fails at compile time where `from` doesn't name an older version of the event.
pub const fn assert_older<E: Event>() {
    let Some(step) = &E::FROM else { return };
    let older = step.older();
    assert!(
        same(E::TYPE, older.event_type) || among(older.event_type, E::ALIASES),
        "`from` names an older version of the same event, so that has to have the same stored name: give it that by `#[event(type = \"…\")]`"
    );
    assert!(
        older.schema_version < E::VERSION,
        "`from` names an older version, so that has to have a lower version: raise the one here by `#[event(version = …)]`"
    );
}

/// Fails at compile time where the command at this place has the name of an earlier command of the aggregate.
pub const fn assert_new_command(commands: &[&str], place: usize) {
    let mut earlier = 0;
    while earlier < place {
        assert!(
            !same(commands[earlier], commands[place]),
            "two commands of one aggregate are dispatched by the same name: give one of them another by `#[command(type = \"…\")]`"
        );
        earlier += 1;
    }
}

pub(crate) const fn among(name: &str, names: &[&str]) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(name, names[index]) {
            return true;
        }
        index += 1;
    }
    false
}

pub(crate) const fn same(left: &str, right: &str) -> bool {
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
