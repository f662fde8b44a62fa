use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::findings::{self, StartFinding, StartFindings};
use super::running::Running;
use super::subscriptions::{Subscribed, SubscriptionsError};
use crate::store::{EventStore, Position, StoreError};
use crate::subscription::{
    AdvanceError, HandlerError, HandlerFailure, OnFailure, SubscriberOptions, SubscriptionStore,
};
use crate::{EventSubscriber, Transaction};

/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(50);
/// What is stored in so short a time may be missing in a view that is put in place.
const SHORT: Duration = Duration::from_millis(200);

/// Builds the view of a subscriber anew from all events, beside the one that is live, and puts it in its place.
///
/// The live subscriber, in this process or others, goes on meanwhile. The one that rebuilds is a second value of its type
/// that writes elsewhere, say into another table. All of its handlers take the transaction and do nothing outside of it, so
/// that nothing but the view is made again. When it has caught up with what was stored when it began, it goes on with
/// what was stored meanwhile, for as long as that gets less; the rest the live subscriber handles then. `swap` puts the new view in place of the old one, in the
/// transaction in which the live subscriber takes over its progress: whoever reads sees the one or the other. A live
/// subscriber that is paused stays so. MariaDB and MySQL commit at once what changes tables, as `RENAME TABLE` does, and
/// end the transaction with it: there `run` fails, and the live subscriber goes on as it was, in whatever tables `swap` has
/// left behind. Let `swap` change rows there, those of a table that tells which view is read or those of the view itself.
///
/// Each run goes on where the last one stopped, with what that one wrote into the new view: after it was broken off, after
/// handlers failed ([`RebuildError::Waiting`]), and after `swap` did, when only that is left to be done. Who empties or drops
/// the new view in between has to say [`anew`](Self::anew), or to forget what is kept of the rebuild by
/// `control.remove(&Rebuild::name(id))`: else the view that goes live lacks what was handled before.
///
/// ```
/// use es_core::prelude::*;
/// use es_core::store::StoreError;
/// use es_core::subscription::{Rebuild, RebuildError};
///
/// async fn rebuild(store: impl EventStore, beside: impl EventSubscriber) -> Result<(), RebuildError> {
///     let rebuild = Rebuild::new(store, beside);
///     // In place of this, on SQLite and PostgreSQL: ALTER TABLE … RENAME TO …
///     // On MariaDB and MySQL: DELETE FROM … and INSERT INTO … SELECT …
///     rebuild.run(async |_: &mut Transaction| Ok::<_, StoreError>(())).await
/// }
/// ```
#[must_use = "nothing is rebuilt until `run` is awaited"]
pub struct Rebuild {
    store: Arc<dyn EventStore>,
    subscribed: Subscribed,
    anew: bool,
}

impl Rebuild {
    /// Rebuilds the view of this subscriber, as its attribute says.
    pub fn new<S: EventSubscriber>(store: impl EventStore, subscriber: S) -> Self {
        Self::with(store, subscriber, S::OPTIONS)
    }

    /// Rebuilds the view of this subscriber with these options. It starts at the beginning, whatever they say, and what
    /// they let block is parked.
    pub fn with<S: EventSubscriber>(
        store: impl EventStore,
        subscriber: S,
        options: SubscriberOptions,
    ) -> Self {
        let start = crate::subscription::Start::Beginning;
        let options = options.start(start).transient(false);
        // Nobody waits for what fails for ever: it is the next run's.
        let options = match options.on_failure {
            OnFailure::Block => options.on_failure(OnFailure::Park),
            OnFailure::Park | OnFailure::Skip => options,
        };
        let subscribed = Subscribed::new(subscriber, options, &[]);
        Rebuild { store: Arc::new(store), subscribed, anew: false }
    }

    /// Sees the events of an aggregate that isn't in the registry.
    #[cfg(feature = "conformance")]
    pub(crate) fn knowing<A: crate::Aggregate>(mut self) -> Self {
        let known = [super::routes::info_of::<A>()];
        self.subscribed.routes = super::routes::Routes::to(self.subscribed.handlers, &known);
        self
    }

    /// The name under which the progress of a rebuild is found: `control.status(&Rebuild::name("order-history"))`.
    pub fn name(id: &str) -> String {
        format!("{id}{}rebuild", findings::REBUILD)
    }

    /// Begins with the first event, wherever an earlier run stopped: for a new view that is empty again. No other process
    /// may be at this rebuild.
    pub fn anew(self) -> Self {
        Rebuild { anew: true, ..self }
    }

    /// Rebuilds the view and puts it in place. It goes on where an earlier run stopped, and tries again what that one
    /// couldn't handle.
    ///
    /// A transaction of the live subscriber may hold what `swap` waits for, and wait for its progress. The database ends one of
    /// the two: where that is `swap`, run it again.
    ///
    /// Needs a runtime of tokio with its timer.
    ///
    /// # Errors
    /// See [`RebuildError`]: the old view is live as it was, but for tables that `swap` has changed on MariaDB or MySQL.
    /// [`StoreError::Contended`] also tells that the live subscriber was started for the first time meanwhile: run it again.
    pub async fn run<F, E>(self, swap: F) -> Result<(), RebuildError>
    where
        F: AsyncFnOnce(&mut Transaction) -> Result<(), E>,
        E: HandlerFailure,
    {
        let Rebuild { store, subscribed, anew } = self;
        let id = subscribed.id;
        check(&subscribed, &*store)?;
        if let (true, Some(subscriptions)) = (anew, store.subscriptions()) {
            subscriptions.remove(&Self::name(id)).await?;
        }
        let running = start(subscribed, &store).await?;
        handle_all(&running).await?;
        let mut transaction = store.begin().await?;
        let (live, rebuilt) = (running.id, &*running.name);
        // First, so that what the live one has not committed by now is never committed, and `swap` meets all that there will
        // be of the old view.
        let fenced = transaction.fence(live, rebuilt).await.map_err(removed)?;
        if let Err(error) = swap(&mut transaction).await {
            // What can't be rolled back from here, the store rolls back.
            let _ = transaction.rollback().await;
            return Err(RebuildError::Swap(error.into_handler_error()));
        }
        // Last, since `swap` may have ended the transaction: then it is refused, and the live one goes on.
        let taken = transaction.take_over(live, rebuilt).await.map_err(removed)?;
        if taken != fenced {
            // It may have written after `swap` has read.
            let _ = transaction.rollback().await;
            let started = Box::from("the live subscriber was started for the first time");
            return Err(StoreError::Contended(Arc::from(started)).into());
        }
        Ok(transaction.commit().await?)
    }
}

fn removed(error: AdvanceError) -> RebuildError {
    match error {
        AdvanceError::Lost => RebuildError::Removed,
        AdvanceError::Store(error) => error.into(),
    }
}

/// Whether it can be rebuilt.
fn check(subscribed: &Subscribed, store: &dyn EventStore) -> Result<(), RebuildError> {
    let outside = subscribed.handlers.iter().find(|handler| !handler.takes_transaction);
    if let Some(handler) = outside {
        return Err(RebuildError::Outside { handler: handler.handler });
    }
    let mut found = Vec::new();
    findings::of_one(subscribed, store, &mut found);
    findings::of_registry(&mut found);
    Ok(StartFindings::none(found).map_err(SubscriptionsError::from)?)
}

/// Registers the rebuild.
async fn start(
    subscribed: Subscribed,
    store: &Arc<dyn EventStore>,
) -> Result<Arc<Running>, RebuildError> {
    let (name, grace) = (Rebuild::name(subscribed.id), Duration::from_secs(30));
    if let Some(subscriptions) = store.subscriptions() {
        // Whoever runs the live one goes on with the partitions that he knows.
        let stored = subscriptions.progress(subscribed.id).await?.partitions.len() as u32;
        let (subscriber, asked) = (subscribed.id, subscribed.options.partitions);
        if stored > 0 && stored != asked {
            let finding = StartFinding::Partitions { subscriber, stored, asked };
            return Err(SubscriptionsError::from(StartFindings::of(finding)).into());
        }
    }
    match subscribed.start(Arc::clone(store), Some(name), grace).await? {
        Ok(running) => Ok(Arc::new(running)),
        Err(finding) => Err(SubscriptionsError::from(StartFindings::of(finding)).into()),
    }
}

/// Handles all that is stored now, and tries again what waits since an earlier run.
async fn handle_all(running: &Arc<Running>) -> Result<(), RebuildError> {
    let (subscriptions, name) = (&*running.subscriptions, &*running.name);
    let mut advances = running.shared.advances();
    let mut end = running.store.feed_end().await?;
    subscriptions.retry(name, None).await?;
    let (stop, stopped) = watch::channel(false);
    let finish = async {
        // What was stored meanwhile is handled too, until that takes no time any more, or as long as before.
        let mut longest = Duration::MAX;
        loop {
            let began = Instant::now();
            // All partitions, also those that a rebuild that was broken off still has leases of.
            while !is_done(subscriptions, name, end).await {
                let _ = timeout(LOOK, advances.changed()).await;
            }
            let took = began.elapsed();
            if took <= SHORT || took > longest / 4 * 3 {
                break;
            }
            longest = took;
            end = running.store.feed_end().await.unwrap_or(end);
        }
        stop.send_replace(true);
    };
    tokio::join!(Arc::clone(running).run(stopped), finish);
    let stored = subscriptions.progress(name).await?;
    match stored.waiting_events {
        _ if stored.partitions.is_empty() => Err(RebuildError::Removed),
        0 => Ok(()),
        events => Err(RebuildError::Waiting { events }),
    }
}

/// Whether all that is up to this position is handled, or waits and was tried in vain. A store that fails is waited for, as
/// the handlers do.
async fn is_done(subscriptions: &dyn SubscriptionStore, name: &str, end: Position) -> bool {
    let Ok(stored) = subscriptions.progress(name).await else { return false };
    if stored.partitions.iter().any(|partition| partition.position < end) {
        return false;
    }
    if stored.waiting_events == 0 {
        return true;
    }
    let partitions: Vec<_> = stored.partitions.iter().map(|found| found.partition).collect();
    let Ok(entities) = subscriptions.waiting(name, &partitions).await else { return false };
    // Of each entity only the first is tried, and parked if it fails again.
    stored.parked_events >= entities.len() as u64
}

impl fmt::Debug for Rebuild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rebuild").field("subscriber", &self.subscribed.id).finish_non_exhaustive()
    }
}

/// Why a view wasn't replaced.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RebuildError {
    /// A handler doesn't take the transaction, so what it does might be done a second time.
    #[error(
        "the handler `{handler}` doesn't take the transaction, so it may do more than write the view: give it `tx: &mut Transaction`, or `reset` the subscriber"
    )]
    Outside {
        /// The handler.
        handler: &'static str,
    },
    /// The rebuild couldn't be started.
    #[error(transparent)]
    Start(#[from] SubscriptionsError),
    /// What is stored of the rebuild is gone: another run of it has put its view in place, or somebody removed it, so that
    /// the new view may not be whole. In the latter case run it [anew](Rebuild::anew), with an empty view.
    #[error(
        "the rebuild is gone: another run of it has ended, or it was removed and the new view may not be whole"
    )]
    Removed,
    /// Handlers failed, so the new view isn't whole. Run it again after the fix: it tries what waits first.
    #[error("{events} events wait since their handlers failed, so the new view isn't whole")]
    Waiting {
        /// How many events wait.
        events: u64,
    },
    /// The new view couldn't be put in place of the old one. It is whole: run it again after the fix, and only what came
    /// meanwhile is handled before.
    #[error("the new view couldn't be put in place: {0}")]
    Swap(#[source] HandlerError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
