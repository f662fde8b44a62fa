//! The store in memory, with a flaw in what it keeps of subscribers.

use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, Capabilities, StoreError, StoreTransaction, StreamHead,
    StreamQuery, Transaction, Visitor,
};
use es_core::subscription::{Advance, AdvanceError, SubscriptionStore};
use es_core::{EventStore, MemoryEventStore};
use futures_core::future::BoxFuture;

use crate::flaw::Flaw;
use crate::subscriptions::{FlawedSubscriptions, flawed_advance};

#[derive(Clone)]
pub(crate) struct FlawedStore {
    inner: MemoryEventStore,
    flaw: Option<Flaw>,
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
            let inner = self.inner.begin().await?;
            Ok(Transaction::new(FlawedTransaction { inner, flaw: self.flaw }))
        })
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        let inner = self.inner.subscriptions()?;
        (self.flaw != Some(Flaw::HidesSubscriptions))
            .then(|| Arc::new(FlawedSubscriptions { inner, flaw: self.flaw }) as Arc<_>)
    }
}

struct FlawedTransaction {
    inner: Transaction,
    flaw: Option<Flaw>,
}

impl StoreTransaction for FlawedTransaction {
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(self.inner.load(query, visit))
    }

    fn append(&mut self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(self.inner.append(append))
    }

    fn advance<'a>(
        &'a mut self,
        advance: &'a Advance<'a>,
    ) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async move {
            if self.flaw == Some(Flaw::LosesProgressOfTransactions) {
                return Ok(());
            }
            if self.flaw == Some(Flaw::HidesSubscriptions) {
                let _ = self.inner.advance(advance).await;
                return Ok(());
            }
            flawed_advance!(self.flaw, advance, |advance| self.inner.advance(advance).await)
        })
    }

    fn take_over<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            if self.flaw == Some(Flaw::TakesNothingOver) {
                return Ok(());
            }
            self.inner.take_over(live, rebuilt).await
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(self.inner.commit())
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(self.inner.rollback())
    }
}
