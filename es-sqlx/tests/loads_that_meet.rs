//! Whoever reads together with others is told the same as whoever reads alone: also of streams that were damaged by hand, of
//! which nothing is shown as whole, and of limits.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;
#[path = "postgres/schema.rs"]
mod schema;

use std::time::{Duration, Instant};

use common::{File, TYPE, append, load};
use database::Database;
use es_core::store::{EventStore, StoreError, StreamQuery};
use es_sqlx::{SqlxEventStore, SqlxEventStoreBuilder};
use futures_util::future::join_all;
use schema::Schema;

/// The first one goes alone, the others are read together.
const IDS: [&str; 4] = ["first", "damaged", "sound", "missing"];

async fn fill(store: &SqlxEventStore) {
    for id in &IDS[..3] {
        store.append(append(id, 0, 3)).await.unwrap();
    }
}

/// What a load shows, or fails with.
async fn told(store: &SqlxEventStore, id: &str) -> String {
    format!("{:?}", load(store, StreamQuery::new(TYPE, id).bare(true)).await)
}

async fn assert_told_alike(store: &SqlxEventStore, damage: &str) {
    let mut alone = Vec::new();
    for id in IDS {
        alone.push(told(store, id).await);
    }
    let met = join_all(IDS.map(|id| told(store, id))).await;
    assert_eq!(met, alone, "{damage}");
}

const DAMAGES: [&str; 12] = [
    "UPDATE events SET entity_version = 66 WHERE entity_id = 'damaged' AND entity_version = 2",
    "UPDATE events SET entity_version = 0 WHERE entity_id = 'damaged' AND entity_version = 2",
    "UPDATE events SET entity_version = 4 WHERE entity_id = 'damaged' AND entity_version = 3",
    "UPDATE events SET event_data = '' WHERE entity_id = 'damaged'",
    "UPDATE events SET event_type = '' WHERE entity_id = 'damaged'",
    "DELETE FROM events WHERE entity_id = 'damaged' AND entity_version = 2",
    "DELETE FROM events WHERE entity_id = 'damaged'",
    "DELETE FROM entities WHERE entity_id = 'damaged'",
    "UPDATE entities SET entity_version = 0 WHERE entity_id = 'damaged'",
    "UPDATE entities SET entity_version = 2 WHERE entity_id = 'damaged'",
    "UPDATE entities SET entity_version = 4 WHERE entity_id = 'damaged'",
    "UPDATE entities SET entity_version = 65 WHERE entity_id = 'damaged'",
];

#[tokio::test]
async fn damage_on_sqlite_is_told_alike() {
    for damage in DAMAGES.into_iter().chain([
        "UPDATE events SET schema_version = -1 WHERE entity_id = 'damaged'",
        "UPDATE events SET event_type = CAST(x'ff' AS TEXT) WHERE entity_id = 'damaged'",
        "UPDATE entities SET entity_version = -1 WHERE entity_id = 'damaged'",
    ]) {
        let file = File::new();
        let store = file.store().await;
        fill(&store).await;
        sqlx::raw_sql(damage).execute(&mut file.sql().await).await.unwrap();
        assert_told_alike(&store, damage).await;
    }
}

#[tokio::test]
async fn damage_on_postgres_is_told_alike() {
    for damage in DAMAGES.into_iter().chain([
        "UPDATE events SET schema_version = -1 WHERE entity_id = 'damaged'",
        "UPDATE entities SET entity_version = -1 WHERE entity_id = 'damaged'",
    ]) {
        let schema = Schema::new().await;
        let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
        fill(&store).await;
        sqlx::raw_sql(damage).execute(&mut schema.sql().await).await.unwrap();
        assert_told_alike(&store, damage).await;
    }
}

#[tokio::test]
async fn damage_on_mariadb_is_told_alike() {
    for damage in DAMAGES.into_iter().chain([
        "UPDATE events SET event_type = x'ff' WHERE entity_id = 'damaged'",
        "UPDATE entities SET deleted = 3 WHERE entity_id = 'damaged'",
        "UPDATE entities SET deleted = -1 WHERE entity_id = 'damaged'",
    ]) {
        let database = Database::new().await;
        let store = SqlxEventStore::connect(&database.url()).await.unwrap();
        fill(&store).await;
        sqlx::raw_sql(damage).execute(&mut database.sql().await).await.unwrap();
        assert_told_alike(&store, damage).await;
    }
}

/// There is no event without its entity.
#[tokio::test]
async fn events_without_their_entity_are_damage_on_postgres() {
    let schema = Schema::new().await;
    let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
    fill(&store).await;
    sqlx::raw_sql("DELETE FROM entities").execute(&mut schema.sql().await).await.unwrap();
    let found = load(&store, StreamQuery::new(TYPE, "damaged").bare(true)).await;
    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
}

/// How long all may wait for a connection.
const LIMIT: Duration = Duration::from_secs(3);

fn with_one_connection() -> SqlxEventStoreBuilder {
    SqlxEventStore::builder().max_connections(1).acquire_timeout(LIMIT)
}

/// The only connection is taken by a transaction. Nobody waits for it twice.
async fn assert_limited(store: SqlxEventStore) {
    fill(&store).await;
    let transaction = store.begin().await.unwrap();
    let started = Instant::now();
    let loads = IDS.map(|id| load(&store, StreamQuery::new(TYPE, id).bare(true)));
    for loaded in join_all(loads).await {
        assert!(matches!(loaded, Err(StoreError::TimedOut { .. })), "{loaded:?}");
    }
    let waited = started.elapsed();
    assert!((LIMIT..2 * LIMIT).contains(&waited), "{waited:?}");
    transaction.rollback().await.unwrap();
}

#[tokio::test]
async fn nobody_waits_twice_for_a_connection_to_sqlite() {
    assert_limited(with_one_connection().in_memory().await.unwrap()).await;
}

#[tokio::test]
async fn nobody_waits_twice_for_a_connection_to_postgres() {
    let schema = Schema::new().await;
    assert_limited(with_one_connection().connect(&schema.url()).await.unwrap()).await;
}

#[tokio::test]
async fn nobody_waits_twice_for_a_connection_to_mariadb() {
    let database = Database::new().await;
    assert_limited(with_one_connection().connect(&database.url()).await.unwrap()).await;
}
