use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;

use super::shared_tables::SharedTables;
use super::store::{Advance, AdvanceError, Held, Lease, StoredProgress, SubscriptionStore};
use super::tables::Tables;
use super::{DeadLetter, EntityKey};
use crate::store::{MemoryEventStore, Position, StoreError};

/// Keeps what is kept of subscribers in memory. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemorySubscriptions {
    tables: Arc<SharedTables>,
    /// The store with whose writes and transactions these writes take turns.
    store: Option<MemoryEventStore>,
}

impl MemorySubscriptions {
    /// Those of a store.
    pub(crate) fn of(store: &MemoryEventStore, tables: &Arc<SharedTables>) -> Self {
        MemorySubscriptions { tables: Arc::clone(tables), store: Some(store.clone()) }
    }

    fn read<'a, T: Send + 'a>(
        &'a self,
        read: impl FnOnce(&Tables, Duration) -> T + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move { Ok(read(&self.tables.lock(), self.tables.now())) })
    }

    fn write<'a, T: Send + 'a>(
        &'a self,
        write: impl FnOnce(&mut Tables, Duration) -> T + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            let _turn = match &self.store {
                Some(store) => Some(store.turn().await?),
                None => None,
            };
            Ok(write(&mut self.tables.lock(), self.tables.now()))
        })
    }
}

impl SubscriptionStore for MemorySubscriptions {
    fn register<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: u32,
        start: Position,
    ) -> BoxFuture<'a, Result<u32, StoreError>> {
        self.write(move |tables, _| tables.register(subscriber, partitions, start))
    }

    fn join<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<u32, StoreError>> {
        self.write(move |tables, now| tables.join(subscriber, owner, now.saturating_add(ttl), now))
    }

    fn leave<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.write(move |tables, _| tables.leave(subscriber, owner))
    }

    fn acquire<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        at_most: u32,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>> {
        self.write(move |tables, now| {
            tables.acquire(subscriber, owner, at_most, now.saturating_add(ttl), now)
        })
    }

    fn renew<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>> {
        self.write(move |tables, now| tables.renew(subscriber, owner, now.saturating_add(ttl), now))
    }

    fn release<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        leases: &'a [Held],
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.write(move |tables, _| tables.release(subscriber, owner, leases))
    }

    fn advance<'a>(&'a self, advance: &'a Advance<'a>) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async move { self.write(move |tables, now| tables.advance(advance, now)).await? })
    }

    fn waiting<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>> {
        self.read(move |tables, _| tables.waiting(subscriber, partitions))
    }

    fn due<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>> {
        self.read(move |tables, now| tables.due(subscriber, partitions, limit, now))
    }

    fn queue<'a>(
        &'a self,
        subscriber: &'a str,
        entity: &'a EntityKey,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>> {
        self.read(move |tables, _| tables.queue(subscriber, entity, limit))
    }

    fn dead_letters<'a>(
        &'a self,
        subscriber: &'a str,
        after: Position,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>> {
        self.read(move |tables, _| tables.dead_letters(subscriber, after, limit))
    }

    fn retry<'a>(
        &'a self,
        subscriber: &'a str,
        entity: Option<&'a EntityKey>,
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.write(move |tables, now| tables.retry(subscriber, entity, now))
    }

    fn skip<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.write(move |tables, _| tables.skip(subscriber, position))
    }

    fn set_paused<'a>(
        &'a self,
        subscriber: &'a str,
        paused: bool,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.write(move |tables, _| tables.set_paused(subscriber, paused))
    }

    fn reset<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.write(move |tables, _| tables.reset(subscriber, position))
    }

    fn remove<'a>(&'a self, subscriber: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.write(move |tables, _| tables.remove(subscriber))
    }

    fn progress<'a>(
        &'a self,
        subscriber: &'a str,
    ) -> BoxFuture<'a, Result<StoredProgress, StoreError>> {
        self.read(move |tables, now| tables.progress(subscriber, now))
    }
}
