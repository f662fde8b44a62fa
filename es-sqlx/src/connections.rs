//! The connections of a store.
//!
//! sqlx's pool asks whether a connection still works each time that it gets it back. That is one more round trip to a
//! server, or to SQLite's thread, for every load and append. So a store that has its own pool takes connections out of
//! it and keeps them; the pool gets those back whose state isn't known, to find it out.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use es_core::store::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::{Database, Pool};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a connection is used, so that a server behind a new address is found, and memory of the server freed.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);

/// What wasn't used for so long, somebody on the way may have dropped without a word.
const MAX_IDLE: Duration = Duration::from_secs(60);

/// How long to wait for the end of what somebody began and didn't wait for.
const RECOVERY: Duration = Duration::from_secs(10);

/// How long a store on this database waits for its connections, and what it says of the driver's errors.
pub(crate) trait ConnectionLimits: Send + Sync + 'static {
    type Database: Database;

    /// How long to wait for a connection.
    fn acquire(&self) -> Duration;

    /// What the driver said, for callers.
    fn error(&self, error: sqlx::Error) -> StoreError;
}

pub(crate) struct Connections<L: ConnectionLimits>(Arc<Shared<L>>);

struct Shared<L: ConnectionLimits> {
    pool: Pool<L::Database>,
    /// What is kept out of the pool; nothing of a pool of the application.
    kept: Option<Kept<L::Database>>,
    /// Giving a connection back takes a task, and it can be dropped outside of the runtime.
    runtime: Handle,
    limits: L,
}

struct Kept<D: Database> {
    /// As many as the pool has connections, so that whoever has one finds a connection here or there.
    permits: Arc<Semaphore>,
    /// The last one is the one that was used last.
    idle: Mutex<Vec<Idle<D>>>,
}

/// All connections were in use for as long as may be waited.
struct Late;

struct Idle<D: Database> {
    connection: PoolConnection<D>,
    since: Instant,
    used: Instant,
    prepared: bool,
}

impl<L: ConnectionLimits> Clone for Connections<L> {
    fn clone(&self) -> Self {
        Connections(Arc::clone(&self.0))
    }
}

impl<L: ConnectionLimits> Connections<L> {
    /// Of a pool that nobody else uses and that has so many connections.
    pub(crate) fn own(pool: Pool<L::Database>, connections: u32, limits: L) -> Self {
        let permits = Arc::new(Semaphore::new(connections as usize));
        let kept = Some(Kept { permits, idle: Mutex::default() });
        Connections(Arc::new(Shared { pool, kept, runtime: Handle::current(), limits }))
    }

    /// Of a pool of the application.
    pub(crate) fn shared(pool: Pool<L::Database>, limits: L) -> Self {
        Connections(Arc::new(Shared { pool, kept: None, runtime: Handle::current(), limits }))
    }

    pub(crate) fn limits(&self) -> &L {
        &self.0.limits
    }

    pub(crate) fn pool(&self) -> &Pool<L::Database> {
        &self.0.pool
    }

    /// Whether nobody else uses the pool.
    #[cfg(feature = "mysql")]
    pub(crate) fn are_own(&self) -> bool {
        self.0.kept.is_some()
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    /// Waits for a connection no longer than the limit for that, and for a new one as long again.
    pub(crate) async fn acquire(&self) -> Result<Lease<L>, StoreError> {
        let limit = self.limits().acquire();
        let late = |Late| StoreError::TimedOut { what: "free connection", limit };
        let permit = self.permit().await.map_err(late)?;
        self.lease(permit).await.map_err(|error| self.refused(error))
    }

    /// As [`acquire`](Self::acquire), with the driver's errors.
    #[cfg(feature = "mysql")]
    pub(crate) async fn try_acquire(&self) -> Result<Lease<L>, sqlx::Error> {
        let permit = self.permit().await.map_err(|Late| sqlx::Error::PoolTimedOut)?;
        self.lease(permit).await
    }

    /// `None` where connections aren't kept.
    async fn permit(&self) -> Result<Option<OwnedSemaphorePermit>, Late> {
        let Some(kept) = &self.0.kept else { return Ok(None) };
        if let Ok(permit) = Arc::clone(&kept.permits).try_acquire_owned() {
            return Ok(Some(permit));
        }
        match timeout(self.limits().acquire(), Arc::clone(&kept.permits).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Some(permit)),
            // Nobody closes it.
            Ok(Err(_)) | Err(_) => Err(Late),
        }
    }

    async fn lease(&self, permit: Option<OwnedSemaphorePermit>) -> Result<Lease<L>, sqlx::Error> {
        let idle = match self.0.kept.as_ref().and_then(Kept::take) {
            Some(idle) if idle.used.elapsed() < MAX_IDLE => idle,
            stale => {
                // All others weren't used for longer.
                if let Some(Idle { connection, .. }) = stale {
                    self.recover(connection, None);
                    self.suspect_all();
                }
                let connection = self.0.pool.acquire().await?;
                let now = Instant::now();
                Idle { connection, since: now, used: now, prepared: false }
            }
        };
        let Idle { connection, since, prepared, .. } = idle;
        let (connection, home) = (Some(connection), self.clone());
        Ok(Lease { connection, since, prepared, in_doubt: false, permit, home })
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
        mut connection: PoolConnection<L::Database>,
        permit: Option<OwnedSemaphorePermit>,
    ) {
        let returned = connection.return_to_pool();
        // The store's own runtime may be over, or none may be here.
        let runtime = Handle::try_current().unwrap_or_else(|_| self.0.runtime.clone());
        runtime.spawn(async move {
            let _ = timeout(RECOVERY, returned).await;
            drop(permit);
        });
    }
}

impl<D: Database> Kept<D> {
    fn take(&self) -> Option<Idle<D>> {
        self.idle().pop()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle<D>>> {
        // Nothing panics while it is held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: ConnectionLimits> Drop for Shared<L> {
    fn drop(&mut self) {
        let Some(kept) = &self.kept else { return };
        let _runtime = self.runtime.enter();
        kept.idle().drain(..).for_each(|mut idle| idle.connection.close_on_drop());
    }
}

/// A connection for one use. Dropped in the middle of it, it comes back when its state is known.
pub(crate) struct Lease<L: ConnectionLimits> {
    /// There until it is given back.
    connection: Option<PoolConnection<L::Database>>,
    since: Instant,
    /// A note of whoever uses the connection: what is done once on each has been done. False for one that comes from
    /// the pool, of which nothing is known, and kept as long as the connection is.
    pub(crate) prepared: bool,
    /// Whether it may be in a state that sqlx doesn't know of, and isn't good for anybody else until it is given back.
    in_doubt: bool,
    permit: Option<OwnedSemaphorePermit>,
    home: Connections<L>,
}

impl<L: ConnectionLimits> Lease<L> {
    /// Gives the connection back: all that was asked of it was answered.
    pub(crate) fn give_back(mut self) {
        self.in_doubt = false;
        let Some(kept) = &self.home.0.kept else { return };
        if self.since.elapsed() < MAX_AGE
            && let Some(connection) = self.connection.take()
        {
            let (since, prepared) = (self.since, self.prepared);
            kept.idle().push(Idle { connection, since, used: Instant::now(), prepared });
        }
    }

    /// Gives the connection back after an exchange with that result, if it can be used again.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn settle<T>(self, exchange: Result<T, StoreError>) -> Result<T, StoreError> {
        match &exchange {
            Ok(_) => self.give_back(),
            Err(StoreError::Unavailable(_)) => self.give_up(),
            Err(_) => drop(self),
        }
        exchange
    }

    /// Gives the connection up, which is lost; then others may be as well.
    pub(crate) fn give_up(mut self) {
        let _runtime = self.home.0.runtime.enter();
        if let Some(mut connection) = self.connection.take() {
            connection.close_on_drop();
        }
        self.home.suspect_all();
    }

    /// Closes the connection unless it is given back: sqlx doesn't know of a transaction whose beginning is dropped in the
    /// middle, nor on MariaDB of a statement that was being prepared.
    pub(crate) fn doubt(&mut self) {
        self.in_doubt = true;
    }

    /// Undoes [`doubt`](Self::doubt).
    #[cfg(feature = "mysql")]
    pub(crate) fn trust(&mut self) {
        self.in_doubt = false;
    }

    /// The connection for a transaction, and what has to be kept until its end.
    pub(crate) fn for_transaction(mut self) -> (PoolConnection<L::Database>, Tenure) {
        let connection = self.connection.take().expect(GIVEN_BACK);
        let runtime = self.home.0.runtime.clone();
        (connection, Tenure { runtime, _permit: self.permit.take() })
    }
}

const GIVEN_BACK: &str = "a connection is used until it is given back";

impl<L: ConnectionLimits> Deref for Lease<L> {
    type Target = <L::Database as Database>::Connection;

    fn deref(&self) -> &Self::Target {
        self.connection.as_ref().expect(GIVEN_BACK)
    }
}

impl<L: ConnectionLimits> DerefMut for Lease<L> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.connection.as_mut().expect(GIVEN_BACK)
    }
}

impl<L: ConnectionLimits> Drop for Lease<L> {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if self.in_doubt {
            let _runtime = self.home.0.runtime.enter();
            connection.close_on_drop();
        } else {
            self.home.recover(connection, self.permit.take());
        }
    }
}

/// The right to a connection that sqlx holds in a transaction.
pub(crate) struct Tenure {
    /// Where the connection is given back to the pool.
    pub(crate) runtime: Handle,
    _permit: Option<OwnedSemaphorePermit>,
}
