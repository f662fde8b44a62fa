//! Stores around the store under test that make races certain, and watch how it is used.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::sync::Barrier;

use super::Store;
use crate::store::{
    Append, AppendError, Appended, Capabilities, NewSnapshot, StoreError, StreamHead, StreamQuery,
    Visitor,
};
use crate::{EventId, EventStore, StoredEvent, Transaction};

/// What happens to an append on its way into the store.
enum Fate {
    /// The first appends wait until as many as the barrier says are there.
    Meets { barrier: Barrier, left: AtomicU32 },
    /// Another append to the same stream comes before it, with events of this.
    Loses(Box<dyn Fn() -> Box<dyn StoredEvent> + Send + Sync>),
    /// It isn't stored.
    Fails,
    /// It is stored.
    Passes,
}

/// The store, and a fate of appends.
#[derive(Clone)]
pub(super) struct Rivals {
    store: Store,
    fate: Arc<Fate>,
    appends: Arc<AtomicU32>,
    reads: Arc<Mutex<Vec<u64>>>,
}

impl Rivals {
    /// The first `count` appends wait for each other: all that led to them was read before any of them is stored.
    pub(super) fn meet(store: &Store, count: u32) -> Self {
        let barrier = Barrier::new(count as usize);
        Self::new(store, Fate::Meets { barrier, left: AtomicU32::new(count) })
    }

    /// Each append comes second, after an event of another.
    pub(super) fn come_first<E: StoredEvent + 'static>(
        store: &Store,
        event: impl Fn() -> E + Send + Sync + 'static,
    ) -> Self {
        Self::new(store, Fate::Loses(Box::new(move || Box::new(event()))))
    }

    /// Each append fails.
    pub(super) fn fail(store: &Store) -> Self {
        Self::new(store, Fate::Fails)
    }

    /// Nothing happens to any append.
    pub(super) fn watch(store: &Store) -> Self {
        Self::new(store, Fate::Passes)
    }

    fn new(store: &Store, fate: Fate) -> Self {
        Rivals {
            store: store.clone(),
            fate: Arc::new(fate),
            appends: Arc::default(),
            reads: Arc::default(),
        }
    }

    /// How many appends came.
    pub(super) fn appends(&self) -> u32 {
        self.appends.load(Ordering::Relaxed)
    }

    /// The versions after which was read, for each read.
    pub(super) fn reads(&self) -> Vec<u64> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl EventStore for Rivals {
    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).push(query.after.get());
        self.store.load(query, visit)
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async move {
            self.appends.fetch_add(1, Ordering::Relaxed);
            match &*self.fate {
                Fate::Meets { barrier, left } => {
                    let one_less = |left: u32| left.checked_sub(1);
                    if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
                        barrier.wait().await;
                    }
                }
                Fate::Loses(event) => {
                    let mut first = Append::new(
                        append.entity_type,
                        append.entity_id.clone(),
                        append.expected,
                        append.recorded_at,
                    );
                    first.push(EventId::new(), &*event()).map_err(StoreError::database)?;
                    self.store.append(first).await?;
                }
                Fate::Fails => {
                    let limit = Duration::ZERO;
                    return Err(StoreError::TimedOut { what: "luck", limit }.into());
                }
                Fate::Passes => {}
            }
            self.store.append(append).await
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
        self.store.begin()
    }

    fn keep_snapshot(&self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.keep_snapshot(snapshot)
    }

    fn keep_snapshot_later(&self, snapshot: NewSnapshot) {
        self.store.keep_snapshot_later(snapshot);
    }
}
