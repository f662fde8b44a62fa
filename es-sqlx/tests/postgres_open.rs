//! How a store on PostgreSQL is opened, and what it waits for.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "postgres/schema.rs"]
mod schema;

use std::time::{Duration, Instant};

use common::{append, stream, version};
use es_core::store::{AppendError, EventStore, StoreError};
use es_sqlx::{Durability, SqlxEventStore, SqlxEventStoreBuilder, SqlxTransactionExt};
use schema::Schema;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgConnection};

async fn setting(connection: &mut PgConnection, name: &str) -> String {
    sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn addresses_that_cannot_be_used_are_explained() {
    let refused = SqlxEventStore::connect("postgres://ada:s3cret@db:port/bank").await;
    let Err(StoreError::Address(message)) = refused else { panic!("{refused:?}") };
    assert!(message.contains("port") && !message.contains("s3cret"), "{message}");
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn an_encrypted_connection_names_the_feature_that_it_needs() {
    let schema = Schema::new().await;
    for (mode, needed) in [("require", true), ("verify-full", true), ("prefer", false)] {
        let opened = SqlxEventStore::connect(&format!("{}&sslmode={mode}", schema.url())).await;
        let told =
            matches!(&opened, Err(StoreError::Address(message)) if message.contains("`tls`"));
        assert_eq!((told, opened.is_ok()), (needed, !needed), "{mode}: {opened:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let start = Instant::now();
    let limit = Duration::from_millis(300);
    let refused = SqlxEventStore::builder()
        .acquire_timeout(limit)
        .connect("postgres://ada:s3cret@127.0.0.1:1/bank")
        .await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
    assert!(start.elapsed() < limit * 10);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_an_error() {
    let url = std::env::var("ES_TEST_POSTGRES_URL").unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let refused = SqlxEventStore::connect(&format!("{server}/nobody_made_this")).await;
    assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
}

#[tokio::test]
async fn sessions_are_set_up_for_an_event_store() {
    for (durability, synchronous_commit) in [(Durability::Full, "on"), (Durability::Normal, "off")]
    {
        let schema = Schema::new().await;
        let store = SqlxEventStore::builder()
            .durability(durability)
            .busy_timeout(Duration::from_millis(1_500))
            .statement_timeout(Duration::from_secs(7))
            .connect(&schema.url())
            .await
            .unwrap();
        let mut transaction = store.begin().await.unwrap();
        let connection = transaction.postgres().unwrap();
        for (name, value) in [
            ("synchronous_commit", synchronous_commit),
            ("jit", "off"),
            ("lock_timeout", "1500ms"),
            ("statement_timeout", "7s"),
            ("transaction_isolation", "read committed"),
        ] {
            assert_eq!(setting(connection, name).await, value, "{name}");
        }
    }
}

#[tokio::test]
async fn debug_tells_no_address() {
    let schema = Schema::new().await;
    let store = SqlxEventStore::builder().table_prefix("es_").connect(&schema.url()).await.unwrap();
    let text = format!("{store:?}");
    assert!(text.contains("PostgreSQL") && text.contains("es_"), "{text}");
    assert!(!text.contains("postgres://") && !text.contains(schema.name()), "{text}");
}

#[tokio::test]
async fn a_pool_of_the_application_is_enough_and_keeps_its_settings() {
    let schema = Schema::new().await;
    let pool = PgPoolOptions::new().max_connections(3).connect(&schema.url()).await.unwrap();
    let store = SqlxEventStore::from_postgres_pool(pool.clone()).await.unwrap();
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
    assert_eq!(setting(&mut pool.acquire().await.unwrap(), "lock_timeout").await, "0");
}

#[tokio::test]
async fn a_pool_that_isolates_its_transactions_more_loses_nothing() {
    let schema = Schema::new().await;
    let strict = format!("{}&options[default_transaction_isolation]=serializable", schema.url());
    let pool = PgPoolOptions::new().max_connections(4).connect(&strict).await.unwrap();
    let store = SqlxEventStore::from_postgres_pool(pool).await.unwrap();
    let appends = (0..4).map(|task| {
        let store = store.clone();
        async move {
            let mut stored = 0;
            for n in 0..20 {
                match store.append(append(&format!("{task}"), n, 1)).await {
                    Ok(_) => stored += 1,
                    Err(AppendError::Store(StoreError::Contended(_))) => break,
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!(version(&store, &format!("{task}")).await, stored);
        }
    });
    futures_util::future::join_all(appends).await;
}

#[tokio::test]
async fn a_role_without_rights_beyond_its_schema_is_enough() {
    let schema = Schema::new().await;
    let role = schema.name();
    let mut sql = schema.sql().await;
    let grant = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'es' NOSUPERUSER NOCREATEDB NOCREATEROLE;
         GRANT USAGE, CREATE ON SCHEMA {role} TO {role}"
    );
    sqlx::raw_sql(AssertSqlSafe(grant)).execute(&mut sql).await.unwrap();

    let url = schema.url();
    let (scheme, rest) = url.split_once("://").unwrap();
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let store = SqlxEventStore::connect(&format!("{scheme}://{role}:es@{place}")).await;
    let used = async {
        let store = store.unwrap();
        store.append(append("ada", 0, 2)).await.unwrap();
        assert_eq!(stream(&store, "ada").await.1.len(), 2);
    };
    let used = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(used)).await;

    let revoke = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    sqlx::raw_sql(AssertSqlSafe(revoke)).execute(&mut sql).await.unwrap();
    used.unwrap();
}

#[tokio::test]
async fn a_database_that_is_read_only_says_so() {
    let schema = Schema::new().await;
    drop(SqlxEventStore::connect(&schema.url()).await.unwrap());
    let read_only = format!("{}&options[default_transaction_read_only]=on", schema.url());
    let store = SqlxEventStore::connect(&read_only).await.unwrap();

    let refused = store.append(append("ada", 0, 1)).await;

    assert!(matches!(refused, Err(AppendError::Store(StoreError::ReadOnly(_)))), "{refused:?}");
    assert_eq!(version(&store, "ada").await, 0);
}

const LIMIT: Duration = Duration::from_millis(300);

fn impatient() -> SqlxEventStoreBuilder {
    SqlxEventStore::builder().acquire_timeout(LIMIT).busy_timeout(Duration::from_millis(100))
}

#[tokio::test]
async fn nobody_waits_for_a_connection_without_limit() {
    let schema = Schema::new().await;
    let store = impatient().max_connections(1).connect(&schema.url()).await.unwrap();
    let transaction = store.begin().await.unwrap();

    let lost = store.append(append("ada", 0, 1)).await;
    let second = store.begin().await;

    assert!(
        matches!(lost, Err(AppendError::Store(StoreError::TimedOut { limit: LIMIT, .. }))),
        "{lost:?}"
    );
    assert!(matches!(second, Err(StoreError::TimedOut { limit: LIMIT, .. })), "{second:?}");
    transaction.commit().await.unwrap();
    store.append(append("ada", 0, 1)).await.unwrap();
}

#[tokio::test]
async fn nobody_waits_for_the_lock_of_another_writer_without_limit() {
    let schema = Schema::new().await;
    let store = impatient().connect(&schema.url()).await.unwrap();
    store.append(append("ada", 0, 1)).await.unwrap();
    let mut other = schema.sql().await;
    sqlx::raw_sql("BEGIN; UPDATE entities SET entity_version = 1")
        .execute(&mut other)
        .await
        .unwrap();

    let lost = store.append(append("ada", 1, 1)).await;

    assert!(matches!(lost, Err(AppendError::Store(StoreError::TimedOut { .. }))), "{lost:?}");
    assert_eq!(version(&store, "ada").await, 1);
    store.append(append("eve", 0, 1)).await.unwrap();
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    store.append(append("ada", 1, 1)).await.unwrap();
}

#[tokio::test]
async fn nobody_waits_for_a_statement_without_limit() {
    let schema = Schema::new().await;
    let store =
        SqlxEventStore::builder().statement_timeout(LIMIT).connect(&schema.url()).await.unwrap();
    let mut other = schema.sql().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE events").execute(&mut other).await.unwrap();

    let lost = store.append(append("ada", 0, 1)).await;

    assert!(
        matches!(lost, Err(AppendError::Store(StoreError::TimedOut { limit: LIMIT, .. }))),
        "{lost:?}"
    );
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(version(&store, "ada").await, 0);
}

#[tokio::test]
async fn a_transaction_of_another_store_has_no_postgres_connection() {
    let mut transaction = es_core::MemoryEventStore::new().begin().await.unwrap();
    assert!(matches!(transaction.postgres(), Err(StoreError::Unsupported(_))));
}

#[test]
fn a_store_may_be_dropped_outside_of_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (store, transaction, schema) = runtime.block_on(async {
        let schema = Schema::new().await;
        let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
        store.append(append("ada", 0, 1)).await.unwrap();
        let transaction = store.begin().await.unwrap();
        (store, transaction, schema)
    });
    drop(transaction);
    runtime.block_on(async { assert_eq!(version(&store, "ada").await, 1) });
    drop(store);
    drop((runtime, schema));
}
