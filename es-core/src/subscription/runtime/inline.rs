use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::deliver::Deliver;
use super::findings::{self, StartFinding, StartFindings};
use super::routes::Routes;
use crate::Version;
use crate::registry::AggregateInfo;
use crate::store::{
    AfterAppend, Append, AppendError, Appended, Capabilities, EventStore, FeedPage, FeedQuery,
    FeedSignal, FeedVisitor, NewSnapshot, Position, StoreError, StreamHead, StreamQuery,
    Transaction, Visitor,
};
use crate::subscription::{Delivery, HandlerInfo, InlineSubscriber, SubscriptionStore};

/// A store whose appends run subscribers in their own transaction: what these write is there when the append is, and
/// where one fails, nothing is appended.
///
/// That is for a view that its readers must never see late. Its price is that each append is a transaction of several
/// round trips, is no part of a group commit, and waits for the handlers. A handler that fails isn't tried again: the
/// caller gets [`Failure::Subscriber`](crate::Failure::Subscriber). Events that were stored before the subscriber was
/// added, or by another store, it doesn't see.
///
/// ```
/// use es_core::prelude::*;
/// use es_core::subscription::{InlineStore, InlineSubscriber};
///
/// fn with_view(store: MemoryEventStore, view: impl InlineSubscriber) -> Result<InlineStore, Box<dyn std::error::Error>> {
///     // Everybody who appends uses this store in place of the other one.
///     Ok(InlineStore::new(store).subscribe(view).checked()?)
/// }
/// ```
#[derive(Clone)]
pub struct InlineStore {
    store: Arc<dyn EventStore>,
    inline: Arc<Inline>,
}

#[derive(Clone, Default)]
struct Inline {
    subscribers: Vec<Subscribed>,
    known: Vec<AggregateInfo>,
}

#[derive(Clone)]
struct Subscribed {
    id: &'static str,
    handlers: &'static [HandlerInfo],
    routes: Routes,
    subscriber: Arc<dyn Deliver>,
}

impl InlineStore {
    /// The store, without subscribers yet.
    pub fn new(store: impl EventStore) -> Self {
        InlineStore { store: Arc::new(store), inline: Arc::default() }
    }

    /// Runs this one in each append, after those that were added before.
    #[must_use]
    pub fn subscribe<S: InlineSubscriber>(mut self, subscriber: S) -> Self {
        let inline = Arc::make_mut(&mut self.inline);
        inline.subscribers.push(Subscribed {
            id: S::ID,
            handlers: S::HANDLERS,
            routes: Routes::to(S::HANDLERS, &inline.known),
            subscriber: Arc::new(subscriber),
        });
        self
    }

    /// Sees the events of an aggregate that isn't in the registry.
    #[cfg(feature = "conformance")]
    pub(crate) fn knowing<A: crate::Aggregate>(mut self) -> Self {
        Arc::make_mut(&mut self.inline).known.push(super::routes::info_of::<A>());
        self
    }

    /// Checks the subscribers, as [`Subscriptions::run`](super::Subscriptions::run) does with those that it runs.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn checked(self) -> Result<Self, StartFindings> {
        let (mut found, mut ids) = (Vec::new(), BTreeSet::new());
        for Subscribed { id, handlers, routes, .. } in &self.inline.subscribers {
            if !ids.insert(id) {
                found.push(StartFinding::SameId { subscriber: id, rust_types: Vec::new() });
            }
            findings::of_names(id, handlers, routes, &mut found);
            if !self.store.capabilities().transactions {
                found.push(StartFinding::Unsupported { subscriber: id, what: "transactions" });
            }
        }
        findings::of_registry(&mut found);
        StartFindings::none(found)?;
        Ok(self)
    }
}

impl Inline {
    async fn run(&self, transaction: &mut Transaction, append: &Append) -> Result<(), AppendError> {
        for Subscribed { id, routes, subscriber, .. } in &self.subscribers {
            for raw in append.raw_events() {
                let Some(handler) = routes.handler(raw.entity_type, raw.event_type) else {
                    continue;
                };
                let delivery = Delivery {
                    raw: &raw,
                    position: None,
                    subscriber: id,
                    attempt: 1,
                    transaction: Some(transaction),
                };
                let handled = subscriber.deliver(handler.number, delivery).await;
                handled.map_err(|error| AppendError::Subscriber { subscriber: id, error })?;
            }
        }
        Ok(())
    }
}

impl AfterAppend for Inline {
    fn after<'a>(
        &'a self,
        transaction: &'a mut Transaction,
        append: &'a Append,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        Box::pin(self.run(transaction, append))
    }
}

impl EventStore for InlineStore {
    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        self.store.load(query, visit)
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async move {
            let mut transaction = self.begin().await?;
            let appended = transaction.append(append).await?;
            transaction.commit().await?;
            Ok(appended)
        })
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        self.store.entities(entity_type, after, limit)
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async move {
            let inline = Arc::clone(&self.inline);
            Ok(self.store.begin().await?.then_after_appends(inline))
        })
    }

    fn keep_snapshot(&self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.keep_snapshot(snapshot)
    }

    fn keep_snapshot_later(&self, snapshot: NewSnapshot) {
        self.store.keep_snapshot_later(snapshot);
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        self.store.subscriptions()
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        self.store.feed(query, visit)
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        self.store.feed_end()
    }

    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        self.store.position_of(entity_type, entity_id, version)
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        self.store.feed_signal()
    }
}

impl fmt::Debug for InlineStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.inline.subscribers.iter().map(|subscribed| subscribed.id).collect();
        f.debug_struct("InlineStore").field("subscribers", &ids).finish_non_exhaustive()
    }
}
