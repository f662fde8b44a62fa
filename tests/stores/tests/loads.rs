//! What a load reads on the server (N5): what it shows, and a few keys that tell what else there is, as the servers count it
//! themselves. So a snapshot never makes a load slower, however long its stream is.

use std::ops::ControlFlow;

use es_core::store::{
    Append, EventStore, NewSnapshot, RawEvent, RawSnapshot, StreamQuery, StreamVisitor,
};
use es_core::{EncodeError, EventId, StoredEvent, Timestamp, Version};
use es_sqlx::SqlxEventStore;
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use sqlx::postgres::{PgPool, PgPoolOptions};

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;
#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use self::database::Database;
use self::schema::Schema;

const SHAPE: &str = "Bell/1/1f";
const BELL: &str = "bell";

/// Keys that a load may read beside the rows that it shows.
const BESIDE: u64 = 6;

struct Rang;

impl StoredEvent for Rang {
    fn event_type(&self) -> &'static str {
        "Rang"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(b"{}");
        Ok(())
    }
}

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

/// What a server did, as it counts it for this connection.
#[derive(Debug, Clone, Copy)]
struct Work {
    /// Rows, be it by a key or as the next ones.
    read: u64,
    /// Rows that were put in order. PostgreSQL doesn't tell.
    sorted: u64,
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

    /// Since the connection was made.
    async fn work(&self) -> Work {
        match self {
            Connection::MariaDb(pool) => {
                let counters: Vec<(String, String)> = sqlx::query_as("SHOW SESSION STATUS")
                    .fetch_all(pool)
                    .await
                    .expect("the server tells");
                let sum = |names: &[&str]| -> u64 {
                    let counters =
                        counters.iter().filter(|(name, _)| names.contains(&name.as_str()));
                    counters.map(|(_, count)| count.parse::<u64>().expect("a number")).sum()
                };
                Work {
                    read: sum(&["Handler_read_key", "Handler_read_next", "Handler_read_prev"]),
                    sorted: sum(&["Sort_rows"]),
                }
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
                Work { read: read.cast_unsigned(), sorted: 0 }
            }
        }
    }

    /// What a load shows, and what work it is.
    async fn load(&self, store: &SqlxEventStore, query: StreamQuery<'_>) -> (Shown, Work) {
        let load = async || {
            let mut shown = Shown::default();
            store.load(query, &mut shown).await.expect("it is loaded");
            shown
        };
        // Its statement is prepared.
        load().await;
        let before = self.work().await;
        let shown = load().await;
        let after = self.work().await;
        let work = Work { read: after.read - before.read, sorted: after.sorted - before.sorted };
        (shown, work)
    }
}

/// A stream of so many events.
async fn ring(store: &SqlxEventStore, events: u64) -> Vec<EventId> {
    let mut append = Append::new("Bell", BELL.to_owned(), Version::NONE, Timestamp::now());
    let ids: Vec<EventId> = (0..events).map(|_| EventId::new()).collect();
    for &id in &ids {
        append.push(id, &Rang).expect("it is JSON");
    }
    store.append(append).await.expect("it is stored");
    ids
}

async fn keep(store: &SqlxEventStore, version: u64, event_id: EventId) {
    let snapshot = NewSnapshot {
        entity_type: "Bell",
        entity_id: BELL.to_owned(),
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
    let ids = ring(&store, EVENTS).await;
    let plain = StreamQuery::new("Bell", BELL);
    let asking = plain.snapshot(Some(SHAPE));

    let (shown, without) = connection.load(&store, plain).await;
    assert_eq!(shown, Shown { snapshot: None, events: EVENTS });
    assert!((EVENTS..EVENTS + BESIDE).contains(&without.read), "all events: {without:?}");

    let (shown, none_kept) = connection.load(&store, asking).await;
    assert_eq!(shown, Shown { snapshot: None, events: EVENTS });
    assert!(none_kept.read <= without.read + BESIDE, "none is kept: {none_kept:?}");
    assert_eq!(none_kept.sorted, 0, "none is kept");

    for (version, number) in [(500, 1), (900, 2), (990, 3)] {
        keep(&store, version, ids[version as usize - 1]).await;
        let (shown, kept) = connection.load(&store, asking).await;
        let events = EVENTS - version;
        assert_eq!(shown, Shown { snapshot: Some(version), events });
        assert!(kept.read <= events + number + 2 * BESIDE, "{number} kept: {kept:?}");
        assert_eq!(kept.sorted, 0, "{number} kept");
    }
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
