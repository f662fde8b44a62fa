//! A state that is read from a snapshot and the events after it is the fold of all events, on every store (N1 to N4,
//! R9 to R12).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod mysql;
#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod postgres;

use std::ops::ControlFlow;
use std::sync::Arc;

use es_core::prelude::*;
use es_core::store::{NewSnapshot, RawEvent, RawSnapshot, StreamQuery, StreamVisitor};
use es_core::{SnapshotContext, Uuid};
use es_sqlx::SqlxEventStore;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

#[derive(Debug, Clone, Command)]
struct Begin;

#[derive(Debug, Clone, Command)]
struct Write(Vec<u32>);

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct Begun;

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct Written {
    number: u32,
}

/// An aggregate that remembers everything that happened to it, and in which order.
macro_rules! diary {
    ($name:ident, $($arguments:tt)*) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) numbers: Vec<u32>,
        }

        #[aggregate(id = Uuid, type = "Diary", vis = pub(crate), $($arguments)*)]
        impl $name {
            #[command_handler]
            fn begin(_: &Begin) -> Begun {
                Begun
            }

            #[command_handler]
            fn write(&self, command: &Write) -> Vec<Written> {
                command.0.iter().map(|&number| Written { number }).collect()
            }

            #[event_handler]
            fn begun(_: Begun) -> Self {
                $name { numbers: Vec::new() }
            }

            #[event_handler]
            fn written(&mut self, event: &Written) {
                self.numbers.push(event.number);
            }
        }
    };
}

mod plain {
    use super::*;
    diary!(Plain, events = PlainEvent);
}

mod often {
    use super::*;
    diary!(Often, events = OftenEvent, snapshot(every = 3, keep = 2, with_append));
}

/// Kept after its append has returned, at any time.
mod later {
    use super::*;
    diary!(Later, events = LaterEvent, snapshot(every = 2));
}

mod mementos {
    use super::*;
    diary!(
        Mementos,
        events = MementosEvent,
        snapshot(strategy = is_due, memento = Text, keep = 3, with_append)
    );

    /// The numbers in words, so that a memento isn't the state by chance.
    #[derive(Serialize, Deserialize)]
    pub(crate) struct Text(String);

    fn is_due(cx: &SnapshotContext<'_, Mementos>) -> bool {
        cx.state().numbers.last().is_some_and(|number| number % 2 == 0)
    }

    impl From<&Mementos> for Text {
        fn from(diary: &Mementos) -> Self {
            let numbers: Vec<_> = diary.numbers.iter().map(ToString::to_string).collect();
            Text(numbers.join(" "))
        }
    }

    impl TryFrom<Text> for Mementos {
        type Error = std::num::ParseIntError;

        fn try_from(text: Text) -> Result<Self, Self::Error> {
            let numbers: Result<_, _> = text.0.split_whitespace().map(str::parse).collect();
            Ok(Mementos { numbers: numbers? })
        }
    }
}

use self::later::Later;
use self::mementos::Mementos;
use self::often::Often;
use self::plain::Plain;

/// Who writes: each with rules of its own for snapshots, or without any.
#[derive(Debug, Clone, Copy)]
enum Writer {
    Plain,
    Often,
    OftenCached,
    Later,
    Mementos,
}

/// One call.
#[derive(Debug, Clone)]
struct Call {
    writer: Writer,
    numbers: Vec<u32>,
    /// The message that leads to it; a small number, so that it comes again.
    message: Option<u8>,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let writer = prop_oneof![
        Just(Writer::Plain),
        Just(Writer::Often),
        Just(Writer::OftenCached),
        Just(Writer::Later),
        Just(Writer::Mementos)
    ];
    let call =
        (writer, prop::collection::vec(0..100_u32, 0..5), prop::option::weighted(0.3, 0..6_u8))
            .prop_map(|(writer, numbers, message)| Call { writer, numbers, message });
    prop::collection::vec(call, 0..14)
}

type Shared = Arc<dyn EventStore>;

struct Repositories {
    plain: AggregateRepository<Plain>,
    often: AggregateRepository<Often>,
    cached: AggregateRepository<Often>,
    later: AggregateRepository<Later>,
    mementos: AggregateRepository<Mementos>,
}

impl Repositories {
    fn of(store: &Shared) -> Self {
        Repositories {
            plain: AggregateRepository::new(Arc::clone(store)),
            often: AggregateRepository::new(Arc::clone(store)),
            cached: AggregateRepository::new(Arc::clone(store)).cache(8),
            later: AggregateRepository::new(Arc::clone(store)),
            mementos: AggregateRepository::new(Arc::clone(store)),
        }
    }

    /// Does the call, and says what the diary holds afterwards and whether the message was known.
    async fn call(&self, id: &Uuid, call: &Call) -> (Vec<u32>, bool) {
        macro_rules! update {
            ($repository:expr) => {{
                let mut update = $repository.update(id, Write(call.numbers.clone()));
                if let Some(message) = call.message {
                    update = update.triggered_by(format!("message {message}"));
                }
                let updated = update.await.unwrap();
                (updated.numbers.clone(), updated.is_duplicate())
            }};
        }
        match call.writer {
            Writer::Plain => update!(self.plain),
            Writer::Often => update!(self.often),
            Writer::OftenCached => update!(self.cached),
            Writer::Later => update!(self.later),
            Writer::Mementos => update!(self.mementos),
        }
    }

    /// The diary as each of them finds it at this version.
    async fn found(&self, id: &Uuid, version: u64) -> [Vec<u32>; 5] {
        [
            self.plain.find(id).at_version(version).await.unwrap().into_state().numbers,
            self.often.find(id).at_version(version).await.unwrap().into_state().numbers,
            self.cached.find(id).at_version(version).await.unwrap().into_state().numbers,
            self.later.find(id).at_version(version).await.unwrap().into_state().numbers,
            self.mementos.find(id).at_version(version).await.unwrap().into_state().numbers,
        ]
    }
}

/// Whatever was written by whom, everybody reads the fold of all events, now and at every version, and a message changes
/// the diary once.
async fn everybody_reads_the_same(store: &Shared, calls: &[Call]) {
    let repositories = Repositories::of(store);
    let id = *repositories.often.save_as(Uuid::now_v7(), Begin).await.unwrap().id();
    let mut expected: Vec<u32> = Vec::new();
    let mut messages = Vec::new();
    for call in calls {
        let known = call.message.is_some_and(|message| messages.contains(&message));
        if !known {
            expected.extend(&call.numbers);
        }
        messages.extend(call.message);
        assert_eq!(repositories.call(&id, call).await, (expected.clone(), known), "{call:?}");
    }
    for version in 1..=expected.len() as u64 + 1 {
        let fold = &expected[..version as usize - 1];
        for found in repositories.found(&id, version).await {
            assert_eq!(found, fold, "at version {version}");
        }
    }
}

fn property(runtime: &Runtime, store: &Shared, cases: u32) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&calls(), |calls| {
        let run = runtime.block_on(async {
            let (store, calls) = (Arc::clone(store), calls.clone());
            tokio::spawn(async move { everybody_reads_the_same(&store, &calls).await }).await
        });
        run.map_err(|panicked| TestCaseError::fail(panicked.to_string()))
    });
    outcome.unwrap();
}

/// What a load shows.
#[derive(Default)]
struct Watched {
    snapshot: Option<Version>,
    events: u64,
}

impl StreamVisitor for Watched {
    fn snapshot(&mut self, snapshot: RawSnapshot<'_>) {
        self.snapshot = Some(snapshot.version);
    }

    fn event(&mut self, _: RawEvent<'_>) -> ControlFlow<()> {
        self.events += 1;
        ControlFlow::Continue(())
    }
}

fn shape<A: Aggregate>() -> String {
    A::SNAPSHOTS.as_ref().unwrap().shape()
}

async fn watch<A: Aggregate>(store: &Shared, id: &Uuid) -> Watched {
    let (mut watched, shape, entity_id) = (Watched::default(), shape::<A>(), id.to_string());
    let query = StreamQuery::new(A::TYPE, &entity_id).snapshot(Some(&shape));
    store.load(query, &mut watched).await.unwrap();
    watched
}

/// A load reads the newest snapshot and the events after it, and no more.
async fn a_load_reads_the_tail(store: &Shared) {
    let diaries = AggregateRepository::<Often>::new(Arc::clone(store));
    let id = *diaries.save_as(Uuid::now_v7(), Begin).await.unwrap().id();
    diaries.update(&id, Write(vec![1, 2, 3, 4])).await.unwrap();
    diaries.update(&id, Write(vec![5])).await.unwrap();
    let watched = watch::<Often>(store, &id).await;
    assert_eq!((watched.snapshot, watched.events), (Some(Version::new(5)), 1));
    assert_eq!(diaries.find(&id).await.unwrap().numbers, [1, 2, 3, 4, 5]);
}

/// A diary of 1, 2 and 3, written without snapshots.
async fn without_snapshots(store: &Shared) -> Uuid {
    let plain = AggregateRepository::<Plain>::new(Arc::clone(store));
    let id = *plain.save_as(Uuid::now_v7(), Begin).await.unwrap().id();
    plain.update(&id, Write(vec![1, 2, 3])).await.unwrap();
    id
}

/// Keeps a snapshot of a version, with the id of the event of that version or else of the last one.
async fn keep(store: &Shared, id: &Uuid, version: u64, shape: String, data: &str) {
    let (mut event_id, entity_id) = (None, id.to_string());
    let visit = &mut |event: RawEvent<'_>| {
        if event.version <= Version::new(version) {
            event_id = Some(event.event_id);
        }
        ControlFlow::Continue(())
    };
    store.load(StreamQuery::new(Often::TYPE, &entity_id), visit).await.unwrap();
    let snapshot = NewSnapshot {
        entity_type: Often::TYPE,
        entity_id,
        version: Version::new(version),
        event_id: event_id.unwrap(),
        shape: shape.into(),
        data: data.into(),
        keep: 2,
    };
    store.keep_snapshot(snapshot).await.unwrap();
}

/// A snapshot that can't be read is as good as none, and whoever reads or changes the entity next leaves one that can.
async fn a_corrupt_snapshot_is_ignored_and_rebuilt(store: &Shared) {
    for corrupt in ["{", "null", r#"{"numbers":["seven"]}"#, r#"{"pages":[]}"#] {
        let diaries = AggregateRepository::<Often>::new(Arc::clone(store));
        let id = without_snapshots(store).await;
        keep(store, &id, 3, shape::<Often>(), corrupt).await;
        assert_eq!(watch::<Often>(store, &id).await.snapshot, Some(Version::new(3)), "{corrupt}");

        assert_eq!(diaries.find(&id).await.unwrap().numbers, [1, 2, 3], "{corrupt}");
        let updated = diaries.update(&id, Write(vec![4])).await.unwrap();
        assert_eq!(updated.numbers, [1, 2, 3, 4], "{corrupt}");
        // Kept by the find, which doesn't wait for it, or else by the update.
        let watched = watch::<Often>(store, &id).await;
        let rebuilt = watched.snapshot.unwrap();
        assert!(rebuilt > Version::new(3) && rebuilt.plus(watched.events) == 5, "{corrupt}");
        assert_eq!(diaries.find(&id).await.unwrap().numbers, [1, 2, 3, 4], "{corrupt}");
    }
}

/// One that can't be read is replaced at once, also where the rules ask for none yet: 5 isn't even.
async fn a_corrupt_snapshot_makes_one_due(store: &Shared) {
    let diaries = AggregateRepository::<Mementos>::new(Arc::clone(store));
    let id = without_snapshots(store).await;
    keep(store, &id, 3, shape::<Mementos>(), r#""one two""#).await;
    let updated = diaries.update(&id, Write(vec![5])).await.unwrap();
    assert_eq!(updated.numbers, [1, 2, 3, 5]);
    assert_eq!(watch::<Mementos>(store, &id).await.snapshot, Some(Version::new(5)));
}

/// As where events were lost that a snapshot was taken of: the events that are there count.
async fn a_snapshot_beyond_the_stream_is_ignored(store: &Shared) {
    let diaries = AggregateRepository::<Often>::new(Arc::clone(store));
    let id = without_snapshots(store).await;
    keep(store, &id, 9, shape::<Often>(), r#"{"numbers":[1,2,3,4,5,6,7,8]}"#).await;
    assert_eq!(watch::<Often>(store, &id).await.snapshot, None);
    assert_eq!(diaries.find(&id).await.unwrap().numbers, [1, 2, 3]);
}

/// Runs all of it on a store, on a runtime of its own.
fn prove<K>(cases: u32, open: impl Future<Output = (Shared, K)>) {
    let runtime = Runtime::new().unwrap();
    let (store, keep) = runtime.block_on(open);
    runtime.block_on(a_load_reads_the_tail(&store));
    runtime.block_on(a_corrupt_snapshot_is_ignored_and_rebuilt(&store));
    runtime.block_on(a_corrupt_snapshot_makes_one_due(&store));
    runtime.block_on(a_snapshot_beyond_the_stream_is_ignored(&store));
    property(&runtime, &store, cases);
    drop(store);
    runtime.block_on(async { drop(keep) });
}

async fn opened(url: &str) -> Shared {
    Arc::new(SqlxEventStore::connect(url).await.unwrap())
}

#[test]
fn snapshots_change_nothing_in_memory() {
    prove(200, async { (Arc::new(MemoryEventStore::new()) as Shared, ()) });
}

#[test]
fn snapshots_change_nothing_on_sqlite() {
    prove(60, async { (opened("sqlite::memory:").await, ()) });
}

#[test]
fn snapshots_change_nothing_on_postgres() {
    prove(40, async {
        let schema = postgres::Schema::new().await;
        (opened(&schema.url()).await, schema)
    });
}

#[test]
fn snapshots_change_nothing_on_mariadb() {
    prove(40, async {
        let database = mysql::Database::new().await;
        (opened(&database.url()).await, database)
    });
}
