//! A process that is killed leaves what it acknowledged, whole, and of what it didn't nothing by halves (S8).
#![allow(clippy::unwrap_used, reason = "this is how a test fails")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::thread::sleep;
use std::time::Duration;

use common::{Database, schema};
use sqlx::SqliteConnection;
use store_tests::Begin;
use store_tests::survivors::{kill_and_find, start};

const PROGRAM: &str = env!("CARGO_BIN_EXE_append_under_load");

/// Fails unless the tables agree with each other.
async fn tables_agree(sql: &mut SqliteConnection, processed: usize) {
    let sound: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut *sql).await.expect("an answer");
    assert_eq!(sound, "ok");
    type Disagreement = (String, Option<i64>, Option<i64>, Option<i64>);
    let disagree: Vec<Disagreement> = sqlx::query_as(
        "SELECT entity_id, e.entity_version, v.count, v.last
           FROM entities e
           FULL JOIN (SELECT entity_type, entity_id, count(*) AS count, max(entity_version) AS last
                        FROM events GROUP BY entity_type, entity_id) v USING (entity_type, entity_id)
          WHERE e.entity_version IS NOT v.count OR e.entity_version IS NOT v.last",
    )
    .fetch_all(&mut *sql)
    .await
    .expect("an answer");
    assert_eq!(disagree, [], "versions of entities, numbers of events and last versions");
    let messages: i64 = sqlx::query_scalar("SELECT count(*) FROM processed_messages")
        .fetch_one(sql)
        .await
        .expect("an answer");
    assert_eq!(messages, processed as i64, "a message for each batch that has one");
}

#[tokio::test]
async fn acknowledged_appends_survive_kill_9_and_others_are_whole_or_absent() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let database = Database::new();
    let mut processed = 0;
    let mut all = Vec::new();
    for round in 0..60 {
        let (url, name) = (database.url(), format!("round {round}"));
        let journals = async || database.journals().await;
        let stored = kill_and_find(PROGRAM, &url, &name, journals, &mut random).await;
        processed += stored.iter().filter(|batch| !batch.journal.contains("plain")).count();
        tables_agree(&mut database.sql().await, processed).await;
        all.extend(stored);
    }
    assert!(all.len() > 300, "the process was not under load: {} batches", all.len());
    let journals = database.journals().await;
    for batch in all {
        let journal = journals.find(&batch.journal).at_version(batch.entry.first).await;
        assert_eq!(journal.expect("it is still there").last, batch.entry);
    }
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_creates_the_database_leaves_one_that_can_be_used() {
    for round in 0..20 {
        let database = Database::new();
        let mut child = start(PROGRAM, &database.url(), "first");
        // Nothing is waited for: this is where chance comes in.
        sleep(Duration::from_micros(fastrand::u64(0..20_000) + round * 1_000));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        drop(database.store().await);
        let mut sql = database.sql().await;
        let expected = Database::new();
        drop(expected.store().await);
        assert_eq!(schema(&mut sql).await, schema(&mut expected.sql().await).await);
        let begin = Begin { batch: "later".into(), of: 1 };
        let journals = database.journals().await;
        journals.save_as("later".into(), begin).await.expect("it can be used");
    }
}
