//! Processes that run subscribers are killed, stopped and told to end: no event is lost, a view in the events' database
//! counts each of them once, and what one process leaves behind another one takes over (C3, C7, C12).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;
#[path = "../../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use es_core::AggregateRepository;
use es_sqlx::SqlxEventStore;
use store_tests::view::{self, Row};
use store_tests::{Begin, Journal, Note};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::worker::{Line, Worker};

const LEASE: Duration = Duration::from_millis(150);
/// Longer than any test: what has to wait for it fails.
const LONG_LEASE: Duration = Duration::from_secs(600);
const LIMIT: Duration = Duration::from_secs(60);
const JOURNALS: usize = 12;

async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < LIMIT, "{what} takes longer than {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Writes into journals, until it is stopped.
struct Writer {
    stop: oneshot::Sender<()>,
    task: JoinHandle<BTreeMap<String, u64>>,
}

impl Writer {
    async fn start(store: &SqlxEventStore) -> Self {
        let (stop, mut stopped) = oneshot::channel::<()>();
        let journals = AggregateRepository::<Journal>::new(store.clone());
        let mut versions = BTreeMap::new();
        for number in 0..JOURNALS {
            write(&journals, &mut versions, number).await;
        }
        let task = tokio::spawn(async move {
            while stopped.try_recv().is_err() {
                write(&journals, &mut versions, fastrand::usize(..JOURNALS)).await;
                // As fast as it can, it would leave the workers behind.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            versions
        });
        Writer { stop, task }
    }

    /// Stops it, and gives the journals with their numbers of entries.
    async fn stop(self) -> BTreeMap<String, u64> {
        self.stop.send(()).unwrap();
        self.task.await.unwrap()
    }
}

async fn write(
    journals: &AggregateRepository<Journal>,
    versions: &mut BTreeMap<String, u64>,
    number: usize,
) {
    let journal = format!("journal {number}");
    let version = versions.entry(journal.clone()).or_default();
    let (batch, of) = (format!("{journal} {version}"), fastrand::u64(1..=3));
    if *version == 0 {
        journals.save_as(journal, Begin { batch, of }).await.unwrap();
    } else {
        journals.update(&journal, Note { batch, of }).await.unwrap();
    }
    *version += of;
}

fn expected(versions: &BTreeMap<String, u64>) -> BTreeMap<String, Row> {
    versions.iter().map(|(journal, version)| (journal.clone(), Row::of(*version))).collect()
}

/// Waits until all entries are counted, and fails where one is counted twice or out of its turn.
async fn all_are_counted(store: &SqlxEventStore, versions: &BTreeMap<String, u64>) {
    let last = |rows: &BTreeMap<String, Row>| -> BTreeMap<String, u64> {
        rows.iter().map(|(journal, row)| (journal.clone(), row.last_version as u64)).collect()
    };
    until("counting", async || last(&view::rows(store).await.unwrap()) == *versions).await;
    assert_eq!(view::rows(store).await.unwrap(), expected(versions));
}

/// The versions of each journal that were told of, each when it was told of for the first time.
fn told<'l>(lines: impl IntoIterator<Item = &'l Line>) -> BTreeMap<String, Vec<u64>> {
    let (mut known, mut told) = (BTreeSet::new(), BTreeMap::<String, Vec<u64>>::new());
    for (_, journal, version) in lines.into_iter().filter(|(what, ..)| what == "told") {
        if known.insert((journal, version)) {
            told.entry(journal.clone()).or_default().push(*version);
        }
    }
    told
}

async fn nothing_is_lost_or_doubled_by_kills(url: &str, kills: u32) {
    let store = SqlxEventStore::connect(url).await.unwrap();
    view::create(&store).await.unwrap();
    let writer = Writer::start(&store).await;
    let mut lines = Vec::new();
    for _ in 0..kills {
        let worker = Worker::start(url, LEASE, None);
        until("handling", async || worker.is_at_work()).await;
        // Nothing is waited for: this is where chance comes in.
        std::thread::sleep(Duration::from_micros(fastrand::u64(0..20_000)));
        lines.extend(worker.kill());
    }
    let versions = writer.stop().await;
    let worker = Worker::start(url, LEASE, None);
    all_are_counted(&store, &versions).await;
    let all: BTreeMap<_, Vec<u64>> = versions
        .iter()
        .map(|(journal, version)| (journal.clone(), (1..=*version).collect()))
        .collect();
    let count = |told: &BTreeMap<String, Vec<u64>>| told.values().map(Vec::len).sum::<usize>();
    until("telling", async || count(&told(lines.iter().chain(&worker.lines()))) >= count(&all))
        .await;
    lines.extend(worker.end());
    assert_eq!(told(&lines), all);
    assert_eq!(view::rows(&store).await.unwrap(), expected(&versions));
}

async fn processes_share_and_take_over(url: &str) {
    let store = SqlxEventStore::connect(url).await.unwrap();
    view::create(&store).await.unwrap();
    let writer = Writer::start(&store).await;
    let mut workers: Vec<_> = (0..3).map(|_| Worker::start(url, LEASE, None)).collect();
    until("sharing", async || workers.iter().all(|worker| worker.did("view"))).await;
    let killed = workers.remove(0).kill();
    let versions = writer.stop().await;
    all_are_counted(&store, &versions).await;
    let all: usize = versions.values().map(|version| *version as usize).sum();
    let mut lines = killed;
    until("telling", async || {
        let now = workers.iter().flat_map(Worker::lines);
        let known: Vec<Line> = lines.iter().cloned().chain(now).collect();
        told(&known).values().map(Vec::len).sum::<usize>() == all
    })
    .await;
    for worker in workers {
        lines.extend(worker.end());
    }
    assert_eq!(view::rows(&store).await.unwrap(), expected(&versions));
}

/// A process that is stopped keeps nothing, and when it wakes up, it commits nothing of what others do now. Not on SQLite,
/// where a process that is stopped in a transaction keeps everybody from writing.
async fn a_process_that_stops_is_taken_over(url: &str, stops: &str) {
    let store = SqlxEventStore::connect(url).await.unwrap();
    view::create(&store).await.unwrap();
    let writer = Writer::start(&store).await;
    let late = Worker::start(url, LEASE, Some(stops));
    until("stopping", async || late.did("stops")).await;
    let others: Vec<_> = (0..2).map(|_| Worker::start(url, LEASE, None)).collect();
    let stopped: Vec<_> = late.lines().into_iter().filter(|(what, ..)| what == "stops").collect();
    let (_, journal, version) = &stopped[0];
    until("taking over", async || {
        let rows = view::rows(&store).await.unwrap();
        rows.get(journal).is_some_and(|row| row.last_version as u64 >= *version)
    })
    .await;
    late.signal("CONT");
    let versions = writer.stop().await;
    all_are_counted(&store, &versions).await;
    // It goes on as any other process does, with what it gets now.
    late.end();
    for other in others {
        other.end();
    }
    assert_eq!(view::rows(&store).await.unwrap(), expected(&versions));
}

/// Who comes next goes on at once, although the lease would be long.
async fn a_process_that_ends_gives_back_what_it_had(url: &str) {
    let store = SqlxEventStore::connect(url).await.unwrap();
    view::create(&store).await.unwrap();
    let writer = Writer::start(&store).await;
    let mut lines = Vec::new();
    for _ in 0..3 {
        let worker = Worker::start(url, LONG_LEASE, None);
        until("handling", async || worker.did("view") && worker.did("told")).await;
        lines.extend(worker.end());
    }
    let versions = writer.stop().await;
    let worker = Worker::start(url, LONG_LEASE, None);
    all_are_counted(&store, &versions).await;
    let all: usize = versions.values().map(|version| *version as usize).sum();
    let count = |lines: &[Line]| lines.iter().filter(|(what, ..)| what == "told").count();
    until("telling", async || count(&lines) + count(&worker.lines()) >= all).await;
    lines.extend(worker.end());
    assert_eq!(count(&lines), all, "what was in hand is stored, so that nothing is told twice");
    assert_eq!(view::rows(&store).await.unwrap(), expected(&versions));
}

mod sqlite {
    async fn with_file(prove: impl AsyncFnOnce(&str)) {
        let folder = tempfile::tempdir().unwrap();
        prove(&format!("sqlite://{}", folder.path().join("events.db").display())).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_lost_or_doubled_by_kills() {
        with_file(async |url| super::nothing_is_lost_or_doubled_by_kills(url, 100).await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn processes_share_and_take_over() {
        with_file(async |url| super::processes_share_and_take_over(url).await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_process_that_ends_gives_back_what_it_had() {
        with_file(async |url| super::a_process_that_ends_gives_back_what_it_had(url).await).await;
    }
}

/// The tests on a server, whose places for one test `$place` makes.
macro_rules! on_server {
    ($name:ident, $place:ty, $kills:literal) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn nothing_is_lost_or_doubled_by_kills() {
                let place = <$place>::new().await;
                super::nothing_is_lost_or_doubled_by_kills(&place.url(), $kills).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn processes_share_and_take_over() {
                let place = <$place>::new().await;
                super::processes_share_and_take_over(&place.url()).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_process_that_wakes_up_too_late_commits_nothing() {
                let place = <$place>::new().await;
                super::a_process_that_stops_is_taken_over(&place.url(), "reading").await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_process_that_stops_keeps_nothing_locked() {
                let place = <$place>::new().await;
                super::a_process_that_stops_is_taken_over(&place.url(), "writing").await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_process_that_ends_gives_back_what_it_had() {
                let place = <$place>::new().await;
                super::a_process_that_ends_gives_back_what_it_had(&place.url()).await;
            }
        }
    };
}

on_server!(postgres, crate::schema::Schema, 100);
on_server!(mysql, crate::database::Database, 30);
