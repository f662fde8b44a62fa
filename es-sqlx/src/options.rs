use std::time::Duration;

use es_core::store::StoreError;

use crate::SqlxEventStore;
use crate::address::Scheme;
#[cfg(feature = "mysql")]
use crate::mysql::MySqlStore;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresStore;
use crate::prefix::TablePrefix;
#[cfg(feature = "sqlite")]
use crate::sqlite::SqliteStore;

/// What an acknowledged append survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// A crash of the program, of the operating system, and a loss of power.
    ///
    /// Each commit waits until the disk has it (SQLite: `synchronous = FULL`; in the write-ahead log that this store
    /// uses, the log is then flushed at each commit; PostgreSQL: `synchronous_commit = on`). On MariaDB and MySQL that
    /// is a setting of the server, not of a connection: its `innodb_flush_log_at_trx_commit` and, where it keeps a
    /// binary log, its `sync_binlog` have to be 1, MySQL's defaults (MariaDB's `sync_binlog` is 0 by default).
    #[default]
    Full,
    /// A crash of the program. A crash of the operating system or a loss of power, and with a server also a crash of
    /// the database, may take the last appends back, even though they were acknowledged; it never leaves half an
    /// append or a damaged database.
    ///
    /// Commits don't wait for the disk (SQLite: `synchronous = NORMAL`; PostgreSQL: `synchronous_commit = off`, which
    /// puts the last three quarters of a second at risk). On MariaDB and MySQL it changes nothing: the server's settings
    /// hold.
    Normal,
}

/// How a [`SqlxEventStore`] is opened; made by [`SqlxEventStore::builder`].
///
/// ```no_run
/// use std::time::Duration;
///
/// use es_sqlx::SqlxEventStore;
///
/// # async fn open() -> Result<(), es_core::store::StoreError> {
/// let store = SqlxEventStore::builder()
///     .table_prefix("es_")
///     .busy_timeout(Duration::from_secs(2))
///     .connect("sqlite://bank.db")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it connects"]
pub struct SqlxEventStoreBuilder {
    table_prefix: String,
    max_connections: Option<u32>,
    pub(crate) acquire_timeout: Duration,
    pub(crate) busy_timeout: Duration,
    pub(crate) statement_timeout: Duration,
    pub(crate) idle_transaction_timeout: Duration,
    pub(crate) durability: Durability,
    group_commit: bool,
}

impl Default for SqlxEventStoreBuilder {
    fn default() -> Self {
        SqlxEventStoreBuilder {
            table_prefix: String::new(),
            max_connections: None,
            acquire_timeout: Duration::from_secs(10),
            busy_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            idle_transaction_timeout: Duration::from_secs(60),
            durability: Durability::Full,
            group_commit: true,
        }
    }
}

impl SqlxEventStoreBuilder {
    /// What the names of all tables begin with; nothing by default. Stores with different prefixes share nothing,
    /// though they are in one database.
    ///
    /// A prefix has at most 30 characters, `a` to `z`, `0` to `9` and `_`, and no digit first. Another one fails with
    /// [`StoreError::Address`] at connecting.
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.table_prefix = prefix.into();
        self
    }

    /// How many connections the store has at most, at least 1; 4 by default on SQLite, 16 on servers. SQLite has one
    /// more that writes, and as many again for those who read the feed; a database in memory has one for everything. A pool
    /// of the application has its own number.
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = Some(connections.max(1));
        self
    }

    /// How long to wait for a free connection of this store, for a new connection, or on SQLite for the turn to write,
    /// before [`StoreError::TimedOut`]; 10 seconds by default. A pool of the application has its own limit.
    pub fn acquire_timeout(mut self, limit: Duration) -> Self {
        self.acquire_timeout = limit;
        self
    }

    /// How long to wait for what another transaction has locked, before [`StoreError::TimedOut`]; 5 seconds by
    /// default. On SQLite that is the whole file, on a server an entity that another writer is changing. A pool of the
    /// application has its own limit.
    pub fn busy_timeout(mut self, limit: Duration) -> Self {
        self.busy_timeout = limit;
        self
    }

    /// How long a statement may take on a server before [`StoreError::TimedOut`]; 30 seconds by default. SQLite has no
    /// such limit, and a pool of the application has its own. On MariaDB it is this store that waits no longer, for what it
    /// says itself; what a handler or a transaction says is limited by nobody, since the server's limit would also be one for
    /// commits, which it can't end without harm to its binary log.
    pub fn statement_timeout(mut self, limit: Duration) -> Self {
        self.statement_timeout = limit;
        self
    }

    /// How long a transaction may stand open without a statement before the server ends it, and with it the connection;
    /// 60 seconds by default. So a process that was stopped in the middle of one, or whose machine is gone, keeps nothing
    /// locked for longer; what it does when it wakes up fails with [`StoreError::Unavailable`].
    ///
    /// MariaDB counts in whole seconds, at least 1. MySQL has no such limit but its `wait_timeout`, and SQLite none: there a
    /// process that is stopped while it writes keeps all others from writing. A pool of the application has its own.
    pub fn idle_transaction_timeout(mut self, limit: Duration) -> Self {
        self.idle_transaction_timeout = limit;
        self
    }

    /// What an acknowledged append survives; [`Durability::Full`] by default. A pool of the application has its own
    /// setting.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Whether appends that arrive while a commit is under way share the next one; true by default.
    ///
    /// An append that finds nobody committing commits at once by itself, so nobody waits longer than without it. Each
    /// caller has its own outcome: a conflict, bad data or a dropped future of one doesn't touch another.
    pub fn group_commit(mut self, group_commit: bool) -> Self {
        self.group_commit = group_commit;
        self
    }

    /// Opens the store at this address, and creates or migrates its tables.
    ///
    /// See [`SqlxEventStore::connect`] for addresses.
    ///
    /// # Errors
    /// [`StoreError::Address`] for an address or a prefix that can't be used, [`StoreError::NewerSchema`] for tables
    /// of a newer version of this library, [`StoreError::Unavailable`] for a server that can't be reached,
    /// [`StoreError::TimedOut`] while another process holds the database, [`StoreError::Database`] for anything else.
    pub async fn connect(self, url: &str) -> Result<SqlxEventStore, StoreError> {
        match Scheme::of(url)? {
            #[cfg(feature = "sqlite")]
            Scheme::Sqlite => Ok(SqliteStore::connect(&self, url).await?.into()),
            #[cfg(feature = "postgres")]
            Scheme::Postgres => Ok(PostgresStore::connect(&self, url).await?.into()),
            #[cfg(feature = "mysql")]
            Scheme::MySql => Ok(MySqlStore::connect(&self, url).await?.into()),
        }
    }

    /// A store in memory, gone with its last handle. See [`SqlxEventStore::in_memory`].
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(feature = "sqlite")]
    pub async fn in_memory(self) -> Result<SqlxEventStore, StoreError> {
        self.connect("sqlite::memory:").await
    }

    /// A store on a pool of the application. See [`SqlxEventStore::from_sqlite_pool`].
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(feature = "sqlite")]
    pub async fn from_sqlite_pool(
        self,
        pool: sqlx::SqlitePool,
    ) -> Result<SqlxEventStore, StoreError> {
        Ok(SqliteStore::from_pool(&self, pool).await?.into())
    }

    /// A store on a pool of the application. See [`SqlxEventStore::from_postgres_pool`].
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(feature = "postgres")]
    pub async fn from_postgres_pool(
        self,
        pool: sqlx::PgPool,
    ) -> Result<SqlxEventStore, StoreError> {
        Ok(PostgresStore::from_pool(&self, pool).await?.into())
    }

    /// A store on a pool of the application. See [`SqlxEventStore::from_mysql_pool`].
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(feature = "mysql")]
    pub async fn from_mysql_pool(
        self,
        pool: sqlx::MySqlPool,
    ) -> Result<SqlxEventStore, StoreError> {
        Ok(MySqlStore::from_pool(&self, pool).await?.into())
    }

    /// The number of connections, where the database has this one by default.
    pub(crate) fn connections(&self, default: u32) -> u32 {
        self.max_connections.unwrap_or(default)
    }

    /// How many commits may be under way before appends wait to share one, if a database does well with this many.
    pub(crate) fn committers(&self, committers: usize) -> usize {
        if self.group_commit { committers } else { usize::MAX }
    }

    pub(crate) fn prefix(&self) -> Result<TablePrefix, StoreError> {
        TablePrefix::new(&self.table_prefix)
    }
}
