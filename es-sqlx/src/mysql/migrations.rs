use es_core::store::StoreError;
use sqlx::{AssertSqlSafe, MySqlConnection};

use super::error::Limits;
use crate::migrate::{Migration, missing};
use crate::prefix::TablePrefix;

static MIGRATIONS: [Migration; 5] = [
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
    Migration { version: 5, name: "runs", sql: include_str!("migrations/0005_runs.sql") },
];

/// What the tables of this library have as their comment.
const MARK: &str = "es-sqlx";

/// The tables of all steps.
const TABLES: [&str; 11] = [
    "event_store_schema",
    "entities",
    "events",
    "processed_messages",
    "snapshots",
    "unsequenced",
    "positions",
    "sequencer",
    "subscriptions",
    "subscription_members",
    "dead_letters",
];

/// Brings the tables of this prefix to the newest schema, however many processes try at once.
pub(super) async fn migrate(
    connection: &mut MySqlConnection,
    prefix: &TablePrefix,
    limits: &Limits,
) -> Result<(), StoreError> {
    let mut migrator = Migrator { connection, prefix, limits };
    if missing(&MIGRATIONS, migrator.found().await?)?.is_empty() {
        return Ok(());
    }
    migrator.lock().await?;
    let migrated = migrator.apply().await;
    // After an error too: the pool would keep the connection, and the connection the lock.
    let unlocked = migrator.unlock().await;
    migrated.and(unlocked)
}

struct Migrator<'a> {
    connection: &'a mut MySqlConnection,
    prefix: &'a TablePrefix,
    limits: &'a Limits,
}

impl Migrator<'_> {
    fn failed(&self, error: sqlx::Error) -> StoreError {
        self.limits.error(error)
    }

    /// The version of the schema, 0 before the first.
    async fn found(&mut self) -> Result<u32, StoreError> {
        let tables: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?",
        )
        .bind(self.prefix.apply("{prefix}event_store_schema"))
        .fetch_one(&mut *self.connection)
        .await
        .map_err(|error| self.failed(error))?;
        if tables == 0 {
            return Ok(0);
        }
        let version: Option<u32> = sqlx::query_scalar(AssertSqlSafe(
            self.prefix.apply("SELECT MAX(version) FROM {prefix}event_store_schema"),
        ))
        .fetch_one(&mut *self.connection)
        .await
        .map_err(|error| self.failed(error))?;
        Ok(version.unwrap_or_default())
    }

    /// Statements that create tables commit by themselves, so a transaction can't keep others out; a named lock can.
    /// Names are the whole server's, and have 64 characters at most.
    async fn lock(&mut self) -> Result<(), StoreError> {
        let limit = self.limits.busy.max(self.limits.acquire);
        let locked: Option<i64> = sqlx::query_scalar(
            "SELECT GET_LOCK(CONCAT('es-sqlx ', SHA1(CONCAT(?, ' ', DATABASE()))), ?)",
        )
        .bind(self.prefix.as_ref())
        .bind(limit.as_secs().max(1))
        .fetch_one(&mut *self.connection)
        .await
        .map_err(|error| self.failed(error))?;
        if locked == Some(1) {
            return Ok(());
        }
        Err(StoreError::TimedOut { what: "lock for migrations", limit })
    }

    async fn unlock(&mut self) -> Result<(), StoreError> {
        sqlx::query("DO RELEASE_LOCK(CONCAT('es-sqlx ', SHA1(CONCAT(?, ' ', DATABASE()))))")
            .bind(self.prefix.as_ref())
            .execute(&mut *self.connection)
            .await
            .map(drop)
            .map_err(|error| self.failed(error))
    }

    async fn apply(&mut self) -> Result<(), StoreError> {
        // Another process may have migrated while this one waited for the lock.
        for migration in missing(&MIGRATIONS, self.found().await?)? {
            self.refuse_tables_of_others().await?;
            sqlx::raw_sql(AssertSqlSafe(self.prefix.apply(migration.sql)))
                .execute(&mut *self.connection)
                .await
                .map_err(|error| self.failed(error))?;
            let record = self.prefix.apply(
                "INSERT INTO {prefix}event_store_schema (version, name, applied_at)
                 VALUES (?, ?, UTC_TIMESTAMP(6))",
            );
            sqlx::query(AssertSqlSafe(record))
                .bind(migration.version)
                .bind(migration.name)
                .execute(&mut *self.connection)
                .await
                .map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// A step may have been cut short before, so tables that exist are taken; but only this library's.
    async fn refuse_tables_of_others(&mut self) -> Result<(), StoreError> {
        for table in TABLES {
            let name = format!("{}{table}", self.prefix.as_ref());
            let others: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM information_schema.tables
                  WHERE table_schema = DATABASE() AND table_name = ? AND table_comment <> ?",
            )
            .bind(&name)
            .bind(MARK)
            .fetch_one(&mut *self.connection)
            .await
            .map_err(|error| self.failed(error))?;
            if others > 0 {
                return Err(StoreError::database(format!(
                    "the database has a table `{name}` already, which isn't this library's: choose a table prefix"
                )));
            }
        }
        Ok(())
    }
}
