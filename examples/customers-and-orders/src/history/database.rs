use std::time::Duration;

use anyhow::{Context, ensure};
use es_core::Transaction;
use es_sqlx::SqlxTransactionExt;
use sqlx::migrate::Migrator;
use sqlx::mysql::MySqlRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, MySqlPool, PgPool, SqlitePool};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static MYSQL: Migrator = sqlx::migrate!("migrations/mysql");

/// How often the tables are tried to be made on SQLite, while others do.
const TURNS: u32 = 9;
/// For how long others may make the tables on MariaDB.
const LONGEST_TURN: Duration = Duration::from_secs(60);

/// The database of the event store, where the view is too.
///
/// Statements are the same on all of them, but for the marks of parameters: they are written as `$1`, `$2`, …, each once
/// and in this order.
#[derive(Debug, Clone)]
pub enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MySql(MySqlPool),
}

/// A parameter of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Number(i64),
    Text(&'a str),
}

macro_rules! bound {
    ($query:expr, $values:expr) => {
        $values.iter().fold($query, |query, value| match value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
        })
    };
}

impl Database {
    /// Connects to a database that the event store has opened, and brings the tables of the view.
    ///
    /// # Errors
    /// The address is of no database that the store knows, or the database can't be reached, or it is in memory, where
    /// each connection would have one of its own.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let (scheme, _) = url.split_once(':').context("the address has no scheme")?;
        let database = match scheme {
            "sqlite" if is_in_memory(url) => anyhow::bail!(
                "the events and the order history can't share a database in memory: name a file, sqlite://FILE"
            ),
            "sqlite" => Database::Sqlite(SqlitePool::connect(url).await?),
            "postgres" | "postgresql" => Database::Postgres(PgPool::connect(url).await?),
            "mysql" | "mariadb" => Database::MySql(MySqlPool::connect(url).await?),
            other => anyhow::bail!("`{other}` is no database that is known here"),
        };
        database.migrate().await.context("the tables of the order history")?;
        Ok(database)
    }

    /// Several processes may do this at once. On PostgreSQL and MariaDB they take turns; on SQLite whoever comes second
    /// fails, and finds at the next try that all is done.
    async fn migrate(&self) -> anyhow::Result<()> {
        match self {
            Database::Sqlite(pool) => migrate_sqlite(pool).await,
            Database::Postgres(pool) => Ok(POSTGRES.run(pool).await?),
            Database::MySql(pool) => migrate_mysql(pool).await,
        }
    }

    /// Changes one row, in a transaction of the store.
    pub(super) async fn change_row(
        &self,
        tx: &mut Transaction,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> anyhow::Result<()> {
        let changed = match self {
            Database::Sqlite(_) => {
                bound!(sqlx::query(sql), values).execute(tx.sqlite()?).await?.rows_affected()
            }
            Database::Postgres(_) => {
                bound!(sqlx::query(sql), values).execute(tx.postgres()?).await?.rows_affected()
            }
            Database::MySql(_) => {
                let sql = AssertSqlSafe(without_numbers(sql));
                bound!(sqlx::query(sql), values).execute(tx.mysql()?).await?.rows_affected()
            }
        };
        ensure!(changed == 1, "{changed} rows were changed by `{sql}`, not one");
        Ok(())
    }

    pub(super) async fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> sqlx::Result<Vec<T>>
    where
        T: Send + Unpin,
        T: for<'r> FromRow<'r, SqliteRow>,
        T: for<'r> FromRow<'r, PgRow>,
        T: for<'r> FromRow<'r, MySqlRow>,
    {
        match self {
            Database::Sqlite(pool) => bound!(sqlx::query_as(sql), values).fetch_all(pool).await,
            Database::Postgres(pool) => bound!(sqlx::query_as(sql), values).fetch_all(pool).await,
            Database::MySql(pool) => {
                let sql = AssertSqlSafe(without_numbers(sql));
                bound!(sqlx::query_as(sql), values).fetch_all(pool).await
            }
        }
    }
}

fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

async fn migrate_sqlite(pool: &SqlitePool) -> anyhow::Result<()> {
    for _ in 0..TURNS {
        if SQLITE.run(pool).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(SQLITE.run(pool).await?)
}

/// The lock that sqlx takes has no limit of time, and MariaDB doesn't give such a lock: it answers that there is none. So
/// this one is around it, of the same connection.
async fn migrate_mysql(pool: &MySqlPool) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    let lock = "SELECT GET_LOCK(CONCAT('order history ', SHA1(DATABASE())), ?)";
    let lock = sqlx::query_scalar(lock).bind(LONGEST_TURN.as_secs());
    let locked: Option<i64> = lock.fetch_one(&mut *connection).await?;
    ensure!(locked == Some(1), "others have been at it for more than {LONGEST_TURN:?}");
    let migrated = MYSQL.run(&mut *connection).await;
    // Also after an error: its end is the end of the lock.
    let closed = connection.close().await;
    migrated?;
    Ok(closed?)
}

/// As MariaDB and MySQL read parameters: `?` for each.
fn without_numbers(sql: &str) -> String {
    let mut parts = sql.split('$');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "?" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_lose_their_numbers() {
        assert_eq!(without_numbers("VALUES ($1, $2, 0, $10)"), "VALUES (?, ?, 0, ?)");
        assert_eq!(without_numbers("SELECT 1"), "SELECT 1");
    }
}
