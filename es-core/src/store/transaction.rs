use std::any::Any;
use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::{
    Append, AppendError, Appended, NewSnapshot, StoreError, StreamHead, StreamQuery, Visitor,
};
use crate::subscription::{Advance, AdvanceError};

/// A transaction of a store, as the store implements it; users hold a [`Transaction`].
///
/// Dropped, it rolls back.
pub trait StoreTransaction: Any + Send {
    /// As [`EventStore::load`](super::EventStore::load), with what this transaction appended.
    ///
    /// # Errors
    /// [`StoreError`], after none or some of the events were shown.
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>>;

    /// As [`EventStore::append`](super::EventStore::append), but visible and durable only after the commit.
    ///
    /// # Errors
    /// See [`AppendError`]. After a conflict, a duplicate or an entity that exists the transaction goes on as it was.
    fn append(&mut self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>>;

    /// As [`EventStore::keep_snapshot`](super::EventStore::keep_snapshot), but visible and durable only after the
    /// commit. By default none is kept.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where the store keeps no snapshots; else [`StoreError`], after which the transaction
    /// may only be good for a rollback.
    fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        let _ = snapshot;
        Box::pin(async { Err(StoreError::Unsupported("snapshots")) })
    }

    /// As [`SubscriptionStore::advance`](crate::subscription::SubscriptionStore::advance), but visible and durable only
    /// after the commit, with all else that is done in this transaction.
    ///
    /// # Errors
    /// [`AdvanceError::Lost`] where one of the partitions isn't held any more; then the transaction can only be rolled
    /// back. [`StoreError::Unsupported`] where the store keeps no subscribers; else [`StoreError`].
    fn advance<'a>(
        &'a mut self,
        advance: &'a Advance<'a>,
    ) -> BoxFuture<'a, Result<(), AdvanceError>> {
        let _ = advance;
        Box::pin(async { Err(StoreError::Unsupported("subscriptions").into()) })
    }

    /// Locks the partitions of the subscribers `live` and `rebuilt`, and changes nothing: from now on nobody stores progress
    /// of them until this transaction ends. Returns how many `live` has.
    ///
    /// # Errors
    /// As [`take_over`](Self::take_over), which comes later.
    fn fence<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        let _ = (live, rebuilt);
        Box::pin(async { Err(StoreError::Unsupported("subscriptions").into()) })
    }

    /// Gives all that is kept of the subscriber `rebuilt` to the subscriber `live`, in place of what it had: partitions,
    /// positions and waiting events. Then there is no `rebuilt` any more. `live` is paused if it was, its
    /// partitions have no owner, and their epochs are higher than those that any of both had, so that nothing of what is
    /// under way is stored. Returns how many partitions `live` had. Where these are others than [`fence`](Self::fence) has
    /// locked, `live` was registered after it, and nothing kept it from storing.
    ///
    /// # Errors
    /// [`AdvanceError::Lost`] where there is no `rebuilt`, since somebody else gave it to `live` or removed it: the
    /// transaction is to be rolled back then. [`StoreError::Unsupported`] where the store keeps no subscribers; else [`StoreError`].
    fn take_over<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        let _ = (live, rebuilt);
        Box::pin(async { Err(StoreError::Unsupported("subscriptions").into()) })
    }

    /// Makes all of it visible and durable, or none.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>>;

    /// Forgets all of it.
    ///
    /// # Errors
    /// See [`StoreError`]; it is forgotten all the same.
    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>>;
}

/// Something that is done after each append of a transaction, in the transaction.
pub(crate) trait AfterAppend: Send + Sync {
    /// Does it. Where it fails, the transaction can only be rolled back.
    fn after<'a>(
        &'a self,
        transaction: &'a mut Transaction,
        append: &'a Append,
    ) -> BoxFuture<'a, Result<(), AppendError>>;
}

/// Several changes that are stored together, or not at all.
///
/// Begun by [`EventStore::begin`](super::EventStore::begin), used by
/// [`AggregateRepository::within`](crate::AggregateRepository::within). Dropped without
/// [`commit`](Self::commit), it leaves nothing behind.
#[must_use = "a transaction that isn't committed leaves nothing behind"]
pub struct Transaction {
    inner: Box<dyn StoreTransaction>,
    /// What is done after each append.
    after_append: Option<Arc<dyn AfterAppend>>,
    /// Whether a change is under way, or was dropped on its way.
    unsettled: bool,
}

impl Transaction {
    /// The transaction of a store.
    pub fn new(transaction: impl StoreTransaction) -> Self {
        Transaction { inner: Box::new(transaction), after_append: None, unsettled: false }
    }

    /// The same, with something to do after each append.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn then_after_appends(self, after_append: Arc<dyn AfterAppend>) -> Self {
        Transaction { after_append: Some(after_append), ..self }
    }

    /// Makes all of it visible and durable, or none.
    ///
    /// # Errors
    /// [`StoreError::Abandoned`], and nothing is kept, where the future of a change in this transaction was dropped
    /// before it ended; else [`StoreError`].
    pub async fn commit(self) -> Result<(), StoreError> {
        if self.unsettled {
            self.inner.rollback().await?;
            return Err(StoreError::Abandoned);
        }
        self.inner.commit().await
    }

    /// Forgets all of it.
    ///
    /// # Errors
    /// See [`StoreError`]; it is forgotten all the same.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.inner.rollback().await
    }

    /// The store's own type of transaction, if it is that one.
    pub fn downcast_mut<T: StoreTransaction>(&mut self) -> Option<&mut T> {
        let transaction: &mut dyn Any = self.inner.as_mut();
        transaction.downcast_mut()
    }

    /// As [`EventStore::load`](super::EventStore::load), with what this transaction appended.
    ///
    /// # Errors
    /// [`StoreError`], after none or some of the events were shown.
    pub async fn load(
        &mut self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        self.inner.load(query, visit).await
    }

    /// As [`EventStore::append`](super::EventStore::append), but visible and durable only after the commit.
    ///
    /// # Errors
    /// See [`AppendError`]. After a conflict, a duplicate or an entity that exists the transaction goes on as it was. After
    /// an append whose future was dropped, or that a subscriber failed on, it can only be rolled back.
    pub async fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        if self.unsettled {
            return Err(StoreError::Abandoned.into());
        }
        self.unsettled = true;
        let Some(after_append) = self.after_append.clone() else {
            let appended = self.inner.append(append).await;
            self.unsettled = false;
            return appended;
        };
        let appended = self.inner.append(append.clone()).await;
        self.unsettled = false;
        let appended = appended?;
        if let Err(error) = after_append.after(self, &append).await {
            self.unsettled = true;
            return Err(error);
        }
        Ok(appended)
    }

    /// As [`EventStore::keep_snapshot`](super::EventStore::keep_snapshot), but visible and durable only after the
    /// commit.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] where the store keeps no snapshots; else [`StoreError`], after which the transaction
    /// may only be good for a rollback.
    pub async fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> Result<(), StoreError> {
        if self.unsettled {
            return Err(StoreError::Abandoned);
        }
        self.unsettled = true;
        let kept = self.inner.keep_snapshot(snapshot).await;
        self.unsettled = false;
        kept
    }

    /// As [`StoreTransaction::advance`].
    ///
    /// # Errors
    /// See there.
    pub async fn advance(&mut self, advance: &Advance<'_>) -> Result<(), AdvanceError> {
        if self.unsettled {
            return Err(StoreError::Abandoned.into());
        }
        self.unsettled = true;
        let advanced = self.inner.advance(advance).await;
        self.unsettled = false;
        advanced
    }

    /// As [`StoreTransaction::fence`].
    ///
    /// # Errors
    /// See there.
    pub async fn fence(&mut self, live: &str, rebuilt: &str) -> Result<u32, AdvanceError> {
        if self.unsettled {
            return Err(StoreError::Abandoned.into());
        }
        self.unsettled = true;
        let fenced = self.inner.fence(live, rebuilt).await;
        self.unsettled = false;
        fenced
    }

    /// As [`StoreTransaction::take_over`].
    ///
    /// # Errors
    /// See there.
    pub async fn take_over(&mut self, live: &str, rebuilt: &str) -> Result<u32, AdvanceError> {
        if self.unsettled {
            return Err(StoreError::Abandoned.into());
        }
        self.unsettled = true;
        let taken = self.inner.take_over(live, rebuilt).await;
        self.unsettled = false;
        taken
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}
