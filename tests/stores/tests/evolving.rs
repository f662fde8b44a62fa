//! Whatever versions of events are stored, in whatever order, the state, every earlier state and the history are what the
//! steps make of them, with snapshots and without; and what is stored stays (E1, R16), on every store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod mysql;
#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod postgres;

#[path = "evolving/ledger.rs"]
mod ledger;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use es_core::prelude::*;
use es_core::store::{Append, RawEvent, StreamQuery};
use es_core::{EncodeError, EventId, StoredEvent, Timestamp, Uuid};
use es_sqlx::SqlxEventStore;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use self::ledger::often::{Add, Often};
use self::ledger::plain::Plain;

/// A row as some version of the program stored it.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    event_type: &'static str,
    version: u32,
    json: Value,
    /// What it means now.
    means: Vec<(&'static str, Value)>,
}

impl Row {
    fn new(event_type: &'static str, version: u32, json: Value) -> Self {
        Row { event_type, version, json, means: Vec::new() }
    }

    fn meaning(mut self, event_type: &'static str, json: Value) -> Self {
        self.means.push((event_type, json));
        self
    }
}

impl StoredEvent for Row {
    fn event_type(&self) -> &'static str {
        self.event_type
    }

    fn schema_version(&self) -> u32 {
        self.version
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend(self.json.to_string().bytes());
        Ok(())
    }
}

fn opening() -> impl Strategy<Value = Row> {
    (1..4_u32, 0..9_u32).prop_map(|(version, since)| {
        let (json, means) = match version {
            1 => (json!({ "who": "Ada" }), (0, "none")),
            2 => (json!({ "who": "Ada", "since": since }), (since, "none")),
            _ => (json!({ "who": "Ada", "since": since, "rank": "first" }), (since, "first")),
        };
        Row::new("Opened", version, json)
            .meaning("Opened", json!({ "who": "Ada", "since": means.0, "rank": means.1 }))
    })
}

fn row() -> impl Strategy<Value = Row> {
    let added = (1..5_u32, 0..1000_u32).prop_map(|(version, n)| {
        let json = match version {
            1 => json!({ "text": n.to_string() }),
            2 => json!({ "number": n }),
            3 => json!({ "value": n }),
            _ => json!({ "n": n }),
        };
        Row::new("Added", version, json).meaning("Added", json!({ "n": n }))
    });
    let corrected = any::<u16>().prop_map(|n| {
        Row::new("Corrected", 1, json!({ "n": n, "why": "error" }))
            .meaning("Noted", json!({ "text": "error" }))
            .meaning("Added", json!({ "n": n }))
            .meaning("Noted", json!({ "text": "end" }))
    });
    let seen = any::<bool>().prop_map(|said| match said {
        true => {
            Row::new("Seen", 1, json!({ "said": "hi" })).meaning("Noted", json!({ "text": "hi" }))
        }
        false => Row::new("Seen", 1, json!({ "device": 7 })),
    });
    let noted = prop::sample::select(vec!["Noted", "Remarked"]).prop_map(|name| {
        Row::new(name, 1, json!({ "text": "x" })).meaning("Noted", json!({ "text": "x" }))
    });
    let pseudo = Just(Row::new("$Asked", 1, json!({})));
    prop_oneof![4 => added, 2 => corrected, 2 => grouped(), 2 => seen, 1 => noted, 1 => pseudo]
}

/// Notes in groups of groups, which are split by one step after the other.
fn grouped() -> impl Strategy<Value = Row> {
    let note = || prop_oneof![Just(json!("first")), Just(json!("second"))];
    let group = |member: BoxedStrategy<Value>| prop::collection::vec(member, 1..4);
    let innermost = group(prop_oneof![note(), (0..1000_u32).prop_map(Value::from)].boxed());
    let inner = group(prop_oneof![note(), innermost.prop_map(Value::from)].boxed());
    let outer = group(prop_oneof![note(), inner.prop_map(Value::from)].boxed());
    outer.prop_map(|members| {
        let json = Value::from(members);
        Row { means: leaves(&json), ..Row::new("Grouped", 1, json) }
    })
}

fn leaves(json: &Value) -> Vec<(&'static str, Value)> {
    match json {
        Value::Array(members) => members.iter().flat_map(leaves).collect(),
        Value::Number(n) => vec![("Added", json!({ "n": n }))],
        text => vec![("Noted", json!({ "text": text }))],
    }
}

/// One call, so many minutes after the one before. Clocks are set back now and then.
#[derive(Debug, Clone)]
struct Call {
    minutes: i64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// An older program stores these.
    Rows(Vec<Row>),
    /// This one adds these, and takes snapshots.
    Adds(Vec<u32>),
}

fn calls() -> impl Strategy<Value = (Row, Vec<Call>)> {
    let what = prop_oneof![
        prop::collection::vec(row(), 1..5).prop_map(What::Rows),
        prop::collection::vec(0..1000_u32, 1..4).prop_map(What::Adds)
    ];
    let call = (-1..3_i64, what).prop_map(|(minutes, what)| Call { minutes, what });
    (opening(), prop::collection::vec(call, 0..8))
}

type Shared = Arc<dyn EventStore>;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
}

/// What is stored, as a reader of rows sees it.
type Stored = (EventId, String, u32, Vec<u8>);

async fn stored(store: &Shared, id: &Uuid) -> Vec<Stored> {
    let (mut stored, id) = (Vec::new(), id.to_string());
    let visit = &mut |raw: RawEvent<'_>| {
        let data = raw.data.to_vec();
        stored.push((raw.event_id, raw.event_type.to_owned(), raw.schema_version, data));
        ControlFlow::Continue(())
    };
    store.load(StreamQuery::new(Often::TYPE, &id), visit).await.unwrap();
    stored
}

/// Stores rows as an older program did.
async fn store_rows(store: &Shared, id: &Uuid, expected: usize, minute: i64, rows: &[Row]) {
    let expected = Version::new(expected as u64);
    let mut append = Append::new(Often::TYPE, id.to_string(), expected, at(minute));
    for row in rows {
        append.push(EventId::new(), row).unwrap();
    }
    store.append(append).await.unwrap();
}

/// Does the calls; gives each row with its minute, as written and as stored.
async fn run(store: &Shared, id: &Uuid, first: &Row, calls: &[Call]) -> Vec<(i64, Row, Stored)> {
    let mut written = vec![(0, first.clone())];
    let mut rows = Vec::new();
    let mut minute = 0;
    store_rows(store, id, 0, 0, std::slice::from_ref(first)).await;
    rows.extend(stored(store, id).await);
    for call in calls {
        minute += call.minutes;
        match &call.what {
            What::Rows(rows) => {
                store_rows(store, id, written.len(), minute, rows).await;
                written.extend(rows.iter().map(|row| (minute, row.clone())));
            }
            What::Adds(numbers) => {
                let often = AggregateRepository::<Often>::new(Arc::clone(store));
                let often = often.clock(move || at(minute));
                let updated = often.update(id, Add(numbers.clone())).await.unwrap();
                assert_eq!(updated.version().get() as usize, written.len() + numbers.len());
                written.extend(numbers.iter().map(|n| {
                    let row = Row::new("Added", 4, json!({ "n": n }));
                    (minute, row.meaning("Added", json!({ "n": n })))
                }));
            }
        }
        // As it is the moment it was stored.
        let so_far = rows.len();
        rows.extend(stored(store, id).await.into_iter().skip(so_far));
    }
    written.into_iter().zip(rows).map(|((minute, row), stored)| (minute, row, stored)).collect()
}

/// What these rows mean.
fn meaning<'r>(rows: impl IntoIterator<Item = &'r (i64, Row, Stored)>) -> Vec<(String, Value)> {
    let means = rows.into_iter().flat_map(|(_, row, _)| row.means.iter().cloned());
    means.map(|(name, json)| (name.to_owned(), json)).collect()
}

async fn all_is_as_the_steps_say(store: &Shared, first: &Row, calls: &[Call]) {
    let id = Uuid::now_v7();
    let rows = run(store, &id, first, calls).await;
    let plain = AggregateRepository::<Plain>::new(Arc::clone(store));
    let often = AggregateRepository::<Often>::new(Arc::clone(store));

    assert_eq!(plain.find(&id).await.unwrap().facts, meaning(&rows));
    assert_eq!(often.find(&id).await.unwrap().facts, meaning(&rows));
    for version in 1..=rows.len() {
        let prefix = meaning(&rows[..version]);
        let found = plain.find(&id).at_version(version as u64).await.unwrap();
        assert_eq!(found.facts, prefix, "at version {version}");
        let found = often.find(&id).at_version(version as u64).await.unwrap();
        assert_eq!(found.facts, prefix, "at version {version}, with snapshots");
    }
    for minute in 0..=rows.iter().map(|(minute, ..)| *minute).max().unwrap() {
        let prefix = rows.iter().take_while(|(decided, ..)| *decided <= minute);
        let found = often.find(&id).as_of(at(minute)).await.unwrap();
        assert_eq!(found.facts, meaning(prefix), "at minute {minute}");
    }

    let history = often.history(&id).page_size(3).await.unwrap().collect().await.unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|event| (event.event_type().to_owned(), serde_json::from_str(event.json()).unwrap()))
        .collect();
    assert_eq!(told, meaning(&rows));
    let ids: Vec<_> = history.iter().map(|event| event.id()).collect();
    each_has_an_id_of_its_own(&rows, &ids);
    let again = plain.history(&id).await.unwrap().collect().await.unwrap();
    assert_eq!(again.iter().map(|event| event.id()).collect::<Vec<_>>(), ids);

    let before: Vec<_> = rows.into_iter().map(|(_, _, stored)| stored).collect();
    assert_eq!(stored(store, &id).await, before);
}

/// The first thing that a row means has the row's id, and no two have the same.
fn each_has_an_id_of_its_own(rows: &[(i64, Row, Stored)], ids: &[EventId]) {
    let distinct: HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
    let mut ids = ids.iter();
    for (_, row, (stored, ..)) in rows.iter().filter(|(_, row, _)| !row.means.is_empty()) {
        assert_eq!(ids.next(), Some(stored));
        for _ in 1..row.means.len() {
            ids.next();
        }
    }
}

/// Runs it on a store, on a runtime of its own.
fn prove<K>(cases: u32, open: impl Future<Output = (Shared, K)>) {
    let runtime = Runtime::new().unwrap();
    let (store, keep) = runtime.block_on(open);
    property(&runtime, &store, cases);
    drop(store);
    runtime.block_on(async { drop(keep) });
}

fn property(runtime: &Runtime, store: &Shared, cases: u32) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&calls(), |(first, calls)| {
        let run = runtime.block_on(async {
            let store = Arc::clone(store);
            tokio::spawn(async move { all_is_as_the_steps_say(&store, &first, &calls).await }).await
        });
        run.map_err(|panicked| TestCaseError::fail(panicked.to_string()))
    });
    outcome.unwrap();
}

async fn opened(url: &str) -> Shared {
    Arc::new(SqlxEventStore::connect(url).await.unwrap())
}

#[test]
fn old_events_mean_what_their_steps_say_in_memory() {
    prove(200, async { (Arc::new(MemoryEventStore::new()) as Shared, ()) });
}

#[test]
fn old_events_mean_what_their_steps_say_on_sqlite() {
    prove(60, async { (opened("sqlite::memory:").await, ()) });
}

#[test]
fn old_events_mean_what_their_steps_say_on_postgres() {
    prove(40, async {
        let schema = postgres::Schema::new().await;
        (opened(&schema.url()).await, schema)
    });
}

#[test]
fn old_events_mean_what_their_steps_say_on_mariadb() {
    prove(40, async {
        let database = mysql::Database::new().await;
        (opened(&database.url()).await, database)
    });
}
