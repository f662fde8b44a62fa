//! How far a file was run: a table of the bank's own, beside the events, changed in the same transaction.

use anyhow::{Context, ensure};
use es_core::{EventStore, Transaction};
use es_sqlx::{SqlxEventStore, SqlxTransactionExt};

/// The lines of a file that were run.
pub(crate) struct Progress {
    file: String,
    pub(crate) lines: u64,
    last: String,
}

impl Progress {
    /// How far this file was run.
    pub(crate) async fn read(store: &SqlxEventStore, file: String) -> anyhow::Result<Self> {
        let mut transaction = store.begin().await?;
        let connection = transaction.sqlite()?;
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS bank_progress (file TEXT PRIMARY KEY, lines INTEGER NOT NULL, last TEXT NOT NULL)",
        )
        .execute(&mut *connection)
        .await?;
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT lines, last FROM bank_progress WHERE file = ?")
                .bind(&file)
                .fetch_optional(&mut *connection)
                .await?;
        transaction.commit().await?;
        let (lines, last) = row.unwrap_or_default();
        Ok(Progress { file, lines: u64::try_from(lines)?, last })
    }

    /// Whether the file still has, as its last line that was run, the line that was run.
    pub(crate) fn check(&self, lines: &[&str]) -> anyhow::Result<()> {
        let Some(last) = usize::try_from(self.lines)?.checked_sub(1) else { return Ok(()) };
        let found = lines.get(last).with_context(|| {
            format!(
                "{} has {} lines now, and {} were run before: run it under another name",
                self.file,
                lines.len(),
                self.lines
            )
        })?;
        ensure!(
            *found == self.last,
            "line {} of {} isn't the line that was run before: run the changed file under another name",
            self.lines,
            self.file
        );
        Ok(())
    }

    /// Notes in the transaction that one more line was run, unless another run of the file is under way.
    pub(crate) async fn advance(
        &mut self,
        transaction: &mut Transaction,
        line: &str,
    ) -> anyhow::Result<()> {
        let before = i64::try_from(self.lines)?;
        let noted = sqlx::query(
            "INSERT INTO bank_progress (file, lines, last) SELECT ?1, ?2 + 1, ?3
              WHERE ?2 = ifnull((SELECT lines FROM bank_progress WHERE file = ?1), 0)
             ON CONFLICT (file) DO UPDATE SET lines = excluded.lines, last = excluded.last",
        )
        .bind(&self.file)
        .bind(before)
        .bind(line)
        .execute(transaction.sqlite()?)
        .await?;
        ensure!(
            noted.rows_affected() == 1,
            "another run of {} is under way, and has run this line",
            self.file
        );
        self.lines += 1;
        Ok(())
    }
}
