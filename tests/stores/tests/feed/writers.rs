//! Those who write: at once, in transactions that wait before they commit, wrote elsewhere first or roll back, and one
//! that is open for a long time.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use es_core::store::{AppendError, RawEvent, StreamQuery};
use es_core::{EventStore, Transaction, Version};
use es_sqlx::SqlxEventStore;
use store_tests::feed::{COUNTER, Counted, Seen, counted};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How many events are written at least.
pub(crate) const EVENTS: u64 = 20_000;

const WRITERS: u64 = 10;

/// Streams that all write to.
const SHARED: u64 = 6;

/// How a database is written to.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    /// The longest wait in a transaction.
    pub(crate) delay: Duration,
    /// How long one transaction is open.
    pub(crate) open: Duration,
}

/// Writes until there are enough events, and returns those that are committed.
pub(crate) async fn write(store: &SqlxEventStore, pace: Pace) -> HashSet<Seen> {
    let count = Arc::new(AtomicU64::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let long = tokio::spawn(Writer::new(99, store, &count, pace).open_for_long(over.clone()));
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        writers.spawn(Writer::new(number, store, &count, pace).write(over.clone()));
    }
    let mut committed: HashSet<Seen> = long.await.expect("no panic").into_iter().collect();
    while let Some(written) = writers.join_next().await {
        committed.extend(written.expect("no panic"));
    }
    committed
}

struct Writer {
    number: u64,
    store: SqlxEventStore,
    count: Arc<AtomicU64>,
    pace: Pace,
    commits: u64,
    written: Vec<Seen>,
}

impl Writer {
    fn new(number: u64, store: &SqlxEventStore, count: &Arc<AtomicU64>, pace: Pace) -> Self {
        let (store, count) = (store.clone(), count.clone());
        Writer { number, store, count, pace, commits: 0, written: Vec::new() }
    }

    async fn write(mut self, over: Arc<AtomicBool>) -> Vec<Seen> {
        while self.count.load(Ordering::Relaxed) < EVENTS || !over.load(Ordering::Relaxed) {
            if self.number.is_multiple_of(2) {
                self.append().await;
            } else {
                self.transact().await;
            }
        }
        self.written
    }

    fn commit(&mut self, of: u64) -> Counted {
        self.commits += 1;
        Counted { commit: format!("{} {}", self.number, self.commits), of }
    }

    fn note(&mut self, entity_id: &str, before: Version, events: u64, counted: &Counted) {
        self.count.fetch_add(events, Ordering::Relaxed);
        self.written.extend((1..=events).map(|n| Seen {
            entity_id: entity_id.to_owned(),
            version: before.get() + n,
            commit: counted.commit.clone(),
            of: counted.of,
        }));
    }

    async fn pause(&self) {
        sleep(self.pace.delay.mul_f64(fastrand::f64())).await;
    }

    fn shared() -> String {
        format!("shared {}", fastrand::u64(0..SHARED))
    }

    /// Appends some events to a stream, at once.
    async fn append(&mut self) {
        let id = match fastrand::u8(0..4) {
            0 => Self::shared(),
            _ => format!("own {} {}", self.number, fastrand::u8(0..20)),
        };
        let query = StreamQuery::new(COUNTER, &id).limit(0);
        let visit = &mut no_event;
        let head = self.store.load(query, visit);
        let version = head.await.expect("a head").version;
        let events = fastrand::u64(1..=12);
        let counted_as = self.commit(events);
        let append = counted(&id, version, events, &counted_as).expect("JSON");
        match self.store.append(append).await {
            Ok(_) => self.note(&id, version, events, &counted_as),
            Err(AppendError::Conflict { .. } | AppendError::AlreadyExists { .. }) => {}
            Err(error) => panic!("an append: {error}"),
        }
    }

    /// Writes to a stream of its own first, then to one that others write to, and waits in between and before its end.
    async fn transact(&mut self) {
        let own = format!("elsewhere {}", self.number);
        let (first, second) = (fastrand::u64(1..=4), fastrand::u64(1..=4));
        let counted_as = self.commit(first + second);
        let mut transaction = self.store.begin().await.expect("a transaction");
        let own_version = append(&mut transaction, &own, first, &counted_as).await;
        self.pause().await;
        let shared = Self::shared();
        let shared_version = append(&mut transaction, &shared, second, &counted_as).await;
        self.pause().await;
        match (own_version, shared_version) {
            (Some(own_version), Some(shared_version)) if fastrand::u8(0..10) > 0 => {
                transaction.commit().await.expect("a commit");
                self.note(&own, own_version, first, &counted_as);
                self.note(&shared, shared_version, second, &counted_as);
            }
            _ => transaction.rollback().await.expect("a rollback"),
        }
    }

    /// Appends, waits, and appends again to the same and to another stream.
    async fn open_for_long(mut self, over: Arc<AtomicBool>) -> Vec<Seen> {
        // Others are at work before and after.
        while self.count.load(Ordering::Relaxed) < EVENTS / 10 {
            sleep(Duration::from_millis(1)).await;
        }
        let counted_as = self.commit(6);
        let mut transaction = self.store.begin().await.expect("a transaction");
        let first = append(&mut transaction, "long", 2, &counted_as).await.expect("its own");
        sleep(self.pace.open).await;
        let second = append(&mut transaction, "long", 3, &counted_as).await.expect("its own");
        let third = append(&mut transaction, "long too", 1, &counted_as).await.expect("its own");
        transaction.commit().await.expect("a commit");
        self.note("long", first, 2, &counted_as);
        self.note("long", second, 3, &counted_as);
        self.note("long too", third, 1, &counted_as);
        over.store(true, Ordering::Relaxed);
        self.written
    }
}

/// Appends in a transaction, and returns the version before; `None` where another one was faster.
async fn append(
    transaction: &mut Transaction,
    id: &str,
    events: u64,
    counted_as: &Counted,
) -> Option<Version> {
    let query = StreamQuery::new(COUNTER, id).limit(0);
    let visit = &mut no_event;
    let head = transaction.load(query, visit);
    let version = head.await.expect("a head").version;
    let append = counted(id, version, events, counted_as).expect("JSON");
    match transaction.append(append).await {
        Ok(_) => Some(version),
        Err(AppendError::Conflict { .. } | AppendError::AlreadyExists { .. }) => None,
        Err(error) => panic!("an append in a transaction: {error}"),
    }
}

fn no_event(_: RawEvent<'_>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
