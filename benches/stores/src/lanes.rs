use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Connections to share. sqlx's own pool asks the server whether a connection still works each time it is given back;
/// who writes for speed by hand leaves that out.
pub(crate) struct Lanes<C> {
    permits: Semaphore,
    idle: Mutex<Vec<C>>,
}

impl<C> Lanes<C> {
    pub(crate) fn new(connections: Vec<C>) -> Self {
        Lanes { permits: Semaphore::new(connections.len()), idle: Mutex::new(connections) }
    }

    pub(crate) async fn take(&self) -> Lane<'_, C> {
        let permit = self.permits.acquire().await.expect("it is never closed");
        let connection = self.lock().pop().expect("there are as many as permits");
        Lane { lanes: self, connection: Some(connection), _permit: permit }
    }

    /// All that nobody has at the moment, for good.
    pub(crate) fn drain(&self) -> Vec<C> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<C>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection for one use.
pub(crate) struct Lane<'l, C> {
    lanes: &'l Lanes<C>,
    connection: Option<C>,
    _permit: SemaphorePermit<'l>,
}

impl<C> Deref for Lane<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().expect("it is there until it is dropped")
    }
}

impl<C> DerefMut for Lane<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("it is there until it is dropped")
    }
}

impl<C> Drop for Lane<'_, C> {
    fn drop(&mut self) {
        self.lanes.lock().extend(self.connection.take());
    }
}
