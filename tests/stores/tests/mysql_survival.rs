//! Kills, broken connections and a full disk lose nothing on MariaDB that was acknowledged, and leave nothing by halves
//! (S8, S9).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use es_core::store::StoreError;
use es_core::{AggregateRepository, Failure};
use es_sqlx::SqlxEventStore;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use store_tests::survivors::{batches, kill_and_find};
use store_tests::writers::Writers;
use store_tests::{Begin, Journal};
use test_servers::{Server, SmallDisk};

use self::database::Database;

/// Fails unless the tables agree with each other, and so many messages are processed.
async fn tables_agree(sql: &mut MySqlConnection, processed: usize) {
    type Disagreement = (Vec<u8>, Option<u64>, Option<i64>, Option<u64>);
    let disagree: Vec<Disagreement> = sqlx::query_as(
        "SELECT i.entity_id, e.entity_version, v.count, v.last
           FROM (SELECT entity_type, entity_id FROM entities
                  UNION SELECT entity_type, entity_id FROM events) i
           LEFT JOIN entities e USING (entity_type, entity_id)
           LEFT JOIN (SELECT entity_type, entity_id, COUNT(*) AS count, MAX(entity_version) AS last
                        FROM events GROUP BY entity_type, entity_id) v USING (entity_type, entity_id)
          WHERE NOT (e.entity_version <=> v.count AND e.entity_version <=> v.last)",
    )
    .fetch_all(&mut *sql)
    .await
    .unwrap();
    assert_eq!(disagree, [], "versions of entities, numbers of events and last versions");
    let messages: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM processed_messages")
        .fetch_one(&mut *sql)
        .await
        .unwrap();
    assert_eq!(messages, processed as i64, "a message for each batch that has one");
    let queued: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM events e
          WHERE (SELECT COUNT(*) FROM unsequenced q WHERE e.seq >= q.seq AND e.seq < q.seq + q.events) <> 1",
    )
    .fetch_one(&mut *sql)
    .await
    .unwrap();
    let stray: i64 = sqlx::query_scalar(
        "SELECT (SELECT CAST(IFNULL(SUM(events), 0) AS SIGNED) FROM unsequenced) - (SELECT COUNT(*) FROM events)",
    )
    .fetch_one(sql)
    .await
    .unwrap();
    assert_eq!((queued, stray), (0, 0), "each event waits for its position, and nothing else does");
}

/// The numbers of all other connections to the database.
async fn others(sql: &mut MySqlConnection) -> Vec<u64> {
    sqlx::query_scalar(
        "SELECT CAST(id AS UNSIGNED) FROM information_schema.processlist
          WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    )
    .fetch_all(sql)
    .await
    .unwrap()
}

#[tokio::test]
async fn acknowledged_appends_survive_kill_9_and_others_are_whole_or_absent() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let database = Database::new().await;
    let url = database.url();
    let (mut processed, mut all) = (0, 0);
    for round in 0..30 {
        let name = format!("round {round}");
        let journals = async || {
            // What the server was doing for the process comes to its end first.
            ended(&mut database.sql().await).await;
            let store = SqlxEventStore::connect(&url).await.unwrap();
            AggregateRepository::<Journal>::new(store)
        };
        let program = env!("CARGO_BIN_EXE_append_under_load");
        let stored = kill_and_find(program, &url, &name, journals, &mut random).await;
        processed += stored.iter().filter(|batch| !batch.journal.contains("plain")).count();
        all += stored.len();
        tables_agree(&mut database.sql().await, processed).await;
    }
    // However slow the machine: a few in each round, so that kills hit appends.
    assert!(all > 90, "the process was not under load: {all} batches");
}

/// Waits until the server has ended all other connections.
async fn ended(sql: &mut MySqlConnection) {
    let over = async {
        while !others(sql).await.is_empty() {
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
    let database = Database::new().await;
    let store = SqlxEventStore::connect(&database.url()).await.unwrap();
    let writers = Writers::start(store, 12);
    let mut sql = database.sql().await;
    for _ in 0..40 {
        writers.go_on(10).await;
        for id in others(&mut sql).await {
            // It may have gone by itself.
            let _ = sqlx::raw_sql(AssertSqlSafe(format!("KILL {id}"))).execute(&mut sql).await;
        }
    }
    writers.go_on(100).await;
    let errors = writers.stop().await;
    assert!(errors.iter().all(is_honest), "{errors:?}");
    tables_agree(&mut sql, 0).await;
}

fn private_server() -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    (test_servers::Database::MariaDb.start(folder.path()).unwrap(), folder)
}

#[tokio::test]
async fn writers_go_on_after_the_server_is_killed_and_lose_nothing() {
    let (mut server, _folder) = private_server();
    let mut root = MySqlConnection::connect(server.url()).await.unwrap();
    sqlx::raw_sql("CREATE DATABASE journals").execute(&mut root).await.unwrap();
    let url = format!("{}/journals", server.url().rsplit_once('/').unwrap().0);
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
    tables_agree(&mut MySqlConnection::connect(&url).await.unwrap(), 0).await;
}

/// A small disk at the folder that a variable of the server names, or below it. `None` where there can't be one.
async fn small_disk(server: &Server, variable: &str, below: &str) -> Option<SmallDisk> {
    let mut root = MySqlConnection::connect(server.url()).await.unwrap();
    let folder: String = sqlx::query_scalar(AssertSqlSafe(format!("SELECT @@{variable}")))
        .fetch_one(&mut root)
        .await
        .unwrap();
    let disk = SmallDisk::mount(Path::new(&folder).join(below), "24m", "root").unwrap();
    if disk.is_none() {
        println!("not run: only root can mount a file system");
    }
    disk
}

/// A database on a small disk, and its address: to the server, a folder among its data is a database.
async fn small_database(server: &Server) -> Option<(SmallDisk, String)> {
    let disk = small_disk(server, "datadir", "small").await?;
    Some((disk, format!("{}/small", server.url().rsplit_once('/').unwrap().0)))
}

fn is_full(error: &StoreError) -> bool {
    matches!(error, StoreError::Full(_))
}

/// Fills the disk, and waits until the server has met its end.
async fn fill(disk: &SmallDisk, server: &Server) {
    let met = || server.log().matches("failed with error 28").count();
    let before = met();
    disk.fill().unwrap();
    let meets = async {
        while met() == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), meets).await.expect("it is met");
}

#[tokio::test]
async fn a_full_disk_is_told_and_writers_go_on_when_there_is_room() {
    let (server, _folder) = private_server();
    let Some((disk, url)) = small_database(&server).await else { return };
    let writers = Writers::start(SqlxEventStore::connect(&url).await.unwrap(), 12);
    let mut told = false;
    // Appends that failed together are tried again one by one. If there is room by then, nobody need be told.
    for _ in 0..5 {
        writers.go_on(100).await;
        fill(&disk, &server).await;
        // No longer: 5 seconds after a rollback that needs room too, the server ends itself.
        let soon = tokio::time::timeout(Duration::from_secs(2), writers.meet(is_full)).await;
        disk.make_room().unwrap();
        told = soon.is_ok();
        if told {
            break;
        }
    }
    assert!(told, "the server met the end of the disk, and no writer was told");
    writers.go_on(100).await;

    let errors = writers.stop().await;
    assert!(errors.iter().all(is_full), "{errors:?}");
    tables_agree(&mut MySqlConnection::connect(&url).await.unwrap(), 0).await;
}

#[tokio::test]
async fn writers_go_on_after_the_server_ends_at_a_full_disk_and_lose_nothing() {
    let (mut server, _folder) = private_server();
    let Some((disk, url)) = small_database(&server).await else { return };
    let store = SqlxEventStore::builder().acquire_timeout(Duration::from_secs(5)).connect(&url);
    let writers = Writers::start(store.await.unwrap(), 12);
    for _ in 0..3 {
        writers.go_on(100).await;
        fill(&disk, &server).await;
        server.kill().unwrap();
        disk.make_room().unwrap();
        let restart = move || server.restart().map(|()| server);
        server = tokio::task::spawn_blocking(restart).await.unwrap().unwrap();
    }
    writers.go_on(100).await;

    let errors = writers.stop().await;
    assert!(errors.iter().all(|error| is_full(error) || is_honest(error)), "{errors:?}");
    tables_agree(&mut MySqlConnection::connect(&url).await.unwrap(), 0).await;
}

#[tokio::test]
async fn a_full_disk_for_temporary_files_is_told_and_large_appends_succeed_when_there_is_room() {
    let (server, _folder) = private_server();
    let Some(disk) = small_disk(&server, "tmpdir", "").await else { return };
    let store = SqlxEventStore::connect(server.url()).await.unwrap();
    let journals = AggregateRepository::<Journal>::new(store);
    // More than the binary log keeps of a commit in memory.
    let large = Begin { batch: "large".repeat(20_000), of: 1 };
    let begin = async || journals.save_as("large".to_owned(), large.clone()).await;
    disk.fill().unwrap();
    for _ in 0..3 {
        let full = begin().await;
        assert!(matches!(&full, Err(Failure::Store(error)) if is_full(error)), "{full:?}");
    }
    let small = Begin { batch: "small".to_owned(), of: 3 };
    journals.save_as("small".to_owned(), small).await.unwrap();
    disk.make_room().unwrap();

    // Nothing is in its way, so nothing of it was stored before.
    begin().await.unwrap();
    assert_eq!(batches(&journals, "small").await.len(), 1);
    assert_eq!(batches(&journals, "large").await.len(), 1);
    tables_agree(&mut MySqlConnection::connect(server.url()).await.unwrap(), 0).await;
}

/// Puts the binary log on a small disk. `None` where there can't be one.
async fn small_log(server: &mut Server) -> Option<SmallDisk> {
    let mut root = MySqlConnection::connect(server.url()).await.unwrap();
    let log: String =
        sqlx::query_scalar("SELECT @@log_bin_basename").fetch_one(&mut root).await.unwrap();
    let folder = Path::new(&log).parent().unwrap();
    server.kill().unwrap();
    let files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| (file.file_name(), fs::read(file.path()).unwrap()))
        .collect();
    let disk = SmallDisk::mount(folder.to_owned(), "24m", "root").unwrap();
    match &disk {
        Some(disk) => {
            for (name, content) in files {
                fs::write(disk.folder().join(name), content).unwrap();
            }
        }
        None => println!("not run: only root can mount a file system"),
    }
    server.restart().unwrap();
    disk
}

/// It takes over a minute: so seldom does the server look whether there is room again.
#[tokio::test]
async fn what_is_acknowledged_after_the_disk_of_the_binary_log_was_full_survives_kill_9() {
    let (mut server, _folder) = private_server();
    let Some(disk) = small_log(&mut server).await else { return };
    let mut root = MySqlConnection::connect(server.url()).await.unwrap();
    sqlx::raw_sql("CREATE DATABASE journals").execute(&mut root).await.unwrap();
    let url = format!("{}/journals", server.url().rsplit_once('/').unwrap().0);
    let second = Duration::from_secs(1);
    let builder = SqlxEventStore::builder().statement_timeout(second).busy_timeout(second);
    let store = builder.acquire_timeout(5 * second).connect(&url).await.unwrap();
    let writers = Writers::start(store, 4);
    writers.go_on(100).await;
    disk.fill().unwrap();
    writers.meet(|_| true).await;
    disk.make_room().unwrap();
    sqlx::raw_sql("CREATE TABLE journals.after_that (id INT)").execute(&mut root).await.unwrap();

    writers.go_on(100).await;
    server.kill().unwrap();
    let restart = move || server.restart().map(|()| server);
    let server = tokio::task::spawn_blocking(restart).await.unwrap().unwrap();
    writers.go_on(100).await;
    let errors = writers.stop().await;
    assert!(errors.iter().all(is_honest), "{errors:?}");
    tables_agree(&mut MySqlConnection::connect(&url).await.unwrap(), 0).await;
    drop(server);
}

#[tokio::test]
async fn tables_for_which_there_is_no_room_are_created_when_there_is() {
    let (server, _folder) = private_server();
    let Some((disk, url)) = small_database(&server).await else { return };
    disk.fill().unwrap();
    let full = SqlxEventStore::connect(&url).await.err();
    assert!(full.as_ref().is_some_and(is_full), "{full:?}");
    disk.make_room().unwrap();
    let writers = Writers::start(SqlxEventStore::connect(&url).await.unwrap(), 1);
    writers.go_on(1).await;
    writers.stop().await;
}
