//! The store on SQLite has every behaviour, in a file and in memory.

use es_sqlx::SqlxEventStore;
use tempfile::TempDir;

mod file {
    use super::*;

    async fn store() -> (SqlxEventStore, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("events.db").display());
        (SqlxEventStore::connect(&url).await.expect("a store"), folder)
    }

    es_core::conformance_tests!(store());
}

mod memory {
    use super::*;

    es_core::conformance_tests!(async { SqlxEventStore::in_memory().await.expect("a store") });
}
