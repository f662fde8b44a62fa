//! The feed on MariaDB and MySQL, where more events wait for their positions than one step gives.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use es_core::store::Position;
use es_core::{EventStore, Version};
use es_sqlx::SqlxEventStore;
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, Executor};
use store_tests::feed::{Counted, Reader, counted};

use self::database::Database;

/// More than a step gives positions to, twice.
const WAITING: u64 = 12_000;

/// Each event has its version as its number, without holes, and waits as a commit of its own.
const RENUMBER: &str = "
    UPDATE events SET seq = seq + 1000000 ORDER BY seq DESC;
    UPDATE events SET seq = entity_version;
    DELETE FROM unsequenced;
    INSERT INTO unsequenced (seq, commit_id) SELECT seq, seq FROM events";

/// Commits of two events each, the first of which is far before the second one: over the ends of steps.
const PAIRS: &str = "
    UPDATE unsequenced SET commit_id = 5000 WHERE seq = 1;
    UPDATE unsequenced SET commit_id = 5001 WHERE seq = 4999;
    UPDATE unsequenced SET commit_id = 5500 WHERE seq = 2;
    UPDATE unsequenced SET commit_id = 11000 WHERE seq = 10";

/// A commit that is larger than a step.
const LARGE: &str = "UPDATE unsequenced SET commit_id = 7000 WHERE seq <= 7000 AND seq % 2 = 1";

/// The order that the events in the queue must get.
const ORDER: &str = "
    SELECT seq FROM (SELECT seq, commit_id, MAX(seq) OVER (PARTITION BY commit_id) last FROM unsequenced) q
     ORDER BY last, commit_id, seq";

async fn numbers(database: &Database, query: &'static str) -> Vec<u64> {
    sqlx::query_scalar(query).fetch_all(&mut database.sql().await).await.unwrap()
}

/// Lets events wait, each in a commit of its own but for what the statements say, and checks the order that they get.
async fn assert_ordered(commits: &str) {
    let database = Database::new().await;
    let store = SqlxEventStore::connect(&database.url()).await.unwrap();
    for before in (0..WAITING).step_by(500) {
        let commit = Counted { commit: before.to_string(), of: 500 };
        store.append(counted("a", Version::new(before), 500, &commit).unwrap()).await.unwrap();
    }
    let statements = format!("{RENUMBER};{commits}");
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut database.sql().await).await.unwrap();
    let order = numbers(&database, ORDER).await;

    let mut reader = Reader::default();
    while !reader.page(&store, 4_000).await.unwrap() {}
    assert_eq!(reader.after, Position::new(WAITING));
    let seen: Vec<u64> = reader.seen.iter().map(|(_, seen)| seen.version).collect();
    assert!(seen == order, "they are shown in the order of their positions");
    let given = numbers(&database, "SELECT seq FROM positions ORDER BY position").await;
    let first_fault = order.iter().zip(&given).position(|(order, given)| order != given);
    assert_eq!((given.len(), first_fault), (order.len(), None));
    assert!(numbers(&database, "SELECT seq FROM unsequenced").await.is_empty());
}

#[tokio::test]
async fn commits_stay_together_over_the_ends_of_steps() {
    assert_ordered(PAIRS).await;
}

#[tokio::test]
async fn a_commit_that_is_larger_than_a_step_stays_together() {
    assert_ordered(LARGE).await;
}

#[tokio::test]
async fn many_small_commits_are_taken_in_their_order() {
    assert_ordered("").await;
}

/// Reads 600 events in one page, where their numbers are these.
async fn assert_shown(pool: MySqlPool, numbers: &'static str) {
    let store = SqlxEventStore::builder().from_mysql_pool(pool.clone()).await.unwrap();
    let commit = Counted { commit: "one".to_owned(), of: 600 };
    store.append(counted("a", Version::NONE, 600, &commit).unwrap()).await.unwrap();
    sqlx::raw_sql(numbers).execute(&pool).await.unwrap();
    store.feed_end().await.unwrap();
    let mut reader = Reader::default();
    assert!(reader.page(&store, 4_000).await.unwrap(), "one page");
    let seen: Vec<u64> = reader.seen.iter().map(|(_, seen)| seen.version).collect();
    assert_eq!(seen, (1..=600).collect::<Vec<u64>>());
}

/// Between them lie many that this page hasn't.
#[tokio::test]
async fn events_whose_numbers_are_far_apart_are_shown() {
    let database = Database::new().await;
    let pool = MySqlPool::connect(&database.url()).await.unwrap();
    assert_shown(
        pool,
        "UPDATE events SET seq = seq + 1000000 WHERE entity_version > 300 ORDER BY seq DESC;
         UPDATE unsequenced SET seq = seq + 1000000
          WHERE seq IN (SELECT seq - 1000000 FROM events WHERE entity_version > 300) ORDER BY seq DESC",
    )
    .await;
}

/// MariaDB takes the length from the session; MySQL takes it from the statement.
#[tokio::test]
async fn numbers_that_the_server_cuts_off_are_not_taken_for_all() {
    // The whole text has 4,583 bytes.
    for length in [1_000, 4_579, 4_580, 4_581, 4_582] {
        let database = Database::new().await;
        let pool = MySqlPoolOptions::new().after_connect(move |connection, _| {
            let limit = format!("SET SESSION group_concat_max_len = {length}");
            Box::pin(async move { connection.execute(AssertSqlSafe(limit)).await.map(drop) })
        });
        let pool = pool.connect(&database.url()).await.unwrap();
        assert_shown(pool, "DO 1").await;
    }
}
