//! The feed on MariaDB and MySQL, where more events wait for their positions than one step gives.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use std::time::Duration;

use es_core::store::{Position, StoreError};
use es_core::{EventStore, Version};
use es_sqlx::SqlxEventStore;
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};
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

/// Two events each wait as a run, every fifth of which has the commit of one long before it.
const RUNS: &str = "
    DELETE FROM unsequenced;
    INSERT INTO unsequenced (seq, events, commit_id)
    SELECT seq, 2, IF(seq % 10 = 1 AND seq > 4000, seq - 4000, seq) FROM events WHERE seq % 2 = 1";

/// Commits of two events each, the first of which is far before the second one: over the ends of steps.
const PAIRS: &str = "
    UPDATE unsequenced SET commit_id = 5000 WHERE seq = 1;
    UPDATE unsequenced SET commit_id = 5001 WHERE seq = 4999;
    UPDATE unsequenced SET commit_id = 5500 WHERE seq = 2;
    UPDATE unsequenced SET commit_id = 11000 WHERE seq = 10";

/// A commit that is larger than a step.
const LARGE: &str = "UPDATE unsequenced SET commit_id = 7000 WHERE seq <= 7000 AND seq % 2 = 1";

/// The order that the runs in the queue must get.
const ORDER: &str = "
    SELECT seq, events
      FROM (SELECT seq, events, commit_id, MAX(seq) OVER (PARTITION BY commit_id) last FROM unsequenced) q
     ORDER BY last, commit_id, seq";

/// The numbers of the events of these runs.
async fn numbers(database: &Database, query: &'static str) -> Vec<u64> {
    let runs: Vec<(u64, u64)> =
        sqlx::query_as(query).fetch_all(&mut database.sql().await).await.unwrap();
    runs.into_iter().flat_map(|(seq, events)| seq..seq + events).collect()
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
    let given = numbers(&database, "SELECT seq, events FROM positions ORDER BY position").await;
    let first_fault = order.iter().zip(&given).position(|(order, given)| order != given);
    assert_eq!((given.len(), first_fault), (order.len(), None));
    assert!(numbers(&database, "SELECT seq, events FROM unsequenced").await.is_empty());
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

#[tokio::test]
async fn runs_of_several_events_are_taken_with_their_commits() {
    assert_ordered(RUNS).await;
}

/// Reads 600 events in a page, where they wait so, once by whoever gave them their positions and once by who has to ask.
async fn assert_shown(pool: MySqlPool, waiting: &'static str) {
    let store = SqlxEventStore::builder().from_mysql_pool(pool.clone()).await.unwrap();
    let commit = Counted { commit: "one".to_owned(), of: 600 };
    store.append(counted("a", Version::NONE, 600, &commit).unwrap()).await.unwrap();
    sqlx::raw_sql(waiting).execute(&pool).await.unwrap();
    store.feed_end().await.unwrap();
    let other = SqlxEventStore::builder().from_mysql_pool(pool).await.unwrap();
    for store in [store, other] {
        let mut reader = Reader::default();
        reader.page(&store, 4_000).await.unwrap();
        assert_eq!(reader.after, Position::new(600), "one page");
        let seen: Vec<u64> = reader.seen.iter().map(|(_, seen)| seen.version).collect();
        assert_eq!(seen, (1..=600).collect::<Vec<u64>>());
    }
}

/// Between them lie many that this page hasn't.
#[tokio::test]
async fn events_whose_numbers_are_far_apart_are_shown() {
    let database = Database::new().await;
    let pool = MySqlPool::connect(&database.url()).await.unwrap();
    assert_shown(
        pool,
        "UPDATE events SET seq = entity_version + IF(entity_version > 300, 1000000, 10000) ORDER BY seq DESC;
         DELETE FROM unsequenced;
         INSERT INTO unsequenced (seq, events, commit_id) VALUES (10001, 300, 1), (1000301, 300, 1)",
    )
    .await;
}

/// MariaDB takes the length from the session; MySQL takes it from the statement.
#[tokio::test]
async fn runs_that_the_server_cuts_off_are_not_taken_for_all() {
    // The whole text has 5,784 bytes.
    for length in [30, 1_000, 5_780, 5_781, 5_782, 5_783] {
        let database = Database::new().await;
        let pool = MySqlPoolOptions::new().after_connect(move |connection, _| {
            let limit = format!("SET SESSION group_concat_max_len = {length}");
            Box::pin(async move { connection.execute(AssertSqlSafe(limit)).await.map(drop) })
        });
        let pool = pool.connect(&database.url()).await.unwrap();
        assert_shown(
            pool.clone(),
            "DELETE FROM unsequenced; INSERT INTO unsequenced (seq, commit_id) SELECT seq, 1 FROM events",
        )
        .await;
        let whole: u64 = sqlx::query_scalar(
            "SELECT CAST(SUM(LENGTH(CONCAT(seq, events, position)) + 3) AS UNSIGNED) FROM positions",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(whole, 5_784);
    }
}

/// How many runs wait of an append of one event, of few, and of more than there may be parameters for.
async fn waiting(increment: u32) -> Vec<(u64, u64)> {
    let database = Database::new().await;
    let pool = MySqlPoolOptions::new().after_connect(move |connection, _| {
        let numbers = format!("SET SESSION auto_increment_increment = {increment}");
        Box::pin(async move { connection.execute(AssertSqlSafe(numbers)).await.map(drop) })
    });
    let pool = pool.connect(&database.url()).await.unwrap();
    let store = SqlxEventStore::builder().from_mysql_pool(pool.clone()).await.unwrap();
    for (entity, events) in [("one", 1), ("few", 4), ("many", 200)] {
        let commit = Counted { commit: entity.to_owned(), of: events };
        store.append(counted(entity, Version::NONE, events, &commit).unwrap()).await.unwrap();
    }
    let runs = sqlx::query_as("SELECT commit_id, events FROM unsequenced ORDER BY seq");
    let runs: Vec<(u64, u64)> = runs.fetch_all(&pool).await.unwrap();
    let mut reader = Reader::default();
    while !reader.page(&store, 100).await.unwrap() {}
    let seen: Vec<u64> = reader.seen.iter().map(|(_, seen)| seen.version).collect();
    assert_eq!(seen, (1..=1).chain(1..=4).chain(1..=200).collect::<Vec<u64>>());
    let mut commits: Vec<(u64, u64)> = Vec::new();
    for (commit, events) in runs {
        match commits.last_mut() {
            Some((last, runs)) if *last == commit => *runs += 1,
            _ => commits.push((commit, 1)),
        }
        assert!(increment == 1 || events == 1, "{events} events in a run");
    }
    commits
}

#[tokio::test]
async fn the_events_of_a_commit_wait_as_one_run_where_their_numbers_follow_each_other() {
    let runs = |commits: Vec<(u64, u64)>| commits.into_iter().map(|(_, runs)| runs);
    assert_eq!(runs(waiting(1).await).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(runs(waiting(3).await).collect::<Vec<_>>(), [1, 4, 200]);
}

/// A store whose connections wait so long for a lock, and in which so many commits of an event each wait for a position.
async fn with_waiting(database: &Database, commits: u64, busy: Duration) -> SqlxEventStore {
    let builder = SqlxEventStore::builder().busy_timeout(busy);
    let store = builder.connect(&database.url()).await.unwrap();
    let commit = Counted { commit: "all".to_owned(), of: commits };
    store.append(counted("a", Version::NONE, commits, &commit).unwrap()).await.unwrap();
    sqlx::raw_sql(
        "DELETE FROM unsequenced; INSERT INTO unsequenced (seq, commit_id) SELECT seq, seq FROM events",
    )
    .execute(&mut database.sql().await)
    .await
    .unwrap();
    store
}

/// Waits until so many connections are about to give positions.
async fn placing(sql: &mut MySqlConnection, connections: i64) {
    loop {
        let placing: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM information_schema.processlist
              WHERE db = DATABASE() AND info LIKE 'INSERT INTO positions%'",
        )
        .fetch_one(&mut *sql)
        .await
        .unwrap();
        if placing == connections {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The server ends one of two that wait for a third one who gives up.
#[tokio::test]
async fn positions_that_another_one_gives_up_are_given_once() {
    let database = Database::new().await;
    let busy = Duration::from_secs(30);
    let one = with_waiting(&database, 10, busy).await;
    let other =
        SqlxEventStore::builder().busy_timeout(busy).connect(&database.url()).await.unwrap();
    let (mut third, mut sql) = (database.sql().await, database.sql().await);
    let mut transaction = third.begin().await.unwrap();
    let held = "INSERT INTO positions (position, seq) VALUES (1, 1000000)";
    sqlx::raw_sql(held).execute(&mut *transaction).await.unwrap();
    let (one, other, ()) = tokio::join!(one.feed_end(), other.feed_end(), async {
        placing(&mut sql, 2).await;
        transaction.rollback().await.unwrap();
    });
    assert_eq!((one.unwrap(), other.unwrap()), (Position::new(10), Position::new(10)));
    let given = numbers(&database, "SELECT seq, events FROM positions ORDER BY position").await;
    assert_eq!(
        given,
        numbers(&database, "SELECT seq, CAST(1 AS UNSIGNED) FROM events ORDER BY seq").await
    );
}

#[tokio::test]
async fn a_turn_to_give_positions_is_waited_for_with_a_limit() {
    let database = Database::new().await;
    let store = with_waiting(&database, 10, Duration::from_secs(1)).await;
    let mut other = database.sql().await;
    let mut transaction = other.begin().await.unwrap();
    let held = "INSERT INTO positions (position, seq) VALUES (1, 1000000)";
    sqlx::raw_sql(held).execute(&mut *transaction).await.unwrap();
    let late = store.feed_end().await;
    assert!(
        matches!(late, Err(StoreError::TimedOut { what: "turn to give positions", limit }) if limit.as_secs() == 1),
        "{late:?}"
    );
    transaction.rollback().await.unwrap();
    assert_eq!(store.feed_end().await.unwrap(), Position::new(10));
}

#[tokio::test]
async fn an_append_that_is_not_committed_is_not_waited_for() {
    let database = Database::new().await;
    let store = with_waiting(&database, 600, Duration::from_secs(1)).await;
    let mut other = database.sql().await;
    let mut transaction = other.begin().await.unwrap();
    let open = "INSERT INTO unsequenced (seq, commit_id) VALUES (1000000, 1000000)";
    sqlx::raw_sql(open).execute(&mut *transaction).await.unwrap();
    assert_eq!(store.feed_end().await.unwrap(), Position::new(600));
    transaction.rollback().await.unwrap();
}

/// Each time that one more event waits, and at last many that somebody gave positions to and left.
#[tokio::test]
async fn what_has_a_position_leaves_the_queue_with_others() {
    let database = Database::new().await;
    let store = SqlxEventStore::connect(&database.url()).await.unwrap();
    let waiting = async || numbers(&database, "SELECT seq, events FROM unsequenced").await.len();
    let mut most = 0;
    for before in 0..200 {
        let commit = Counted { commit: before.to_string(), of: 1 };
        store.append(counted("a", Version::new(before), 1, &commit).unwrap()).await.unwrap();
        assert_eq!(store.feed_end().await.unwrap(), Position::new(before + 1));
        most = most.max(waiting().await);
    }
    assert!((10..100).contains(&most), "{most} had positions, and were in the queue");
    let given = "SELECT seq, events FROM positions ORDER BY position";
    let before = numbers(&database, given).await;

    sqlx::raw_sql(
        "INSERT IGNORE INTO unsequenced (seq, events, commit_id) SELECT seq, events, seq FROM positions",
    )
    .execute(&mut database.sql().await)
    .await
    .unwrap();
    assert_eq!(store.feed_end().await.unwrap(), Position::new(200));
    assert_eq!((waiting().await, numbers(&database, given).await), (0, before));
}
