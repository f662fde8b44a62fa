use es_core::Transaction;
use es_core::store::StoreError;

#[cfg(feature = "mysql")]
use crate::mysql::MySqlTransaction;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresTransaction;
#[cfg(feature = "sqlite")]
use crate::sqlite::SqliteTransaction;

/// SQL of one's own in a transaction of a [`SqlxEventStore`](crate::SqlxEventStore): it commits with the events, or
/// not at all.
///
/// Leave the transaction open: `COMMIT` and `ROLLBACK` are for [`Transaction`]. A nested transaction
/// (`sqlx::Connection::begin`) is a savepoint.
pub trait SqlxTransactionExt {
    /// The connection of the transaction.
    ///
    /// ```
    /// use es_core::EventStore;
    /// use es_sqlx::{SqlxEventStore, SqlxTransactionExt, sqlx};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let store = SqlxEventStore::in_memory().await?;
    /// let mut tx = store.begin().await?;
    /// sqlx::query("CREATE TABLE audit (note TEXT)").execute(tx.sqlite()?).await?;
    /// sqlx::query("INSERT INTO audit VALUES (?)").bind("opened").execute(tx.sqlite()?).await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] if this is no transaction of an SQLite store, [`StoreError::Database`] if the
    /// transaction has failed.
    #[cfg(feature = "sqlite")]
    fn sqlite(&mut self) -> Result<&mut sqlx::SqliteConnection, StoreError>;

    /// The connection of the transaction.
    ///
    /// PostgreSQL refuses everything after a statement that failed, and the commit too. Where a statement may fail and
    /// the transaction go on, run it in a savepoint.
    ///
    /// ```no_run
    /// use es_core::EventStore;
    /// use es_sqlx::{SqlxEventStore, SqlxTransactionExt, sqlx};
    ///
    /// # async fn note(store: SqlxEventStore) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut tx = store.begin().await?;
    /// sqlx::query("INSERT INTO audit VALUES ($1)").bind("opened").execute(tx.postgres()?).await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] if this is no transaction of a PostgreSQL store, [`StoreError::Database`] if the
    /// transaction has failed.
    #[cfg(feature = "postgres")]
    fn postgres(&mut self) -> Result<&mut sqlx::PgConnection, StoreError>;

    /// The connection of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] if this is no transaction of a MariaDB or MySQL store, [`StoreError::Database`] if
    /// the transaction has failed.
    #[cfg(feature = "mysql")]
    fn mysql(&mut self) -> Result<&mut sqlx::MySqlConnection, StoreError>;
}

impl SqlxTransactionExt for Transaction {
    #[cfg(feature = "sqlite")]
    fn sqlite(&mut self) -> Result<&mut sqlx::SqliteConnection, StoreError> {
        self.downcast_mut::<SqliteTransaction>()
            .ok_or(StoreError::Unsupported("SQLite transaction"))?
            .connection()
    }

    #[cfg(feature = "postgres")]
    fn postgres(&mut self) -> Result<&mut sqlx::PgConnection, StoreError> {
        self.downcast_mut::<PostgresTransaction>()
            .ok_or(StoreError::Unsupported("PostgreSQL transaction"))?
            .connection()
    }

    #[cfg(feature = "mysql")]
    fn mysql(&mut self) -> Result<&mut sqlx::MySqlConnection, StoreError> {
        self.downcast_mut::<MySqlTransaction>()
            .ok_or(StoreError::Unsupported("MySQL transaction"))?
            .connection()
    }
}
