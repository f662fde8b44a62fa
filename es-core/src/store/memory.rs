mod log;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::sync::{OwnedMutexGuard, watch};

use self::log::{Grown, Log};
use super::{
    Append, AppendError, Appended, Capabilities, EventStore, FeedPage, FeedQuery, FeedSignal,
    FeedVisitor, NewSnapshot, Position, RawEvent, RawSnapshot, StoreError, StoreTransaction,
    StreamHead, StreamQuery, Transaction, Visitor,
};
use crate::subscription::{
    Advance, AdvanceError, MemorySubscriptions, SharedTables, SubscriptionStore, Tables,
};
use crate::{MessageKey, Version};

/// Keeps events in memory, for tests: as strict as a database, and gone with its last clone.
///
/// Clones share one store. It behaves as a database with a single writer: a transaction has the writer's turn from
/// [`begin`](EventStore::begin) until it ends, appends and further transactions wait for their turn in the order in
/// which they came, and reading sees what is committed and waits for nobody.
///
/// Who waits for the turn for more than 5 seconds, or what [`wait_limit`](Self::wait_limit) says, gets
/// [`StoreError::TimedOut`]. That happens where a task appends to the store itself while it holds a transaction of it.
/// Waiting needs tokio's timer. On WebAssembly there is none, and the wait ends with the transaction that is waited for.
#[derive(Clone)]
pub struct MemoryEventStore {
    shared: Arc<Shared>,
    wait_limit: Duration,
}

impl MemoryEventStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryEventStore { shared: Arc::default(), wait_limit: Duration::from_secs(5) }
    }

    /// How long this handle and its clones wait for the writer's turn.
    #[must_use]
    pub fn wait_limit(self, limit: Duration) -> Self {
        MemoryEventStore { wait_limit: limit, ..self }
    }

    pub(crate) async fn turn(&self) -> Result<OwnedMutexGuard<()>, StoreError> {
        let turn = Arc::clone(&self.shared.turn);
        if let Ok(turn) = Arc::clone(&turn).try_lock_owned() {
            return Ok(turn);
        }
        within(self.wait_limit, turn.lock_owned())
            .await
            .ok_or(StoreError::TimedOut { what: "writer's turn", limit: self.wait_limit })
    }
}

impl Default for MemoryEventStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryEventStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryEventStore").finish_non_exhaustive()
    }
}

impl EventStore for MemoryEventStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::none().transactions(true).position_at_append(true).snapshots(true).feed(true)
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async move { Ok(self.shared.stream(&query).show(&query, visit)) })
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async move {
            let _turn = self.turn().await?;
            let appended = {
                let mut committed = self.shared.write();
                let Committed { streams, log } = &mut *committed;
                streams.append(append, log, Stream::default)
            };
            self.shared.grown.send_replace(());
            appended
        })
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async move {
            Ok(self.shared.read().streams.entities(entity_type, after, limit as usize))
        })
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async move {
            let turn = self.turn().await?;
            let log = Log::after(self.shared.read().log.end());
            Ok(Transaction::new(MemoryTransaction {
                shared: Arc::clone(&self.shared),
                changed: Streams::default(),
                log,
                subscriptions: None,
                _turn: turn,
            }))
        })
    }

    fn keep_snapshot(&self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        self.keep_snapshot_later(snapshot);
        Box::pin(async { Ok(()) })
    }

    /// At once: that takes no time, and no turn.
    fn keep_snapshot_later(&self, snapshot: NewSnapshot) {
        let mut committed = self.shared.write();
        if let Some(stream) = committed.streams.get_mut(&snapshot) {
            stream.keep(snapshot);
        }
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        Some(Arc::new(MemorySubscriptions::of(self, &self.shared.subscriptions)))
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        Box::pin(async move {
            let part = self.shared.read().log.part(query.after, query.limit as usize);
            Ok(part.show(query, visit))
        })
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        Box::pin(async { Ok(self.shared.read().log.end()) })
    }

    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        Box::pin(async move {
            let committed = self.shared.read();
            let stream = committed.streams.get(entity_type, entity_id);
            let append = stream.and_then(|stream| stream.holding(version));
            Ok(append.and_then(|append| committed.log.position_of(append, version)))
        })
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        Box::new(Grown::new(self.shared.grown.subscribe()))
    }
}

/// What all clones of a store share.
#[derive(Default)]
struct Shared {
    committed: RwLock<Committed>,
    /// Changed only by who has the turn.
    subscriptions: Arc<SharedTables>,
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Sent after each commit.
    grown: watch::Sender<()>,
}

#[derive(Default)]
struct Committed {
    streams: Streams,
    log: Log,
}

impl Shared {
    fn stream(&self, query: &StreamQuery<'_>) -> Stream {
        self.read().streams.get(query.entity_type, query.entity_id).cloned().unwrap_or_default()
    }

    // Nothing can panic while what is committed is half changed, so a poisoned lock guards nothing broken.

    fn read(&self) -> RwLockReadGuard<'_, Committed> {
        self.committed.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Committed> {
        self.committed.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transaction: the streams that it changed, and the writer's turn.
struct MemoryTransaction {
    shared: Arc<Shared>,
    changed: Streams,
    /// The appends of this transaction, which go on from the last committed position.
    log: Log,
    /// What is kept of subscribers, where it was changed.
    subscriptions: Option<Tables>,
    _turn: OwnedMutexGuard<()>,
}

impl MemoryTransaction {
    fn subscriptions(&mut self) -> &mut Tables {
        self.subscriptions.get_or_insert_with(|| self.shared.subscriptions.lock().clone())
    }
}

impl StoreTransaction for MemoryTransaction {
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async move {
            let stream = match self.changed.get(query.entity_type, query.entity_id) {
                Some(changed) => changed.clone(),
                None => self.shared.stream(&query),
            };
            Ok(stream.show(&query, visit))
        })
    }

    fn append(&mut self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async move {
            let query = StreamQuery::new(append.entity_type, &append.entity_id);
            let committed = self.shared.stream(&query);
            self.changed.append(append, &mut self.log, || committed)
        })
    }

    fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            if let Some(stream) = self.changed.get_mut(&snapshot) {
                stream.keep(snapshot);
                return Ok(());
            }
            let query = StreamQuery::new(snapshot.entity_type, &snapshot.entity_id);
            let mut stream = self.shared.stream(&query);
            let entities = self.changed.0.entry(snapshot.entity_type).or_default();
            let entity_id = snapshot.entity_id.clone();
            stream.keep(snapshot);
            entities.insert(entity_id, stream);
            Ok(())
        })
    }

    fn advance<'a>(
        &'a mut self,
        advance: &'a Advance<'a>,
    ) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async move {
            let now = self.shared.subscriptions.now();
            self.subscriptions().advance(advance, now)
        })
    }

    fn fence<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        // Who has the turn has all locked.
        Box::pin(async move { self.subscriptions().fence(live, rebuilt) })
    }

    fn take_over<'a>(
        &'a mut self,
        live: &'a str,
        rebuilt: &'a str,
    ) -> BoxFuture<'a, Result<u32, AdvanceError>> {
        Box::pin(async move { self.subscriptions().take_over(live, rebuilt) })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            {
                let mut committed = self.shared.write();
                committed.streams.replace(self.changed);
                committed.log.extend(self.log);
                if let Some(subscriptions) = self.subscriptions {
                    *self.shared.subscriptions.lock() = subscriptions;
                }
            }
            self.shared.grown.send_replace(());
            Ok(())
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move { Ok(()) })
    }
}

/// Streams by the type and the id of their entities.
#[derive(Default)]
struct Streams(HashMap<&'static str, BTreeMap<String, Stream>>);

impl Streams {
    fn get(&self, entity_type: &str, entity_id: &str) -> Option<&Stream> {
        self.0.get(entity_type)?.get(entity_id)
    }

    /// The stream that a snapshot is of.
    fn get_mut(&mut self, snapshot: &NewSnapshot) -> Option<&mut Stream> {
        self.0.get_mut(snapshot.entity_type)?.get_mut(&snapshot.entity_id)
    }

    /// Appends to a stream, which is `missing` where it isn't here, and to the log.
    fn append(
        &mut self,
        append: Append,
        log: &mut Log,
        missing: impl FnOnce() -> Stream,
    ) -> Result<Appended, AppendError> {
        let entities = self.0.entry(append.entity_type).or_default();
        if let Some(stream) = entities.get_mut(&append.entity_id) {
            return stream.append(append, log);
        }
        let entity_id = append.entity_id.clone();
        let mut stream = missing();
        let appended = stream.append(append, log)?;
        entities.insert(entity_id, stream);
        Ok(appended)
    }

    fn entities(&self, entity_type: &str, after: Option<&str>, limit: usize) -> Vec<String> {
        let after = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let streams = self.0.get(entity_type).into_iter();
        streams
            .flat_map(|streams| streams.range::<str, _>(after))
            .filter(|(_, stream)| stream.version != Version::NONE && !stream.deleted)
            .map(|(entity_id, _)| entity_id.clone())
            .take(limit)
            .collect()
    }

    fn replace(&mut self, changed: Streams) {
        for (entity_type, streams) in changed.0 {
            self.0.entry(entity_type).or_default().extend(streams);
        }
    }
}

/// A stream as it is at one moment. A clone shares what it holds and stays as it is, so that nobody reads under a lock.
#[derive(Clone, Default)]
struct Stream {
    version: Version,
    deleted: bool,
    /// The appends as they came, without those of no event.
    appends: Arc<Vec<Arc<Append>>>,
    messages: Arc<HashSet<MessageKey>>,
    snapshots: Arc<Vec<Arc<NewSnapshot>>>,
}

impl Stream {
    fn append(&mut self, append: Append, log: &mut Log) -> Result<Appended, AppendError> {
        let Append { expected, .. } = append;
        if append.message.as_ref().is_some_and(|message| self.messages.contains(message)) {
            return Err(AppendError::Duplicate);
        }
        if self.deleted {
            return Err(AppendError::Deleted);
        }
        if expected != self.version {
            return Err(match expected {
                Version::NONE => AppendError::AlreadyExists { actual: self.version },
                _ => AppendError::Conflict { expected, actual: self.version },
            });
        }

        self.version = append.version();
        self.deleted = append.deletes && self.version != Version::NONE;
        if let Some(message) = &append.message {
            Arc::make_mut(&mut self.messages).insert(message.clone());
        }
        let appended = Appended::new(self.version);
        if append.events().is_empty() {
            return Ok(appended);
        }
        let append = Arc::new(append);
        Arc::make_mut(&mut self.appends).push(Arc::clone(&append));
        Ok(appended.at(Some(log.push(append))))
    }

    fn keep(&mut self, snapshot: NewSnapshot) {
        let NewSnapshot { version, keep, .. } = snapshot;
        let shape = Arc::clone(&snapshot.shape);
        let snapshots = Arc::make_mut(&mut self.snapshots);
        snapshots.retain(|other| (other.version, &other.shape) != (version, &shape));
        snapshots.push(Arc::new(snapshot));
        snapshots.sort_unstable_by_key(|other| std::cmp::Reverse(other.version));
        let mut of_this_shape = snapshots.iter().filter(|other| other.shape == shape);
        if let Some(oldest) = of_this_shape.nth(keep as usize).map(|oldest| oldest.version) {
            snapshots.retain(|other| other.version > oldest);
        }
    }

    /// The newest snapshot that a query asks for.
    fn snapshot(&self, query: &StreamQuery<'_>) -> Option<&NewSnapshot> {
        let shape = query.wanted_snapshot()?;
        let snapshots = self.snapshots.iter().map(|snapshot| &**snapshot);
        snapshots
            .filter(|snapshot| *snapshot.shape == *shape && snapshot.version > query.after)
            .filter(|snapshot| query.until.is_none_or(|until| snapshot.version <= until))
            .find(|snapshot| {
                let before = Version::new(snapshot.version.get().saturating_sub(1));
                let event = self.events_after(before).next();
                event.is_some_and(|event| event.event_id == snapshot.event_id)
            })
    }

    fn show(&self, query: &StreamQuery<'_>, visit: &mut Visitor<'_>) -> StreamHead {
        let snapshot = self.snapshot(query);
        if let Some(NewSnapshot { version, data, .. }) = snapshot {
            visit.snapshot(RawSnapshot { version: *version, data });
        }
        let wanted = self
            .events_after(snapshot.map_or(query.after, |snapshot| snapshot.version))
            .take_while(|event| query.until.is_none_or(|until| event.version <= until))
            .take(query.limit.map_or(usize::MAX, |limit| limit as usize));
        for event in wanted {
            if visit.event(event) == ControlFlow::Break(()) {
                break;
            }
        }
        StreamHead {
            version: self.version,
            deleted: self.deleted,
            processed: query.message.is_some_and(|message| self.messages.contains(message)),
            has_other_snapshot: query.wanted_snapshot().is_some_and(|shape| {
                self.snapshots.iter().any(|snapshot| *snapshot.shape != *shape)
            }),
        }
    }

    /// The append with the event of this version.
    fn holding(&self, version: Version) -> Option<&Arc<Append>> {
        let first = self.appends.partition_point(|append| append.version() < version);
        self.appends.get(first).filter(|append| append.expected < version)
    }

    fn events_after(&self, version: Version) -> impl Iterator<Item = RawEvent<'_>> {
        let first = self.appends.partition_point(|append| append.version() <= version);
        self.appends[first..]
            .iter()
            .flat_map(|append| events(append))
            .skip_while(move |event| event.version <= version)
    }
}

fn events(append: &Append) -> impl Iterator<Item = RawEvent<'_>> {
    append.events().iter().zip(1..).map(|(event, number)| RawEvent {
        entity_type: append.entity_type,
        entity_id: &append.entity_id,
        version: append.expected.plus(number),
        event_id: event.event_id,
        event_type: event.event_type,
        schema_version: event.schema_version,
        data: &append.data()[event.data.clone()],
        metadata: append.metadata.as_deref(),
        triggering_event: append.message.as_ref().map(MessageKey::id),
        recorded_at: append.recorded_at,
    })
}

#[cfg(not(target_family = "wasm"))]
async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, future).await.ok()
}

#[cfg(target_family = "wasm")]
async fn within<T>(_: Duration, future: impl Future<Output = T>) -> Option<T> {
    Some(future.await)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::{Event, EventId, Timestamp};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Rang;

    impl Event for Rang {
        const TYPE: &'static str = "Rang";
    }

    fn ring(entity_id: &str, expected: u64) -> Append {
        let now = Timestamp::UNIX_EPOCH;
        let mut append = Append::new("Bell", entity_id.into(), Version::new(expected), now);
        append.push(EventId::new(), &Rang).unwrap();
        append
    }

    async fn version(store: &MemoryEventStore, entity_id: &str) -> Version {
        let query = StreamQuery::new("Bell", entity_id);
        store.load(query, &mut |_: RawEvent<'_>| ControlFlow::Continue(())).await.unwrap().version
    }

    #[tokio::test]
    async fn clones_share_one_store() {
        let store = MemoryEventStore::new();
        store.clone().append(ring("a", 0)).await.unwrap();
        assert_eq!(version(&store, "a").await, 1);
        assert_eq!(version(&MemoryEventStore::new(), "a").await, 0);
    }

    #[tokio::test]
    async fn an_append_waits_no_longer_than_the_limit_for_a_transaction() {
        let limit = Duration::from_millis(5);
        let store = MemoryEventStore::new().wait_limit(limit);
        let transaction = store.begin().await.unwrap();
        let error = store.append(ring("a", 0)).await.unwrap_err();
        assert!(
            matches!(error, AppendError::Store(StoreError::TimedOut { limit: l, .. }) if l == limit),
            "{error}"
        );
        let error = store.begin().await.unwrap_err();
        assert!(matches!(error, StoreError::TimedOut { .. }), "{error}");

        drop(transaction);
        store.append(ring("a", 0)).await.unwrap();
    }

    #[tokio::test]
    async fn those_who_wait_for_a_transaction_have_their_turn_in_the_order_in_which_they_came() {
        let store = MemoryEventStore::new();
        let transaction = store.begin().await.unwrap();
        let mut first = store.append(ring("a", 0));
        assert!(first.as_mut().now_or_never().is_none());
        let mut second = store.append(ring("a", 1));
        assert!(second.as_mut().now_or_never().is_none());

        transaction.commit().await.unwrap();
        assert!(second.as_mut().now_or_never().is_none());
        first.await.unwrap();
        second.await.unwrap();
    }

    #[tokio::test]
    async fn a_reader_of_events_holds_no_writer_up() {
        let store = MemoryEventStore::new();
        store.append(ring("a", 0)).await.unwrap();
        let mut seen = 0;
        let visit = &mut |event: RawEvent<'_>| {
            seen += 1;
            let next = ring("a", event.version.get());
            assert!(store.append(next).now_or_never().unwrap().is_ok());
            ControlFlow::Continue(())
        };
        let head = store.load(StreamQuery::new("Bell", "a"), visit).await.unwrap();
        assert_eq!((seen, head.version), (1, Version::new(1)));
        assert_eq!(version(&store, "a").await, 2);
    }
}
