use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::migrate::{Migration, missing};
use crate::prefix::TablePrefix;
use es_core::store::StoreError;

use super::error::Limits;

static MIGRATIONS: [Migration; 4] = [
    Migration {
        version: 1,
        name: "event store",
        sql: include_str!("migrations/0001_event_store.sql"),
    },
    Migration { version: 2, name: "snapshots", sql: include_str!("migrations/0002_snapshots.sql") },
    Migration { version: 3, name: "feed", sql: include_str!("migrations/0003_feed.sql") },
    Migration {
        version: 4,
        name: "subscriptions",
        sql: include_str!("migrations/0004_subscriptions.sql"),
    },
];

/// Brings the tables of this prefix to the newest schema, however many processes try at once.
pub(super) async fn migrate(
    connection: &mut PgConnection,
    prefix: &TablePrefix,
    limits: &Limits,
) -> Result<(), StoreError> {
    if missing(&MIGRATIONS, found(connection, prefix, limits).await?)?.is_empty() {
        return Ok(());
    }
    let failed = |error| limits.error(error);
    let mut transaction =
        connection.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(failed)?;
    // Held to the end of the transaction. The first key is this library's own.
    sqlx::query("SELECT pg_advisory_xact_lock(4841, hashtext(current_schema()))")
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    // Another process may have migrated while this one waited for the lock.
    for migration in missing(&MIGRATIONS, found(&mut transaction, prefix, limits).await?)? {
        sqlx::raw_sql(AssertSqlSafe(prefix.apply(migration.sql)))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let record =
            prefix.apply("INSERT INTO {prefix}event_store_schema (version, name) VALUES ($1, $2)");
        sqlx::query(AssertSqlSafe(record))
            .bind(migration.version.cast_signed())
            .bind(migration.name)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// The version of the schema, 0 before the first.
async fn found(
    connection: &mut PgConnection,
    prefix: &TablePrefix,
    limits: &Limits,
) -> Result<u32, StoreError> {
    let failed = |error| limits.error(error);
    // The rows of the catalog, not `to_regclass`: that may remember that there was no such table before the lock.
    let exists: bool = sqlx::query_scalar(
        "SELECT EXISTS (
           SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relname = $1)",
    )
    .bind(prefix.apply("{prefix}event_store_schema"))
    .fetch_one(&mut *connection)
    .await
    .map_err(failed)?;
    if !exists {
        return Ok(0);
    }
    let version: i32 = sqlx::query_scalar(AssertSqlSafe(
        prefix.apply("SELECT coalesce(max(version), 0) FROM {prefix}event_store_schema"),
    ))
    .fetch_one(connection)
    .await
    .map_err(failed)?;
    u32::try_from(version)
        .map_err(|_| StoreError::Corrupt(format!("{version} is no version of a schema")))
}
