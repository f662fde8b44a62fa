//! The store on MariaDB and MySQL has every behaviour: with connections of its own, and with a pool of the application.

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use es_sqlx::SqlxEventStore;

use self::database::Database;

mod own {
    use super::*;

    async fn store() -> (SqlxEventStore, Database) {
        let database = Database::new().await;
        (SqlxEventStore::connect(&database.url()).await.expect("a store"), database)
    }

    es_core::conformance_tests!(store());
}

mod one_by_one {
    use super::*;

    async fn store() -> (SqlxEventStore, Database) {
        let database = Database::new().await;
        let alone = SqlxEventStore::builder().group_commit(false).table_prefix("es_");
        (alone.connect(&database.url()).await.expect("a store"), database)
    }

    es_core::conformance_tests!(store());
}

mod pool {
    use sqlx::mysql::MySqlPoolOptions;

    use super::*;

    async fn store() -> (SqlxEventStore, Database) {
        let database = Database::new().await;
        let pool = MySqlPoolOptions::new().max_connections(5).connect(&database.url()).await;
        let store = SqlxEventStore::from_mysql_pool(pool.expect("a pool")).await;
        (store.expect("a store"), database)
    }

    es_core::conformance_tests!(store());
}
