//! Connections to PostgreSQL that are lost: nothing is stored twice, and nothing that was acknowledged is missing.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "postgres/proxy.rs"]
mod proxy;
#[path = "postgres/schema.rs"]
mod schema;

use std::time::{Duration, Instant};

use common::{append, stream, version};
use es_core::MessageKey;
use es_core::store::{AppendError, EventStore, StoreError};
use es_sqlx::{SqlxEventStore, SqlxTransactionExt};
use proxy::{Cut, Proxy};
use schema::Schema;

/// A store behind a proxy, with the statements of this test prepared on its only connection in use.
async fn store(schema: &Schema) -> (SqlxEventStore, Proxy) {
    let proxy = Proxy::new().await;
    let limit = Duration::from_secs(3);
    let builder = SqlxEventStore::builder().acquire_timeout(limit).statement_timeout(limit);
    let store = builder.connect(&schema.url_at(&proxy.url())).await.unwrap();
    store.append(append("warm", 0, 1)).await.unwrap();
    store.append(append("warm", 1, 1)).await.unwrap();
    assert_eq!(stream(&store, "warm").await.0.version.get(), 2);
    (store, proxy)
}

#[tokio::test]
async fn an_append_whose_connection_is_lost_is_stored_once() {
    for cut in [Cut::BeforeRequest, Cut::BeforeResponse] {
        let schema = Schema::new().await;
        let (store, proxy) = store(&schema).await;

        proxy.cut([cut]);
        let created = store.append(append("ada", 0, 3)).await;
        proxy.cut([cut]);
        let mut next = append("ada", 3, 2);
        next.message = Some(MessageKey::new("m"));
        let changed = store.append(next.clone()).await;

        assert_eq!(proxy.cuts_left(), 0);
        assert_eq!(created.unwrap().version.get(), 3, "{cut:?}");
        assert_eq!(changed.unwrap().version.get(), 5, "{cut:?}");
        let (head, events) = stream(&store, "ada").await;
        assert_eq!((head.version.get(), events.len()), (5, 5), "{cut:?}");
        let again = store.append(next).await;
        assert!(matches!(again, Err(AppendError::Duplicate)), "{again:?}");
    }
}

#[tokio::test]
async fn a_message_without_events_whose_connection_is_lost_is_stored_once() {
    for cut in [Cut::BeforeRequest, Cut::BeforeResponse] {
        let schema = Schema::new().await;
        let (store, proxy) = store(&schema).await;
        let mut nothing = append("warm", 2, 0);
        nothing.message = Some(MessageKey::new("before"));
        store.append(nothing.clone()).await.unwrap();

        nothing.message = Some(MessageKey::new("m"));
        proxy.cut([cut]);
        let remembered = store.append(nothing.clone()).await;

        assert_eq!(remembered.unwrap().version.get(), 2, "{cut:?}");
        let again = store.append(nothing).await;
        assert!(matches!(again, Err(AppendError::Duplicate)), "{again:?}");
    }
}

#[tokio::test]
async fn an_append_that_lost_its_race_and_its_connection_is_told_that_it_lost() {
    let schema = Schema::new().await;
    let (store, proxy) = store(&schema).await;
    for cut in [Cut::BeforeRequest, Cut::BeforeResponse] {
        proxy.cut([cut]);
        let lost = store.append(append("warm", 1, 1)).await;
        assert!(
            matches!(lost, Err(AppendError::Conflict { actual, .. }) if actual == 2),
            "{lost:?}"
        );
    }
    assert_eq!(version(&store, "warm").await, 2);
}

#[tokio::test]
async fn an_append_that_is_cut_again_and_again_is_stored_once_or_its_outcome_is_unknown() {
    for cuts in [
        [Cut::BeforeRequest, Cut::BeforeRequest, Cut::BeforeRequest],
        [Cut::BeforeResponse, Cut::BeforeRequest, Cut::BeforeResponse],
        [Cut::BeforeResponse, Cut::BeforeResponse, Cut::BeforeResponse],
    ] {
        for count in 2..=6 {
            let schema = Schema::new().await;
            let (store, proxy) = store(&schema).await;

            proxy.cut(cuts.into_iter().cycle().take(count));
            let appended = store.append(append("ada", 0, 2)).await;
            proxy.forget_cuts();

            let stored = version(&store, "ada").await;
            match appended {
                Ok(appended) => assert_eq!((appended.version.get(), stored), (2, 2)),
                Err(AppendError::Store(StoreError::OutcomeUnknown(_))) => {
                    assert!([0, 2].contains(&stored), "{stored}");
                }
                Err(error) => panic!("{cuts:?} {count}: {error:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_waited_for_no_longer_than_the_limit() {
    let schema = Schema::new().await;
    let proxy = Proxy::new().await;
    let limit = Duration::from_millis(200);
    let builder = SqlxEventStore::builder().statement_timeout(limit);
    let store = builder.connect(&schema.url_at(&proxy.url())).await.unwrap();
    store.append(append("ada", 0, 1)).await.unwrap();
    store.append(append("ada", 1, 1)).await.unwrap();

    let start = Instant::now();
    proxy.cut([Cut::Silence]);
    let appended = store.append(append("ada", 2, 1)).await;
    assert_eq!(appended.unwrap().version.get(), 3);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());

    proxy.cut([Cut::Silence]);
    assert_eq!(version(&store, "ada").await, 3);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_read_whose_connection_is_lost_is_done_again() {
    let schema = Schema::new().await;
    let (store, proxy) = store(&schema).await;
    assert_eq!(store.entities(common::TYPE, None, 10).await.unwrap(), ["warm"]);
    for cut in [Cut::BeforeRequest, Cut::BeforeResponse] {
        proxy.cut([cut]);
        assert_eq!(version(&store, "warm").await, 2);
        proxy.cut([cut]);
        assert_eq!(store.entities(common::TYPE, None, 10).await.unwrap(), ["warm"]);
        proxy.cut([cut]);
        store.begin().await.unwrap().rollback().await.unwrap();
        assert_eq!(proxy.cuts_left(), 0);
    }
}

#[tokio::test]
async fn a_store_goes_on_when_the_server_has_ended_all_its_connections() {
    let schema = Schema::new().await;
    let url = format!("{}&application_name={}", schema.url(), schema.name());
    let store = SqlxEventStore::connect(&url).await.unwrap();
    let mut sql = schema.sql().await;
    for round in 0..3 {
        let transactions: Vec<_> =
            futures_util::future::join_all((0..8).map(|_| store.begin())).await;
        for transaction in transactions {
            transaction.unwrap().rollback().await.unwrap();
        }
        let ended: Vec<bool> = sqlx::query_scalar(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1",
        )
        .bind(schema.name())
        .fetch_all(&mut sql)
        .await
        .unwrap();
        assert!(ended.len() >= 8 && ended.iter().all(|ended| *ended), "{ended:?}");

        assert_eq!(store.append(append("ada", round, 1)).await.unwrap().version.get(), round + 1);
        assert_eq!(version(&store, "ada").await, round + 1);
    }
}

#[tokio::test]
async fn a_transaction_whose_connection_is_lost_leaves_nothing() {
    let schema = Schema::new().await;
    let (store, proxy) = store(&schema).await;
    let mut transaction = store.begin().await.unwrap();
    sqlx::query("CREATE TABLE notes (note text)")
        .execute(transaction.postgres().unwrap())
        .await
        .unwrap();
    proxy.cut([Cut::BeforeRequest]);
    let lost = sqlx::query("INSERT INTO notes VALUES ('lost')")
        .execute(transaction.postgres().unwrap())
        .await;
    assert!(lost.is_err());
    let committed = transaction.commit().await;
    assert!(matches!(committed, Err(StoreError::Unavailable(_))), "{committed:?}");
    assert_eq!(version(&store, "warm").await, 2);
}

#[tokio::test]
async fn a_commit_whose_connection_is_lost_has_an_unknown_outcome() {
    let schema = Schema::new().await;
    let (store, proxy) = store(&schema).await;
    let mut sql = schema.sql().await;
    sqlx::query("CREATE TABLE notes (note text)").execute(&mut sql).await.unwrap();
    for (cut, stored) in [(Cut::BeforeRequest, 0_i64), (Cut::BeforeResponse, 1)] {
        let mut transaction = store.begin().await.unwrap();
        sqlx::query("INSERT INTO notes VALUES ('kept')")
            .execute(transaction.postgres().unwrap())
            .await
            .unwrap();
        // After SQL of the user, the store first asks whether the transaction is still sound.
        proxy.cut([Cut::Nowhere, cut]);
        let committed = transaction.commit().await;
        assert!(matches!(committed, Err(StoreError::OutcomeUnknown(_))), "{committed:?}");
        let notes: i64 =
            sqlx::query_scalar("SELECT count(*) FROM notes").fetch_one(&mut sql).await.unwrap();
        assert_eq!(notes, stored, "{cut:?}");
    }
}
