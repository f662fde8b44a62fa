//! Appends and reads of made-up streams, as the behaviours of stores need them.

use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Store;
use crate::store::{
    Append, AppendError, Appended, RawEvent, StreamHead, StreamQuery, Transaction, Visitor,
};
use crate::{EncodeError, EventId, EventStore, MessageKey, StoredEvent, Version};

/// The type of the entities of most behaviours.
pub(super) const THING: &str = "Thing";

/// How long a reader or a writer may be held up by a transaction before it counts as waiting.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// Fails unless a result is the error that is named.
macro_rules! assert_refused {
    ($result:expr, $error:pat $(if $guard:expr)?) => {
        match $result {
            Err($error) $(if $guard)? => {}
            other => panic!(
                "`{}` was expected, and this came: {other:?}",
                stringify!($error $(if $guard)?)
            ),
        }
    };
}
pub(super) use assert_refused;

/// An event of any type, version and JSON.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) event_type: &'static str,
    pub(super) schema_version: u32,
    pub(super) json: String,
}

impl Fact {
    pub(super) fn new(json: impl Into<String>) -> Self {
        Fact { event_type: "Noted", schema_version: 1, json: json.into() }
    }

    /// An event that says that it is the one with this number.
    pub(super) fn numbered(number: u64) -> Self {
        Fact::new(format!(r#"{{"number":{number}}}"#))
    }
}

impl StoredEvent for Fact {
    fn event_type(&self) -> &'static str {
        self.event_type
    }

    fn schema_version(&self) -> u32 {
        self.schema_version
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(self.json.as_bytes());
        Ok(())
    }
}

/// The time of appends that say nothing else.
pub(super) fn noon() -> Timestamp {
    micros(1_700_000_000_000_001)
}

pub(super) fn micros(since_1970: i64) -> Timestamp {
    Timestamp::from_microsecond(since_1970).expect("a time that jiff knows")
}

/// These events for a thing.
pub(super) fn append_of(
    entity_id: &str,
    expected: u64,
    events: impl IntoIterator<Item = Fact>,
) -> Append {
    append_to(THING, entity_id, expected, events)
}

/// These events for an entity of this type.
pub(super) fn append_to(
    entity_type: &'static str,
    entity_id: &str,
    expected: u64,
    events: impl IntoIterator<Item = Fact>,
) -> Append {
    let mut append = Append::new(entity_type, entity_id.into(), Version::new(expected), noon());
    for event in events {
        append.push(EventId::new(), &event).expect("text can be pushed");
    }
    append
}

/// As many events for a thing, each with its version as its number.
pub(super) fn numbered(entity_id: &str, expected: u64, events: u64) -> Append {
    append_of(entity_id, expected, (expected + 1..=expected + events).map(Fact::numbered))
}

/// The append, caused by this message.
pub(super) fn because_of(message: impl Into<MessageKey>, mut append: Append) -> Append {
    append.message = Some(message.into());
    append
}

/// The append, with which its entity ends.
pub(super) fn deleting(mut append: Append) -> Append {
    append.deletes = true;
    append
}

/// The append, with metadata.
pub(super) fn with_metadata(metadata: &Value, mut append: Append) -> Append {
    append.metadata = Some(metadata.to_string());
    append
}

/// The append, decided at another time.
pub(super) fn decided_at(recorded_at: Timestamp, mut append: Append) -> Append {
    append.recorded_at = recorded_at;
    append
}

/// An event as a store gave it, with its JSON read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) entity_type: String,
    pub(super) entity_id: String,
    pub(super) version: u64,
    pub(super) event_id: EventId,
    pub(super) event_type: String,
    pub(super) schema_version: u32,
    pub(super) json: Value,
    pub(super) metadata: Option<Value>,
    pub(super) triggering_event: Option<String>,
    pub(super) recorded_at: Timestamp,
}

impl Stored {
    pub(super) fn read(raw: &RawEvent<'_>) -> Self {
        Stored {
            entity_type: raw.entity_type.to_owned(),
            entity_id: raw.entity_id.to_owned(),
            version: raw.version.get(),
            event_id: raw.event_id,
            event_type: raw.event_type.to_owned(),
            schema_version: raw.schema_version,
            json: json(raw.data),
            metadata: raw.metadata.map(|metadata| json(metadata.as_bytes())),
            triggering_event: raw.triggering_event.map(str::to_owned),
            recorded_at: raw.recorded_at,
        }
    }
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text)
        .unwrap_or_else(|error| panic!("no JSON came back ({error}): {text:?}"))
}

/// The events of an append as they must come back.
pub(super) fn as_stored(append: &Append) -> Vec<Stored> {
    let stored = |(event, version): (&crate::store::NewEvent, u64)| Stored {
        entity_type: append.entity_type.to_owned(),
        entity_id: append.entity_id.clone(),
        version,
        event_id: event.event_id,
        event_type: event.event_type.to_owned(),
        schema_version: event.schema_version,
        json: json(&append.data()[event.data.clone()]),
        metadata: append.metadata.as_ref().map(|metadata| json(metadata.as_bytes())),
        triggering_event: append.message.as_ref().map(|message| message.id().to_owned()),
        recorded_at: append.recorded_at,
    };
    append.events().iter().zip(append.expected.get() + 1..).map(stored).collect()
}

/// Appends, and fails where the store doesn't.
pub(super) async fn store_all(
    store: &dyn EventStore,
    appends: impl IntoIterator<Item = Append>,
) -> Vec<Appended> {
    let mut stored = Vec::new();
    for append in appends {
        let text = format!("{append:?}");
        match store.append(append).await {
            Ok(appended) => stored.push(appended),
            Err(error) => panic!("this was refused: {text}: {error}"),
        }
    }
    stored
}

/// Appends, and fails where the store doesn't.
pub(super) async fn put(store: &dyn EventStore, append: Append) -> Appended {
    store_all(store, [append]).await[0]
}

/// Reads what a query asks for.
pub(super) async fn read(
    store: &dyn EventStore,
    query: StreamQuery<'_>,
) -> (Vec<Stored>, StreamHead) {
    let mut events = Vec::new();
    let head = store.load(query, &mut *collect(&mut events)).await.expect("a stream is read");
    (events, head)
}

/// Reads the whole stream of a thing.
pub(super) async fn events(store: &dyn EventStore, entity_id: &str) -> Vec<Stored> {
    let (events, head) = read(store, StreamQuery::new(THING, entity_id)).await;
    assert_eq!(head.version, events.len() as u64, "the head's version is the number of events");
    events
}

/// The version of a thing.
pub(super) async fn version(store: &dyn EventStore, entity_id: &str) -> u64 {
    events(store, entity_id).await.len() as u64
}

/// The version of a thing, without its events.
pub(super) async fn head_version(store: &dyn EventStore, entity_id: &str) -> u64 {
    head_version_of(store, THING, entity_id).await
}

/// The version of an entity of this type, without its events.
pub(super) async fn head_version_of(
    store: &dyn EventStore,
    entity_type: &str,
    entity_id: &str,
) -> u64 {
    read(store, StreamQuery::new(entity_type, entity_id).limit(0)).await.1.version.get()
}

/// Whether a thing has processed a message.
pub(super) async fn processed(
    store: &dyn EventStore,
    entity_id: &str,
    message: impl Into<MessageKey>,
) -> bool {
    let message = message.into();
    let query = StreamQuery::new(THING, entity_id).limit(0).processed(Some(&message));
    let (events, head) = read(store, query).await;
    assert_eq!(events, [], "a query for the head alone shows no event");
    head.processed
}

/// Begins a transaction, where the store has some.
pub(super) async fn begin(store: &Store) -> Option<Transaction> {
    if !store.capabilities().transactions {
        return None;
    }
    Some(store.begin().await.expect("the capabilities promise transactions"))
}

/// Reads in a transaction what a query asks for.
pub(super) async fn read_within(
    transaction: &mut Transaction,
    query: StreamQuery<'_>,
) -> (Vec<Stored>, StreamHead) {
    let mut events = Vec::new();
    let head = transaction
        .load(query, &mut *collect(&mut events))
        .await
        .expect("a stream is read in a transaction");
    (events, head)
}

/// Appends in a transaction.
pub(super) async fn append_within(
    transaction: &mut Transaction,
    append: Append,
) -> Result<Appended, AppendError> {
    transaction.append(append).await
}

fn collect(events: &mut Vec<Stored>) -> Box<Visitor<'_>> {
    Box::new(|raw: RawEvent<'_>| {
        events.push(Stored::read(&raw));
        ControlFlow::Continue(())
    })
}

/// The versions of events.
pub(super) fn versions(events: &[Stored]) -> Vec<u64> {
    events.iter().map(|event| event.version).collect()
}

/// Texts that a careless comparison takes for the same: by case, spaces, accents, composition, width or number.
pub(super) const LOOKALIKES: [&str; 18] = [
    "a",
    "A",
    "a ",
    " a",
    "a  ",
    "a\t",
    "a\n",
    "á",
    "a\u{301}",
    "ａ",
    "а",
    "ss",
    "ß",
    "1",
    "01",
    "1.0",
    "１",
    "a\u{200b}",
];

/// Polls a future once.
pub(super) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Drops a future that isn't ready when it was polled so many times.
pub(super) async fn poll_and_drop(polls: usize, future: impl Future) {
    let mut future = pin!(future);
    for _ in 0..polls {
        if poll_once(future.as_mut()).await.is_ready() {
            break;
        }
        tokio::task::yield_now().await;
    }
}
