//! A database file, and SQL on it past the store.
#![allow(dead_code, reason = "each test file uses a part")]

use es_core::AggregateRepository;
use es_sqlx::SqlxEventStore;
use sqlx::{Connection, SqliteConnection};
use store_tests::Journal;
use tempfile::TempDir;

pub(crate) struct Database(TempDir);

impl Database {
    pub(crate) fn new() -> Self {
        Database(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.0.path().join("events.db").display())
    }

    pub(crate) async fn store(&self) -> SqlxEventStore {
        SqlxEventStore::connect(&self.url()).await.expect("the store can be opened")
    }

    pub(crate) async fn journals(&self) -> AggregateRepository<Journal> {
        AggregateRepository::new(self.store().await)
    }

    /// A connection past the store. It creates the file if there is none.
    pub(crate) async fn sql(&self) -> SqliteConnection {
        let url = format!("{}?mode=rwc", self.url());
        SqliteConnection::connect(&url).await.expect("the database can be opened")
    }
}

pub(crate) async fn execute(sql: &mut SqliteConnection, statements: &'static str) {
    sqlx::raw_sql(statements).execute(sql).await.expect("the SQL is right");
}

/// The names of all tables, views and triggers, and how they were made.
pub(crate) async fn schema(sql: &mut SqliteConnection) -> Vec<(String, Option<String>)> {
    sqlx::query_as("SELECT name, sql FROM sqlite_schema ORDER BY name")
        .fetch_all(sql)
        .await
        .expect("the schema can be read")
}
