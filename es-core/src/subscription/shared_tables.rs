use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::tables::Tables;

/// Tables and the clock of their leases.
pub(crate) struct SharedTables {
    tables: Mutex<Tables>,
    clock: Clock,
}

impl SharedTables {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Tables> {
        // Nothing can panic while the tables are half changed, so a poisoned lock guards nothing broken.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }
}

impl Default for SharedTables {
    fn default() -> Self {
        SharedTables { tables: Mutex::default(), clock: Clock::start() }
    }
}

impl fmt::Debug for SharedTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTables").finish_non_exhaustive()
    }
}

/// Tells the time since it was started. It is tokio's, so that tests can stop it.
#[cfg(not(target_family = "wasm"))]
struct Clock(tokio::time::Instant);

#[cfg(not(target_family = "wasm"))]
impl Clock {
    fn start() -> Self {
        Clock(tokio::time::Instant::now())
    }

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// There is no clock that all hosts of WebAssembly share, and one process: leases don't end.
#[cfg(target_family = "wasm")]
struct Clock;

#[cfg(target_family = "wasm")]
impl Clock {
    fn start() -> Self {
        Clock
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}
