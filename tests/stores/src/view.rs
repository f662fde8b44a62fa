//! A view in the database of the events: how many entries each journal has, counted one by one.

use std::collections::BTreeMap;

use es_core::store::StoreError;
use es_core::{EventStore, Transaction};
use es_sqlx::{SqlxTransactionExt, sqlx};

use crate::sql::{self, on_connection};

/// What the view shows of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// How many entries were counted.
    pub entries: i64,
    /// How many of them weren't the next one.
    pub jumps: i64,
    /// The version of the one that was counted last.
    pub last_version: i64,
}

impl Row {
    /// What a journal of so many entries leads to.
    #[must_use]
    pub fn of(entries: u64) -> Self {
        Row { entries: entries as i64, jumps: 0, last_version: entries as i64 }
    }
}

/// Makes the table of the view.
///
/// # Errors
/// Those of the store.
pub async fn create(store: &impl EventStore) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    let table = "CREATE TABLE journal_view (journal VARCHAR(100) PRIMARY KEY, entries BIGINT NOT NULL, \
                 jumps BIGINT NOT NULL, last_version BIGINT NOT NULL)";
    sql::execute(&mut transaction, table.to_owned()).await?;
    if transaction.mysql().is_ok() {
        // There the statement has committed itself, and ended the transaction.
        return Ok(());
    }
    transaction.commit().await
}

/// Counts an entry of a journal.
///
/// # Errors
/// Those of the store.
pub async fn count(
    transaction: &mut Transaction,
    journal: &str,
    version: u64,
) -> Result<(), StoreError> {
    on_connection!(transaction, |connection| {
        // Numbers are written out: each database binds values in a way of its own.
        let journal = journal.replace('\'', "''");
        let update = format!(
            "UPDATE journal_view SET entries = entries + 1, \
             jumps = jumps + CASE WHEN last_version = {version} - 1 THEN 0 ELSE 1 END, last_version = {version} \
             WHERE journal = '{journal}'"
        );
        let update = sqlx::query(sqlx::AssertSqlSafe(update));
        let updated = update.execute(&mut *connection).await.map_err(StoreError::database)?;
        if updated.rows_affected() == 0 {
            let jumps = u8::from(version != 1);
            let insert =
                format!("INSERT INTO journal_view VALUES ('{journal}', 1, {jumps}, {version})");
            let insert = sqlx::query(sqlx::AssertSqlSafe(insert));
            insert.execute(connection).await.map_err(StoreError::database)?;
        }
    });
    Ok(())
}

/// All that the view shows.
///
/// # Errors
/// Those of the store.
pub async fn rows(store: &impl EventStore) -> Result<BTreeMap<String, Row>, StoreError> {
    let mut transaction = store.begin().await?;
    let select = "SELECT journal, entries, jumps, last_version FROM journal_view";
    let rows: Vec<(String, i64, i64, i64)> = on_connection!(transaction, |connection| {
        sqlx::query_as(select).fetch_all(connection).await.map_err(StoreError::database)?
    });
    transaction.rollback().await?;
    let row =
        |(journal, entries, jumps, last_version)| (journal, Row { entries, jumps, last_version });
    Ok(rows.into_iter().map(row).collect())
}
