//! The tables of the store on MariaDB and MySQL come to be once, beside those of the application (S7).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::process::{Command, Stdio};

use es_core::store::{FeedFilter, FeedQuery, Position, RawEvent, StoreError};
use es_core::{AggregateRepository, EventStore};
use es_sqlx::SqlxEventStore;
use sqlx::migrate::Migrator;
use sqlx::{MySqlConnection, MySqlPool};
use store_tests::{Begin, Journal};

use self::database::Database;

async fn store(database: &Database) -> SqlxEventStore {
    SqlxEventStore::connect(&database.url()).await.expect("a store")
}

/// The names of all columns, with their types, character sets and keys.
async fn schema(sql: &mut MySqlConnection) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT CONCAT_WS(' ', table_name, column_name, column_type, is_nullable, character_set_name, collation_name,
                          column_key, extra)
           FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
    )
    .fetch_all(sql)
    .await
    .expect("the schema can be read")
}

async fn applied(sql: &mut MySqlConnection) -> Vec<(u32, String)> {
    sqlx::query_as("SELECT version, name FROM event_store_schema ORDER BY version")
        .fetch_all(sql)
        .await
        .expect("the table of the migrations")
}

async fn execute(sql: &mut MySqlConnection, statements: &'static str) {
    sqlx::raw_sql(statements).execute(sql).await.expect("the SQL is right");
}

#[tokio::test]
async fn sixteen_processes_that_start_at_once_make_one_schema() {
    let alone = Database::new().await;
    drop(store(&alone).await);
    let expected = schema(&mut alone.sql().await).await;

    for _ in 0..3 {
        let database = Database::new().await;
        let mut children: Vec<_> = (0..16)
            .map(|process| {
                Command::new(env!("CARGO_BIN_EXE_migrate_at_once"))
                    .args([database.url(), format!("journal {process:02}")])
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .expect("the process can be started")
            })
            .collect();
        for child in &mut children {
            let mut line = String::new();
            let out = child.stdout.as_mut().expect("its output is piped");
            BufReader::new(out).read_line(&mut line).expect("its output can be read");
            assert_eq!(line, "ready\n");
        }
        for child in &mut children {
            child.stdin.take().expect("its input is piped").write_all(b"go\n").expect("it reads");
        }
        for child in children {
            let output = child.wait_with_output().expect("the process ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let mut sql = database.sql().await;
        assert_eq!(schema(&mut sql).await, expected);
        assert_eq!(applied(&mut sql).await.len(), 5);
        let journals = store(&database).await.entities("Journal", None, 99).await.expect("a list");
        assert_eq!(journals.len(), 16);
    }
}

#[tokio::test]
async fn connecting_again_changes_nothing() {
    let database = Database::new().await;
    let journals = AggregateRepository::<Journal>::new(store(&database).await);
    let begin = Begin { batch: "b".to_owned(), of: 2 };
    journals.save_as("a".to_owned(), begin).await.expect("it is saved");
    let mut sql = database.sql().await;
    let before = (schema(&mut sql).await, applied(&mut sql).await);

    let again = AggregateRepository::<Journal>::new(store(&database).await);

    assert_eq!((schema(&mut sql).await, applied(&mut sql).await), before);
    assert_eq!(again.find(&"a".to_owned()).await.expect("it is found").version().get(), 2);
}

// Each statement of a step commits by itself, so a process that dies leaves some of its tables.
#[tokio::test]
async fn a_step_that_was_cut_short_is_finished() {
    let whole = Database::new().await;
    drop(store(&whole).await);
    let expected = schema(&mut whole.sql().await).await;
    for cut in [
        "DELETE FROM event_store_schema",
        "DELETE FROM event_store_schema; DROP TABLE processed_messages",
        "DROP TABLE event_store_schema",
        "DROP TABLE processed_messages, events, entities; DELETE FROM event_store_schema",
        "DELETE FROM event_store_schema WHERE version >= 2",
        "DROP TABLE snapshots; DELETE FROM event_store_schema WHERE version >= 2",
        "DELETE FROM event_store_schema WHERE version >= 3",
        "DROP TABLE positions; DELETE FROM event_store_schema WHERE version >= 3",
        "DELETE FROM event_store_schema WHERE version >= 4",
        "DROP TABLE dead_letters; DELETE FROM event_store_schema WHERE version >= 4",
        "DELETE FROM event_store_schema WHERE version = 5",
        "ALTER TABLE positions DROP COLUMN events; DELETE FROM event_store_schema WHERE version = 5",
    ] {
        let database = Database::new().await;
        drop(store(&database).await);
        let mut sql = database.sql().await;
        execute(&mut sql, cut).await;

        drop(store(&database).await);

        assert_eq!(schema(&mut sql).await, expected, "{cut}");
        let steps = ["event store", "snapshots", "feed", "subscriptions", "runs"];
        let steps: Vec<_> = (1..).zip(steps.map(str::to_owned)).collect();
        assert_eq!(applied(&mut sql).await, steps, "{cut}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let database = Database::new().await;
    drop(store(&database).await);
    let mut sql = database.sql().await;
    execute(&mut sql, "INSERT INTO event_store_schema VALUES (9, 'to come', UTC_TIMESTAMP(6))")
        .await;
    let before = (schema(&mut sql).await, applied(&mut sql).await);

    let refused = SqlxEventStore::connect(&database.url()).await;

    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 9, known: 5 })), "{refused:?}");
    assert_eq!((schema(&mut sql).await, applied(&mut sql).await), before);
}

#[tokio::test]
async fn a_table_of_the_application_is_never_taken_for_the_stores() {
    let database = Database::new().await;
    let mut sql = database.sql().await;
    execute(&mut sql, "CREATE TABLE processed_messages (mine TEXT)").await;

    let refused = SqlxEventStore::connect(&database.url()).await.expect_err("the name is taken");

    assert!(refused.to_string().contains("`processed_messages`"), "{refused}");
    assert_eq!(schema(&mut sql).await.len(), 1, "nothing was created");
    let prefixed = SqlxEventStore::builder().table_prefix("es_").connect(&database.url()).await;
    assert!(prefixed.is_ok(), "{prefixed:?}");
}

#[tokio::test]
async fn the_migrations_of_the_application_live_beside() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("20260101000000_orders.sql");
    std::fs::write(file, "CREATE TABLE orders (id BIGINT PRIMARY KEY)").expect("a file");
    let migrator = Migrator::new(folder.path()).await.expect("migrations");
    for store_first in [true, false] {
        let database = Database::new().await;
        let pool = MySqlPool::connect(&database.url()).await.expect("a pool");
        if store_first {
            drop(SqlxEventStore::from_mysql_pool(pool.clone()).await.expect("a store"));
        }
        migrator.run(&pool).await.expect("the application migrates");
        drop(SqlxEventStore::from_mysql_pool(pool.clone()).await.expect("a store"));
        migrator.run(&pool).await.expect("the application migrates again");
        let migrations: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM _sqlx_migrations")
            .fetch_one(&pool)
            .await
            .expect("its table");
        assert_eq!(migrations, 1);
        pool.close().await;
    }
}

#[tokio::test]
async fn stores_of_different_prefixes_share_nothing() {
    let database = Database::new().await;
    for (prefix, of) in [("", 1), ("es_", 2), ("abcdefghijklmnopqrstuvwxyz0123", 3)] {
        let store = SqlxEventStore::builder().table_prefix(prefix).connect(&database.url()).await;
        let journals = AggregateRepository::<Journal>::new(store.expect("a store"));
        let begin = Begin { batch: "b".to_owned(), of };
        let saved = journals.save_as("a".to_owned(), begin).await.expect("it is saved");
        assert_eq!(saved.version().get(), of);
    }
}

// MariaDB makes a hash of a unique key that is too long, without a word.
#[tokio::test]
async fn tables_are_as_they_were_written_whatever_the_server_has_by_default() {
    let database = Database::new().await;
    drop(store(&database).await);
    let mut sql = database.sql().await;
    let keys: Vec<String> = sqlx::query_scalar(
        "SELECT CONCAT_WS(' ', table_name, index_name, column_name, index_type, sub_part)
           FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY HEX(table_name), HEX(index_name), seq_in_index",
    )
    .fetch_all(&mut sql)
    .await
    .expect("the keys");
    assert_eq!(
        keys,
        [
            "dead_letters PRIMARY subscriber BTREE",
            "dead_letters PRIMARY position BTREE",
            "dead_letters entity subscriber BTREE",
            "dead_letters entity entity_type BTREE",
            "dead_letters entity entity_id BTREE",
            "dead_letters entity position BTREE",
            "entities PRIMARY entity_type BTREE",
            "entities PRIMARY entity_id BTREE",
            "event_store_schema PRIMARY version BTREE",
            "events PRIMARY entity_type BTREE",
            "events PRIMARY entity_id BTREE",
            "events PRIMARY entity_version BTREE",
            "events seq seq BTREE",
            "positions PRIMARY position BTREE",
            "positions seq seq BTREE",
            "processed_messages PRIMARY entity_type BTREE",
            "processed_messages PRIMARY entity_id BTREE",
            "processed_messages PRIMARY consumer BTREE",
            "processed_messages PRIMARY message_id BTREE",
            "snapshots PRIMARY entity_type BTREE",
            "snapshots PRIMARY entity_id BTREE",
            "snapshots PRIMARY snapshot_shape BTREE",
            "snapshots PRIMARY entity_version BTREE",
            "subscription_members PRIMARY subscriber BTREE",
            "subscription_members PRIMARY owner BTREE",
            "subscriptions PRIMARY subscriber BTREE",
            "subscriptions PRIMARY part BTREE",
            "unsequenced PRIMARY seq BTREE",
            "unsequenced commit_id commit_id BTREE",
        ]
    );
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT engine, table_collation FROM information_schema.tables WHERE table_schema = DATABASE()",
    )
    .fetch_all(&mut sql)
    .await
    .expect("the tables");
    assert_eq!(tables, [("InnoDB".to_owned(), "utf8mb4_bin".to_owned())]);
    let foreign: Vec<String> = sqlx::query_scalar(
        "SELECT column_name FROM information_schema.columns
          WHERE table_schema = DATABASE() AND character_set_name <> 'utf8mb4'",
    )
    .fetch_all(&mut sql)
    .await
    .expect("the columns");
    assert_eq!(foreign, [""; 0]);
}

/// In a database as the first schema left it.
#[tokio::test]
async fn events_from_before_the_feed_are_in_it() {
    let database = Database::new().await;
    let old = AggregateRepository::<Journal>::new(store(&database).await);
    for id in ["a", "b"] {
        old.save_as(id.to_owned(), Begin { batch: id.to_owned(), of: 4 })
            .await
            .expect("it is saved");
    }
    drop(old);
    let mut sql = database.sql().await;
    execute(
        &mut sql,
        "DROP TABLE unsequenced, positions; DELETE FROM event_store_schema WHERE version >= 3",
    )
    .await;

    let store = store(&database).await;
    let new = AggregateRepository::<Journal>::new(store.clone());
    new.save_as("c".to_owned(), Begin { batch: "c".to_owned(), of: 2 }).await.expect("it is saved");
    let mut seen = Vec::new();
    let all = FeedFilter::all();
    let query = FeedQuery::new(Position::START, 100, &all);
    let mut visit = |position: Position, event: RawEvent<'_>| {
        seen.push((position.get(), event.entity_id.to_owned(), event.version.get()));
        ControlFlow::Continue(())
    };
    store.feed(query, &mut visit).await.expect("the feed is read");
    let expected = ["a", "a", "a", "a", "b", "b", "b", "b", "c", "c"].into_iter().zip(1..);
    let versions = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2];
    let expected: Vec<_> = expected
        .zip(versions)
        .map(|((id, position), version)| (position, id.to_owned(), version))
        .collect();
    assert_eq!(seen, expected);
}
