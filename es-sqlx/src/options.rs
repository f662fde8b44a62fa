use std::time::Duration;

use es_core::store::StoreError;

use crate::SqlxEventStore;
use crate::address::Scheme;
use crate::prefix::TablePrefix;
use crate::sqlite::SqliteStore;

/// What an acknowledged append survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// A crash of the program, of the operating system, and a loss of power.
    ///
    /// Each commit waits until the disk has it (SQLite: `synchronous = FULL`; in the write-ahead log that this store
    /// uses, the log is then flushed at each commit).
    #[default]
    Full,
    /// A crash of the program. A crash of the operating system or a loss of power may take the last appends back,
    /// even though they were acknowledged; it never leaves half an append or a damaged database.
    ///
    /// Commits don't wait for the disk (SQLite: `synchronous = NORMAL`).
    Normal,
}

/// How a [`SqlxEventStore`] is opened; made by [`SqlxEventStore::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use es_sqlx::SqlxEventStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), es_core::store::StoreError> {
/// let store = SqlxEventStore::builder()
///     .table_prefix("es_")
///     .busy_timeout(Duration::from_secs(2))
///     .connect("sqlite::memory:")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it connects"]
pub struct SqlxEventStoreBuilder {
    table_prefix: String,
    pub(crate) max_connections: u32,
    pub(crate) acquire_timeout: Duration,
    pub(crate) busy_timeout: Duration,
    pub(crate) durability: Durability,
}

impl Default for SqlxEventStoreBuilder {
    fn default() -> Self {
        SqlxEventStoreBuilder {
            table_prefix: String::new(),
            max_connections: 4,
            acquire_timeout: Duration::from_secs(10),
            busy_timeout: Duration::from_secs(5),
            durability: Durability::Full,
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

    /// How many connections read at once, at least 1; 4 by default. SQLite has one more that writes. A database in
    /// memory has one for everything, and a pool of the application has its own number.
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// How long to wait for a free connection of this store, or for its turn to write, before
    /// [`StoreError::TimedOut`]; 10 seconds by default. A pool of the application has its own limit.
    pub fn acquire_timeout(mut self, limit: Duration) -> Self {
        self.acquire_timeout = limit;
        self
    }

    /// How long to wait while another process or pool writes to the same SQLite file, before
    /// [`StoreError::TimedOut`]; 5 seconds by default. A pool of the application has its own limit.
    pub fn busy_timeout(mut self, limit: Duration) -> Self {
        self.busy_timeout = limit;
        self
    }

    /// What an acknowledged append survives; [`Durability::Full`] by default. A pool of the application has its own
    /// setting.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Opens the store at this address, and creates or migrates its tables.
    ///
    /// See [`SqlxEventStore::connect`] for addresses.
    ///
    /// # Errors
    /// [`StoreError::Address`] for an address or a prefix that can't be used, [`StoreError::NewerSchema`] for tables
    /// of a newer version of this library, [`StoreError::TimedOut`] while another process holds the database,
    /// [`StoreError::Database`] for anything else.
    pub async fn connect(self, url: &str) -> Result<SqlxEventStore, StoreError> {
        match Scheme::of(url)? {
            Scheme::Sqlite => Ok(SqliteStore::connect(&self, url).await?.into()),
        }
    }

    /// A store in memory, gone with its last handle. See [`SqlxEventStore::in_memory`].
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
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

    pub(crate) fn prefix(&self) -> Result<TablePrefix, StoreError> {
        TablePrefix::new(&self.table_prefix)
    }
}
