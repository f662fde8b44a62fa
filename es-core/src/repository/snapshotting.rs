use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;
use lru::LruCache;
use uuid::Uuid;

use super::without_snapshot::WithoutSnapshot;
use crate::store::NewSnapshot;
use crate::{Aggregate, EventId, SnapshotContext, Snapshots, UnreadableSnapshot, Version};

/// Of how many entities the last try to keep a snapshot is known.
const TRIED: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

/// Takes the snapshots of an aggregate, and reads them.
pub(super) struct Snapshotter<A> {
    rules: Snapshots<A>,
    /// Found out when it is first asked for, since that takes some work.
    stored: OnceLock<Stored>,
    /// Some can't be kept: what can't be written, or is too large for the store. Each try of these costs as much as one
    /// that helps.
    tried: Mutex<LruCache<String, Tried>>,
    without: WithoutSnapshot,
    has_warned: AtomicBool,
}

/// What is known of the JSON of the snapshots.
struct Stored {
    /// The text that they are stored under.
    shape: Arc<str>,
    /// Whether a part of it isn't seen in that.
    hides: bool,
}

/// The last try to keep a snapshot of an entity.
#[derive(Clone, Copy)]
struct Tried {
    version: Version,
    /// Whether another try at this version is in vain: it can't be written, or the try was made because none was found.
    was_last: bool,
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

/// Why a snapshot is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The entity was changed.
    Change,
    /// The entity was read, without the help of one.
    Read,
}

impl<A: Aggregate> Snapshotter<A> {
    pub(super) fn new(rules: Snapshots<A>) -> Self {
        Snapshotter {
            rules,
            stored: OnceLock::new(),
            tried: Mutex::new(LruCache::sparse(TRIED)),
            without: WithoutSnapshot::new(),
            has_warned: AtomicBool::new(false),
        }
    }

    pub(super) fn shape(&self) -> &Arc<str> {
        &self.stored().shape
    }

    fn stored(&self) -> &Stored {
        self.stored.get_or_init(|| {
            let (shape, hides) = self.rules.shape_and_whether_it_hides();
            Stored { shape: with_what_is_read::<A>(shape).into(), hides }
        })
    }

    pub(super) fn read(&self, json: &[u8]) -> Result<A, UnreadableSnapshot> {
        self.rules.read(json, self.stored().hides)
    }

    /// Whether a state that was kept by another release is known from one of this: where the shape hides a part, only if the
    /// author gives it a version.
    pub(super) fn tells_shapes_apart(&self) -> bool {
        let tells = self.rules.has_version() || !self.stored().hides;
        if !tells && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                entity_type = A::TYPE,
                "no snapshots are kept: a part of the state's JSON doesn't show its shape, so that nobody would notice a \
                 change of it; write `snapshot(version = 1)`, and raise that with every such change"
            );
        }
        tells
    }

    /// The entities that are read without looking for a snapshot.
    pub(super) fn without(&self) -> &WithoutSnapshot {
        &self.without
    }

    /// Tells of the first snapshot of another shape by a warning: after a release that changed it, every entity has one.
    pub(super) fn warn_of_another_shape(&self, entity_id: &str) {
        let (entity_type, shape) = (A::TYPE, &**self.shape());
        let text = "a snapshot of another shape isn't read; the stream is read from its beginning";
        if self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::debug!(entity_type, entity_id, shape, "{text}");
        } else {
            tracing::warn!(entity_type, entity_id, shape, "{text}");
        }
    }

    /// A snapshot, if one is due.
    pub(super) fn take_if_due(
        &self,
        newest: &Newest<'_, A>,
        now: Timestamp,
        reason: Reason,
    ) -> Option<Taken> {
        let &Newest { entity_id, state, version, snapshot, .. } = newest;
        let is_due = |last| self.rules.is_due(&SnapshotContext::new(state, version, last, now));
        if !is_due(snapshot) {
            return None;
        }
        match self.last_try(entity_id) {
            Some(tried) if tried.version > snapshot && !is_due(tried.version) => None,
            _ => self.take(newest, reason),
        }
    }

    /// A snapshot in place of one that can't be read, unless that was tried at this version.
    pub(super) fn take_anew(&self, newest: &Newest<'_, A>, reason: Reason) -> Option<Taken> {
        match self.last_try(newest.entity_id) {
            Some(tried) if tried.was_last && tried.version == newest.version => None,
            _ => self.take(newest, reason),
        }
    }

    /// What to do after a read: whatever the rules or the state do, the read is none the worse.
    pub(super) fn take_after_read(
        &self,
        newest: &Newest<'_, A>,
        had_unreadable: bool,
        now: Timestamp,
    ) -> Option<Taken> {
        self.unharmed(newest.entity_id, || match had_unreadable {
            true => self.take_anew(newest, Reason::Read),
            false => self.take_if_due(newest, now, Reason::Read),
        })
    }

    /// After a read that looked for none: where one is due, another process may have kept it, and the next read looks.
    pub(super) fn look_again_if_due(
        &self,
        entity_id: &str,
        state: &A,
        version: Version,
        now: Timestamp,
    ) {
        self.unharmed(entity_id, || {
            if self.rules.is_due(&SnapshotContext::new(state, version, Version::NONE, now)) {
                self.without.remove(entity_id);
            }
            None
        });
    }

    fn unharmed(&self, entity_id: &str, take: impl FnOnce() -> Option<Taken>) -> Option<Taken> {
        catch_unwind(AssertUnwindSafe(take)).unwrap_or_else(|_| {
            let entity_type = A::TYPE;
            tracing::warn!(entity_type, entity_id, "no snapshot was taken: that panicked");
            None
        })
    }

    /// A snapshot, unless the state is one that can't be kept.
    fn take(&self, newest: &Newest<'_, A>, reason: Reason) -> Option<Taken> {
        let &Newest { entity_id, state, version, event_id, .. } = newest;
        self.without.remove(entity_id);
        let written = self.rules.write(state, self.stored().hides);
        let was_last = written.is_err() || reason == Reason::Read;
        self.tried().put(entity_id.to_owned(), Tried { version, was_last });
        match written {
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

    fn last_try(&self, entity_id: &str) -> Option<Tried> {
        self.tried().get(entity_id).copied()
    }

    fn tried(&self) -> MutexGuard<'_, LruCache<String, Tried>> {
        // Nothing in there is ever half done.
        self.tried.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text that snapshots are stored under. A state depends on what its events meant when they were folded, and where
/// unknown ones are skipped, on which ones are known: a release that reads them otherwise must not read what an older one kept.
fn with_what_is_read<A: Aggregate>(shape: String) -> String {
    let of_events = A::EVENTS.iter().filter(|event| event.schema_version > 1);
    let of_events = of_events.map(|event| format!("{} {}", event.event_type, event.schema_version));
    let of_steps = A::UPCASTERS.iter().map(|step| {
        let into = step.into.iter().map(|(event_type, version)| format!(" {event_type} {version}"));
        format!("{} {} into{}", step.event_type, step.from, into.collect::<String>())
    });
    let mut read: BTreeSet<String> = of_events.chain(of_steps).collect();
    if A::SKIPS_UNKNOWN_EVENTS {
        let known = A::EVENTS
            .iter()
            .flat_map(|event| [event.event_type].into_iter().chain(event.aliases.iter().copied()));
        read.extend(known.map(str::to_owned));
    }
    if read.is_empty() {
        return shape;
    }
    let text: Vec<String> = read.into_iter().collect();
    let read = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.join("\0").as_bytes());
    format!("{shape}/{}", read.simple())
}
