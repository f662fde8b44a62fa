//! What MySQL is told, which has no blocks of statements; MariaDB understands it as well.

use super::*;

async fn store() -> (MySqlStore, Database) {
    store_of(Known { blocks: false, max_packet: None }).await
}

mod plain {
    use super::*;

    es_core::conformance_tests!(store());
}

/// With packets so small that most behaviours still need one, and some need many.
mod small_packets {
    use super::*;

    async fn store() -> (MySqlStore, Database) {
        store_of(Known { blocks: false, max_packet: Some(3_000_000) }).await
    }

    es_core::conformance_tests!(store());
}
