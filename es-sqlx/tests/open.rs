//! How a store is opened, and what it waits for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::{File, append, version};
use es_core::store::{AppendError, EventStore, StoreError};
use es_sqlx::{Durability, SqlxEventStore, SqlxTransactionExt};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

async fn refused(url: &str) -> String {
    match SqlxEventStore::connect(url).await {
        Err(StoreError::Address(message)) => message,
        other => panic!("{url}: {other:?}"),
    }
}

#[tokio::test]
async fn addresses_that_cannot_be_used_are_explained() {
    for (url, hint) in [
        ("redis://ada:s3cret@db/bank", "feature `sqlite`"),
        ("bank.db", "sqlite://file.db"),
        ("sqlite://", "names no file"),
        ("sqlite:", "names no file"),
        ("sqlite://bank.db?mode=ro", "read only"),
        ("sqlite://bank.db?immutable=1", "read only"),
        ("sqlite://bank.db?speed=high", "speed"),
    ] {
        let message = refused(url).await;
        assert!(message.contains(hint) && !message.contains("s3cret"), "{url}: {message}");
    }
    let refused = SqlxEventStore::builder().table_prefix("a;b").in_memory().await;
    assert!(
        matches!(&refused, Err(StoreError::Address(message)) if message.contains("a;b")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_file_is_created_unless_the_address_says_otherwise() {
    let file = File::new();
    let missing = SqlxEventStore::connect(&format!("{}?mode=rw", file.url())).await;
    assert!(matches!(missing, Err(StoreError::Database(_))), "{missing:?}");
    assert!(!file.path().exists());

    for url in
        [file.url(), format!("{}?mode=rw", file.url()), file.url().replace("sqlite://", "SQLite:")]
    {
        let store = SqlxEventStore::connect(&url).await.unwrap();
        common::append_one(&store, "ada").await;
    }
    assert_eq!(version(&file.store().await, "ada").await, 3);
}

#[tokio::test]
async fn the_file_may_have_any_name() {
    let file = File::new();
    let folder = file.path().parent().unwrap().display().to_string();
    for (name, encoded) in
        [("a b'c.db", "a b'c.db"), ("é\u{1f3e6}.db", "é\u{1f3e6}.db"), ("50%?.db", "50%25%3F.db")]
    {
        let store = SqlxEventStore::connect(&format!("sqlite://{folder}/{encoded}")).await.unwrap();
        common::append_one(&store, "ada").await;
        assert!(file.path().with_file_name(name).exists(), "{name}");
    }
}

#[tokio::test]
async fn debug_tells_no_address() {
    let file = File::new();
    let store = SqlxEventStore::builder().table_prefix("es_").connect(&file.url()).await.unwrap();
    let text = format!("{store:?}");
    assert!(text.contains("es_") && !text.contains("bank.db"), "{text}");
}

#[tokio::test]
async fn commits_are_durable_unless_asked_otherwise() {
    for (durability, synchronous) in [(Durability::Full, 2_i64), (Durability::Normal, 1)] {
        let file = File::new();
        let store =
            SqlxEventStore::builder().durability(durability).connect(&file.url()).await.unwrap();
        let mut transaction = store.begin().await.unwrap();
        let connection = transaction.sqlite().unwrap();

        let mode: Vec<String> =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_all(&mut *connection).await.unwrap();
        let set: Vec<i64> =
            sqlx::query_scalar("PRAGMA synchronous").fetch_all(connection).await.unwrap();

        assert_eq!((mode, set), (vec!["wal".to_owned()], vec![synchronous]));
    }
}

#[tokio::test]
async fn handles_of_a_store_in_memory_share_it_and_others_do_not() {
    let store = SqlxEventStore::in_memory().await.unwrap();
    let other = SqlxEventStore::connect("sqlite::memory:").await.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    common::append_one(&store, "ada").await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!((version(&store, "ada").await, version(&other, "ada").await), (160, 0));
}

#[tokio::test]
async fn a_pool_of_the_application_is_enough() {
    let file = File::new();
    let options = SqliteConnectOptions::new().filename(file.path()).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(3).connect_with(options).await.unwrap();
    let store = SqlxEventStore::from_sqlite_pool(pool.clone()).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    common::append_one(&store, "ada").await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }

    assert_eq!(version(&store, "ada").await, 80);
    let events: i64 =
        sqlx::query_scalar("SELECT count(*) FROM events").fetch_one(&pool).await.unwrap();
    assert_eq!(events, 80);
}

const LIMIT: Duration = Duration::from_millis(500);

fn impatient() -> es_sqlx::SqlxEventStoreBuilder {
    SqlxEventStore::builder().acquire_timeout(LIMIT).busy_timeout(Duration::from_millis(20))
}

#[tokio::test]
async fn nobody_waits_for_an_open_transaction_without_limit() {
    let file = File::new();
    let store = impatient().connect(&file.url()).await.unwrap();
    let transaction = store.begin().await.unwrap();

    let lost = store.append(append("ada", 0, 1)).await;
    let second = store.begin().await;

    assert!(
        matches!(lost, Err(AppendError::Store(StoreError::TimedOut { limit: LIMIT, .. }))),
        "{lost:?}"
    );
    assert!(matches!(second, Err(StoreError::TimedOut { limit: LIMIT, .. })), "{second:?}");
    assert_eq!(version(&store, "ada").await, 0);
    transaction.commit().await.unwrap();
    store.append(append("ada", 0, 1)).await.unwrap();
}

#[tokio::test]
async fn nobody_waits_for_another_process_without_limit() {
    let file = File::new();
    let store = impatient().connect(&file.url()).await.unwrap();
    let mut other = file.sql().await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let lost = store.append(append("ada", 0, 1)).await;
    let begun = store.begin().await;
    let unborn = impatient().table_prefix("new_").connect(&file.url()).await;

    assert!(matches!(lost, Err(AppendError::Store(StoreError::TimedOut { .. }))), "{lost:?}");
    assert!(matches!(begun, Err(StoreError::TimedOut { .. })), "{begun:?}");
    assert!(matches!(unborn, Err(StoreError::TimedOut { .. })), "{unborn:?}");
    assert_eq!(version(&store, "ada").await, 0);
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    store.append(append("ada", 0, 1)).await.unwrap();
    store.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_said_to_be_damaged() {
    let file = File::new();
    std::fs::write(
        file.path(),
        "no database at all, but long enough for its header to be looked at: ".repeat(99),
    )
    .unwrap();
    let refused = SqlxEventStore::connect(&file.url()).await;
    assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{refused:?}");
}

#[tokio::test]
async fn a_transaction_of_another_store_has_no_sqlite_connection() {
    let mut transaction = es_core::MemoryEventStore::new().begin().await.unwrap();
    assert!(matches!(transaction.sqlite(), Err(StoreError::Unsupported(_))));
}
