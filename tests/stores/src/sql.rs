//! SQL of one's own on whatever database a transaction is of.

use es_core::Transaction;
use es_core::store::StoreError;
use es_sqlx::{SqlxTransactionExt, sqlx};

/// Does the same on the connection of whatever database a transaction is of.
macro_rules! on_connection {
    ($transaction:expr, |$connection:ident| $work:expr) => {
        if let Ok($connection) = $transaction.sqlite() {
            $work
        } else if let Ok($connection) = $transaction.postgres() {
            $work
        } else {
            let $connection = $transaction.mysql()?;
            $work
        }
    };
}
pub(crate) use on_connection;

/// Executes statements.
///
/// # Errors
/// Those of the database.
pub async fn execute(transaction: &mut Transaction, statements: String) -> Result<(), StoreError> {
    let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements));
    on_connection!(transaction, |connection| {
        statements.execute(connection).await.map_err(StoreError::database)?;
    });
    Ok(())
}

/// The first column of all rows.
///
/// # Errors
/// Those of the database.
pub async fn texts(
    transaction: &mut Transaction,
    query: &'static str,
) -> Result<Vec<String>, StoreError> {
    on_connection!(transaction, |connection| {
        sqlx::query_scalar(query).fetch_all(connection).await.map_err(StoreError::database)
    })
}
