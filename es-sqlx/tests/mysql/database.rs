//! A database of MariaDB or MySQL for one test.

use sqlx::{AssertSqlSafe, Connection, MySqlConnection};

/// A database on the server that `ES_TEST_MYSQL_URL` names, gone with its value.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let server = std::env::var("ES_TEST_MYSQL_URL").expect(
            "ES_TEST_MYSQL_URL names no MariaDB or MySQL server: run `cargo xtask test`, which brings one",
        );
        let name = format!("test_{}", es_core::EventId::new().uuid().simple());
        let database = Database { server, name };
        // Another character set than the store's: it must not depend on the server's.
        database.execute(format!("CREATE DATABASE {} CHARACTER SET latin1", database.name)).await;
        database
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address of this database.
    pub(crate) fn url(&self) -> String {
        self.url_at(&self.server)
    }

    /// As [`url`](Self::url), through another address of the server.
    pub(crate) fn url_at(&self, server: &str) -> String {
        let (server, parameters) = server.split_once('?').unwrap_or((server, ""));
        let start = server.find("://").map_or(0, |scheme| scheme + 3);
        let host = server[start..].find('/').map_or(server, |path| &server[..start + path]);
        format!("{host}/{}?{parameters}", self.name)
    }

    /// A connection of one's own, for raw SQL in the database.
    pub(crate) async fn sql(&self) -> MySqlConnection {
        MySqlConnection::connect(&self.url()).await.expect("the server that the environment names")
    }

    async fn execute(&self, statement: String) {
        let mut sql = MySqlConnection::connect(&self.server).await.expect("the server runs");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut sql).await.expect("the SQL is right");
        sql.close().await.expect("an end");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Destructors can't wait, and the test's own runtime may be at its end.
        let dropped = std::thread::scope(|scope| {
            let drop = || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                let drop = format!("SET lock_wait_timeout = 5; DROP DATABASE {}", self.name);
                runtime.block_on(self.execute(drop));
            };
            scope.spawn(drop).join()
        });
        // A test that fails may leave transactions open.
        assert!(dropped.is_ok() || std::thread::panicking(), "{} can't be dropped", self.name);
    }
}
