//! The feed loses nothing, repeats nothing, inverts no stream and splits no commit, whatever writes and whoever reads
//! (S2, S3, S4). Readers each have a store of their own, as processes do, and so each gives positions.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../common/mod.rs"]
mod common;
mod kills;
#[path = "../../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod mysql;
mod naive;
#[path = "../../../../es-sqlx/tests/postgres/schema.rs"]
mod postgres;
mod readers;
mod writers;

use std::collections::HashSet;
use std::time::Duration;

use es_core::EventStore;
use es_sqlx::SqlxEventStore;
use store_tests::feed::{Faults, Reader, Seen, faults};

use self::naive::Naive;
use self::readers::Readers;
use self::writers::{EVENTS, Pace, write};

const LONG: Pace = Pace { delay: Duration::from_millis(5), open: Duration::from_secs(5) };

/// SQLite lets nobody else write while a transaction is open.
const SHORT: Pace = Pace { delay: Duration::from_millis(1), open: Duration::from_millis(300) };

/// Writes and reads at once, and checks what every reader saw.
async fn prove(url: &str, pace: Pace) -> HashSet<Seen> {
    let store = SqlxEventStore::connect(url).await.unwrap();
    let readers = Readers::start(url).await;
    let committed = write(&store, pace).await;
    assert!(committed.len() as u64 >= EVENTS, "{} events", committed.len());

    let end = store.feed_end().await.unwrap();
    for (name, reader) in readers.finish(end).await {
        let seen = reader.seen.iter().map(|(_, seen)| seen);
        assert_eq!(faults(seen, &committed), Faults::default(), "of the reader {name}");
    }
    let mut late = Reader::default();
    while !late.page(&store, 1_000).await.unwrap() {}
    assert_eq!(faults(late.seen.iter().map(|(_, seen)| seen), &committed), Faults::default());
    // While one transaction was open, the others were seen: those of it came late.
    let long = late.seen.iter().position(|(_, seen)| seen.entity_id == "long").unwrap();
    assert!(long as u64 > EVENTS / 10, "the long transaction is at {long}");
    committed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_on_sqlite() {
    let database = common::Database::new();
    prove(&database.url(), SHORT).await;
}

/// And the order of the numbers that events get when they are stored loses some, in the same run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_on_postgres() {
    let schema = postgres::Schema::new().await;
    // Its tables are there before anybody reads them.
    drop(SqlxEventStore::connect(&schema.url()).await.unwrap());
    let naive = Naive::start(
        schema.sql().await,
        "SELECT seq, entity_id, entity_version, event_data FROM events WHERE seq > $1 ORDER BY seq LIMIT 1000",
    );
    let committed = prove(&schema.url(), LONG).await;
    naive.has_lost_events(&committed).await;
}

/// And the order of the numbers that events get when they are stored loses some, in the same run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_on_mariadb() {
    let database = mysql::Database::new().await;
    drop(SqlxEventStore::connect(&database.url()).await.unwrap());
    let naive = Naive::start(
        database.sql().await,
        "SELECT CAST(seq AS SIGNED), CAST(entity_id AS CHAR CHARACTER SET utf8mb4), CAST(entity_version AS SIGNED), event_data FROM events WHERE seq > ? ORDER BY seq LIMIT 1000",
    );
    let committed = prove(&database.url(), LONG).await;
    naive.has_lost_events(&committed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_readers_change_nothing_on_sqlite() {
    let database = common::Database::new();
    kills::prove(&database.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_readers_change_nothing_on_postgres() {
    let schema = postgres::Schema::new().await;
    kills::prove(&schema.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_readers_change_nothing_on_mariadb() {
    let database = mysql::Database::new().await;
    kills::prove(&database.url()).await;
}
