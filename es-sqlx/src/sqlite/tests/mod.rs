//! What only this module can reach: appends in groups, and the inside of transactions.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod group;
mod transaction;

use std::ops::ControlFlow;

use es_core::store::{Append, EventStore, StreamHead, StreamQuery};
use es_core::{EncodeError, EventId, StoredEvent, Timestamp, Version};
use sqlx::SqliteConnection;

use super::{SqliteStore, SqliteTransaction};
use crate::SqlxEventStoreBuilder;

struct Rang;

impl StoredEvent for Rang {
    fn event_type(&self) -> &'static str {
        "Rang"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(b"null");
        Ok(())
    }
}

fn ring(id: &str, expected: u64, events: u64) -> Append {
    let now = Timestamp::UNIX_EPOCH;
    let mut append = Append::new("Bell", id.to_owned(), Version::new(expected), now);
    for _ in 0..events {
        append.push(EventId::new(), &Rang).unwrap();
    }
    append
}

async fn file_store() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/bells.db", folder.path().display());
    (SqliteStore::connect(&SqlxEventStoreBuilder::default(), &url).await.unwrap(), folder)
}

async fn head(store: &SqliteStore, id: &str) -> StreamHead {
    let query = StreamQuery::new("Bell", id);
    let mut events = 0;
    let visit = &mut |_: es_core::store::RawEvent<'_>| {
        events += 1;
        ControlFlow::Continue(())
    };
    let head = EventStore::load(store, query, visit).await.unwrap();
    assert_eq!(head.version, Version::new(events));
    head
}

async fn version(store: &SqliteStore, id: &str) -> u64 {
    head(store, id).await.version.get()
}

/// A statement of the user that answers with numbers.
async fn number(connection: &mut SqliteConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_all(connection).await.unwrap()[0]
}
