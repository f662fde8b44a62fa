use std::fmt;

use jiff::Timestamp;

use crate::__private::Emits;
use crate::repository::{Save, SaveError, Update, UpdateError};
use crate::store::{Position, RawEvent};
use crate::{
    Aggregate, AggregateRepository, Command, Create, EventId, Failure, GeneratedId, Handle,
    MessageKey, Metadata, Transaction, Version,
};

/// What an event handler of a subscriber takes: the event, what is known of it, and the way to change aggregates
/// because of it.
///
/// Changes that are made through the context are marked as triggered by the event, so that they are made once however
/// often it is delivered, and as following from it (see [`Metadata::follow`]).
///
/// An entity takes one change for each event and subscriber: what comes second is taken for a repetition of the first.
/// A handler that changes one entity twice, or creates two of a type, tells them apart by
/// `.triggered_by(cx.message_part("refund"))`.
pub struct EventHandlerContext<'d, E> {
    event: E,
    raw: &'d RawEvent<'d>,
    position: Option<Position>,
    subscriber: &'d str,
    attempt: u32,
}

impl<'d, E> EventHandlerContext<'d, E> {
    pub(super) fn new(
        event: E,
        raw: &'d RawEvent<'d>,
        position: Option<Position>,
        subscriber: &'d str,
        attempt: u32,
    ) -> Self {
        EventHandlerContext { event, raw, position, subscriber, attempt }
    }

    /// The event.
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event, without what is known of it.
    pub fn into_event(self) -> E {
        self.event
    }

    /// The event's own id.
    pub fn event_id(&self) -> EventId {
        self.raw.event_id
    }

    /// The stored name of the aggregate that the event is of.
    pub fn entity_type(&self) -> &'d str {
        self.raw.entity_type
    }

    /// The text of the entity's id.
    pub fn entity_id(&self) -> &'d str {
        self.raw.entity_id
    }

    /// The entity's id, where it is an `A`.
    ///
    /// # Errors
    /// [`Failure::UnreadableId`] where the event is of another aggregate that has such events too, or the stored text
    /// isn't an `A::Id`.
    pub fn id<A: Emits<E>>(&self) -> Result<A::Id, Failure> {
        let unreadable = || Failure::UnreadableId {
            entity_type: A::TYPE,
            entity_id: self.raw.entity_id.to_owned(),
        };
        if self.raw.entity_type != A::TYPE {
            return Err(unreadable());
        }
        self.raw.entity_id.parse().map_err(|_| unreadable())
    }

    /// The entity's version with this event.
    pub fn version(&self) -> Version {
        self.raw.version
    }

    /// The place of the event in the order of all events; `None` in an inline subscriber, which runs before the event
    /// has one.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// When the event was decided, by the clock of the repository that did, in whole microseconds.
    pub fn recorded_at(&self) -> Timestamp {
        self.raw.recorded_at
    }

    /// The metadata of the change; empty where it can't be read. Parsed at each call.
    pub fn metadata(&self) -> Metadata {
        self.raw.context().metadata()
    }

    /// How often this event came to this handler, with this time: 1 at first. The count is kept with the event when it
    /// waits in the queue of failed events, and else begins again when the process does.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Names this event, as this subscriber has it: what changes because of it are triggered by.
    pub fn message(&self) -> MessageKey {
        MessageKey::from(self.raw.event_id).consumed_by(self.subscriber.to_owned())
    }

    /// Names a part of what this subscriber does because of this event, where an entity is changed more than once.
    pub fn message_part(&self, part: &str) -> MessageKey {
        MessageKey::new(format!("{}/{part}", self.raw.event_id))
            .consumed_by(self.subscriber.to_owned())
    }

    /// As [`AggregateRepository::save`], because of this event.
    ///
    /// It is stored by itself, see [`update`](Self::update).
    pub fn save<'r, A, C>(
        &self,
        repository: &'r AggregateRepository<A>,
        command: C,
    ) -> Save<'r, A, SaveError<A, C>>
    where
        A: Create<C, Id: GeneratedId>,
        C: Command,
    {
        self.caused_save(repository.save(command))
    }

    /// As [`AggregateRepository::save_as`], because of this event.
    ///
    /// It is stored by itself, see [`update`](Self::update).
    pub fn save_as<'r, A, C>(
        &self,
        repository: &'r AggregateRepository<A>,
        id: A::Id,
        command: C,
    ) -> Save<'r, A, SaveError<A, C>>
    where
        A: Create<C>,
        C: Command,
    {
        self.caused_save(repository.save_as(id, command))
    }

    /// As [`AggregateRepository::update`], because of this event.
    ///
    /// It is stored by itself. A handler that takes the transaction writes in that: `cx.within(tx).update(…)`. Where a database
    /// has one writer at a time, as SQLite does, what is stored beside it waits for the end of the handler's own
    /// transaction, in vain.
    pub fn update<'r, A, C>(
        &self,
        repository: &'r AggregateRepository<A>,
        id: &'r A::Id,
        command: C,
    ) -> Update<'r, A, UpdateError<A, C>>
    where
        A: Handle<C>,
        C: Command,
    {
        self.caused_update(repository.update(id, command))
    }

    /// The same in the handler's transaction: stored with the checkpoint, or not at all.
    pub fn within<'c>(&'c self, transaction: &'c mut Transaction) -> ContextWithin<'c, 'd, E> {
        ContextWithin { context: self, transaction }
    }

    fn caused_save<'r, A: Aggregate, X>(&self, save: Save<'r, A, X>) -> Save<'r, A, X> {
        save.triggered_by(self.message()).following(self.event_id(), &self.metadata())
    }

    fn caused_update<'r, A: Aggregate, X>(&self, update: Update<'r, A, X>) -> Update<'r, A, X> {
        update.triggered_by(self.message()).following(self.event_id(), &self.metadata())
    }
}

impl<E> fmt::Debug for EventHandlerContext<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventHandlerContext")
            .field("event", self.raw)
            .field("position", &self.position)
            .field("subscriber", &self.subscriber)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// Changes because of an event, in the handler's transaction.
#[must_use = "nothing is done until a call on it is awaited"]
pub struct ContextWithin<'c, 'd, E> {
    context: &'c EventHandlerContext<'d, E>,
    transaction: &'c mut Transaction,
}

impl<'c, E> ContextWithin<'c, '_, E> {
    /// As [`Within::save`](crate::repository::Within::save), because of this event.
    pub fn save<A, C>(
        self,
        repository: &'c AggregateRepository<A>,
        command: C,
    ) -> Save<'c, A, SaveError<A, C>>
    where
        A: Create<C, Id: GeneratedId>,
        C: Command,
    {
        self.context.caused_save(repository.within(self.transaction).save(command))
    }

    /// As [`Within::save_as`](crate::repository::Within::save_as), because of this event.
    pub fn save_as<A, C>(
        self,
        repository: &'c AggregateRepository<A>,
        id: A::Id,
        command: C,
    ) -> Save<'c, A, SaveError<A, C>>
    where
        A: Create<C>,
        C: Command,
    {
        self.context.caused_save(repository.within(self.transaction).save_as(id, command))
    }

    /// As [`Within::update`](crate::repository::Within::update), because of this event.
    pub fn update<A, C>(
        self,
        repository: &'c AggregateRepository<A>,
        id: &'c A::Id,
        command: C,
    ) -> Update<'c, A, UpdateError<A, C>>
    where
        A: Handle<C>,
        C: Command,
    {
        self.context.caused_update(repository.within(self.transaction).update(id, command))
    }
}

impl<E> fmt::Debug for ContextWithin<'_, '_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextWithin").field("context", &self.context).finish_non_exhaustive()
    }
}
