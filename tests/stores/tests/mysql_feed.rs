//! The feed on MariaDB and MySQL, where more events wait for their positions than one step gives.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use es_core::store::Position;
use es_core::{EventStore, Version};
use es_sqlx::SqlxEventStore;
use sqlx::AssertSqlSafe;
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
    assert_eq!(reader.seen.len(), order.len());
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
