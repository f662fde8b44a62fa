use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use es_core::store::{EventStore, NewSnapshot};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many snapshots wait to be kept before further ones are dropped. Each holds a state.
const WAITING: usize = 64;

/// How many snapshots are kept at once, so that connections are left for others.
const AT_ONCE: usize = 2;

/// Keeps snapshots while those who took them go on.
pub(crate) struct Later {
    waiting: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    /// The entities whose snapshots wait. A second one would only do the first one's work again.
    entities: Arc<Mutex<HashSet<Entity>>>,
    /// A state can be changed outside of the runtime.
    runtime: Handle,
}

type Entity = (&'static str, String);

impl Later {
    pub(crate) fn new() -> Self {
        Later {
            waiting: Arc::new(Semaphore::new(WAITING)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            entities: Arc::default(),
            runtime: Handle::current(),
        }
    }

    /// Keeps a snapshot in a store, unless one of the same entity waits or too many do.
    pub(crate) fn keep(&self, store: Arc<dyn EventStore>, snapshot: NewSnapshot) {
        let entity = (snapshot.entity_type, snapshot.entity_id.clone());
        let NewSnapshot { entity_type, version, .. } = snapshot;
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else {
            tracing::warn!(entity_type, %version, "a snapshot was dropped: {WAITING} wait to be kept");
            return;
        };
        let Some(place) = Place::take(&self.entities, entity, place) else { return };
        let turns = Arc::clone(&self.turns);
        self.runtime.spawn(async move {
            let Ok(_turn) = turns.acquire().await else { return };
            if let Err(error) = store.keep_snapshot(snapshot).await {
                let entity_id = &place.entity.1;
                tracing::warn!(entity_type, entity_id, %version, %error, "a snapshot wasn't kept");
            }
        });
    }
}

/// A place among those that wait, given back when it is dropped.
struct Place {
    entity: Entity,
    entities: Arc<Mutex<HashSet<Entity>>>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn take(
        entities: &Arc<Mutex<HashSet<Entity>>>,
        entity: Entity,
        permit: OwnedSemaphorePermit,
    ) -> Option<Self> {
        let is_first = lock(entities).insert(entity.clone());
        is_first.then(|| Place { entity, entities: Arc::clone(entities), _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.entities).remove(&self.entity);
    }
}

fn lock(entities: &Mutex<HashSet<Entity>>) -> MutexGuard<'_, HashSet<Entity>> {
    // Nothing panics while it is held.
    entities.lock().unwrap_or_else(PoisonError::into_inner)
}
