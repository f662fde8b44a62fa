use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// Of how many entities this is known.
const ENTITIES: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// After so many reads it isn't known any more: another process may have kept a snapshot.
const READS: u32 = 100;

/// The entities that had no snapshot when they were read last. To look for one takes a database longer than to read the few
/// events of most entities, so it isn't done again and again. What is known here may be past: then more is read than need be.
pub(super) struct WithoutSnapshot(Mutex<LruCache<String, u32>>);

impl WithoutSnapshot {
    pub(super) fn new() -> Self {
        WithoutSnapshot(Mutex::new(LruCache::sparse(ENTITIES)))
    }

    pub(super) fn put(&self, entity_id: &str) {
        let mut reads = self.reads();
        match reads.get_mut(entity_id) {
            Some(reads) => *reads = READS,
            None => drop(reads.put(entity_id.to_owned(), READS)),
        }
    }

    /// Whether an entity that is about to be read is one of them.
    pub(super) fn has(&self, entity_id: &str) -> bool {
        let mut reads = self.reads();
        match reads.get_mut(entity_id) {
            Some(0) => {
                reads.pop(entity_id);
                false
            }
            Some(left) => {
                *left -= 1;
                true
            }
            None => false,
        }
    }

    pub(super) fn remove(&self, entity_id: &str) {
        self.reads().pop(entity_id);
    }

    fn reads(&self) -> MutexGuard<'_, LruCache<String, u32>> {
        // Nothing in there is ever half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
