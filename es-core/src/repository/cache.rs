use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::Version;

/// The states of the entities that were changed last, each as it was at a version that is stored.
///
/// A state is taken out by whoever wants to change it, for new events are folded into it before they are stored. Who
/// succeeds puts the new one in its place; who fails, or goes away, leaves none, and the next one reads.
pub(super) struct Cache<A>(Option<Kept<A>>);

struct Kept<A> {
    states: Mutex<LruCache<String, Known<A>>>,
    clone: fn(&A) -> A,
}

/// An entity as it was at a version, which may be past.
pub(super) struct Known<A> {
    pub(super) state: A,
    pub(super) version: Version,
    /// The version of its last snapshot; [`Version::NONE`] where none is known.
    pub(super) snapshot: Version,
}

impl<A> Cache<A> {
    /// Keeps nothing.
    pub(super) fn none() -> Self {
        Cache(None)
    }

    /// Keeps the states of so many entities.
    pub(super) fn of(entities: usize) -> Self
    where
        A: Clone,
    {
        let states = NonZeroUsize::new(entities).map(LruCache::sparse);
        Cache(states.map(|states| Kept { states: Mutex::new(states), clone: A::clone }))
    }

    /// The state of an entity, which is then no longer here.
    pub(super) fn take(&self, entity_id: &str) -> Option<Known<A>> {
        self.0.as_ref()?.states().pop(entity_id)
    }

    /// Keeps a copy of a state.
    pub(super) fn keep(&self, entity_id: &str, state: &A, version: Version, snapshot: Version) {
        if let Some(kept) = &self.0 {
            kept.put(entity_id, Known { state: (kept.clone)(state), version, snapshot });
        }
    }

    /// Keeps a state.
    pub(super) fn put(&self, entity_id: &str, known: Known<A>) {
        if let Some(kept) = &self.0 {
            kept.put(entity_id, known);
        }
    }
}

impl<A> Kept<A> {
    /// Keeps a state, unless a later one of the entity is here.
    fn put(&self, entity_id: &str, known: Known<A>) {
        let mut states = self.states();
        if states.peek(entity_id).is_some_and(|other| other.version > known.version) {
            return;
        }
        let replaced = states.push(entity_id.to_owned(), known);
        // What is dropped is the user's: not while others wait.
        drop(states);
        drop(replaced);
    }

    fn states(&self) -> MutexGuard<'_, LruCache<String, Known<A>>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(entities: usize) -> Cache<String> {
        Cache::of(entities)
    }

    fn keep(cache: &Cache<String>, entity_id: &str, version: u64) {
        let state = format!("{entity_id} {version}");
        cache.keep(entity_id, &state, Version::new(version), Version::NONE);
    }

    fn take(cache: &Cache<String>, entity_id: &str) -> Option<(String, u64)> {
        cache.take(entity_id).map(|known| (known.state, known.version.get()))
    }

    #[test]
    fn a_state_is_taken_once() {
        let cache = cache(10);
        keep(&cache, "a", 3);
        assert_eq!(take(&cache, "a"), Some(("a 3".to_owned(), 3)));
        assert_eq!(take(&cache, "a"), None);
    }

    #[test]
    fn there_are_no_more_than_the_bound_and_they_are_the_last_ones() {
        let cache = cache(2);
        for (entity_id, version) in [("a", 1), ("b", 1), ("a", 2), ("c", 1)] {
            keep(&cache, entity_id, version);
        }
        assert_eq!(cache.0.as_ref().unwrap().states().len(), 2);
        assert_eq!(take(&cache, "b"), None);
        assert_eq!(take(&cache, "a"), Some(("a 2".to_owned(), 2)));
        assert_eq!(take(&cache, "c"), Some(("c 1".to_owned(), 1)));
    }

    #[test]
    fn a_state_that_comes_late_replaces_none_that_is_later() {
        let cache = cache(2);
        keep(&cache, "a", 2);
        keep(&cache, "a", 1);
        assert_eq!(take(&cache, "a"), Some(("a 2".to_owned(), 2)));
    }

    #[test]
    fn a_cache_of_nothing_keeps_nothing() {
        for cache in [Cache::none(), cache(0)] {
            keep(&cache, "a", 1);
            assert_eq!(take(&cache, "a"), None);
        }
    }
}
