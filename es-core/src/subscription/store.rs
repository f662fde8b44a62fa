use std::time::Duration;

use futures_core::future::BoxFuture;

use super::{DeadLetter, EntityKey, NewDeadLetter};
use crate::store::{Position, StoreError};

/// Where a store keeps how far each subscriber is, which process has which part of its entities, and the events that
/// wait because their handler failed. [`EventStore::subscriptions`](crate::EventStore::subscriptions) gives it.
///
/// A subscriber's entities are divided into partitions. Each has a position, up to which its events are handled, and at
/// most one owner at a time, by a lease on the store's own clock: no clock of another machine has a say. A lease has an
/// epoch, which is one higher each time that the partition is given away; progress is stored only under the epoch that
/// the store has, so that an owner who lost his lease without noticing changes nothing any more.
///
/// A subscriber's name is a stored name: 1 to 100 bytes, compared by each byte. An owner's has at most 100 bytes, all of
/// them letters, digits, spaces and `-`; it is a name that one running subscriber of one process has, and nobody else ever has. Every call is atomic: it
/// is done whole, as if at one moment, or not at all.
pub trait SubscriptionStore: Send + Sync + 'static {
    /// Makes the partitions `0..partitions` of a subscriber, all at position `start`, with epoch 0, without owner and not
    /// paused, where it has none yet. Returns how many it has, which may be another number than the one asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    fn register<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: u32,
        start: Position,
    ) -> BoxFuture<'a, Result<u32, StoreError>>;

    /// Says that an owner is there for `ttl` from now on, and forgets those who aren't any more. Returns how many are there
    /// with him.
    ///
    /// # Errors
    /// [`StoreError`].
    fn join<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<u32, StoreError>>;

    /// Says that an owner is gone, and gives back all that he has.
    ///
    /// # Errors
    /// [`StoreError`].
    fn leave<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Gives an owner up to `at_most` partitions, the lowest first, of those that have no owner or whose lease is over,
    /// for `ttl` from now on. The epoch of each rises by one. Returns all that he has now, by partition, with what he had
    /// before: a partition is his while it has his name and its lease isn't over.
    ///
    /// # Errors
    /// [`StoreError`].
    fn acquire<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        at_most: u32,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>>;

    /// Lets all leases that have an owner's name end `ttl` from now, also those that are over and that nobody took. Returns
    /// all that he has now, by partition.
    ///
    /// # Errors
    /// [`StoreError`].
    fn renew<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>>;

    /// Gives these partitions back, each only where it has the owner's name and the epoch.
    ///
    /// # Errors
    /// [`StoreError`].
    fn release<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        leases: &'a [Held],
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Stores progress. See [`Advance`].
    ///
    /// # Errors
    /// [`AdvanceError::Lost`], and nothing is changed, where one of the partitions isn't held any more.
    fn advance<'a>(&'a self, advance: &'a Advance<'a>) -> BoxFuture<'a, Result<(), AdvanceError>>;

    /// The entities of these partitions with events that wait.
    ///
    /// # Errors
    /// [`StoreError`].
    fn waiting<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>>;

    /// Up to `limit` entities of these partitions whose first waiting event is due, those first that are due for longest:
    /// each gets its turn, however many go on failing.
    ///
    /// # Errors
    /// [`StoreError`].
    fn due<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>>;

    /// Up to `limit` events of an entity that wait, by position.
    ///
    /// # Errors
    /// [`StoreError`].
    fn queue<'a>(
        &'a self,
        subscriber: &'a str,
        entity: &'a EntityKey,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>>;

    /// Up to `limit` events that wait, by position, after this one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn dead_letters<'a>(
        &'a self,
        subscriber: &'a str,
        after: Position,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>>;

    /// Makes the waiting events of an entity, or of all entities, due now. Returns how many there are.
    ///
    /// # Errors
    /// [`StoreError`].
    fn retry<'a>(
        &'a self,
        subscriber: &'a str,
        entity: Option<&'a EntityKey>,
    ) -> BoxFuture<'a, Result<u64, StoreError>>;

    /// Forgets a waiting event: it counts as handled. Returns whether there was one at this position.
    ///
    /// # Errors
    /// [`StoreError`].
    fn skip<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Pauses a subscriber, or lets it go on. Its leases stay as they are: who has them sees it in them.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_paused<'a>(
        &'a self,
        subscriber: &'a str,
        paused: bool,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Sets all partitions of a subscriber to a position, takes them from their owners, and forgets the waiting events
    /// after that position, which will come again. Epochs rise by one, so that nothing of what is under way is stored.
    ///
    /// # Errors
    /// [`StoreError`].
    fn reset<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Forgets all of a subscriber.
    ///
    /// # Errors
    /// [`StoreError`].
    fn remove<'a>(&'a self, subscriber: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;

    /// What is stored of a subscriber; without partitions where there is none of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    fn progress<'a>(
        &'a self,
        subscriber: &'a str,
    ) -> BoxFuture<'a, Result<StoredProgress, StoreError>>;
}

/// A partition that an owner has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The partition and its epoch.
    pub held: Held,
    /// Up to where its events are handled.
    pub position: Position,
    /// Whether the subscriber is paused.
    pub paused: bool,
}

/// A partition as one owner has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The number of the partition, from 0 on.
    pub partition: u32,
    /// How often the partition was given away, with this time.
    pub epoch: u64,
}

/// Progress of an owner, stored alone by [`SubscriptionStore::advance`] or in a transaction by
/// [`StoreTransaction::advance`](crate::store::StoreTransaction::advance).
///
/// All of it is stored, or, where one of the partitions in `leases` has another owner or another epoch by now, nothing: in
/// a transaction, all is rolled back then. Whether a lease is over doesn't matter while nobody took it. The rows of the
/// partitions are locked by it until the end of the transaction, so that nobody takes them in between.
#[derive(Debug, Clone, Copy)]
pub struct Advance<'a> {
    /// The subscriber.
    pub subscriber: &'a str,
    /// Who makes it.
    pub owner: &'a str,
    /// The partitions, each of them once.
    pub leases: &'a [Held],
    /// Their new position, where it is higher than that of a partition; others stay where they are.
    pub position: Option<Position>,
    /// Events that have to wait. One that waits already stays as it is.
    pub add: &'a [NewDeadLetter],
    /// An event that waits and failed once more. Where it doesn't wait any more, nothing is changed.
    pub failed: Option<&'a NewDeadLetter>,
    /// An event that doesn't wait any more, by its position.
    pub remove: Option<Position>,
}

impl<'a> Advance<'a> {
    /// Nothing but that the partitions are still held.
    pub fn new(subscriber: &'a str, owner: &'a str, leases: &'a [Held]) -> Self {
        Advance { subscriber, owner, leases, position: None, add: &[], failed: None, remove: None }
    }

    /// Up to this position all is handled, or waits.
    #[must_use]
    pub fn to(self, position: Position) -> Self {
        Advance { position: Some(position), ..self }
    }

    /// These events have to wait.
    #[must_use]
    pub fn adding(self, letters: &'a [NewDeadLetter]) -> Self {
        Advance { add: letters, ..self }
    }

    /// This event failed once more.
    #[must_use]
    pub fn failed(self, letter: &'a NewDeadLetter) -> Self {
        Advance { failed: Some(letter), ..self }
    }

    /// The event at this position doesn't wait any more.
    #[must_use]
    pub fn remove(self, position: Position) -> Self {
        Advance { remove: Some(position), ..self }
    }
}

/// Why progress wasn't stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdvanceError {
    /// A partition isn't held any more: somebody else took it, or the subscriber was reset.
    #[error("a partition was taken over, so this progress isn't stored")]
    Lost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a store keeps of a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredProgress {
    /// Its partitions, by number.
    pub partitions: Vec<PartitionProgress>,
    /// Whether it is paused.
    pub paused: bool,
    /// How many owners are there.
    pub members: u32,
    /// How many events wait.
    pub waiting_events: u64,
    /// How many of these wait for somebody to say `retry` or `skip`.
    pub parked_events: u64,
}

/// What a store keeps of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionProgress {
    /// Its number.
    pub partition: u32,
    /// Up to where its events are handled.
    pub position: Position,
    /// How often it was given away.
    pub epoch: u64,
    /// Who has it; `None` also where his lease is over.
    pub owner: Option<String>,
}
