//! The store on PostgreSQL has every behaviour: with connections of its own, and with a pool of the application.

#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use es_sqlx::SqlxEventStore;

use self::schema::Schema;

mod own {
    use super::*;

    async fn store() -> (SqlxEventStore, Schema) {
        let schema = Schema::new().await;
        (SqlxEventStore::connect(&schema.url()).await.expect("a store"), schema)
    }

    es_core::conformance_tests!(store());
}

mod one_by_one {
    use super::*;

    async fn store() -> (SqlxEventStore, Schema) {
        let schema = Schema::new().await;
        let alone = SqlxEventStore::builder().group_commit(false).table_prefix("es_");
        (alone.connect(&schema.url()).await.expect("a store"), schema)
    }

    es_core::conformance_tests!(store());
}

mod pool {
    use sqlx::postgres::PgPoolOptions;

    use super::*;

    async fn store() -> (SqlxEventStore, Schema) {
        let schema = Schema::new().await;
        let pool = PgPoolOptions::new().max_connections(5).connect(&schema.url()).await;
        let store = SqlxEventStore::from_postgres_pool(pool.expect("a pool")).await;
        (store.expect("a store"), schema)
    }

    es_core::conformance_tests!(store());
}
