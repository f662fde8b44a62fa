use std::fmt;
use std::sync::Arc;

use crate::{EventId, Version};

/// A snapshot on its way into the store: the state of an entity as it was at a version.
///
/// It is a copy of what the events say, so losing it loses nothing. Its `Debug` leaves the state out.
#[derive(Clone)]
pub struct NewSnapshot {
    /// The stored name of the aggregate.
    pub entity_type: &'static str,
    /// The text of the entity's id.
    pub entity_id: String,
    /// The version of the last event that is folded into it.
    pub version: Version,
    /// The id of that event, which ties the snapshot to its stream: in another one that came under the same id it is
    /// never shown.
    pub event_id: EventId,
    /// What the state looks like. Only who asks for this very text is shown the snapshot.
    pub shape: Arc<str>,
    /// The state as JSON.
    pub data: Vec<u8>,
    /// How many snapshots of this shape to keep of the entity, at least 1: the newest ones.
    pub keep: u32,
}

impl fmt::Debug for NewSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSnapshot")
            .field("entity_type", &self.entity_type)
            .field("entity_id", &self.entity_id)
            .field("version", &self.version)
            .field("event_id", &self.event_id)
            .field("shape", &self.shape)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

/// A stored snapshot, borrowed from the store's row.
///
/// Its `Debug` leaves the state out: it may hold what must not be logged.
#[derive(Clone, Copy)]
pub struct RawSnapshot<'a> {
    /// The version of the last event that is folded into it.
    pub version: Version,
    /// The state as JSON.
    pub data: &'a [u8],
}

impl fmt::Debug for RawSnapshot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawSnapshot").field("version", &self.version).finish_non_exhaustive()
    }
}
