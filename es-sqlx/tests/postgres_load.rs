//! What a load from PostgreSQL shows, and how it tells damage.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "postgres/schema.rs"]
mod schema;

use std::ops::ControlFlow;
use std::time::Duration;

use common::{TYPE, append, load, stream, version};
use es_core::store::{EventStore, StoreError, StreamQuery};
use es_sqlx::SqlxEventStore;
use schema::Schema;

async fn damaged(sql: &'static str, bare: bool) -> Result<u64, StoreError> {
    let schema = Schema::new().await;
    let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
    store.append(append("ada", 0, 5)).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut schema.sql().await).await.unwrap();
    Ok(load(&store, StreamQuery::new(TYPE, "ada").bare(bare)).await?.0.version.get())
}

#[tokio::test]
async fn damage_is_told_with_the_version_that_it_hits() {
    for (sql, version) in [
        ("DELETE FROM events WHERE entity_version = 1", "version 1 "),
        ("DELETE FROM events WHERE entity_version = 3", "version 3 "),
        ("DELETE FROM events WHERE entity_version = 5", "version 5 "),
        ("DELETE FROM events", "version 1 "),
        ("UPDATE events SET created_at = 'infinity' WHERE entity_version = 2", "version 2 "),
        ("UPDATE events SET schema_version = -1 WHERE entity_version = 4", "version 4 "),
    ] {
        let lost = damaged(sql, false).await;
        let Err(StoreError::Corrupt(message)) = &lost else { panic!("{sql}: {lost:?}") };
        assert!(message.contains(version) && message.contains("Account ada"), "{message}");
    }
}

#[tokio::test]
async fn damage_of_bare_events_is_told() {
    for (sql, what) in [
        ("DELETE FROM events WHERE entity_version = 1", "at version 5, and has 4 events"),
        ("DELETE FROM events WHERE entity_version = 3", "at version 5, and has 4 events"),
        ("DELETE FROM events WHERE entity_version = 5", "at version 5, and has 4 events"),
        ("DELETE FROM events", "at version 5, and has 0 events"),
        ("UPDATE events SET schema_version = -1 WHERE entity_version = 4", "version 4 "),
    ] {
        let lost = damaged(sql, true).await;
        let Err(StoreError::Corrupt(message)) = &lost else { panic!("{sql}: {lost:?}") };
        assert!(message.contains(what) && message.contains("Account ada"), "{message}");
    }
}

#[tokio::test]
async fn an_append_to_a_damaged_stream_is_refused() {
    let schema = Schema::new().await;
    let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
    store.append(append("ada", 0, 5)).await.unwrap();
    sqlx::raw_sql("UPDATE entities SET entity_version = 3")
        .execute(&mut schema.sql().await)
        .await
        .unwrap();

    let refused = store.append(append("ada", 3, 1)).await;

    assert!(
        matches!(refused, Err(es_core::store::AppendError::Store(StoreError::Corrupt(_)))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn events_are_shown_as_they_arrive() {
    let schema = Schema::new().await;
    let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
    let megabyte = format!("\"{}\"", "x".repeat(1 << 20));
    for n in 0..8 {
        let mut large = append("ada", n, 0);
        large.push(es_core::EventId::new(), &common::Raw("Noted", megabyte.clone())).unwrap();
        store.append(large).await.unwrap();
    }
    // The server still sends the rest, to nobody.
    for _ in 0..20 {
        let mut seen = 0;
        let visit = &mut |_: es_core::store::RawEvent<'_>| {
            seen += 1;
            ControlFlow::Break(())
        };
        let head = store.load(StreamQuery::new(TYPE, "ada"), visit).await.unwrap();
        assert_eq!((seen, head.version.get()), (1, 8));
    }
    assert_eq!(stream(&store, "ada").await.1.len(), 8);
}

#[tokio::test]
async fn a_load_that_is_given_up_leaves_its_connection_useful() {
    let schema = Schema::new().await;
    let limit = Duration::from_secs(5);
    let store = SqlxEventStore::builder().max_connections(1).acquire_timeout(limit);
    let store = store.connect(&schema.url()).await.unwrap();
    store.append(append("ada", 0, 3_000)).await.unwrap();
    for polls in 0..30 {
        let mut visit = |_: es_core::store::RawEvent<'_>| ControlFlow::Continue(());
        let mut loading = store.load(StreamQuery::new(TYPE, "ada"), &mut visit);
        for _ in 0..polls {
            if futures_util::FutureExt::now_or_never(loading.as_mut()).is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(version(&store, "ada").await, 3_000);
    assert_eq!(stream(&store, "ada").await.1.len(), 3_000);
}
