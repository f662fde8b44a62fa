use std::fmt;
use std::sync::Arc;

use es_core::Version;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, EventStore, FeedPage, FeedQuery, FeedSignal,
    FeedVisitor, NewSnapshot, Position, StoreError, StreamHead, StreamQuery, Transaction, Visitor,
};
use es_core::subscription::SubscriptionStore;
use futures_core::future::BoxFuture;

use crate::SqlxEventStoreBuilder;
use crate::later::Later;
#[cfg(feature = "mysql")]
use crate::mysql::MySqlStore;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresStore;
#[cfg(feature = "sqlite")]
use crate::sqlite::SqliteStore;

/// An event store in an SQL database. A cheap handle: clones share the store and its connections.
///
/// * An append is stored whole or not at all, also when its future is dropped. When it returns `Ok`, it survives what
///   [`Durability`](crate::Durability) says.
/// * The events and the head that a load shows are one consistent state. Memory stays bounded: a long stream is never
///   held as a whole.
/// * Calls that meet share what they wait for. Appends that come during a commit go together into the next one; short streams
///   that are asked for while another load is under way are read together. What came of each is its own.
/// * Nothing waits without a limit: see [`acquire_timeout`](SqlxEventStoreBuilder::acquire_timeout),
///   [`busy_timeout`](SqlxEventStoreBuilder::busy_timeout) and
///   [`statement_timeout`](SqlxEventStoreBuilder::statement_timeout).
///
/// On SQLite one connection writes, and writers of this process wait for it in line; the others read, also while
/// something is written. A transaction holds the writing connection from [`begin`](EventStore::begin) to its end:
/// whoever appends outside of it meanwhile waits, so a task must not append to the store beside its own open
/// transaction.
///
/// On PostgreSQL an append is one statement and one round trip, and so is a load. Transactions read what is committed
/// (READ COMMITTED) and hold the entities that they appended to until they end; two that want each other's entities are
/// a deadlock, which one of them is told as [`StoreError::Contended`]. Where the connection is lost during an append, the
/// store looks up what became of it before it sends it again. [`StoreError::OutcomeUnknown`] is left for a server that
/// isn't back in time, and for the commit of a transaction.
///
/// [`feed`](EventStore::feed) reads the events of all streams in one order. On SQLite that is the order in which they are
/// stored. On servers events get their positions after their commit, from whoever reads, so appends wait for nothing. It
/// needs no other process, and as many as like may read. A reader at the end hears of this process's appends at once, and
/// looks for those of others: within 20 ms while there are some, and 100 ms when there were none for 5 s. On PostgreSQL he
/// hears as well when another reader gives positions, by `LISTEN` on a connection beside those of the pool. Where many
/// events are waiting because nobody has read for long, the first reader takes a while, on PostgreSQL longer than the
/// [`statement_timeout`](SqlxEventStoreBuilder::statement_timeout) if he has to.
///
/// Its `Debug` leaves the address out.
#[derive(Clone)]
pub struct SqlxEventStore {
    database: Arc<dyn EventStore>,
    name: &'static str,
    table_prefix: Arc<str>,
    later: Arc<Later>,
}

impl SqlxEventStore {
    /// Opens the store at this address, and creates or migrates its tables.
    ///
    /// * `sqlite://bank.db`, `sqlite:///var/lib/bank.db`: a file, created if it is missing. `?mode=rw` doesn't create
    ///   it. The file must be on a local disk: locks of network file systems lose data.
    /// * `sqlite::memory:`: a database in memory, gone with its last handle.
    /// * `postgres://user:password@host:5432/database`: a database that exists, on PostgreSQL. The tables are created in
    ///   the first schema of the `search_path`, which `?options[search_path]=mine` sets. `?sslmode=verify-full` and what
    ///   else libpq knows may follow.
    /// * `mysql://user:password@host:3306/database`, `mariadb://…`: a database that exists, on MariaDB or MySQL. What an
    ///   acknowledged append survives is the server's to say, see [`Durability`](crate::Durability). `?ssl-mode=` and
    ///   what else sqlx knows may follow.
    ///
    /// Each needs the feature of its database.
    ///
    /// # Errors
    /// See [`SqlxEventStoreBuilder::connect`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::builder().connect(url).await
    }

    /// Opens a store with other options than the defaults.
    pub fn builder() -> SqlxEventStoreBuilder {
        SqlxEventStoreBuilder::default()
    }

    /// A store in memory, gone with its last handle: for tests.
    ///
    /// It has a single connection, so a load beside an open transaction waits for the transaction's end.
    ///
    /// # Errors
    /// See [`SqlxEventStoreBuilder::connect`].
    #[cfg(feature = "sqlite")]
    pub async fn in_memory() -> Result<Self, StoreError> {
        Self::builder().in_memory().await
    }

    /// A store on a pool of the application, and creates or migrates its tables there.
    ///
    /// The pool keeps its own settings: its durability is its `synchronous` (SQLite's default is `FULL`), its limits
    /// are its `acquire_timeout` and `busy_timeout`. Let it use `SqliteJournalMode::Wal`, without which loads and
    /// appends wait for each other, and give it more than one connection unless it is in memory. After some errors, such as a
    /// full disk or the conflict of an `INSERT OR ROLLBACK`, SQLite has rolled the transaction back by itself. On such a pool,
    /// whose hooks are the application's, each statement that follows is committed: also what other handlers of the same
    /// batch of a subscriber write after it, which comes again, so that a view has it twice. Return the error of a statement,
    /// and don't go on. On connections of the store's own nothing of it is committed.
    ///
    /// ```
    /// use es_sqlx::SqlxEventStore;
    /// use es_sqlx::sqlx::sqlite::SqlitePoolOptions;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    /// let store = SqlxEventStore::from_sqlite_pool(pool).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`SqlxEventStoreBuilder::connect`].
    #[cfg(feature = "sqlite")]
    pub async fn from_sqlite_pool(pool: sqlx::SqlitePool) -> Result<Self, StoreError> {
        Self::builder().from_sqlite_pool(pool).await
    }

    /// A store on a pool of the application, and creates or migrates its tables there.
    ///
    /// The pool keeps its own settings: its durability is its `synchronous_commit`, its limits are its
    /// `acquire_timeout` and the `statement_timeout` and `lock_timeout` of its connections: set them, since PostgreSQL
    /// has none by default. Its connections must read what is committed (`default_transaction_isolation`, PostgreSQL's
    /// default). `SET jit = off` and `test_before_acquire(false)` save time on each load and append.
    ///
    /// # Errors
    /// See [`SqlxEventStoreBuilder::connect`].
    #[cfg(feature = "postgres")]
    pub async fn from_postgres_pool(pool: sqlx::PgPool) -> Result<Self, StoreError> {
        Self::builder().from_postgres_pool(pool).await
    }

    /// A store on a pool of the application, and creates or migrates its tables there.
    ///
    /// The pool keeps its own settings: its limits are its `acquire_timeout` and the `innodb_lock_wait_timeout` (MySQL: and
    /// `max_execution_time`) of its connections: set them, since the servers wait long by default. Leave MariaDB's
    /// `max_statement_time` at 0, its default, where there is a binary log: it also ends a commit that waits for room on the
    /// disk of that log, and half an event stays there, at which the recovery after a crash stops and takes back what was
    /// acknowledged later. Its connections must speak `utf8mb4`, which is sqlx's default. Their `sql_mode` must be strict and their
    /// isolation level not `READ UNCOMMITTED`, which are the servers' defaults; others are refused. What a
    /// handler or a transaction goes on with after the server has ended its transaction, as in a deadlock, is committed on such
    /// a pool: also what other handlers of the same batch of a subscriber write after it, which comes again, so that a view has
    /// it twice. Return the error of a statement, and don't go on. On connections of the store's own nothing of it is
    /// committed. `test_before_acquire(false)` saves a round trip on each load and append.
    ///
    /// # Errors
    /// See [`SqlxEventStoreBuilder::connect`].
    #[cfg(feature = "mysql")]
    pub async fn from_mysql_pool(pool: sqlx::MySqlPool) -> Result<Self, StoreError> {
        Self::builder().from_mysql_pool(pool).await
    }

    fn of(database: impl EventStore, name: &'static str, table_prefix: &str) -> Self {
        SqlxEventStore {
            database: Arc::new(database),
            name,
            table_prefix: table_prefix.into(),
            later: Arc::new(Later::new()),
        }
    }
}

#[cfg(feature = "sqlite")]
impl From<SqliteStore> for SqlxEventStore {
    fn from(store: SqliteStore) -> Self {
        let table_prefix = store.table_prefix().to_owned();
        SqlxEventStore::of(store, "SQLite", &table_prefix)
    }
}

#[cfg(feature = "postgres")]
impl From<PostgresStore> for SqlxEventStore {
    fn from(store: PostgresStore) -> Self {
        let table_prefix = store.table_prefix().to_owned();
        SqlxEventStore::of(store, "PostgreSQL", &table_prefix)
    }
}

#[cfg(feature = "mysql")]
impl From<MySqlStore> for SqlxEventStore {
    fn from(store: MySqlStore) -> Self {
        let table_prefix = store.table_prefix().to_owned();
        SqlxEventStore::of(store, "MySQL", &table_prefix)
    }
}

impl EventStore for SqlxEventStore {
    fn capabilities(&self) -> Capabilities {
        self.database.capabilities()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        self.database.load(query, visit)
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.database.append(append)
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        self.database.entities(entity_type, after, limit)
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        self.database.begin()
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        self.database.subscriptions()
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        self.database.feed(query, visit)
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        self.database.feed_end()
    }

    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        self.database.position_of(entity_type, entity_id, version)
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        self.database.feed_signal()
    }

    fn keep_snapshot(&self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        self.database.keep_snapshot(snapshot)
    }

    fn keep_snapshot_later(&self, snapshot: NewSnapshot) {
        self.later.keep(Arc::clone(&self.database), snapshot);
    }
}

impl fmt::Debug for SqlxEventStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxEventStore")
            .field("database", &self.name)
            .field("table_prefix", &self.table_prefix)
            .finish_non_exhaustive()
    }
}
