use es_core::Transaction;
use es_core::store::StoreError;

use crate::sqlite::SqliteTransaction;

/// SQL of one's own in a transaction of a [`SqlxEventStore`](crate::SqlxEventStore): it commits with the events, or
/// not at all.
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
pub trait SqlxTransactionExt {
    /// The connection of the transaction.
    ///
    /// Leave the transaction open: `COMMIT` and `ROLLBACK` are for [`Transaction`]. A nested transaction
    /// (`Connection::begin`) is a savepoint.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] if this is no transaction of an SQLite store, [`StoreError::Database`] if the
    /// transaction has failed.
    #[cfg(feature = "sqlite")]
    fn sqlite(&mut self) -> Result<&mut sqlx::SqliteConnection, StoreError>;
}

impl SqlxTransactionExt for Transaction {
    #[cfg(feature = "sqlite")]
    fn sqlite(&mut self) -> Result<&mut sqlx::SqliteConnection, StoreError> {
        self.downcast_mut::<SqliteTransaction>()
            .ok_or(StoreError::Unsupported("SQLite transaction"))?
            .connection()
    }
}
