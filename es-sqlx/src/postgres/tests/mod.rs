//! What only this module can reach: appends in groups, and the inside of transactions.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod group;
#[path = "../../../tests/postgres/schema.rs"]
mod schema;
mod transaction;

use std::ops::ControlFlow;

use es_core::store::{Append, EventStore, StreamHead, StreamQuery};
use es_core::{EncodeError, EventId, MessageKey, StoredEvent, Timestamp, Version};
use sqlx::PgConnection;

use self::schema::Schema;
use super::{PostgresStore, PostgresTransaction};
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

fn rung_by(message: &str, mut append: Append) -> Append {
    append.message = Some(MessageKey::new(message));
    append
}

async fn store() -> (PostgresStore, Schema) {
    let schema = Schema::new().await;
    let builder = SqlxEventStoreBuilder::default();
    (PostgresStore::connect(&builder, &schema.url()).await.unwrap(), schema)
}

async fn head(store: &PostgresStore, id: &str) -> StreamHead {
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

async fn version(store: &PostgresStore, id: &str) -> u64 {
    head(store, id).await.version.get()
}

/// A statement of the user that answers with a number.
async fn number(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}
