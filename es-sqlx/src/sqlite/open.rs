use std::time::{Duration, Instant};

use es_core::store::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqliteConnection, SqlitePool};

use super::Connections;
use super::error::Limits;
use super::held::Held;
use crate::group::MAX_APPENDS;
use crate::{Durability, SqlxEventStoreBuilder};

/// The connections of a store, for each purpose; all may be the same.
pub(super) struct Pools {
    pub(super) writers: Connections,
    pub(super) readers: Connections,
    /// Of those who read the feed, so that loads don't wait for them.
    pub(super) feed: SqlitePool,
    /// Of the writers, where they are the store's own.
    pub(super) held: Held,
}

impl Pools {
    /// For all purposes the same pool, out of which no connection is kept.
    pub(super) fn shared(pool: SqlitePool, held: Held, limits: Limits) -> Self {
        let connections = Connections::shared(pool.clone(), limits);
        Pools { writers: connections.clone(), readers: connections, feed: pool, held }
    }
}

/// The most milliseconds that SQLite waits for a lock.
const MAX_BUSY: Duration = Duration::from_millis(i32::MAX as u64);

/// Opens what the address names.
pub(super) async fn open(
    builder: &SqlxEventStoreBuilder,
    url: &str,
) -> Result<(Pools, Limits), StoreError> {
    let limits =
        Limits { acquire: builder.acquire_timeout, busy: builder.busy_timeout.min(MAX_BUSY) };
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(limits.acquire)
            .test_before_acquire(false)
            // A file doesn't hang up, and a database in memory is gone with its connection.
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let held = Held::default();
    let writer = held.keep_from_committing(pool(1));
    let Some(file) = file(url)? else {
        let memory = writer.connect_lazy_with(SqliteConnectOptions::new());
        return Ok((Pools::shared(memory, held, limits), limits));
    };
    let file = durable(
        file.busy_timeout(limits.busy).shared_cache(false).row_buffer_size(4),
        builder.durability,
    );
    // An append of many tells each outcome in a row. None of them has to be taken before the commit.
    let writers = writer.connect_lazy_with(file.clone().row_buffer_size(MAX_APPENDS + 1));
    let mut writer = writers.acquire().await.map_err(|error| limits.error(error))?;
    use_write_ahead_log(&mut writer, &limits).await?;
    drop(writer);
    let (connections, file) = (builder.connections(4), file.create_if_missing(false));
    let feed = pool(connections).connect_lazy_with(file.clone());
    let readers = pool(connections).connect_with(file).await;
    let readers = readers.map_err(|error| limits.error(error))?;
    let writers = Connections::own(writers, 1, limits);
    let readers = Connections::own(readers, connections, limits);
    Ok((Pools { writers, readers, feed, held }, limits))
}

/// The limits of a pool that the application has made.
pub(super) async fn limits(pool: &SqlitePool) -> Result<Limits, StoreError> {
    let mut limits = Limits { acquire: pool.options().get_acquire_timeout(), busy: Duration::ZERO };
    let busy: i64 = sqlx::query_scalar("PRAGMA busy_timeout")
        .fetch_one(pool)
        .await
        .map_err(|error| limits.error(error))?;
    limits.busy = Duration::from_millis(busy.try_into().unwrap_or_default());
    Ok(limits)
}

/// The file that a `sqlite:` address names, `None` for a database in memory.
fn file(url: &str) -> Result<Option<SqliteConnectOptions>, StoreError> {
    let location = url.split_once(':').map_or("", |(_, location)| location);
    let location = location.strip_prefix("//").unwrap_or(location);
    let (name, parameters) = location.split_once('?').unwrap_or((location, ""));
    let parameter = |wanted| parameters.split('&').any(|parameter| parameter == wanted);
    let given =
        |wanted| parameters.split('&').any(|parameter| parameter.split('=').next() == Some(wanted));
    if name == ":memory:" || parameter("mode=memory") {
        return Ok(None);
    }
    if name.is_empty() {
        return Err(StoreError::Address(
            "the address names no file: write `sqlite://file.db`".to_owned(),
        ));
    }
    if parameter("mode=ro") || parameter("immutable=1") || parameter("immutable=true") {
        return Err(StoreError::Address(
            "an event store writes, so it can't be opened read only".to_owned(),
        ));
    }
    let options: SqliteConnectOptions = format!("sqlite:{location}")
        .parse()
        .map_err(|error: sqlx::Error| StoreError::Address(error.to_string()))?;
    Ok(Some(if given("mode") { options } else { options.create_if_missing(true) }))
}

fn durable(options: SqliteConnectOptions, durability: Durability) -> SqliteConnectOptions {
    match durability {
        // On macOS an ordinary flush stops at the disk's own cache; elsewhere these two change nothing.
        Durability::Full => options
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON"),
        Durability::Normal => options.synchronous(SqliteSynchronous::Normal),
    }
}

/// The journal mode is a property of the file. SQLite doesn't wait for its turn to change it, so that is done here.
async fn use_write_ahead_log(
    connection: &mut SqliteConnection,
    limits: &Limits,
) -> Result<(), StoreError> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let mode =
            sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_all(&mut *connection).await;
        match mode.map_err(|error| limits.error(error)) {
            Ok::<Vec<String>, _>(mode) if mode == ["wal"] => return Ok(()),
            Ok(_) => {
                return Err(StoreError::Unsupported(
                    "write-ahead log: the file system doesn't allow one",
                ));
            }
            Err(StoreError::TimedOut { .. }) if start.elapsed() + pause < limits.busy => {}
            Err(error) => return Err(error),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}
