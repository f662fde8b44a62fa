use es_core::store::StoreError;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::error::Limits;
use crate::migrate::{Migration, missing};
use crate::prefix::TablePrefix;

static MIGRATIONS: [Migration; 4] = [
    Migration {
        version: 1,
        name: "event store",
        sql: include_str!("migrations/0001_event_store.sql"),
    },
    Migration { version: 2, name: "snapshots", sql: include_str!("migrations/0002_snapshots.sql") },
    Migration {
        version: 3,
        name: "subscriptions",
        sql: include_str!("migrations/0003_subscriptions.sql"),
    },
    Migration {
        version: 4,
        name: "packed appends",
        sql: include_str!("migrations/0004_packed_appends.sql"),
    },
];

/// Brings the tables of this prefix to the newest schema, however many processes try at once.
pub(super) async fn migrate(
    connection: &mut SqliteConnection,
    prefix: &TablePrefix,
    limits: &Limits,
) -> Result<(), StoreError> {
    if missing(&MIGRATIONS, found(connection, prefix, limits).await?)?.is_empty() {
        return Ok(());
    }
    let failed = |error| limits.error(error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    // Another process may have migrated while this one waited for the lock.
    let found = found(&mut transaction, prefix, limits).await?;
    if found == 0 {
        refuse_foreign_tables(&mut transaction, prefix, limits).await?;
    }
    for migration in missing(&MIGRATIONS, found)? {
        sqlx::raw_sql(AssertSqlSafe(prefix.apply(migration.sql)))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let record = prefix.apply(
            "INSERT INTO {prefix}event_store_schema (version, name, applied_at)
             VALUES (?1, ?2, CAST(unixepoch('subsec') * 1000000 AS INTEGER))",
        );
        sqlx::query(AssertSqlSafe(record))
            .bind(migration.version)
            .bind(migration.name)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// Tables of these names that no event store has made belong to the application.
async fn refuse_foreign_tables(
    connection: &mut SqliteConnection,
    prefix: &TablePrefix,
    limits: &Limits,
) -> Result<(), StoreError> {
    let sql = prefix.apply(
        "SELECT name FROM sqlite_schema
          WHERE lower(name) IN ('{prefix}events', '{prefix}entities', '{prefix}processed_messages', '{prefix}appends',
                               '{prefix}snapshots', '{prefix}subscriptions', '{prefix}subscription_members',
                               '{prefix}dead_letters', '{prefix}packed_appends')
          ORDER BY name",
    );
    let names: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(connection)
        .await
        .map_err(|error| limits.error(error))?;
    match names.first() {
        None => Ok(()),
        Some(name) => Err(StoreError::Address(format!(
            "the database has a table `{name}` that isn't an event store's: give the store's tables a prefix, by \
             `SqlxEventStore::builder().table_prefix(\"es_\")`"
        ))),
    }
}

/// The version of the schema, 0 before the first.
async fn found(
    connection: &mut SqliteConnection,
    prefix: &TablePrefix,
    limits: &Limits,
) -> Result<u32, StoreError> {
    let failed = |error| limits.error(error);
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1")
            .bind(prefix.apply("{prefix}event_store_schema"))
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
    if tables == 0 {
        return Ok(0);
    }
    let version: i64 = sqlx::query_scalar(AssertSqlSafe(
        prefix.apply("SELECT ifnull(max(version), 0) FROM {prefix}event_store_schema"),
    ))
    .fetch_one(connection)
    .await
    .map_err(failed)?;
    u32::try_from(version)
        .map_err(|_| StoreError::Corrupt(format!("{version} is no version of a schema")))
}
