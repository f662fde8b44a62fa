//! What MySQL is told, which has no blocks of statements; MariaDB understands it as well.

use super::*;
use crate::SqlxEventStore;

async fn store(max_packet: Option<usize>) -> (SqlxEventStore, Database) {
    let (store, database) = store_of(Known { blocks: false, max_packet }).await;
    (store.into(), database)
}

mod plain {
    use super::*;

    es_core::conformance_tests!(store(None));
}

/// With packets so small that most behaviours still need one, and some need many.
mod small_packets {
    use super::*;

    es_core::conformance_tests!(store(Some(3_000_000)));
}
