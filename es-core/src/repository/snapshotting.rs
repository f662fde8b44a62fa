use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::store::NewSnapshot;
use crate::{Aggregate, EventId, SnapshotContext, Snapshots, UnreadableSnapshot, Version};

/// Takes the snapshots of an aggregate, and reads them.
pub(super) struct Snapshotter<A> {
    rules: Snapshots<A>,
    /// Found out when it is first asked for, since that takes some work.
    shape: OnceLock<Arc<str>>,
}

/// A snapshot on its way into the store.
pub(super) struct Taken {
    pub(super) snapshot: NewSnapshot,
    /// Whether it belongs into the transaction of the append.
    pub(super) with_append: bool,
}

/// An entity at its newest version.
pub(super) struct Newest<'a, A> {
    pub(super) entity_id: &'a str,
    pub(super) state: &'a A,
    pub(super) version: Version,
    /// The event of that version.
    pub(super) event_id: EventId,
    /// The version of its last snapshot that can be read; [`Version::NONE`] for none.
    pub(super) snapshot: Version,
}

impl<A: Aggregate> Snapshotter<A> {
    pub(super) fn new(rules: Snapshots<A>) -> Self {
        Snapshotter { rules, shape: OnceLock::new() }
    }

    pub(super) fn shape(&self) -> &Arc<str> {
        self.shape.get_or_init(|| self.rules.shape().into())
    }

    pub(super) fn read(&self, json: &[u8]) -> Result<A, UnreadableSnapshot> {
        self.rules.read(json)
    }

    /// A snapshot, if one is due.
    pub(super) fn take_if_due(&self, newest: &Newest<'_, A>, now: Timestamp) -> Option<Taken> {
        let &Newest { state, version, snapshot, .. } = newest;
        let context = SnapshotContext::new(state, version, snapshot, now);
        if self.rules.is_due(&context) { self.take(newest) } else { None }
    }

    /// A snapshot, unless the state is one that can't be kept.
    pub(super) fn take(&self, newest: &Newest<'_, A>) -> Option<Taken> {
        let &Newest { entity_id, state, version, event_id, .. } = newest;
        match self.rules.write(state) {
            Ok(data) => {
                let snapshot = NewSnapshot {
                    entity_type: A::TYPE,
                    entity_id: entity_id.to_owned(),
                    version,
                    event_id,
                    shape: Arc::clone(self.shape()),
                    data,
                    keep: self.rules.kept(),
                };
                Some(Taken { snapshot, with_append: self.rules.is_with_append() })
            }
            Err(error) => {
                let entity_type = A::TYPE;
                tracing::warn!(entity_type, entity_id, %version, %error, "no snapshot was taken");
                None
            }
        }
    }
}
