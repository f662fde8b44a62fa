//! Tables are created once, and apart from those of others.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{File, Raw, TYPE, append, stream, version};
use es_core::EventId;
use es_core::store::{EventStore, StoreError};
use es_sqlx::SqlxEventStore;
use sqlx::SqliteConnection;

async fn names(connection: &mut SqliteConnection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name";
    sqlx::query_scalar(sql).fetch_all(connection).await.unwrap()
}

async fn applied(connection: &mut SqliteConnection) -> Vec<(i64, String, i64)> {
    let sql = "SELECT version, name, applied_at FROM event_store_schema ORDER BY version";
    sqlx::query_as(sql).fetch_all(connection).await.unwrap()
}

#[tokio::test]
async fn connecting_again_changes_nothing() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 2)).await.unwrap();
    let mut sql = file.sql().await;
    let before = (names(&mut sql).await, applied(&mut sql).await);
    assert_eq!(before.1.len(), 4);

    let again = file.store().await;

    assert_eq!((names(&mut sql).await, applied(&mut sql).await), before);
    assert_eq!(version(&again, "ada").await, 2);
}

#[test]
fn thirty_two_stores_in_threads_migrate_an_empty_file_at_once() {
    let file = File::new();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                common::block_on(async { common::append_one(&file.store().await, "thread").await })
            });
        }
    });
    assert_eq!(common::block_on(async { version(&file.store().await, "thread").await }), 32);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let file = File::new();
    drop(file.store().await);
    let mut sql = file.sql().await;
    sqlx::query("INSERT INTO event_store_schema VALUES (9, 'to come', 0)")
        .execute(&mut sql)
        .await
        .unwrap();
    let before = (names(&mut sql).await, applied(&mut sql).await);

    let refused = SqlxEventStore::connect(&file.url()).await;

    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 9, known: 4 })), "{refused:?}");
    assert_eq!((names(&mut sql).await, applied(&mut sql).await), before);
}

#[tokio::test]
async fn the_migrations_of_the_application_are_left_alone() {
    let file = File::new();
    let mut sql = file.sql().await;
    sqlx::raw_sql(
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT, checksum BLOB);
         INSERT INTO _sqlx_migrations VALUES (7, 'mine', x'01');
         CREATE TABLE schema_migrations (version TEXT);
         CREATE TABLE orders (id TEXT)",
    )
    .execute(&mut sql)
    .await
    .unwrap();

    let store = file.store().await;
    store.append(append("ada", 0, 1)).await.unwrap();

    let mine: Vec<(i64, String, Vec<u8>)> =
        sqlx::query_as("SELECT * FROM _sqlx_migrations").fetch_all(&mut sql).await.unwrap();
    assert_eq!(mine, [(7, "mine".to_owned(), vec![1])]);
    assert_eq!(
        names(&mut sql).await,
        [
            "_sqlx_migrations",
            "appends",
            "appends_insert",
            "dead_letters",
            "dead_letters_of_entity",
            "entities",
            "event_store_schema",
            "events",
            "orders",
            "packed_appends",
            "packed_appends_insert",
            "processed_messages",
            "schema_migrations",
            "snapshots",
            "subscription_members",
            "subscriptions",
        ]
    );
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    let file = File::new();
    let mut sql = file.sql().await;
    sqlx::raw_sql("CREATE TABLE processed_messages (mine TEXT)").execute(&mut sql).await.unwrap();

    let failed = SqlxEventStore::connect(&file.url()).await.unwrap_err();

    assert!(failed.to_string().contains("processed_messages"), "{failed}");
    assert_eq!(names(&mut sql).await, ["processed_messages"]);
}

#[tokio::test]
async fn stores_of_different_prefixes_share_nothing() {
    let file = File::new();
    let prefixed = |prefix| SqlxEventStore::builder().table_prefix(prefix);
    let first = prefixed("es_").connect(&file.url()).await.unwrap();
    let second = prefixed("abcdefghijklmnopqrstuvwxyz0123").connect(&file.url()).await.unwrap();
    let plain = file.store().await;

    first.append(append("ada", 0, 1)).await.unwrap();
    second.append(append("ada", 0, 2)).await.unwrap();
    plain.append(append("ada", 0, 3)).await.unwrap();

    for (store, stored) in [(&first, 1), (&second, 2), (&plain, 3)] {
        let mut large = append("large", 0, 0);
        large.push(EventId::new(), &Raw("Scanned", "x".repeat(100_000 + stored as usize))).unwrap();
        store.append(large).await.unwrap();
        let events = stream(store, "large").await.1;
        assert_eq!(events[0].data.len() as u64, 100_000 + stored);
        assert_eq!(store.entities(TYPE, None, 9).await.unwrap(), ["ada", "large"]);
        assert_eq!(version(store, "ada").await, stored);
        let transaction = store.begin().await.unwrap();
        transaction.rollback().await.unwrap();
    }
    let names = names(&mut file.sql().await).await;
    assert_eq!(names.iter().filter(|name| name.starts_with("es_")).count(), 13);
    assert_eq!(names.len(), 39);
}

#[tokio::test]
async fn tables_of_the_application_by_the_same_names_are_left_alone() {
    let file = File::new();
    let mut sql = file.sql().await;
    sqlx::query("CREATE TABLE Events (what TEXT)").execute(&mut sql).await.unwrap();

    let refused = SqlxEventStore::connect(&file.url()).await.unwrap_err();

    assert!(
        matches!(&refused, StoreError::Address(text) if text.contains("`Events`") && text.contains("prefix")),
        "{refused}"
    );
    assert_eq!(names(&mut sql).await, ["Events"]);
    SqlxEventStore::builder().table_prefix("es_").connect(&file.url()).await.unwrap();
}

/// An append as programs wrote it before version 4 of the schema.
const OLD_APPEND: &str = "
INSERT INTO appends (n, expected, added, deletes, recorded_at, entity_type, entity_id, events, data)
VALUES (0, ?1, 1, 0, 5, 'Account', 'ada', '[[1,9,1,1]]', CAST(printf('%.16c', 'i') || 'Deposited' || ?2 AS BLOB))
RETURNING n";

#[tokio::test]
async fn a_database_of_version_3_is_migrated_while_older_programs_go_on() {
    let file = File::new();
    drop(file.store().await);
    let mut old = file.sql().await;
    sqlx::raw_sql("DROP VIEW packed_appends; DELETE FROM event_store_schema WHERE version = 4")
        .execute(&mut old)
        .await
        .unwrap();
    let mut old_append = async |expected: i64| {
        let appended = sqlx::query_scalar(OLD_APPEND).bind(expected).bind(expected + 1);
        let appended: Vec<i64> = appended.fetch_all(&mut old).await.unwrap();
        appended == [0]
    };
    assert!(old_append(0).await);

    let store = file.store().await;

    assert_eq!(applied(&mut file.sql().await).await.len(), 4);
    store.append(append("ada", 1, 1)).await.unwrap();
    assert!(old_append(2).await);
    assert!(!old_append(2).await);
    store.append(append("ada", 3, 1)).await.unwrap();
    let (head, events) = stream(&store, "ada").await;
    assert_eq!(head.version.get(), 4);
    for (event, version) in events.iter().zip(1..) {
        assert_eq!((event.version, &*event.data), (version, &*version.to_string()));
        assert_eq!((&*event.event_type, event.schema_version), ("Deposited", 1));
    }
}
