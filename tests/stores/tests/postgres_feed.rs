//! The feed on PostgreSQL, where it has to do with what the server numbers and with what was there before.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use std::collections::HashSet;
use std::time::Duration;

use es_core::store::Position;
use es_core::{EventStore, Version};
use es_sqlx::SqlxEventStore;
use store_tests::feed::{COUNTER, Counted, Faults, Reader, Seen, counted, faults};

use self::schema::Schema;

async fn store(schema: &Schema) -> SqlxEventStore {
    SqlxEventStore::connect(&schema.url()).await.unwrap()
}

/// Appends to a stream, and returns the events.
async fn append(store: &SqlxEventStore, id: &str, before: u64, events: u64) -> Vec<Seen> {
    let counted_as = Counted { commit: format!("{id} {before}"), of: events };
    let append = counted(id, Version::new(before), events, &counted_as).unwrap();
    store.append(append).await.unwrap();
    let Counted { commit, of } = counted_as;
    let seen =
        |n| Seen { entity_id: id.to_owned(), version: before + n, commit: commit.clone(), of };
    (1..=events).map(seen).collect()
}

async fn read(store: &SqlxEventStore) -> Vec<(Position, Seen)> {
    let mut reader = Reader::default();
    while !reader.page(store, 100).await.unwrap() {}
    reader.seen
}

async fn assert_seen_once(store: &SqlxEventStore, committed: &HashSet<Seen>) {
    let seen = read(store).await;
    assert_eq!(faults(seen.iter().map(|(_, seen)| seen), committed), Faults::default());
    let positions: Vec<_> = seen.iter().map(|(position, _)| position.get()).collect();
    assert_eq!(positions, (1..=committed.len() as u64).collect::<Vec<_>>());
}

async fn execute(schema: &Schema, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&mut schema.sql().await).await.unwrap();
}

/// As a database of the first schema is, into which another cluster's rows were restored.
const FIRST_SCHEMA: &str = "
    DROP TABLE positions, sequencer, subscriptions, subscription_members, dead_letters;
    DELETE FROM event_store_schema WHERE version >= 3";

#[tokio::test]
async fn events_from_before_the_feed_are_in_it() {
    let schema = Schema::new().await;
    let old = store(&schema).await;
    let mut committed = HashSet::new();
    for id in ["a", "b"] {
        for before in [0, 3] {
            committed.extend(append(&old, id, before, 3).await);
        }
    }
    drop(old);
    execute(&schema, FIRST_SCHEMA).await;

    let new = store(&schema).await;
    committed.extend(append(&new, "a", 6, 2).await);
    assert_seen_once(&new, &committed).await;
    committed.extend(append(&new, "b", 6, 2).await);
    assert_seen_once(&new, &committed).await;
}

#[tokio::test]
async fn a_restored_database_goes_on_in_another_cluster() {
    let schema = Schema::new().await;
    let before = store(&schema).await;
    let mut committed: HashSet<Seen> = append(&before, "a", 0, 3).await.into_iter().collect();
    let shown = read(&before).await;
    committed.extend(append(&before, "b", 0, 3).await);
    drop(before);
    // The transactions of the other cluster had higher numbers, and the sequencer didn't come to the last ones.
    execute(
        &schema,
        "UPDATE events SET tx = (tx::text::bigint + 1000000000)::text::xid8;
         UPDATE positions SET snapshot = '5000000000:5000000000:' WHERE snapshot IS NOT NULL;
         UPDATE sequencer SET system_identifier = system_identifier + 1",
    )
    .await;

    let after = store(&schema).await;
    committed.extend(append(&after, "c", 0, 3).await);
    assert_seen_once(&after, &committed).await;
    assert_eq!(read(&after).await[..3], shown, "positions that were shown stay");
    committed.extend(append(&after, "a", 3, 3).await);
    assert_seen_once(&after, &committed).await;
}

#[tokio::test]
async fn more_events_than_a_statement_has_time_for_get_their_positions() {
    let schema = Schema::new().await;
    let writer = store(&schema).await;
    let mut committed = HashSet::new();
    for n in 0..3 {
        committed.extend(append(&writer, &format!("long {n}"), 0, 7_000).await);
    }
    let hurried = SqlxEventStore::builder().statement_timeout(Duration::from_millis(20));
    let hurried = hurried.connect(&schema.url()).await.unwrap();
    assert_eq!(hurried.feed_end().await.unwrap(), Position::new(21_000));
    assert_seen_once(&writer, &committed).await;
}

/// Numbers that lie far apart are asked for one by one, and come in their order all the same.
#[tokio::test]
async fn events_that_lie_far_apart_are_shown_in_their_order() {
    let schema = Schema::new().await;
    let store = store(&schema).await;
    let mut committed = HashSet::new();
    let mut transaction = store.begin().await.unwrap();
    let early = Counted { commit: "early".to_owned(), of: 2 };
    transaction.append(counted("early", Version::NONE, 1, &early).unwrap()).await.unwrap();
    for before in (0..3_000).step_by(300) {
        committed.extend(append(&store, "a", before, 300).await);
    }
    assert_seen_once(&store, &committed).await;
    transaction.append(counted("early", Version::new(1), 1, &early).unwrap()).await.unwrap();
    transaction.commit().await.unwrap();
    committed.extend((1..=2).map(|version| Seen {
        entity_id: "early".to_owned(),
        version,
        commit: "early".to_owned(),
        of: 2,
    }));
    assert_seen_once(&store, &committed).await;
    assert_eq!(
        store.position_of(COUNTER, "early", Version::new(1)).await.unwrap(),
        Some(Position::new(3_001))
    );
}

#[tokio::test]
async fn a_position_that_is_missing_is_told() {
    let schema = Schema::new().await;
    let store = store(&schema).await;
    append(&store, "a", 0, 3).await;
    read(&store).await;
    append(&store, "a", 3, 3).await;
    read(&store).await;
    execute(&schema, "DELETE FROM positions WHERE after_position = 0").await;
    let error = Reader::default().page(&store, 100).await.unwrap_err();
    assert_eq!(error.to_string(), "the store is damaged: position 1 is missing");
}
