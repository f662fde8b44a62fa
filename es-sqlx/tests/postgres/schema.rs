//! A schema of PostgreSQL for one test.
#![allow(dead_code, reason = "each test file uses a part")]

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A schema in the database that `ES_TEST_POSTGRES_URL` names, gone with its value.
pub(crate) struct Schema {
    server: String,
    name: String,
}

impl Schema {
    pub(crate) async fn new() -> Self {
        let server = std::env::var("ES_TEST_POSTGRES_URL").expect(
            "ES_TEST_POSTGRES_URL names no PostgreSQL server: run `cargo xtask test`, which brings one",
        );
        let name = format!("test_{}", es_core::EventId::new().uuid().simple());
        let schema = Schema { server, name };
        schema.execute(format!("CREATE SCHEMA {}", schema.name)).await;
        schema
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address of the database, with this schema for all tables.
    pub(crate) fn url(&self) -> String {
        self.url_at(&self.server)
    }

    /// As [`url`](Self::url), through another address of the server.
    pub(crate) fn url_at(&self, server: &str) -> String {
        let separator = if server.contains('?') { '&' } else { '?' };
        format!("{server}{separator}options[search_path]={}", self.name)
    }

    /// A connection of one's own, for raw SQL in the schema.
    pub(crate) async fn sql(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.expect("the server that the environment names")
    }

    /// A connection whose load was given up may still be sent the rest, and hold its tables.
    fn removal(&self) -> String {
        format!(
            "SET lock_timeout = '5s';
             SELECT pg_terminate_backend(l.pid)
               FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
              WHERE c.relnamespace = '{name}'::regnamespace AND l.pid <> pg_backend_pid();
             DROP SCHEMA {name} CASCADE",
            name = self.name
        )
    }

    async fn execute(&self, statement: String) {
        let mut sql = PgConnection::connect(&self.server).await.expect("the server runs");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut sql).await.expect("the SQL is right");
        sql.close().await.expect("an end");
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // Destructors can't wait, and the test's own runtime may be at its end.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                runtime.block_on(self.execute(self.removal()));
            });
        });
    }
}
