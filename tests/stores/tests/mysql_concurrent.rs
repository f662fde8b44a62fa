//! Writers of several processes at once on MariaDB and MySQL: groups, transactions, deadlocks, and futures that are
//! dropped. Whatever happens, what is stored is whole, and all of what was acknowledged (S8, S9, S11).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use es_core::store::{Append, AppendError, EventStore, RawEvent, StoreError, StreamQuery};
use es_core::{
    EncodeError, EventId, Failure, MessageKey, StoredEvent, Timestamp, Transaction, Version,
};
use es_sqlx::SqlxEventStore;
use store_tests::{Begin, Journal, Note};
use tokio::time::timeout;

use self::database::Database;

const ENTITIES: u32 = 12;

struct Raw;

impl StoredEvent for Raw {
    fn event_type(&self) -> &'static str {
        "Written"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(b"null");
        Ok(())
    }
}

/// What is known of the change that a message names.
#[derive(Debug)]
struct Attempt {
    events: i64,
    acknowledged: bool,
}

async fn version(store: &SqlxEventStore, id: &str) -> Version {
    let visit = &mut |_: RawEvent<'_>| ControlFlow::Continue(());
    let head = store.load(StreamQuery::new("Text", id).limit(0), visit).await;
    head.expect("it is read").version
}

fn append(id: String, expected: Version, message: &str, events: i64) -> Append {
    let mut append = Append::new("Text", id, expected, Timestamp::now());
    append.message = Some(MessageKey::new(message));
    for _ in 0..events {
        append.push(EventId::new(), &Raw).expect("it can be pushed");
    }
    append
}

/// An append to a random entity, given up after a random time.
async fn write(store: &SqlxEventStore, message: &str) -> Attempt {
    let id = match fastrand::u8(0..4) {
        0 => format!("{message} new"),
        _ => format!("entity {}", fastrand::u32(0..ENTITIES)),
    };
    let events = fastrand::i64(1..6);
    let append = append(id.clone(), version(store, &id).await, message, events);
    let patience = Duration::from_micros(fastrand::u64(0..8_000));
    let acknowledged = match timeout(patience, store.append(append)).await {
        Ok(Ok(_)) => true,
        Ok(Err(AppendError::Conflict { .. } | AppendError::AlreadyExists { .. })) | Err(_) => false,
        Ok(Err(error)) => panic!("{error:?}"),
    };
    Attempt { events, acknowledged }
}

async fn all_is_whole(database: &Database, attempts: &HashMap<String, Attempt>) -> [usize; 3] {
    let mut sql = database.sql().await;
    let stored: Vec<(Vec<u8>, i64, i64)> = sqlx::query_as(
        "SELECT m.message_id, COUNT(e.seq), COUNT(DISTINCT e.entity_id)
           FROM processed_messages m
           LEFT JOIN events e ON e.entity_type = m.entity_type AND e.entity_id = m.entity_id
                             AND e.triggering_event = m.message_id
          GROUP BY m.message_id",
    )
    .fetch_all(&mut sql)
    .await
    .expect("the messages");
    let stored: HashMap<String, (i64, i64)> = stored
        .into_iter()
        .map(|(id, events, entities)| (String::from_utf8(id).expect("a name"), (events, entities)))
        .collect();
    let (mut heard, mut unheard, mut absent) = (0, 0, 0);
    for (message, attempt) in attempts {
        match stored.get(message) {
            Some(&counts) => {
                assert_eq!(counts, (attempt.events, 1), "{message}");
                heard += usize::from(attempt.acknowledged);
                unheard += usize::from(!attempt.acknowledged);
            }
            None => {
                assert!(!attempt.acknowledged, "{message} was acknowledged, and is gone");
                absent += 1;
            }
        }
    }
    for (what, wrong) in [
        (
            "an entity whose version isn't the number of its events",
            "SELECT COUNT(*) FROM entities a
              WHERE a.entity_version <> (SELECT COUNT(*) FROM events e WHERE e.entity_type = a.entity_type
                                                                      AND e.entity_id = a.entity_id)",
        ),
        (
            "an event without an entity",
            "SELECT COUNT(*) FROM events e LEFT JOIN entities a ON a.entity_type = e.entity_type
                                                               AND a.entity_id = e.entity_id
              WHERE a.entity_id IS NULL OR e.entity_version > a.entity_version",
        ),
        (
            "an event without its message",
            "SELECT COUNT(*) FROM events e LEFT JOIN processed_messages m
                 ON m.entity_type = e.entity_type AND m.entity_id = e.entity_id AND m.message_id = e.triggering_event
              WHERE e.triggering_event IS NOT NULL AND m.message_id IS NULL",
        ),
        (
            "a stream against the order of `seq`",
            "SELECT COUNT(*) FROM events a JOIN events b
                 ON a.entity_type = b.entity_type AND a.entity_id = b.entity_id AND b.entity_version = a.entity_version + 1
              WHERE a.seq > b.seq",
        ),
    ] {
        let wrong: i64 = sqlx::query_scalar(wrong).fetch_one(&mut sql).await.expect("a number");
        assert_eq!(wrong, 0, "{what}");
    }
    [heard, unheard, absent]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_that_are_dropped_are_whole_or_absent_among_many_writers() {
    let database = Database::new().await;
    let mut tasks = Vec::new();
    for process in 0..3 {
        let builder = SqlxEventStore::builder().group_commit(process < 2).max_connections(5);
        let store = builder.connect(&database.url()).await.expect("a store");
        for task in 0..8 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                let mut attempts = HashMap::new();
                for n in 0..60 {
                    let message = format!("{process} {task} {n}");
                    let attempt = write(&store, &message).await;
                    attempts.insert(message, attempt);
                }
                attempts
            }));
        }
    }
    let mut attempts = HashMap::new();
    for task in tasks {
        attempts.extend(task.await.expect("no panic"));
    }
    settled(&database).await;

    let [heard, unheard, absent] = all_is_whole(&database, &attempts).await;
    assert!(
        heard > 0 && unheard > 0 && absent > 0,
        "{heard} acknowledged, {unheard} stored unheard of, {absent} absent: the test tests too little"
    );
}

/// Waits until the server has done all that it was asked.
async fn settled(database: &Database) {
    let busy = "SELECT COUNT(*) FROM information_schema.processlist
                 WHERE db = DATABASE() AND command <> 'Sleep' AND id <> CONNECTION_ID()";
    let mut sql = database.sql().await;
    for _ in 0..100 {
        let busy: i64 = sqlx::query_scalar(busy).fetch_one(&mut sql).await.expect("a number");
        if busy == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the server is still busy");
}

async fn begin(store: &SqlxEventStore) -> Transaction {
    store.begin().await.expect("a transaction")
}

// In any order, so that they often wait for each other in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_and_groups_over_the_same_entities_lose_nothing() {
    let database = Database::new().await;
    let store = SqlxEventStore::connect(&database.url()).await.expect("a store");
    let journals = es_core::AggregateRepository::<Journal>::new(store.clone());
    let ids: Vec<String> = (0..5).map(|n| format!("journal {n}")).collect();
    for id in &ids {
        let begin = Begin { batch: "first".to_owned(), of: 1 };
        journals.save_as(id.clone(), begin).await.expect("it is saved");
    }
    let deadlocks = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..8_u32)
        .map(|task| {
            let (store, journals, ids) = (store.clone(), journals.clone(), ids.clone());
            let deadlocks = Arc::clone(&deadlocks);
            tokio::spawn(async move {
                let mut entries = 0;
                let note = || Note { batch: "n".to_owned(), of: 2 };
                // As long as it takes until they have met.
                for n in 0..1_000 {
                    if n >= 25 && deadlocks.load(Ordering::Relaxed) > 0 {
                        break;
                    }
                    if task % 2 == 0 {
                        let id = &ids[fastrand::usize(0..ids.len())];
                        match journals.update(id, note()).await {
                            Ok(_) => entries += 2,
                            Err(error) => assert!(error.to_string().contains("version"), "{error}"),
                        }
                        continue;
                    }
                    let mut transaction = begin(&store).await;
                    let mut written = 0;
                    for _ in 0..2 {
                        let id = &ids[fastrand::usize(0..ids.len())];
                        match journals.within(&mut transaction).update(id, note()).await {
                            Ok(_) => written += 2,
                            Err(Failure::Conflict { .. }) => {}
                            Err(Failure::Store(StoreError::Contended(_))) => {
                                deadlocks.fetch_add(1, Ordering::Relaxed);
                                written = -1;
                                break;
                            }
                            Err(error) => panic!("{error:?}"),
                        }
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    if written < 0 || fastrand::u8(0..5) == 0 {
                        transaction.rollback().await.expect("a rollback");
                    } else {
                        transaction.commit().await.expect("it commits");
                        entries += written;
                    }
                }
                entries
            })
        })
        .collect();
    let mut entries = ids.len() as i64;
    for task in tasks {
        entries += task.await.expect("no panic");
    }

    assert!(deadlocks.load(Ordering::Relaxed) > 0, "the test tests too little");
    all_is_whole(&database, &HashMap::new()).await;
    let mut sql = database.sql().await;
    let stored: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events")
        .fetch_one(&mut sql)
        .await
        .expect("a number");
    assert_eq!(stored, entries, "all that was acknowledged, and nothing else");
}
