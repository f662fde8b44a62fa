use std::fmt;
use std::ops::Range;

use jiff::Timestamp;

use super::RawEvent;
use crate::{EncodeError, EventId, MessageKey, StoredEvent, Version};

/// Events on their way into one stream.
///
/// Its `Debug` leaves the payloads and the metadata out: they may hold what must not be logged.
#[derive(Clone)]
pub struct Append {
    /// The stored name of the aggregate.
    pub entity_type: &'static str,
    /// The text of the entity's id.
    pub entity_id: String,
    /// The version that the events were decided at; [`Version::NONE`] creates the entity.
    pub expected: Version,
    /// The message that led to them, to be remembered with them.
    pub message: Option<MessageKey>,
    /// The metadata of all of them, as JSON.
    pub metadata: Option<String>,
    /// When they were decided, in whole microseconds.
    pub recorded_at: Timestamp,
    /// Whether the entity is deleted by them.
    pub deletes: bool,
    events: Vec<NewEvent>,
    data: Vec<u8>,
}

impl Append {
    /// An append without events yet. It has no message and no metadata and deletes nothing.
    pub fn new(
        entity_type: &'static str,
        entity_id: String,
        expected: Version,
        recorded_at: Timestamp,
    ) -> Self {
        Append {
            entity_type,
            entity_id,
            expected,
            message: None,
            metadata: None,
            recorded_at,
            deletes: false,
            events: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Adds an event at the end.
    ///
    /// # Errors
    /// What the event's `Serialize` refuses; the append is then as it was.
    pub fn push(&mut self, event_id: EventId, event: &dyn StoredEvent) -> Result<(), EncodeError> {
        let start = self.data.len();
        if let Err(error) = event.encode(&mut self.data) {
            self.data.truncate(start);
            return Err(error);
        }
        self.events.push(NewEvent {
            event_id,
            event_type: event.event_type(),
            schema_version: event.schema_version(),
            data: start..self.data.len(),
        });
        Ok(())
    }

    /// The events in order. There may be none: then only the message is remembered.
    pub fn events(&self) -> &[NewEvent] {
        &self.events
    }

    /// The last event, as it will be read.
    pub(crate) fn last(&self) -> Option<RawEvent<'_>> {
        self.raw(self.events.len().checked_sub(1)?)
    }

    /// The events, as they will be read.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn raw_events(&self) -> impl Iterator<Item = RawEvent<'_>> {
        (0..self.events.len()).filter_map(|place| self.raw(place))
    }

    fn raw(&self, place: usize) -> Option<RawEvent<'_>> {
        let event = self.events.get(place)?;
        Some(RawEvent {
            entity_type: self.entity_type,
            entity_id: &self.entity_id,
            version: self.expected.plus(place as u64 + 1),
            event_id: event.event_id,
            event_type: event.event_type,
            schema_version: event.schema_version,
            data: self.data.get(event.data.clone())?,
            metadata: self.metadata.as_deref(),
            triggering_event: self.message.as_ref().map(MessageKey::id),
            recorded_at: self.recorded_at,
        })
    }

    /// The JSON of all events, one after the other; [`NewEvent::data`] are ranges of it.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The version of the entity after this append.
    pub fn version(&self) -> Version {
        self.expected.plus(self.events.len() as u64)
    }
}

impl fmt::Debug for Append {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Append")
            .field("entity_type", &self.entity_type)
            .field("entity_id", &self.entity_id)
            .field("expected", &self.expected)
            .field("message", &self.message)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// One event of an [`Append`].
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its id.
    pub event_id: EventId,
    /// Its stored name.
    pub event_type: &'static str,
    /// The version of the shape of its JSON.
    pub schema_version: u32,
    /// Where its JSON lies in [`Append::data`], in bytes.
    pub data: Range<usize>,
}

/// An append that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Appended {
    /// The version of the entity now.
    pub version: Version,
    /// The position of its last event in the order of all events, where the store knows it at once.
    pub position: Option<Position>,
}

impl Appended {
    /// The entity is at this version now, and the position of its last event isn't known.
    pub fn new(version: Version) -> Self {
        Appended { version, position: None }
    }

    /// The last event has this position.
    #[must_use]
    pub fn at(self, position: Option<Position>) -> Self {
        Appended { position, ..self }
    }
}

/// The place of an event in the order of all events of a store: higher is later, and there may be gaps.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before the first event.
    pub const START: Position = Position(0);

    /// The position with this number.
    pub const fn new(number: u64) -> Self {
        Position(number)
    }

    /// Its number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
