//! What the repository asks of an event store, and what a store of one's own implements.
//!
//! A store keeps streams of events, one for each entity, named by the entity's type and id. It appends to a stream
//! only at the version that the writer saw, remembers which messages an entity has processed, and gives events back
//! in the order of their versions. The suite in `es_core::conformance` (feature `conformance`) runs every such
//! behaviour against any store.

mod append;
mod error;
mod feed;
mod memory;
mod query;
mod snapshot;
mod transaction;

use std::sync::Arc;

use futures_core::future::BoxFuture;

pub use self::append::{Append, Appended, NewEvent, Position};
pub use self::error::{AppendError, StoreError};
use self::feed::NoFeed;
pub use self::feed::{FeedFilter, FeedPage, FeedQuery, FeedSignal, FeedVisitor};
pub use self::memory::MemoryEventStore;
pub use self::query::{RawEvent, StreamHead, StreamQuery, StreamVisitor, Visitor};
pub use self::snapshot::{NewSnapshot, RawSnapshot};
#[cfg(not(target_family = "wasm"))]
pub(crate) use self::transaction::AfterAppend;
pub use self::transaction::{StoreTransaction, Transaction};
use crate::Version;
use crate::subscription::SubscriptionStore;

/// Keeps events. Object safe: a repository holds an `Arc<dyn EventStore>`.
///
/// Implementations are cheap handles that share one store when cloned.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event store",
    label = "not an event store",
    note = "pass a store such as `MemoryEventStore::new()`, or `impl EventStore` for one of your own"
)]
pub trait EventStore: Send + Sync + 'static {
    /// What this store can do beyond loading and appending.
    fn capabilities(&self) -> Capabilities;

    /// Shows the events of a stream to `visit` in the order of their versions, each borrowed from the store's own
    /// row, until it breaks. What is shown, and the head that is returned, are one consistent state.
    ///
    /// Where the query [asks for a snapshot](StreamQuery::snapshot), the newest one of its shape that is in the range,
    /// and whose event is in the stream, is shown first, and then the events after it. A store that keeps no snapshots
    /// shows all events.
    ///
    /// A stream that doesn't exist shows nothing and has the head [`StreamHead::NONE`].
    ///
    /// # Errors
    /// [`StoreError`], after none or some of the events were shown.
    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>>;

    /// Appends events to a stream and remembers the message: all or nothing, durable when it returns `Ok`.
    ///
    /// What was decided is owned by the store: when the future is dropped, the append is done whole or not at all.
    ///
    /// # Errors
    /// See [`AppendError`].
    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>>;

    /// Lists the ids of the entities of a type that exist and weren't deleted, in the order of their bytes: up to
    /// `limit` of them, after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>>;

    /// Begins a transaction over several streams.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where [`Capabilities::transactions`] is false; else [`StoreError`].
    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>>;

    /// Keeps a snapshot, in place of one of the same entity, shape and version. Of the entity's snapshots of this shape
    /// the newest [`keep`](NewSnapshot::keep) stay. The others are forgotten, and with them those of other shapes that are
    /// no newer than one of them: until then there may be programs that read these.
    ///
    /// By default that is a transaction of its own.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where [`Capabilities::snapshots`] is false; else [`StoreError`].
    fn keep_snapshot(&self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            if !self.capabilities().snapshots {
                return Err(StoreError::Unsupported("snapshots"));
            }
            let mut transaction = self.begin().await?;
            transaction.keep_snapshot(snapshot).await?;
            transaction.commit().await
        })
    }

    /// Keeps a snapshot as [`keep_snapshot`](Self::keep_snapshot) does, while the caller goes on: a store with a runtime
    /// hands it to a task, drops it where too many are waiting, and logs where it fails. Others keep none, which is the
    /// default.
    fn keep_snapshot_later(&self, snapshot: NewSnapshot) {
        let _ = snapshot;
    }

    /// Where the store keeps how far subscribers are; `None` where it can't.
    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        None
    }

    /// Shows events of all streams to `visit` in the order of their positions, until it breaks or the page is full.
    ///
    /// * Each event is shown once it is committed, and has one position for ever, the same for every reader. What is
    ///   committed later has a higher one; so no event is missed by a reader who remembers how far he has come.
    /// * Events of one stream come in the order of their versions, and those of one commit together.
    /// * An open transaction holds up its own events only.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where [`Capabilities::feed`] is false; else [`StoreError`], after none or some of the
    /// events were shown.
    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        let _ = (query, visit);
        Box::pin(async { Err(StoreError::Unsupported("feed")) })
    }

    /// The position of the newest event: all that was committed before the call is up to there.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where [`Capabilities::feed`] is false; else [`StoreError`].
    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        Box::pin(async { Err(StoreError::Unsupported("feed")) })
    }

    /// The position of the event with which an entity came to this version; `None` if no such event is committed.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where [`Capabilities::feed`] is false; else [`StoreError`].
    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        let _ = (entity_type, entity_id, version);
        Box::pin(async { Err(StoreError::Unsupported("feed")) })
    }

    /// What a reader waits for at the end of the feed. Without a feed it waits for ever.
    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        Box::new(NoFeed)
    }
}

impl<S: EventStore + ?Sized> EventStore for Arc<S> {
    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        (**self).load(query, visit)
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        (**self).append(append)
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        (**self).entities(entity_type, after, limit)
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        (**self).begin()
    }

    fn keep_snapshot(&self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        (**self).keep_snapshot(snapshot)
    }

    fn keep_snapshot_later(&self, snapshot: NewSnapshot) {
        (**self).keep_snapshot_later(snapshot);
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        (**self).subscriptions()
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        (**self).feed(query, visit)
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        (**self).feed_end()
    }

    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        (**self).position_of(entity_type, entity_id, version)
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        (**self).feed_signal()
    }
}

/// What a store can do beyond loading and appending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Capabilities {
    /// Several streams can be changed in one transaction.
    pub transactions: bool,
    /// An append tells the position of its last event in the order of all events.
    pub position_at_append: bool,
    /// It keeps snapshots, and shows them.
    pub snapshots: bool,
    /// The events of all streams can be read in one order.
    pub feed: bool,
}

impl Capabilities {
    /// None of them.
    pub const fn none() -> Self {
        Capabilities {
            transactions: false,
            position_at_append: false,
            snapshots: false,
            feed: false,
        }
    }

    /// With or without transactions.
    #[must_use]
    pub const fn transactions(self, transactions: bool) -> Self {
        Capabilities { transactions, ..self }
    }

    /// With or without a position at append.
    #[must_use]
    pub const fn position_at_append(self, position_at_append: bool) -> Self {
        Capabilities { position_at_append, ..self }
    }

    /// With or without snapshots.
    #[must_use]
    pub const fn snapshots(self, snapshots: bool) -> Self {
        Capabilities { snapshots, ..self }
    }

    /// With or without a feed.
    #[must_use]
    pub const fn feed(self, feed: bool) -> Self {
        Capabilities { feed, ..self }
    }
}
