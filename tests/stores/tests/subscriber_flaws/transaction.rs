//! Transactions of the store in memory, with a flaw.

use std::sync::Arc;

use es_core::store::{
    Append, AppendError, Appended, StoreError, StoreTransaction, StreamHead, StreamQuery,
    Transaction, Visitor,
};
use es_core::subscription::{Advance, AdvanceError, SubscriptionStore};
use es_core::{EventStore, MemoryEventStore, Version};
use futures_core::future::BoxFuture;

use crate::flaw::Flaw;
use crate::subscriptions::flawed_advance;

pub(crate) struct FlawedTransaction {
    pub(crate) inner: Transaction,
    pub(crate) flaw: Option<Flaw>,
    pub(crate) appends: u32,
    /// Who took something over.
    pub(crate) rebuilt: Option<String>,
    pub(crate) subscriptions: Option<Arc<dyn SubscriptionStore>>,
}

impl StoreTransaction for FlawedTransaction {
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(self.inner.load(query, visit))
    }

    fn append(&mut self, mut append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.appends += 1;
        if self.flaw == Some(Flaw::StoresOneAppend) && self.appends > 1 {
            let version = Version::new(append.expected.get() + append.events().len() as u64);
            return Box::pin(async move { Ok(Appended::new(version)) });
        }
        if self.flaw == Some(Flaw::ForgetsMessages) {
            append.message = None;
        }
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

    fn fence<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        Box::pin(self.inner.fence(live, rebuilt))
    }

    fn take_over<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        Box::pin(async move {
            if self.flaw == Some(Flaw::TakesNothingOver) {
                return self.inner.fence(live, rebuilt).await;
            }
            self.rebuilt = Some(live.to_owned());
            self.inner.take_over(live, rebuilt).await
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            self.inner.commit().await?;
            match (self.rebuilt, self.subscriptions, self.flaw) {
                (Some(rebuilt), Some(subscriptions), Some(Flaw::ResumesTheRebuilt)) => {
                    subscriptions.set_paused(&rebuilt, false).await
                }
                _ => Ok(()),
            }
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(self.inner.rollback())
    }
}

/// No transaction, but for its name.
pub(crate) struct AtOnce(pub(crate) MemoryEventStore);

impl StoreTransaction for AtOnce {
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        self.0.load(query, visit)
    }

    fn append(&mut self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.0.append(append)
    }

    fn advance<'a>(
        &'a mut self,
        advance: &'a Advance<'a>,
    ) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async move {
            match self.0.subscriptions() {
                Some(subscriptions) => subscriptions.advance(advance).await,
                None => Ok(()),
            }
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
}
