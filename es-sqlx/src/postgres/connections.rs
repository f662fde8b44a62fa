//! The connections of a store.
//!
//! sqlx's pool asks the server whether a connection still works each time that it gets it back. That is one more round
//! trip for every load and append. So a store that has its own pool takes connections out of it and keeps them; the
//! pool gets those back whose state isn't known, to find it out.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use es_core::store::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::error::Limits;

/// How long a connection is used, so that a server behind a new address is found, and memory of the server freed.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);

/// How long to wait for the end of what somebody began and didn't wait for.
const RECOVERY: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(super) struct Connections(Arc<Shared>);

struct Shared {
    pool: PgPool,
    /// What is kept out of the pool; nothing of a pool of the application.
    kept: Option<Kept>,
    /// Giving a connection back takes a task, and it can be dropped outside of the runtime.
    runtime: Handle,
    limits: Limits,
}

struct Kept {
    /// As many as the pool has connections, so that whoever has one finds a connection here or there.
    permits: Arc<Semaphore>,
    /// The last one is the one that was used last.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: PoolConnection<Postgres>,
    since: Instant,
}

impl Connections {
    /// Of a pool that nobody else uses and that has so many connections.
    pub(super) fn own(pool: PgPool, connections: u32, limits: Limits) -> Self {
        let permits = Arc::new(Semaphore::new(connections as usize));
        let kept = Some(Kept { permits, idle: Mutex::default() });
        Connections(Arc::new(Shared { pool, kept, runtime: Handle::current(), limits }))
    }

    /// Of a pool of the application.
    pub(super) fn shared(pool: PgPool, limits: Limits) -> Self {
        Connections(Arc::new(Shared { pool, kept: None, runtime: Handle::current(), limits }))
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(super) async fn acquire(&self) -> Result<Lease, StoreError> {
        let limits = self.limits();
        let permit = match &self.0.kept {
            Some(kept) => Some(kept.permit(limits).await?),
            None => None,
        };
        let (connection, since) = match self.0.kept.as_ref().and_then(Kept::take) {
            Some(Idle { connection, since }) => (connection, since),
            None => {
                (self.0.pool.acquire().await.map_err(|error| self.refused(error))?, Instant::now())
            }
        };
        Ok(Lease { connection: Some(connection), since, permit, home: self.clone() })
    }

    fn refused(&self, error: sqlx::Error) -> StoreError {
        match error {
            // Whoever has a permit waits for no other user of the pool, but for the server.
            sqlx::Error::PoolTimedOut if self.0.kept.is_some() => {
                StoreError::Unavailable(Arc::new(error))
            }
            error => self.limits().error(error),
        }
    }

    /// Lets the pool find out which of the kept connections work.
    fn suspect_all(&self) {
        let Some(kept) = &self.0.kept else { return };
        let suspects = std::mem::take(&mut *kept.idle());
        for Idle { connection, .. } in suspects {
            self.recover(connection, None);
        }
    }

    /// Waits for the end of what the server is doing, and gives the connection back; closes it if that takes too long.
    fn recover(
        &self,
        mut connection: PoolConnection<Postgres>,
        permit: Option<OwnedSemaphorePermit>,
    ) {
        let returned = connection.return_to_pool();
        self.0.runtime.spawn(async move {
            let _ = timeout(RECOVERY, returned).await;
            drop(permit);
        });
    }
}

impl Kept {
    async fn permit(&self, limits: &Limits) -> Result<OwnedSemaphorePermit, StoreError> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        match timeout(limits.acquire, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(permit) => permit.map_err(StoreError::database),
            Err(_) => Err(StoreError::TimedOut { what: "free connection", limit: limits.acquire }),
        }
    }

    fn take(&self) -> Option<Idle> {
        self.idle().pop()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        // Nothing panics while it is held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Some(kept) = &self.kept else { return };
        let _runtime = self.runtime.enter();
        kept.idle().drain(..).for_each(|mut idle| idle.connection.close_on_drop());
    }
}

/// A connection for one use. Dropped in the middle of it, it comes back when its state is known.
pub(super) struct Lease {
    /// There until it is given back.
    connection: Option<PoolConnection<Postgres>>,
    since: Instant,
    permit: Option<OwnedSemaphorePermit>,
    home: Connections,
}

impl Lease {
    /// Gives the connection back: all that was asked of it was answered.
    pub(super) fn give_back(mut self) {
        let Some(kept) = &self.home.0.kept else { return };
        if self.since.elapsed() < MAX_AGE
            && let Some(connection) = self.connection.take()
        {
            kept.idle().push(Idle { connection, since: self.since });
        }
    }

    /// Gives the connection up, which is lost; then others may be as well.
    pub(super) fn give_up(mut self) {
        let _runtime = self.home.0.runtime.enter();
        if let Some(mut connection) = self.connection.take() {
            connection.close_on_drop();
        }
        self.home.suspect_all();
    }

    /// The connection for a transaction, and what has to be kept until its end.
    pub(super) fn for_transaction(mut self) -> (PoolConnection<Postgres>, Tenure) {
        let connection = self.connection.take().expect(GIVEN_BACK);
        let runtime = self.home.0.runtime.clone();
        (connection, Tenure { runtime, _permit: self.permit.take() })
    }
}

const GIVEN_BACK: &str = "a connection is used until it is given back";

impl Deref for Lease {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect(GIVEN_BACK)
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect(GIVEN_BACK)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.home.recover(connection, self.permit.take());
        }
    }
}

/// The right to a connection that sqlx holds in a transaction.
pub(super) struct Tenure {
    /// Where the connection is given back to the pool.
    pub(super) runtime: Handle,
    _permit: Option<OwnedSemaphorePermit>,
}
