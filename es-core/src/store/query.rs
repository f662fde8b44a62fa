use std::fmt;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::RawSnapshot;
use crate::{EventContext, EventId, MessageKey, Version};

/// Is shown a stream.
///
/// A closure that takes a [`RawEvent`] is one that never asks for snapshots.
pub trait StreamVisitor: Send {
    /// Is shown the snapshot that was asked for, before the events after it. Not called where there is none.
    fn snapshot(&mut self, snapshot: RawSnapshot<'_>) {
        let _ = snapshot;
    }

    /// Is shown the next event, and says whether it wants more.
    fn event(&mut self, event: RawEvent<'_>) -> ControlFlow<()>;
}

impl<F: FnMut(RawEvent<'_>) -> ControlFlow<()> + Send> StreamVisitor for F {
    fn event(&mut self, event: RawEvent<'_>) -> ControlFlow<()> {
        self(event)
    }
}

/// What a store shows a stream to.
pub type Visitor<'v> = dyn StreamVisitor + 'v;

/// Which events of which stream to load.
#[derive(Debug, Clone, Copy)]
pub struct StreamQuery<'a> {
    /// The stored name of the aggregate.
    pub entity_type: &'a str,
    /// The text of the entity's id.
    pub entity_id: &'a str,
    /// Only events after this version.
    pub after: Version,
    /// Only events up to this version, with it.
    pub until: Option<Version>,
    /// At most so many events. `Some(0)` asks for the head alone.
    pub limit: Option<u32>,
    /// Asks whether the entity has processed this message.
    pub message: Option<&'a MessageKey>,
    /// Asks for the newest snapshot of this shape in the range, and only for the events after it. A limit is one of
    /// events, so where there is one, no snapshot is shown.
    pub snapshot: Option<&'a str>,
    /// Asks for no more of each event than a fold reads: its version, type, schema version and JSON. A store may leave
    /// out the rest and show nil for the id, nothing for metadata and message, and the beginning of 1970 for the time.
    pub bare: bool,
}

impl<'a> StreamQuery<'a> {
    /// The whole stream of an entity.
    pub fn new(entity_type: &'a str, entity_id: &'a str) -> Self {
        StreamQuery {
            entity_type,
            entity_id,
            after: Version::NONE,
            until: None,
            limit: None,
            message: None,
            snapshot: None,
            bare: false,
        }
    }

    /// Only events after this version.
    #[must_use]
    pub fn after(self, version: Version) -> Self {
        StreamQuery { after: version, ..self }
    }

    /// Only events up to this version, with it.
    #[must_use]
    pub fn until(self, version: Version) -> Self {
        StreamQuery { until: Some(version), ..self }
    }

    /// At most so many events.
    #[must_use]
    pub fn limit(self, events: u32) -> Self {
        StreamQuery { limit: Some(events), ..self }
    }

    /// Asks whether the entity has processed this message.
    #[must_use]
    pub fn processed(self, message: Option<&'a MessageKey>) -> Self {
        StreamQuery { message, ..self }
    }

    /// Asks for the newest snapshot of this shape in the range, and only for the events after it.
    #[must_use]
    pub fn snapshot(self, shape: Option<&'a str>) -> Self {
        StreamQuery { snapshot: shape, ..self }
    }

    /// Asks for no more of each event than a fold reads, or for all of it.
    #[must_use]
    pub fn bare(self, bare: bool) -> Self {
        StreamQuery { bare, ..self }
    }

    /// The shape of the snapshot that is to be shown, if any is.
    pub fn wanted_snapshot(&self) -> Option<&'a str> {
        self.snapshot.filter(|_| self.limit.is_none())
    }
}

/// What a store knows of an entity beside its events, whatever part of them was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHead {
    /// The version that is stored; [`Version::NONE`] where there is no such entity.
    pub version: Version,
    /// Whether the entity was deleted.
    pub deleted: bool,
    /// Whether the entity has processed the message that the query asked about.
    pub processed: bool,
    /// Whether the entity has a snapshot of another shape than the one that the query asked for; false where it asked for
    /// none.
    pub has_other_snapshot: bool,
}

impl StreamHead {
    /// The head of a stream that doesn't exist.
    pub const NONE: StreamHead = StreamHead {
        version: Version::NONE,
        deleted: false,
        processed: false,
        has_other_snapshot: false,
    };
}

/// A stored event, borrowed from the store's row.
///
/// Its `Debug` leaves the payload and the metadata out: they may hold what must not be logged.
#[derive(Clone, Copy)]
pub struct RawEvent<'a> {
    /// The stored name of the aggregate.
    pub entity_type: &'a str,
    /// The text of the entity's id.
    pub entity_id: &'a str,
    /// The entity's version with this event.
    pub version: Version,
    /// The event's id.
    pub event_id: EventId,
    /// The stored name of the event.
    pub event_type: &'a str,
    /// The version of the shape of the JSON.
    pub schema_version: u32,
    /// The event as JSON.
    pub data: &'a [u8],
    /// The metadata as JSON.
    pub metadata: Option<&'a str>,
    /// The id of the message that led to it.
    pub triggering_event: Option<&'a str>,
    /// When it was decided, in whole microseconds.
    pub recorded_at: Timestamp,
}

impl<'a> RawEvent<'a> {
    /// What an event handler may ask beside the event.
    pub fn context(&self) -> EventContext<'a> {
        EventContext::new(self.event_id, self.version, self.recorded_at, self.metadata)
    }
}

impl fmt::Debug for RawEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEvent")
            .field("entity_type", &self.entity_type)
            .field("entity_id", &self.entity_id)
            .field("version", &self.version)
            .field("event_id", &self.event_id)
            .field("event_type", &self.event_type)
            .field("schema_version", &self.schema_version)
            .field("recorded_at", &self.recorded_at)
            .finish_non_exhaustive()
    }
}
