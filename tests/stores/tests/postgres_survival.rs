//! Kills, broken connections and a full disk lose nothing on PostgreSQL that was acknowledged, and leave nothing by
//! halves (S8, S9).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use es_core::AggregateRepository;
use es_core::store::StoreError;
use es_sqlx::SqlxEventStore;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store_tests::Journal;
use store_tests::survivors::kill_and_find;
use store_tests::writers::Writers;
use test_servers::{Database, Server, SmallDisk};

use self::schema::Schema;

async fn execute(sql: &mut PgConnection, statement: impl Into<String>) {
    sqlx::raw_sql(AssertSqlSafe(statement.into())).execute(sql).await.expect("the SQL is right");
}

/// Fails unless the tables agree with each other, and so many messages are processed.
async fn tables_agree(sql: &mut PgConnection, processed: usize) {
    type Disagreement = (String, Option<i64>, Option<i64>, Option<i64>);
    let disagree: Vec<Disagreement> = sqlx::query_as(
        "SELECT entity_id, e.entity_version, v.count, v.last
           FROM entities e
           FULL JOIN (SELECT entity_type, entity_id, count(*) AS count, max(entity_version) AS last
                        FROM events GROUP BY entity_type, entity_id) v USING (entity_type, entity_id)
          WHERE e.entity_version IS DISTINCT FROM v.count OR e.entity_version IS DISTINCT FROM v.last",
    )
    .fetch_all(&mut *sql)
    .await
    .unwrap();
    assert_eq!(disagree, [], "versions of entities, numbers of events and last versions");
    let messages: i64 =
        sqlx::query_scalar("SELECT count(*) FROM processed_messages").fetch_one(sql).await.unwrap();
    assert_eq!(messages, processed as i64, "a message for each batch that has one");
}

#[tokio::test]
async fn acknowledged_appends_survive_kill_9_and_others_are_whole_or_absent() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let schema = Schema::new().await;
    let (mut processed, mut all) = (0, 0);
    for round in 0..30 {
        let (url, name) = (schema.url(), format!("round {round}"));
        let journals = async || {
            // What the server was doing for the process comes to its end first.
            let store = SqlxEventStore::connect(&url).await.unwrap();
            ended(&mut schema.sql().await, schema.name()).await;
            AggregateRepository::<Journal>::new(store)
        };
        let program = env!("CARGO_BIN_EXE_append_under_load");
        let named = format!("{url}&application_name={}", schema.name());
        let stored = kill_and_find(program, &named, &name, journals, &mut random).await;
        processed += stored.iter().filter(|batch| !batch.journal.contains("plain")).count();
        all += stored.len();
        tables_agree(&mut schema.sql().await, processed).await;
    }
    // However slow the machine: a few in each round, so that kills hit appends.
    assert!(all > 90, "the process was not under load: {all} batches");
}

/// Waits until the server has ended the connections of this application.
async fn ended(sql: &mut PgConnection, application: &str) {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
    let over = async {
        while sqlx::query_scalar::<_, i64>(count)
            .bind(application)
            .fetch_one(&mut *sql)
            .await
            .unwrap()
            > 0
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), over).await.expect("they end");
}

fn is_honest(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_) | StoreError::TimedOut { .. }
    )
}

#[tokio::test]
async fn writers_go_on_while_their_connections_are_ended() {
    let schema = Schema::new().await;
    let url = format!("{}&application_name={}", schema.url(), schema.name());
    let store = SqlxEventStore::connect(&url).await.unwrap();
    let writers = Writers::start(store, 12);
    let mut sql = schema.sql().await;
    for _ in 0..40 {
        writers.go_on(10).await;
        let end =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
        sqlx::query(end).bind(schema.name()).execute(&mut sql).await.unwrap();
    }
    writers.go_on(100).await;
    let errors = writers.stop().await;
    assert!(errors.iter().all(is_honest), "{errors:?}");
    tables_agree(&mut sql, 0).await;
}

fn private_server() -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    (Database::Postgres.start(folder.path()).unwrap(), folder)
}

#[tokio::test]
async fn writers_go_on_after_the_server_is_killed_and_lose_nothing() {
    let (mut server, _folder) = private_server();
    let url = server.url().to_owned();
    let store = SqlxEventStore::builder().acquire_timeout(Duration::from_secs(5)).connect(&url);
    let writers = Writers::start(store.await.unwrap(), 12);
    for _ in 0..4 {
        writers.go_on(200).await;
        server = tokio::task::spawn_blocking(move || {
            server.kill().unwrap();
            server.restart().unwrap();
            server
        })
        .await
        .unwrap();
    }
    writers.go_on(200).await;
    let errors = writers.stop().await;
    assert!(errors.iter().all(is_honest), "{errors:?}");
    tables_agree(&mut PgConnection::connect(&url).await.unwrap(), 0).await;
}

#[tokio::test]
async fn a_full_disk_is_told_and_writers_go_on_when_there_is_room() {
    let (server, folder) = private_server();
    let Some(disk) = SmallDisk::mount(folder.path().join("small"), "24m", "postgres").unwrap()
    else {
        println!("not run: only root can mount a file system");
        return;
    };
    let mut root = PgConnection::connect(server.url()).await.unwrap();
    let place = disk.folder().display();
    execute(&mut root, format!("CREATE TABLESPACE small LOCATION '{place}'")).await;
    execute(&mut root, "CREATE DATABASE small TABLESPACE small").await;
    let url = format!("{}/small", server.url().rsplit_once('/').unwrap().0);

    let writers = Writers::start(SqlxEventStore::connect(&url).await.unwrap(), 12);
    writers.go_on(100).await;
    disk.fill().unwrap();
    writers.meet(|error| matches!(error, StoreError::Full(_))).await;
    disk.make_room().unwrap();
    writers.go_on(100).await;

    let errors = writers.stop().await;
    assert!(errors.iter().all(|error| matches!(error, StoreError::Full(_))), "{errors:?}");
    tables_agree(&mut PgConnection::connect(&url).await.unwrap(), 0).await;
}
