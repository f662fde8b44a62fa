//! Futures that are dropped anywhere leave whole appends and free connections.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use common::{File, TYPE, append, load, stream, version};
use es_core::MessageKey;
use es_core::store::{AppendError, EventStore, StoreError, StreamQuery};
use es_sqlx::{SqlxEventStore, SqlxTransactionExt};
use sqlx::SqliteConnection;

/// Polls a future so many times at most, then drops it.
async fn polled<T>(future: impl Future<Output = T>, mut times: u32) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        if times == 0 {
            return Poll::Ready(None);
        }
        times -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// What is known of the append that a message names.
struct Attempt {
    entity: String,
    events: u64,
    acknowledged: bool,
}

/// Each attempt is stored whole, with its message, or not at all; an acknowledged one is stored. Returns how many are
/// stored that were not acknowledged, and how many are not stored.
async fn check(
    store: &SqlxEventStore,
    sql: &mut SqliteConnection,
    attempts: &HashMap<String, Attempt>,
) -> [u32; 2] {
    let (mut unheard, mut absent) = (0, 0);
    let stored: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT m.message_id, (SELECT count(*) FROM events e WHERE e.triggering_event = m.message_id),
                (SELECT count(DISTINCT entity_id) FROM events e WHERE e.triggering_event = m.message_id)
           FROM processed_messages m",
    )
    .fetch_all(&mut *sql)
    .await
    .unwrap();
    let stored: HashMap<String, (i64, i64)> =
        stored.into_iter().map(|(id, n, entities)| (id, (n, entities))).collect();
    let mut events = 0;
    for (message, attempt) in attempts {
        match stored.get(message) {
            Some(&(count, entities)) => {
                assert_eq!((count.cast_unsigned(), entities), (attempt.events, 1), "{message}");
                unheard += u32::from(!attempt.acknowledged);
                events += attempt.events;
            }
            None => {
                assert!(!attempt.acknowledged, "{message} was acknowledged, and is gone");
                absent += 1;
            }
        }
    }
    let all: (i64, i64) =
        sqlx::query_as("SELECT count(*), (SELECT sum(entity_version) FROM entities) FROM events")
            .fetch_one(sql)
            .await
            .unwrap();
    assert_eq!(all, (events.cast_signed(), events.cast_signed()));
    for id in
        attempts.values().map(|attempt| &attempt.entity).collect::<std::collections::HashSet<_>>()
    {
        let (head, events) = stream(store, id).await;
        assert_eq!(head.version.get(), events.len() as u64);
    }
    [unheard, absent]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_whose_future_is_dropped_is_stored_whole_or_not_at_all() {
    let file = File::new();
    let store = file.store().await;
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut attempts = HashMap::new();
                for n in 0..250 {
                    let entity = format!("entity-{}", fastrand::u32(0..6));
                    let (events, message) = (fastrand::u64(1..40), format!("{task}-{n}"));
                    let mut append = append(&entity, version(&store, &entity).await, events);
                    append.message = Some(MessageKey::new(message.as_str()));
                    let outcome = polled(store.append(append), fastrand::u32(0..8)).await;
                    if let Some(Err(error)) = &outcome {
                        let lost = matches!(
                            error,
                            AppendError::Conflict { .. } | AppendError::AlreadyExists { .. }
                        );
                        assert!(lost, "{error:?}");
                    }
                    let acknowledged = matches!(outcome, Some(Ok(_)));
                    attempts.insert(message, Attempt { entity, events, acknowledged });
                }
                attempts
            })
        })
        .collect();
    let mut attempts = HashMap::new();
    for task in tasks {
        attempts.extend(task.await.unwrap());
    }
    // What was sent before goes first, so all of it is over when this is.
    common::append_one(&file.store().await, "last").await;
    drop(store.begin().await.unwrap());

    let mut sql = file.sql().await;
    sqlx::raw_sql("DELETE FROM events WHERE entity_id = 'last'; DELETE FROM entities WHERE entity_id = 'last'")
        .execute(&mut sql)
        .await
        .unwrap();
    let [unheard, absent] = check(&store, &mut sql, &attempts).await;
    assert!(
        unheard > 0 && absent > 0,
        "{unheard} stored unheard of, {absent} absent: the test tests too little"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_whose_future_is_dropped_is_stored_whole_or_not_at_all() {
    let file = File::new();
    let store = file.store().await;
    let mut sql = file.sql().await;
    sqlx::query("CREATE TABLE notes (half TEXT)").execute(&mut sql).await.unwrap();
    let (mut told, mut untold) = (0, 0);
    for n in 0..400 {
        let change = async {
            let mut transaction = store.begin().await.unwrap();
            for half in ["first", "second"] {
                sqlx::query("INSERT INTO notes VALUES (?)")
                    .bind(half)
                    .execute(transaction.sqlite().unwrap())
                    .await
                    .unwrap();
            }
            match n % 3 {
                0 => transaction.rollback().await.map(|()| false),
                _ => transaction.commit().await.map(|()| true),
            }
        };
        match polled(change, fastrand::u32(0..12)).await {
            Some(Ok(true)) => told += 1,
            Some(Err(error)) => panic!("{error:?}"),
            Some(Ok(false)) | None => untold += 1,
        }
    }
    drop(store.begin().await.unwrap());

    let halves = "SELECT (SELECT count(*) FROM notes WHERE half = 'first'), (SELECT count(*) FROM notes WHERE half = 'second')";
    let (first, second): (i64, i64) = sqlx::query_as(halves).fetch_one(&mut sql).await.unwrap();
    assert_eq!(first, second);
    assert!(told > 0 && untold > 0, "{told} told, {untold} untold: the test tests too little");
    assert!(
        (told..=told + untold).contains(&first),
        "{first} stored, {told} told, {untold} untold"
    );
    common::append_one(&store, "ada").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_whose_future_is_dropped_leaves_its_connection_free() {
    let file = File::new();
    let store = SqlxEventStore::builder().max_connections(1).connect(&file.url()).await.unwrap();
    store.append(append("ada", 0, 3_000)).await.unwrap();
    let mut whole = 0;
    for _ in 0..200 {
        whole += u32::from(polled(stream(&store, "ada"), fastrand::u32(0..20)).await.is_some());
    }
    assert!(whole < 200, "the test tests too little");
    let (head, events) = load(&store, StreamQuery::new(TYPE, "ada")).await.unwrap();
    assert_eq!((head.version.get(), events.len()), (3_000, 3_000));
}

#[tokio::test]
async fn an_append_that_is_dropped_on_its_way_is_not_committed() {
    let file = File::new();
    let store = file.store().await;
    let (mut abandoned, mut whole) = (0, 0);
    for times in 0..60 {
        let mut transaction = store.begin().await.unwrap();
        transaction.append(append(&format!("kept {times}"), 0, 1)).await.unwrap();
        let entity = format!("dropped {times}");
        let heard = polled(transaction.append(append(&entity, 0, 1)), times / 3).await.is_some();
        let committed = transaction.commit().await;

        let versions =
            [version(&store, &format!("kept {times}")).await, version(&store, &entity).await];
        match (heard, times / 3) {
            (true, _) => {
                committed.unwrap();
                assert_eq!(versions, [1, 1]);
                whole += 1;
            }
            (false, 0) => {
                committed.unwrap();
                assert_eq!(versions, [1, 0], "what was never begun is no harm");
            }
            (false, _) => {
                assert!(matches!(committed, Err(StoreError::Abandoned)), "{committed:?}");
                assert_eq!(versions, [0, 0]);
                abandoned += 1;
            }
        }
    }
    assert!(abandoned > 0 && whole > 0, "{abandoned} {whole}");
}
