use std::fmt;
use std::ops::Deref;

use crate::subscription::{ConsistencyToken, EntityKey};
use crate::{Aggregate, Version};

/// An aggregate as it is stored: its state, its id and its version. Dereferences to the state.
pub struct Persisted<A: Aggregate> {
    id: A::Id,
    version: Version,
    state: A,
    duplicate: bool,
    deleted: bool,
}

impl<A: Aggregate> Persisted<A> {
    pub(super) fn new(id: A::Id, version: Version, state: A) -> Self {
        Persisted { id, version, state, duplicate: false, deleted: false }
    }

    pub(super) fn deleted(self, deleted: bool) -> Self {
        Persisted { deleted, ..self }
    }

    pub(super) fn duplicate(self) -> Self {
        Persisted { duplicate: true, ..self }
    }

    /// The entity's id.
    pub fn id(&self) -> &A::Id {
        &self.id
    }

    /// The entity's version: how many events the state is folded from.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Names the newest event of this state: what a reader waits for who has to see it in a view.
    pub fn token(&self) -> ConsistencyToken {
        let entity = EntityKey::new(A::TYPE, self.id.to_string());
        ConsistencyToken { entity, version: self.version }
    }

    /// The state.
    pub fn state(&self) -> &A {
        &self.state
    }

    /// The state, without id and version.
    pub fn into_state(self) -> A {
        self.state
    }

    /// Whether the message of this save or update had been processed before. Then the command was not run, nothing
    /// was written, and this is the entity as it is now.
    pub fn is_duplicate(&self) -> bool {
        self.duplicate
    }

    /// Whether the entity was deleted: by this save or update, or before a
    /// [`find` that includes deleted ones](crate::repository::Find::including_deleted).
    pub fn is_deleted(&self) -> bool {
        self.deleted
    }
}

impl<A: Aggregate> Deref for Persisted<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.state
    }
}

impl<A: Aggregate + fmt::Debug> fmt::Debug for Persisted<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persisted")
            .field("id", &format_args!("{}", self.id))
            .field("version", &self.version)
            .field("state", &self.state)
            .finish()
    }
}

impl<A: Aggregate + Clone> Clone for Persisted<A> {
    fn clone(&self) -> Self {
        Persisted {
            id: self.id.clone(),
            version: self.version,
            state: self.state.clone(),
            duplicate: self.duplicate,
            deleted: self.deleted,
        }
    }
}
