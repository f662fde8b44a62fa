//! Tables on PostgreSQL are created once, and apart from those of others.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "postgres/schema.rs"]
mod schema;

use common::{append, version};
use es_core::store::{EventStore, StoreError};
use es_sqlx::SqlxEventStore;
use schema::Schema;
use sqlx::PgConnection;

async fn names(connection: &mut PgConnection) -> Vec<String> {
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(connection).await.unwrap()
}

async fn tables(connection: &mut PgConnection) -> Vec<String> {
    let sql =
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(connection).await.unwrap()
}

async fn applied(connection: &mut PgConnection) -> Vec<(i32, String, String)> {
    let sql = "SELECT version, name, applied_at::text FROM event_store_schema ORDER BY version";
    sqlx::query_as(sql).fetch_all(connection).await.unwrap()
}

async fn connect(schema: &Schema) -> SqlxEventStore {
    SqlxEventStore::connect(&schema.url()).await.unwrap()
}

#[tokio::test]
async fn connecting_again_changes_nothing() {
    let schema = Schema::new().await;
    let store = connect(&schema).await;
    store.append(append("ada", 0, 2)).await.unwrap();
    let mut sql = schema.sql().await;
    let before = (names(&mut sql).await, applied(&mut sql).await);
    assert_eq!(before.1.len(), 4);

    let again = connect(&schema).await;

    assert_eq!((names(&mut sql).await, applied(&mut sql).await), before);
    assert_eq!(version(&again, "ada").await, 2);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let schema = Schema::new().await;
    drop(connect(&schema).await);
    let mut sql = schema.sql().await;
    sqlx::query("INSERT INTO event_store_schema (version, name) VALUES (9, 'to come')")
        .execute(&mut sql)
        .await
        .unwrap();
    let before = (names(&mut sql).await, applied(&mut sql).await);

    let refused = SqlxEventStore::connect(&schema.url()).await;

    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 9, known: 4 })), "{refused:?}");
    assert_eq!((names(&mut sql).await, applied(&mut sql).await), before);
}

#[tokio::test]
async fn the_migrations_of_the_application_are_left_alone() {
    let schema = Schema::new().await;
    let mut sql = schema.sql().await;
    sqlx::raw_sql(
        "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text, checksum bytea);
         INSERT INTO _sqlx_migrations VALUES (7, 'mine', '\\x01');
         CREATE TABLE orders (id text)",
    )
    .execute(&mut sql)
    .await
    .unwrap();

    let store = connect(&schema).await;
    store.append(append("ada", 0, 1)).await.unwrap();

    let mine: Vec<(i64, String, Vec<u8>)> =
        sqlx::query_as("SELECT * FROM _sqlx_migrations").fetch_all(&mut sql).await.unwrap();
    assert_eq!(mine, [(7, "mine".to_owned(), vec![1])]);
    assert_eq!(
        tables(&mut sql).await,
        [
            "_sqlx_migrations",
            "dead_letters",
            "entities",
            "event_store_schema",
            "events",
            "orders",
            "positions",
            "processed_messages",
            "sequencer",
            "snapshots",
            "subscription_members",
            "subscriptions",
        ]
    );
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    let schema = Schema::new().await;
    let mut sql = schema.sql().await;
    sqlx::raw_sql("CREATE TABLE processed_messages (mine text)").execute(&mut sql).await.unwrap();

    let failed = SqlxEventStore::connect(&schema.url()).await.unwrap_err();

    assert!(failed.to_string().contains("processed_messages"), "{failed}");
    assert_eq!(names(&mut sql).await, ["processed_messages"]);
}

#[tokio::test]
async fn tables_in_a_later_schema_of_the_search_path_are_those_of_others() {
    let (first, second) = (Schema::new().await, Schema::new().await);
    connect(&second).await.append(append("ada", 0, 2)).await.unwrap();
    let path = format!("{},{}", first.name(), second.name());
    let store = SqlxEventStore::connect(&first.url().replace(first.name(), &path)).await.unwrap();

    store.append(append("ada", 0, 1)).await.unwrap();

    assert_eq!(version(&connect(&first).await, "ada").await, 1);
    assert_eq!(version(&connect(&second).await, "ada").await, 2);
}

#[tokio::test]
async fn stores_of_different_prefixes_share_nothing() {
    let schema = Schema::new().await;
    let prefixed = |prefix| SqlxEventStore::builder().table_prefix(prefix);
    let first = prefixed("es_").connect(&schema.url()).await.unwrap();
    let second = prefixed("abcdefghijklmnopqrstuvwxyz0123").connect(&schema.url()).await.unwrap();
    let plain = connect(&schema).await;

    first.append(append("ada", 0, 1)).await.unwrap();
    second.append(append("ada", 0, 2)).await.unwrap();
    plain.append(append("ada", 0, 3)).await.unwrap();

    for (store, stored) in [(&first, 1), (&second, 2), (&plain, 3)] {
        assert_eq!(version(store, "ada").await, stored);
        let transaction = store.begin().await.unwrap();
        transaction.rollback().await.unwrap();
    }
    let tables = tables(&mut schema.sql().await).await;
    assert_eq!(tables.iter().filter(|name| name.starts_with("es_")).count(), 10);
    assert_eq!(tables.len(), 30);
}
