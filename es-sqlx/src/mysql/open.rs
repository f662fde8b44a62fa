use std::time::Duration;

use es_core::store::StoreError;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::{MySqlConnection, MySqlPool};

use super::error::{self, Limits};
use super::script;
use crate::SqlxEventStoreBuilder;

/// How many connections a store has by default.
const CONNECTIONS: u32 = 16;

/// The longest limit that the servers take, in whole seconds and in milliseconds.
const LONGEST: Duration = Duration::from_secs(31_536_000);

/// Opens what the address names.
pub(super) async fn open(
    builder: &SqlxEventStoreBuilder,
    url: &str,
) -> Result<(MySqlPool, Limits), StoreError> {
    let options = options(url)?;
    let limits = Limits {
        acquire: builder.acquire_timeout,
        busy: builder.busy_timeout.min(LONGEST),
        statement: builder.statement_timeout.min(LONGEST),
    };
    let idle = builder.idle_transaction_timeout.min(LONGEST);
    let pool = MySqlPoolOptions::new()
        .max_connections(builder.connections(CONNECTIONS))
        .acquire_timeout(limits.acquire)
        .test_before_acquire(false)
        .after_connect(move |connection, _| Box::pin(set_up(connection, limits, idle)))
        // A connection that can't be brought back to its beginning is closed.
        .after_release(move |connection, _| {
            let released = sqlx::raw_sql(script::END_HELD).execute(connection);
            Box::pin(async move { error::within(limits.answer(), released).await.map(|_| true) })
        })
        .connect_with(options)
        .await;
    Ok((pool.map_err(|error| limits.error(error))?, limits))
}

/// The limits of a pool that the application has made. Its connections have to refuse what they can't store, and to read
/// what is committed.
pub(super) async fn limits(
    builder: &SqlxEventStoreBuilder,
    pool: &MySqlPool,
) -> Result<Limits, StoreError> {
    let mut limits = Limits {
        acquire: pool.options().get_acquire_timeout(),
        busy: builder.busy_timeout,
        statement: builder.statement_timeout,
    };
    let (busy, mode): (u64, String) =
        sqlx::query_as("SELECT CAST(@@innodb_lock_wait_timeout AS UNSIGNED), @@sql_mode")
            .fetch_one(pool)
            .await
            .map_err(|error| limits.error(error))?;
    if !mode.contains("STRICT_ALL_TABLES") && !mode.contains("STRICT_TRANS_TABLES") {
        return Err(StoreError::Address(
            "the connections of the pool cut off what doesn't fit: set `STRICT_ALL_TABLES` in their `sql_mode`"
                .to_owned(),
        ));
    }
    // MariaDB and MySQL have other names for it.
    let isolation: Vec<(String, String)> = sqlx::query_as(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')",
    )
    .fetch_all(pool)
    .await
    .map_err(|error| limits.error(error))?;
    if isolation.iter().any(|(_, level)| level == "READ-UNCOMMITTED") {
        return Err(StoreError::Address(
            "the connections of the pool read what isn't committed: set their isolation level to `READ COMMITTED`"
                .to_owned(),
        ));
    }
    limits.busy = Duration::from_secs(busy);
    Ok(limits)
}

/// The largest packet that the server takes, in bytes, and whether it takes blocks of statements: MariaDB does.
pub(super) async fn abilities(
    connection: &mut MySqlConnection,
    limits: &Limits,
) -> Result<(usize, bool), StoreError> {
    let (bytes, version): (u64, String) =
        sqlx::query_as("SELECT CAST(@@max_allowed_packet AS UNSIGNED), VERSION()")
            .fetch_one(connection)
            .await
            .map_err(|error| limits.error(error))?;
    Ok((usize::try_from(bytes).unwrap_or(usize::MAX), is_mariadb(&version)))
}

fn is_mariadb(version: &str) -> bool {
    version.contains("MariaDB")
}

fn options(url: &str) -> Result<MySqlConnectOptions, StoreError> {
    let location = url.split_once(':').map_or("", |(_, location)| location);
    let options: MySqlConnectOptions = format!("mysql:{location}")
        .parse()
        .map_err(|error: sqlx::Error| StoreError::Address(error.to_string()))?;
    if options.get_database().is_none() {
        return Err(StoreError::Address(
            "the address names no database: write `mysql://user:password@host/database`".to_owned(),
        ));
    }
    // What is stored is UTF-8, whatever the address says.
    Ok(options.charset("utf8mb4"))
}

/// Each connection refuses what doesn't fit rather than cutting it off, reads what is committed, whatever the server's
/// default is, and waits for nothing without limit.
async fn set_up(
    connection: &mut MySqlConnection,
    limits: Limits,
    idle_transaction: Duration,
) -> Result<(), sqlx::Error> {
    let version: String =
        sqlx::query_scalar("SELECT VERSION()").fetch_one(&mut *connection).await?;
    let busy = limits.busy.as_secs().max(1);
    sqlx::query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), SESSION innodb_lock_wait_timeout = ?,
             SESSION lock_wait_timeout = ?",
    )
    .bind(busy)
    .bind(busy)
    .execute(&mut *connection)
    .await?;
    if is_mariadb(&version) {
        // Not a limit for statements: it would also end a commit that waits for room on the disk of the binary log, and leave
        // half an event there, at which the recovery after a crash stops.
        sqlx::query("SET SESSION max_statement_time = 0, SESSION idle_transaction_timeout = ?")
            .bind(idle_transaction.as_secs().max(1))
            .execute(connection)
            .await?;
    } else {
        // MySQL limits only what reads.
        sqlx::query("SET SESSION max_execution_time = ?")
            .bind(limits.statement.as_millis().max(1) as u64)
            .execute(connection)
            .await?;
    }
    Ok(())
}
