//! What the tests of the store share.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::ops::ControlFlow;

use es_core::store::{
    Append, AppendError, EventStore, RawEvent, StoreError, StreamHead, StreamQuery,
};
use es_core::{EncodeError, EventId, StoredEvent, Timestamp, Version};
use es_sqlx::SqlxEventStore;
use tempfile::TempDir;

pub(crate) const TYPE: &str = "Account";

/// A file for a database, gone with its value.
pub(crate) struct File {
    folder: TempDir,
}

impl File {
    pub(crate) fn new() -> Self {
        File { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.path().display())
    }

    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("bank.db")
    }

    pub(crate) async fn store(&self) -> SqlxEventStore {
        SqlxEventStore::connect(&self.url()).await.unwrap()
    }

    /// A connection of one's own, for raw SQL.
    pub(crate) async fn sql(&self) -> sqlx::SqliteConnection {
        use sqlx::ConnectOptions;
        sqlx::sqlite::SqliteConnectOptions::new()
            .filename(self.path())
            .create_if_missing(true)
            .connect()
            .await
            .unwrap()
    }
}

/// An event whose type and JSON are given.
pub(crate) struct Raw(pub(crate) &'static str, pub(crate) String);

impl StoredEvent for Raw {
    fn event_type(&self) -> &'static str {
        self.0
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(self.1.as_bytes());
        Ok(())
    }
}

pub(crate) fn at(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap()
}

/// An append of so many small events: event n has the JSON `n`, its version.
pub(crate) fn append(id: &str, expected: u64, events: u64) -> Append {
    let mut append =
        Append::new(TYPE, id.to_owned(), Version::new(expected), at(1_700_000_000_000_000));
    for n in 1..=events {
        append.push(EventId::new(), &Raw("Deposited", (expected + n).to_string())).unwrap();
    }
    append
}

/// What a visitor was shown, owned.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) entity: (String, String),
    pub(crate) version: u64,
    pub(crate) event_id: EventId,
    pub(crate) event_type: String,
    pub(crate) schema_version: u32,
    pub(crate) data: String,
    pub(crate) metadata: Option<String>,
    pub(crate) triggering_event: Option<String>,
    pub(crate) recorded_at: Timestamp,
}

impl From<RawEvent<'_>> for Seen {
    fn from(event: RawEvent<'_>) -> Self {
        Seen {
            entity: (event.entity_type.to_owned(), event.entity_id.to_owned()),
            version: event.version.get(),
            event_id: event.event_id,
            event_type: event.event_type.to_owned(),
            schema_version: event.schema_version,
            data: String::from_utf8(event.data.to_vec()).unwrap(),
            metadata: event.metadata.map(str::to_owned),
            triggering_event: event.triggering_event.map(str::to_owned),
            recorded_at: event.recorded_at,
        }
    }
}

pub(crate) async fn load(
    store: &impl EventStore,
    query: StreamQuery<'_>,
) -> Result<(StreamHead, Vec<Seen>), StoreError> {
    let mut seen = Vec::new();
    let head = store
        .load(query, &mut |event: RawEvent<'_>| {
            seen.push(event.into());
            ControlFlow::Continue(())
        })
        .await?;
    Ok((head, seen))
}

pub(crate) async fn stream(store: &impl EventStore, id: &str) -> (StreamHead, Vec<Seen>) {
    load(store, StreamQuery::new(TYPE, id)).await.unwrap()
}

pub(crate) async fn version(store: &impl EventStore, id: &str) -> u64 {
    load(store, StreamQuery::new(TYPE, id).limit(0)).await.unwrap().0.version.get()
}

/// Appends an event at whatever version the entity has, as often as others come first.
pub(crate) async fn append_one(store: &impl EventStore, id: &str) {
    for _ in 0..10_000 {
        let at = version(store, id).await;
        match store.append(append(id, at, 1)).await {
            Ok(_) => return,
            Err(AppendError::Conflict { .. } | AppendError::AlreadyExists { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("others always come first");
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
