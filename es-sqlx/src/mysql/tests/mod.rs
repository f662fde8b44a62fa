//! What only this module can reach: appends in groups, servers without blocks, and small packets.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;
mod group;
mod no_room;
mod without_blocks;

use std::ops::ControlFlow;

use es_core::store::{Append, EventStore, RawEvent, StreamQuery};
use es_core::{EncodeError, EventId, StoredEvent, Timestamp, Version};

use self::database::Database;
use super::*;

struct Rang(String);

impl StoredEvent for Rang {
    fn event_type(&self) -> &'static str {
        "Rang"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(())
    }
}

fn ring(id: &str, expected: u64, events: u64) -> Append {
    ring_loud(id, expected, events, 4)
}

/// With events of so many bytes.
fn ring_loud(id: &str, expected: u64, events: u64, bytes: usize) -> Append {
    let now = Timestamp::UNIX_EPOCH;
    let mut append = Append::new("Bell", id.to_owned(), Version::new(expected), now);
    for n in 1..=events {
        let json = format!("{:0>bytes$}", expected + n);
        append.push(EventId::new(), &Rang(json)).unwrap();
    }
    append
}

/// What a test knows of the server.
#[derive(Clone, Copy)]
struct Known {
    blocks: bool,
    max_packet: Option<usize>,
}

/// A store that takes the server for what is said to be known of it.
async fn store_of(known: Known) -> (MySqlStore, Database) {
    let database = Database::new().await;
    let builder = SqlxEventStoreBuilder::default();
    let MySqlStore { connections, prefix, .. } =
        MySqlStore::connect(&builder, &database.url()).await.unwrap();
    let connections = Connections {
        shared: connections.shared.clone(),
        statements: Statements::new(&prefix),
        limits: connections.limits,
        max_packet: known.max_packet.unwrap_or(connections.max_packet),
        blocks: known.blocks && connections.blocks,
    };
    (MySqlStore::of(&builder, connections, prefix), database)
}

async fn version(store: &MySqlStore, id: &str) -> u64 {
    let mut events = 0;
    let visit = &mut |event: RawEvent<'_>| {
        events += 1;
        let number: u64 = str::from_utf8(event.data).unwrap().parse().unwrap();
        assert_eq!(number, event.version.get());
        ControlFlow::Continue(())
    };
    let head = EventStore::load(store, StreamQuery::new("Bell", id), visit).await.unwrap();
    assert_eq!(head.version, Version::new(events));
    events
}

/// A statement that answers with a number.
async fn number(store: &MySqlStore, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(store.connections.shared.pool()).await.unwrap()
}
