use crate::event::{DecodeError, EventContext, EventSet};
use crate::evolution::Upcaster;
use crate::registry::EventInfo;
use crate::store::RawEvent;
use crate::{AggregateId, IntoEvents, Snapshots};

/// A type whose state is the fold of its events. Written by `#[aggregate]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "not an aggregate",
    note = "write `#[aggregate]` on an `impl {Self}` block with its command handlers and event handlers"
)]
pub trait Aggregate: Sized + Send + Sync + 'static {
    /// The stored name.
    const TYPE: &'static str;

    /// Whether an event handler asks for its [`EventContext`]. Where none does, a state is folded from events without
    /// ids, metadata and times, which takes less time to read.
    const READS_CONTEXT: bool = true;

    /// What names an entity of this type.
    type Id: AggregateId;

    /// The enum of all its events.
    type Event: EventSet + IntoEvents<Self>;

    /// What its command handlers may ask for beside the command; `()` where they ask for nothing.
    type Services: ?Sized + Send + Sync + 'static;

    /// What is known of its events.
    const EVENTS: &'static [EventInfo] = &[];

    /// The steps on JSON from older versions of its events.
    const UPCASTERS: &'static [Upcaster] = &[];

    /// Whether a stored event of a type that no event handler knows is skipped, rather than an error.
    const SKIPS_UNKNOWN_EVENTS: bool = false;

    /// How snapshots of its state are taken; `None` where there are none.
    const SNAPSHOTS: Option<Snapshots<Self>> = None;

    /// Folds one event into the state. `None` is the state before the first event.
    ///
    /// # Errors
    /// [`NotStarted`] where the event needs a state and there is none.
    fn apply(
        state: &mut Option<Self>,
        event: Self::Event,
        cx: &EventContext<'_>,
    ) -> Result<(), NotStarted>;

    /// Decodes one stored event, as what it means now, and folds it into the state.
    ///
    /// # Errors
    /// See [`ReplayFailure`].
    fn replay(state: &mut Option<Self>, raw: &RawEvent<'_>) -> Result<(), ReplayFailure>;
}

/// How an aggregate takes one type of event: an `#[event_handler]` method.
///
/// `#[aggregate]` writes one impl for each event handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no event handler for `{E}`",
    label = "`{E}` is returned, but no event handler takes it",
    note = "add to the `#[aggregate]` block: `#[event_handler] fn name(&mut self, event: &{E}) {{ … }}`"
)]
pub trait Evolve<E>: Aggregate<Event: From<E>> {
    /// Folds the event into the state. `None` is the state before the first event.
    ///
    /// # Errors
    /// [`NotStarted`] where the event needs a state and there is none.
    fn evolve(state: &mut Option<Self>, event: E, cx: &EventContext<'_>) -> Result<(), NotStarted>;
}

/// An event that needs a state came before any that starts one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{event_type}` can't be the first event of `{entity_type}`: its event handler needs a state, and no event before it started one"
)]
pub struct NotStarted {
    /// The stored name of the aggregate.
    pub entity_type: &'static str,
    /// The stored name of the event.
    pub event_type: &'static str,
}

/// Why a stored event couldn't be folded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayFailure {
    /// It can't be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It can't be the first one.
    #[error(transparent)]
    NotStarted(#[from] NotStarted),
}
