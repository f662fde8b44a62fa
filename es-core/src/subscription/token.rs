use serde::{Deserialize, Serialize};

use super::EntityKey;
use crate::Version;

/// Names an event that a change led to, so that its reader can wait until a subscriber has handled it.
///
/// [`Persisted::token`](crate::Persisted::token) gives one. It is the same on every store and in every process, so it can
/// go to a client and back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyToken {
    /// The entity.
    #[serde(flatten)]
    pub entity: EntityKey,
    /// Its version with the event.
    pub version: Version,
}
