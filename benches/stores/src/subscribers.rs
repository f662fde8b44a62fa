//! What subscribers cost: this library beside pages that are read and handled by SQL written by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use es_core::prelude::*;
use es_core::store::Position;
use es_core::subscription::{HandlerError, Start, SubscriberOptions, Subscriptions};
use es_sqlx::{SqlxEventStore, SqlxTransactionExt, sqlx as own};
use sqlx::Row;
use tokio::sync::{Notify, oneshot};

use crate::contender::Failed;
use crate::database::{Database, Server};
use crate::lifecycle::{Compared, Counted, Counter, counted, fill};
use crate::options::Options;
use crate::race::Cell;

/// How many entities the events are of.
const ENTITIES: u64 = 100;
/// How many events a page by hand has, and a batch of a lane.
const PAGE: u32 = 1_000;
/// How many events a transaction of a view has.
const BATCH: u32 = 256;
/// How often each is measured, which takes long.
const REPETITIONS: usize = 3;
/// How many events go into a view.
const VIEWED: u64 = 20_000;
/// How many appends are waited for.
const WAITS: usize = 200;

struct Trivial {
    amount: AtomicU64,
    handled: Arc<Notify>,
}

#[event_subscriber(id = "trivial")]
impl Trivial {
    #[event_handler]
    async fn counted(&self, cx: EventHandlerContext<'_, Counted>) {
        self.amount.fetch_add(cx.event().cents, Relaxed);
        self.handled.notify_one();
    }
}

struct View(Database);

#[event_subscriber(id = "view")]
impl View {
    #[event_handler]
    async fn counted(
        &self,
        cx: EventHandlerContext<'_, Counted>,
        tx: &mut Transaction,
    ) -> Result<(), HandlerError> {
        let (id, cents) = (cx.entity_id(), cx.event().cents as i64);
        let done = match self.0 {
            Database::Sqlite => {
                let query = own::query(upsert(self.0)).bind(id).bind(cents);
                query.execute(tx.sqlite().map_err(HandlerError::new)?).await.map(drop)
            }
            Database::Postgres => {
                let query = own::query(upsert(self.0)).bind(id).bind(cents);
                query.execute(tx.postgres().map_err(HandlerError::new)?).await.map(drop)
            }
            Database::MariaDb => {
                let query = own::query(upsert(self.0)).bind(id).bind(cents);
                query.execute(tx.mysql().map_err(HandlerError::new)?).await.map(drop)
            }
        };
        done.map_err(HandlerError::new)
    }
}

const fn upsert(database: Database) -> &'static str {
    match database {
        Database::Sqlite => {
            "INSERT INTO view VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET cents = cents + ?2"
        }
        Database::Postgres => {
            "INSERT INTO view VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET cents = view.cents + $2"
        }
        Database::MariaDb => {
            "INSERT INTO view VALUES (?, ?) ON DUPLICATE KEY UPDATE cents = cents + VALUES(cents)"
        }
    }
}

/// Measures them on a database.
pub(crate) async fn race(database: Database, options: &Options) -> Result<Vec<Compared>, Failed> {
    let server = Server::find(database, &options.folder, options.private_servers)?;
    let url = server.create().await?;
    let store = SqlxEventStore::connect(&url).await.map_err(Failed::other)?;
    let events = options.backlog();
    for _ in 0..ENTITIES {
        fill::<Counter, _>(&store, &Id::new(), 0..events / ENTITIES, counted).await?;
    }
    let compared = vec![
        catch_up(database, &store, &url, options).await?,
        view(database, &store, &url).await?,
        latency(database, &store).await?,
    ];
    drop(store);
    server.remove(&url).await?;
    for Compared { what, cell, limit, .. } in &compared {
        eprintln!(
            "{:<28} {what}: {:?} µs, {:?} µs",
            database.name(),
            cell.median(),
            limit.median()
        );
    }
    Ok(compared)
}

async fn catch_up(
    database: Database,
    store: &SqlxEventStore,
    url: &str,
    options: &Options,
) -> Result<Compared, Failed> {
    let (mut cell, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let trivial = Trivial { amount: AtomicU64::new(0), handled: Arc::default() };
        let settings = SubscriberOptions::new().transient(true).batch(PAGE);
        let subscriptions = Subscriptions::new(store.clone()).subscribe_with(trivial, settings);
        cell.push(until_caught_up(subscriptions, "trivial").await?);
        limit.push(by_hand(database, url, false).await?);
    }
    Ok(Compared {
        database,
        what: "catch-up of all events through a trivial handler",
        events: options.backlog(),
        cell: Cell::Micros(cell),
        against: "pages read and decoded by hand",
        limit: Cell::Micros(limit),
    })
}

async fn view(database: Database, store: &SqlxEventStore, url: &str) -> Result<Compared, Failed> {
    let (mut cell, mut limit) = (Vec::new(), Vec::new());
    by_hand_once(
        database,
        url,
        "CREATE TABLE view (id VARCHAR(64) PRIMARY KEY, cents BIGINT NOT NULL)",
    )
    .await?;
    by_hand_once(database, url, "CREATE TABLE progress (position BIGINT NOT NULL)").await?;
    by_hand_once(database, url, "INSERT INTO progress VALUES (0)").await?;
    let end = store.feed_end().await.map_err(Failed::other)?.get();
    let start = Start::After(Position::new(end.saturating_sub(VIEWED)));
    for _ in 0..REPETITIONS {
        let settings = SubscriberOptions::new().batch(BATCH).start(start);
        let subscriptions =
            Subscriptions::new(store.clone()).subscribe_with(View(database), settings);
        let control = subscriptions.control();
        cell.push(until_caught_up(subscriptions, "view").await?);
        control.remove("view").await.map_err(Failed::other)?;
        limit.push(by_hand(database, url, true).await?);
    }
    Ok(Compared {
        database,
        what: "20,000 events into a view, exactly once",
        events: VIEWED,
        cell: Cell::Micros(cell),
        against: "the same in transactions of 256 events by hand",
        limit: Cell::Micros(limit),
    })
}

/// From an append until its event is handled, beside the append alone.
async fn latency(database: Database, store: &SqlxEventStore) -> Result<Compared, Failed> {
    let handled = Arc::new(Notify::new());
    let trivial = Trivial { amount: AtomicU64::new(0), handled: Arc::clone(&handled) };
    let settings = SubscriberOptions::new().transient(true).start(Start::End);
    let subscriptions = Subscriptions::new(store.clone()).subscribe_with(trivial, settings);
    let control = subscriptions.control();
    let (stop, stopped) = oneshot::channel::<()>();
    let run = tokio::spawn(subscriptions.run(async { stopped.await.unwrap_or_default() }));
    control.caught_up("trivial").await.map_err(Failed::other)?;
    let (mut cell, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..WAITS {
        let start = Instant::now();
        fill::<Counter, _>(store, &Id::new(), 0..1, counted).await?;
        limit.push(start.elapsed().as_secs_f64() * 1e6);
        let waited = tokio::time::timeout(Duration::from_secs(10), handled.notified()).await;
        waited.map_err(Failed::other)?;
        cell.push(start.elapsed().as_secs_f64() * 1e6);
    }
    let _ = stop.send(());
    run.await.map_err(Failed::other)?.map_err(Failed::other)?;
    Ok(Compared {
        database,
        what: "an append until its event is handled, in one process",
        events: 1,
        cell: Cell::Micros(cell),
        against: "the append alone",
        limit: Cell::Micros(limit),
    })
}

async fn until_caught_up(subscriptions: Subscriptions, id: &'static str) -> Result<f64, Failed> {
    let control = subscriptions.control();
    let start = Instant::now();
    let caught_up = async move {
        let _ = control.caught_up(id).await;
    };
    subscriptions.run(caught_up).await.map_err(Failed::other)?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}

/// Expands to the code for each database, whose connections are of different types.
macro_rules! on {
    ($database:expr, $url:expr, |$connection:ident, $numbered:ident| $do:expr) => {{
        use sqlx::Connection;
        match $database {
            Database::Sqlite => {
                let $numbered = "position";
                let opened = sqlx::SqliteConnection::connect($url).await;
                let mut $connection = opened.map_err(Failed::other)?;
                $do
            }
            Database::Postgres => {
                let $numbered = "seq";
                let opened = sqlx::PgConnection::connect($url).await;
                let mut $connection = opened.map_err(Failed::other)?;
                $do
            }
            Database::MariaDb => {
                let $numbered = "seq";
                let opened = sqlx::MySqlConnection::connect($url).await;
                let mut $connection = opened.map_err(Failed::other)?;
                $do
            }
        }
    }};
}

async fn by_hand_once(database: Database, url: &str, statement: &str) -> Result<(), Failed> {
    on!(database, url, |connection, _numbered| {
        sqlx::query(statement).execute(&mut connection).await.map(drop).map_err(Failed::other)
    })
}

/// The number after which there are as many events as go into a view.
async fn seen_before(database: Database, url: &str, numbered: &str) -> Result<i64, Failed> {
    let select = format!("SELECT max({numbered}) FROM events");
    on!(database, url, |connection, _numbered| {
        let row = sqlx::query(&select).fetch_one(&mut connection).await.map_err(Failed::other)?;
        let last: i64 = row.try_get_unchecked(0).map_err(Failed::other)?;
        Ok(last - VIEWED as i64)
    })
}

/// Reads all events in pages and decodes them; and, if they are to be stored, writes the view and the progress in one
/// transaction for each page.
async fn by_hand(database: Database, url: &str, stores: bool) -> Result<f64, Failed> {
    let start = Instant::now();
    let page = if stores { BATCH } else { PAGE };
    on!(database, url, |connection, numbered| {
        let (first, second) = match database {
            Database::Postgres => ("$1", "$2"),
            Database::Sqlite | Database::MariaDb => ("?", "?"),
        };
        let select = format!(
            "SELECT {numbered}, event_data, entity_id FROM events WHERE {numbered} > {first} ORDER BY {numbered} LIMIT {second}"
        );
        let advance = format!("UPDATE progress SET position = {first}");
        let skipped = if stores { seen_before(database, url, numbered).await? } else { 0 };
        let (mut last, mut amount) = (skipped, 0);
        loop {
            let query = sqlx::query(&select).bind(last).bind(i64::from(page));
            let rows = query.fetch_all(&mut connection).await.map_err(Failed::other)?;
            if rows.is_empty() {
                break;
            }
            let mut transaction = match stores {
                true => Some(connection.begin().await.map_err(Failed::other)?),
                false => None,
            };
            for row in &rows {
                last = row.try_get_unchecked(0).map_err(Failed::other)?;
                let data: &str = row.try_get_unchecked(1).map_err(Failed::other)?;
                let event: Counted = serde_json::from_str(data).map_err(Failed::other)?;
                amount += event.cents;
                if let Some(transaction) = &mut transaction {
                    let id: &str = row.try_get_unchecked(2).map_err(Failed::other)?;
                    let query = sqlx::query(upsert(database)).bind(id).bind(event.cents as i64);
                    query.execute(&mut **transaction).await.map_err(Failed::other)?;
                }
            }
            if let Some(mut transaction) = transaction {
                let query = sqlx::query(&advance).bind(last);
                query.execute(&mut *transaction).await.map_err(Failed::other)?;
                transaction.commit().await.map_err(Failed::other)?;
            }
        }
        std::hint::black_box(amount);
        Ok(start.elapsed().as_secs_f64() * 1e6)
    })
}
