//! The tables of the store on SQLite come to be once, beside those of the application (S7).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use common::{Database, execute, schema};
use es_core::EventStore;
use es_core::store::StoreError;
use es_sqlx::SqlxEventStore;
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use store_tests::{Begin, Journal};

#[tokio::test]
async fn sixteen_processes_that_start_at_once_make_one_schema() {
    let alone = Database::new();
    drop(alone.store().await);
    let expected = schema(&mut alone.sql().await).await;

    for _ in 0..3 {
        let database = Database::new();
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
            let output = child.wait_with_output().expect("it ends");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {errors}", output.status);
        }

        let mut sql = database.sql().await;
        assert_eq!(schema(&mut sql).await, expected);
        let steps: Vec<i64> = sqlx::query_scalar("SELECT version FROM event_store_schema")
            .fetch_all(&mut sql)
            .await
            .expect("the steps can be read");
        assert_eq!(steps, (1..=steps.len() as i64).collect::<Vec<_>>());
        let journals = database.journals().await.ids(None, 100).await.expect("a list");
        let named: Vec<_> = (0..16).map(|process| format!("journal {process:02}")).collect();
        assert_eq!(journals, named);
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_stays_as_it_is() {
    let database = Database::new();
    drop(database.store().await);
    let mut sql = database.sql().await;
    execute(&mut sql, "INSERT INTO event_store_schema VALUES (1000, 'to come', 0)").await;
    let before = schema(&mut sql).await;
    let error = SqlxEventStore::connect(&database.url()).await.expect_err("it is refused");
    assert!(matches!(error, StoreError::NewerSchema { found: 1000, .. }), "{error}");
    assert!(error.to_string().contains("newer version"), "{error}");
    assert_eq!(schema(&mut sql).await, before);
}

#[tokio::test]
async fn the_migrations_of_the_application_live_in_the_same_database() {
    let database = Database::new();
    let folder = tempfile::tempdir().expect("a folder");
    let migration = |name: &str, sql: &str| {
        std::fs::write(folder.path().join(name), sql).expect("a migration can be written");
    };
    migration("1_orders.sql", "CREATE TABLE orders (id TEXT PRIMARY KEY)");

    let pool = SqlitePool::connect(&format!("{}?mode=rwc", database.url())).await.expect("a pool");
    let migrate = async || {
        let migrator = Migrator::new(folder.path()).await.expect("the migrations can be read");
        migrator.run(&pool).await.expect("the migrations of the application run");
    };
    migrate().await;
    let journals = database.journals().await;
    let begin = Begin { batch: "one".into(), of: 1 };
    journals.save_as("journal".into(), begin).await.expect("it is saved");

    // Both go on, in whatever order, and neither minds the steps of the other.
    migration("2_order_lines.sql", "CREATE TABLE order_lines (id TEXT PRIMARY KEY)");
    migrate().await;
    let journals = database.journals().await;
    assert_eq!(journals.find(&"journal".into()).await.expect("it is found").version(), 1);
    let steps: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&pool)
            .await
            .expect("the application's steps can be read");
    assert_eq!(steps, [1, 2]);
}

#[tokio::test]
async fn stores_of_different_prefixes_live_in_the_same_database() {
    let database = Database::new();
    let mut stores = vec![database.store().await];
    for prefix in ["a_", "b_"] {
        let builder = SqlxEventStore::builder().table_prefix(prefix);
        stores.push(builder.connect(&database.url()).await.expect("the store can be opened"));
    }
    for (store, of) in stores.iter().zip(1..) {
        let journals = es_core::AggregateRepository::<Journal>::new(store.clone());
        let begin = Begin { batch: "one".into(), of };
        journals.save_as("journal".into(), begin).await.expect("it is free in each store");
        assert_eq!(journals.find(&"journal".into()).await.expect("it is found").version(), of);
        assert_eq!(store.entities("Journal", None, 10).await.expect("a list"), ["journal"]);
    }
}
