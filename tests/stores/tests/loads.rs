//! What a load reads on the server (N5): what it shows, and a few keys that tell what else there is, as the servers count it
//! themselves. So a snapshot never makes a load slower, however long its stream is.

use std::ops::ControlFlow;

use es_core::store::{EventStore, NewSnapshot, RawEvent, RawSnapshot, StreamQuery, StreamVisitor};
use es_core::{EventId, Version};
use es_sqlx::SqlxEventStore;
use futures_util::future::join_all;
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use sqlx::postgres::{PgPool, PgPoolOptions};
use store_tests::feed::{COUNTER, Counted, counted};

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;
#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use self::database::Database;
use self::schema::Schema;

const SHAPE: &str = "Counter/1/1f";
const ENTITY: &str = "a";

/// Keys that a load may read beside the rows that it shows.
const BESIDE: u64 = 6;

#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    snapshot: Option<u64>,
    events: u64,
}

impl StreamVisitor for Shown {
    fn snapshot(&mut self, snapshot: RawSnapshot<'_>) {
        self.snapshot = Some(snapshot.version.get());
    }

    fn event(&mut self, _: RawEvent<'_>) -> ControlFlow<()> {
        self.events += 1;
        ControlFlow::Continue(())
    }
}

/// The only connection of a store, which the test has, too.
enum Connection {
    MariaDb(MySqlPool),
    Postgres(PgPool),
}

impl Connection {
    async fn store(&self) -> SqlxEventStore {
        let builder = SqlxEventStore::builder();
        let store = match self {
            Connection::MariaDb(pool) => builder.from_mysql_pool(pool.clone()).await,
            Connection::Postgres(pool) => builder.from_postgres_pool(pool.clone()).await,
        };
        store.expect("a store")
    }

    /// How many rows were read, be it by a key or as the next ones, or put in order, which PostgreSQL doesn't tell. As the
    /// server counts it since the connection was made.
    async fn rows(&self) -> u64 {
        match self {
            Connection::MariaDb(pool) => {
                let counters: Vec<(String, String)> = sqlx::query_as("SHOW SESSION STATUS")
                    .fetch_all(pool)
                    .await
                    .expect("the server tells");
                let rows =
                    ["Handler_read_key", "Handler_read_next", "Handler_read_prev", "Sort_rows"];
                let counters = counters.iter().filter(|(name, _)| rows.contains(&&**name));
                counters.map(|(_, count)| count.parse::<u64>().expect("a number")).sum()
            }
            Connection::Postgres(pool) => {
                // It counts with the end of a transaction, and only now and then unless it is told to.
                let flush = "SELECT pg_stat_force_next_flush()";
                sqlx::query(flush).execute(pool).await.expect("it is told");
                let read: i64 = sqlx::query_scalar(
                    "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
                       FROM pg_stat_user_tables
                      WHERE schemaname = current_schema()",
                )
                .fetch_one(pool)
                .await
                .expect("the server tells");
                read.cast_unsigned()
            }
        }
    }

    /// What a load shows, and how many rows the server reads for it.
    async fn load(&self, store: &SqlxEventStore, query: StreamQuery<'_>) -> (Shown, u64) {
        let load = async || {
            let mut shown = Shown::default();
            store.load(query, &mut shown).await.expect("it is loaded");
            shown
        };
        // Its statement is prepared.
        load().await;
        let before = self.rows().await;
        let shown = load().await;
        (shown, self.rows().await - before)
    }
}

/// A stream of so many events.
async fn count(store: &SqlxEventStore, entity_id: &str, events: u64) -> Vec<EventId> {
    let commit = Counted { commit: "one".to_owned(), of: events };
    let append = counted(entity_id, Version::NONE, events, &commit).expect("it is JSON");
    let ids = append.events().iter().map(|event| event.event_id).collect();
    store.append(append).await.expect("it is stored");
    ids
}

async fn keep(store: &SqlxEventStore, version: u64, event_id: EventId) {
    let snapshot = NewSnapshot {
        entity_type: COUNTER,
        entity_id: ENTITY.to_owned(),
        version: Version::new(version),
        event_id,
        shape: SHAPE.into(),
        data: b"{}".to_vec(),
        keep: 3,
    };
    store.keep_snapshot(snapshot).await.expect("it is kept");
}

async fn a_load_reads_what_it_shows(connection: Connection) {
    const EVENTS: u64 = 1_000;
    let store = connection.store().await;
    let ids = count(&store, ENTITY, EVENTS).await;
    let plain = StreamQuery::new(COUNTER, ENTITY);
    let asking = plain.snapshot(Some(SHAPE));

    let (shown, without) = connection.load(&store, plain).await;
    assert_eq!(shown, Shown { snapshot: None, events: EVENTS });
    assert!((EVENTS..EVENTS + BESIDE).contains(&without), "all events: {without}");

    let (shown, none_kept) = connection.load(&store, asking).await;
    assert_eq!(shown, Shown { snapshot: None, events: EVENTS });
    assert!(none_kept <= without + BESIDE, "none is kept: {none_kept}");

    for (version, number) in [(500, 1), (900, 2), (990, 3)] {
        keep(&store, version, ids[version as usize - 1]).await;
        let (shown, kept) = connection.load(&store, asking).await;
        let events = EVENTS - version;
        assert_eq!(shown, Shown { snapshot: Some(version), events });
        assert!(kept <= events + number + 2 * BESIDE, "{number} kept: {kept}");
    }
}

/// Streams that are asked for at the same time are read as one is: no more than what is shown, and a few keys of each. Those
/// that are too long to be read with others are read once.
async fn loads_that_meet_read_what_they_show(connection: Connection) {
    const STREAMS: u64 = 12;
    let store = connection.store().await;
    for n in 0..500 {
        count(&store, &format!("other {n}"), 3).await;
    }
    let names: Vec<_> = (1..=STREAMS).map(|n| n.to_string()).collect();
    for (n, name) in (1..).zip(&names) {
        count(&store, name, if n == STREAMS { 1_000 } else { n }).await;
    }
    let load_all = async || {
        let shown = names.iter().map(async |name| {
            let mut shown = Shown::default();
            let query = StreamQuery::new(COUNTER, name).bare(true);
            store.load(query, &mut shown).await.expect("it is loaded");
            shown.events
        });
        join_all(shown).await.into_iter().sum::<u64>()
    };
    // The statements are prepared, and the server has made a plan for any values.
    for _ in 0..10 {
        load_all().await;
    }
    let before = connection.rows().await;
    let shown = load_all().await;
    let read = connection.rows().await - before;
    assert_eq!(shown, (1..STREAMS).sum::<u64>() + 1_000);
    assert!((shown..shown + STREAMS * BESIDE).contains(&read), "{read} for {shown}");
}

#[tokio::test]
async fn a_load_reads_what_it_shows_on_mariadb() {
    let database = Database::new().await;
    let pool = MySqlPoolOptions::new().max_connections(1).connect(&database.url()).await;
    a_load_reads_what_it_shows(Connection::MariaDb(pool.expect("a server"))).await;
}

#[tokio::test]
async fn a_load_reads_what_it_shows_on_postgres() {
    let schema = Schema::new().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(&schema.url()).await;
    a_load_reads_what_it_shows(Connection::Postgres(pool.expect("a server"))).await;
}

#[tokio::test]
async fn loads_that_meet_read_what_they_show_on_mariadb() {
    let database = Database::new().await;
    let pool = MySqlPoolOptions::new().max_connections(1).connect(&database.url()).await;
    loads_that_meet_read_what_they_show(Connection::MariaDb(pool.expect("a server"))).await;
}

#[tokio::test]
async fn loads_that_meet_read_what_they_show_on_postgres() {
    let schema = Schema::new().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(&schema.url()).await;
    loads_that_meet_read_what_they_show(Connection::Postgres(pool.expect("a server"))).await;
}
