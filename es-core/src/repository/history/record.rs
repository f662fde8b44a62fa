use std::fmt;

use jiff::Timestamp;

use crate::store::RawEvent;
use crate::{
    Aggregate, DecodeError, EventId, EventSet, Failure, Metadata, ReplayError, ReplayFailure,
    Version, evolution,
};

/// What a history is made of.
pub trait Record<A: Aggregate>: Sized + Send + 'static {
    /// Makes of a stored event what the history shows of it.
    fn read(raw: &RawEvent<'_>, show: &mut dyn FnMut(Self)) -> Result<(), Failure>;
}

fn failure(raw: &RawEvent<'_>, reason: DecodeError) -> Failure {
    Failure::from(Box::new(ReplayError::new(raw, ReplayFailure::from(reason))))
}

/// An event with all that is known of it, as what it means now.
///
/// A stored event that means several events now is several of these, one that means none is none.
pub struct RecordedEvent<A: Aggregate> {
    event: A::Event,
    stored_type: String,
    stored_version: u32,
    record: StoredRecord,
}

impl<A: Aggregate> Record<A> for RecordedEvent<A> {
    fn read(raw: &RawEvent<'_>, show: &mut dyn FnMut(Self)) -> Result<(), Failure> {
        let mut each = |current: RawEvent<'_>| {
            let event = A::Event::decode(&current)?;
            let record = StoredRecord::of(&current);
            // What can't be read of the metadata is an error here, where it may be what is looked for.
            Metadata::from_stored(current.metadata)?;
            let (stored_type, stored_version) = (raw.event_type.to_owned(), raw.schema_version);
            show(RecordedEvent { event, stored_type, stored_version, record });
            Ok(())
        };
        evolution::each_current::<A>(raw, &mut each).map_err(|reason| failure(raw, reason))
    }
}

impl<A: Aggregate> RecordedEvent<A> {
    /// The event.
    pub fn event(&self) -> &A::Event {
        &self.event
    }

    /// The event, without what is known of it.
    pub fn into_event(self) -> A::Event {
        self.event
    }

    /// The event's id. Of the events that one stored event means now, the first has its id; the others have ids that
    /// are derived from it, the same each time.
    pub fn id(&self) -> EventId {
        self.record.id
    }

    /// The entity's version with this event.
    pub fn version(&self) -> Version {
        self.record.version
    }

    /// When the event was decided, by the clock of the repository that did, in whole microseconds.
    pub fn recorded_at(&self) -> Timestamp {
        self.record.recorded_at
    }

    /// The name that the event has in this program.
    pub fn event_type(&self) -> &'static str {
        self.event.stored().event_type()
    }

    /// The version of its shape in this program.
    pub fn schema_version(&self) -> u32 {
        self.record.schema_version
    }

    /// The name under which the event is stored; another one where the type was renamed, or the event is made of another.
    pub fn stored_type(&self) -> &str {
        &self.stored_type
    }

    /// The version of the shape that is stored.
    pub fn stored_version(&self) -> u32 {
        self.stored_version
    }

    /// The JSON of the current version. What is stored is shown by [`as_stored`](super::ReadHistory::as_stored).
    pub fn json(&self) -> &str {
        &self.record.json
    }

    /// The metadata of the change.
    pub fn metadata(&self) -> &Metadata {
        &self.record.metadata
    }

    /// The id of the message that led to it.
    pub fn triggering_event(&self) -> Option<&str> {
        self.record.triggering_event()
    }
}

impl<A: Aggregate> fmt::Debug for RecordedEvent<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.record, f)
    }
}

/// A stored event, as it is stored.
///
/// Its `Debug` leaves the JSON and the metadata out: they may hold what must not be logged.
pub struct StoredRecord {
    id: EventId,
    version: Version,
    recorded_at: Timestamp,
    event_type: String,
    schema_version: u32,
    json: String,
    metadata: Metadata,
    triggering_event: Option<String>,
}

impl<A: Aggregate> Record<A> for StoredRecord {
    fn read(raw: &RawEvent<'_>, show: &mut dyn FnMut(Self)) -> Result<(), Failure> {
        show(StoredRecord::of(raw));
        Ok(())
    }
}

impl StoredRecord {
    fn of(raw: &RawEvent<'_>) -> Self {
        StoredRecord {
            id: raw.event_id,
            version: raw.version,
            recorded_at: raw.recorded_at,
            event_type: raw.event_type.to_owned(),
            schema_version: raw.schema_version,
            json: String::from_utf8_lossy(raw.data).into_owned(),
            metadata: Metadata::from_stored(raw.metadata).unwrap_or_default(),
            triggering_event: raw.triggering_event.map(str::to_owned),
        }
    }

    /// The event's id.
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The entity's version with this event.
    pub fn version(&self) -> Version {
        self.version
    }

    /// When the event was decided, by the clock of the repository that did, in whole microseconds.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// The stored name.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The version of the shape.
    pub fn schema_version(&self) -> u32 {
        self.schema_version
    }

    /// The JSON.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The metadata of the change; empty where it can't be read.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The id of the message that led to it.
    pub fn triggering_event(&self) -> Option<&str> {
        self.triggering_event.as_deref()
    }
}

impl fmt::Debug for StoredRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredRecord")
            .field("version", &self.version)
            .field("event_type", &self.event_type)
            .field("schema_version", &self.schema_version)
            .field("id", &self.id)
            .field("recorded_at", &self.recorded_at)
            .finish_non_exhaustive()
    }
}
