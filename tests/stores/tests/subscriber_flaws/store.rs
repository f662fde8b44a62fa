//! The store in memory, with a flaw in what subscribers need of it.

use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, Capabilities, FeedPage, FeedQuery, FeedSignal, FeedVisitor,
    Position, StoreError, StreamHead, StreamQuery, Transaction, Visitor,
};
use es_core::subscription::SubscriptionStore;
use es_core::{EventStore, MemoryEventStore, Version};
use futures_core::future::BoxFuture;

use crate::feed;
use crate::flaw::Flaw;
use crate::subscriptions::FlawedSubscriptions;
use crate::transaction::{AtOnce, FlawedTransaction};

#[derive(Clone)]
pub(crate) struct FlawedStore {
    pub(crate) inner: MemoryEventStore,
    pub(crate) flaw: Option<Flaw>,
}

impl FlawedStore {
    pub(crate) fn new(flaw: Option<Flaw>) -> Self {
        FlawedStore { inner: MemoryEventStore::new(), flaw }
    }
}

impl EventStore for FlawedStore {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        self.inner.load(query, visit)
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.inner.append(append)
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        self.inner.entities(entity_type, after, limit)
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async move {
            if self.flaw == Some(Flaw::CommitsAtOnce) {
                return Ok(Transaction::new(AtOnce(self.inner.clone())));
            }
            let inner = self.inner.begin().await?;
            Ok(Transaction::new(FlawedTransaction {
                inner,
                flaw: self.flaw,
                appends: 0,
                rebuilt: None,
                subscriptions: self.inner.subscriptions(),
            }))
        })
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        let inner = self.inner.subscriptions()?;
        (self.flaw != Some(Flaw::HidesSubscriptions))
            .then(|| Arc::new(FlawedSubscriptions { inner, flaw: self.flaw }) as Arc<_>)
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        Box::pin(feed::show(self, query, visit))
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        Box::pin(async {
            let end = self.inner.feed_end().await?;
            let early = self.flaw == Some(Flaw::EndsBeforeTheEnd);
            Ok(if early { Position::new(end.get().saturating_sub(1)) } else { end })
        })
    }

    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        Box::pin(async move {
            let position = self.inner.position_of(entity_type, entity_id, version).await?;
            let misplaced = self.flaw == Some(Flaw::MisplacesEvents);
            Ok(if misplaced { Some(Position::new(1)) } else { position })
        })
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        self.inner.feed_signal()
    }
}
