use std::time::Duration;

use crate::EventId;
use crate::store::Position;

/// An entity, by the stored name of its aggregate and the text of its id.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct EntityKey {
    /// The stored name of the aggregate.
    pub entity_type: String,
    /// The text of the entity's id.
    pub entity_id: String,
}

impl EntityKey {
    /// The entity of this type with this id.
    pub fn new(entity_type: impl Into<String>, entity_id: impl Into<String>) -> Self {
        EntityKey { entity_type: entity_type.into(), entity_id: entity_id.into() }
    }
}

/// An event that has to wait: its handler failed for good, or that of an earlier event of its entity did.
///
/// It is a reference to the event, so that what is tried again is what the program reads by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeadLetter {
    /// The entity that it is of.
    pub entity: EntityKey,
    /// The partition of the entity.
    pub partition: u32,
    /// Its place in the order of all events.
    pub position: Position,
    /// Its id.
    pub event_id: EventId,
    /// How often it was tried; 0 where it waits for an earlier one.
    pub attempts: u32,
    /// After how long it is tried again once it is the first of its entity; `None` where it waits for an operator.
    pub due_in: Option<Duration>,
    /// Why it failed the last time; up to [`MAX_ERROR_BYTES`](Self::MAX_ERROR_BYTES) bytes, without NUL.
    pub error: Option<String>,
}

impl NewDeadLetter {
    /// The longest text of an error that is kept, in bytes.
    pub const MAX_ERROR_BYTES: usize = 2000;
}

/// An event that waits in the store. See [`NewDeadLetter`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The entity that it is of.
    pub entity: EntityKey,
    /// The partition of the entity.
    pub partition: u32,
    /// Its place in the order of all events.
    pub position: Position,
    /// Its id.
    pub event_id: EventId,
    /// How often it was tried; 0 where it waits for an earlier one.
    pub attempts: u32,
    /// Whether it waits for an operator.
    pub parked: bool,
    /// Why it failed the last time.
    pub error: Option<String>,
}
