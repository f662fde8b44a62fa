use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::findings::{self, StartFindings};
use super::subscriptions::{Subscribed, SubscriptionsError};
use crate::store::{EventStore, Position, StoreError};
use crate::subscription::{HandlerError, HandlerFailure, SubscriberOptions, SubscriptionStore};
use crate::{EventSubscriber, Transaction};

/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(50);

/// Builds the view of a subscriber anew from all events, beside the one that is live, and puts it in its place.
///
/// The live subscriber, in this process or others, goes on meanwhile. The one that rebuilds is a second value of its type
/// that writes elsewhere, say into another table. All of its handlers take the transaction and do nothing outside of it, so
/// that nothing but the view is made again. When it has caught up, `swap` puts the new view in place of the old one, in the
/// transaction in which the live subscriber takes over its progress: whoever reads sees the one or the other.
///
/// ```
/// use es_core::prelude::*;
/// use es_core::store::StoreError;
/// use es_core::subscription::{Rebuild, RebuildError};
///
/// async fn rebuild(store: impl EventStore, beside: impl EventSubscriber) -> Result<(), RebuildError> {
///     let rebuild = Rebuild::new(store, beside);
///     // In place of this: ALTER TABLE … RENAME TO …
///     rebuild.run(async |_: &mut Transaction| Ok::<_, StoreError>(())).await
/// }
/// ```
#[must_use = "nothing is rebuilt until `run` is awaited"]
pub struct Rebuild {
    store: Arc<dyn EventStore>,
    subscribed: Subscribed,
}

impl Rebuild {
    /// Rebuilds the view of this subscriber, as its attribute says.
    pub fn new<S: EventSubscriber>(store: impl EventStore, subscriber: S) -> Self {
        Self::with(store, subscriber, S::OPTIONS)
    }

    /// Rebuilds the view of this subscriber with these options. It starts at the beginning, whatever they say.
    pub fn with<S: EventSubscriber>(
        store: impl EventStore,
        subscriber: S,
        options: SubscriberOptions,
    ) -> Self {
        let start = crate::subscription::Start::Beginning;
        let options = options.start(start).transient(false);
        Rebuild { store: Arc::new(store), subscribed: Subscribed::new(subscriber, options, &[]) }
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
        format!("{id}~rebuild")
    }

    /// Rebuilds the view and puts it in place. One that was broken off goes on where it was.
    ///
    /// Needs a runtime of tokio with its timer.
    ///
    /// # Errors
    /// See [`RebuildError`]: the old view is live as it was.
    pub async fn run<F, E>(self, swap: F) -> Result<(), RebuildError>
    where
        F: AsyncFnOnce(&mut Transaction) -> Result<(), E>,
        E: HandlerFailure,
    {
        let Rebuild { store, subscribed } = self;
        let id = subscribed.id;
        let outside = subscribed.handlers.iter().find(|handler| !handler.takes_transaction);
        if let Some(handler) = outside {
            return Err(RebuildError::Outside { handler: handler.handler });
        }
        let mut found = Vec::new();
        findings::of_one(&subscribed, &*store, &mut found);
        findings::of_registry(&mut found);
        StartFindings::none(found).map_err(SubscriptionsError::from)?;
        let name = Self::name(id);
        let mut advances = subscribed.observed.shared.advances();
        let grace = Duration::from_secs(30);
        let started = subscribed.start(Arc::clone(&store), Some(name.clone()), grace).await?;
        let running = match started {
            Ok(running) => Arc::new(running),
            Err(finding) => {
                let findings = StartFindings::none(vec![finding]);
                return findings.map_err(|findings| SubscriptionsError::from(findings).into());
            }
        };
        let subscriptions = Arc::clone(&running.subscriptions);
        let (stop, stopped) = watch::channel(false);
        let end = store.feed_end().await?;
        let finish = async {
            // All partitions, also those that a rebuild that was broken off still has leases of.
            while !has_reached(&*subscriptions, &name, end).await {
                let _ = timeout(LOOK, advances.changed()).await;
            }
            stop.send_replace(true);
        };
        tokio::join!(Arc::clone(&running).run(stopped), finish);
        let stored = subscriptions.progress(&name).await?;
        if stored.waiting_events > 0 {
            return Err(RebuildError::Waiting { events: stored.waiting_events });
        }
        let mut transaction = store.begin().await?;
        let swapped = swap(&mut transaction).await;
        swapped.map_err(|error| RebuildError::Swap(error.into_handler_error()))?;
        transaction.take_over(id, &name).await?;
        Ok(transaction.commit().await?)
    }
}

/// Whether all that is up to this position is handled. A store that fails is waited for, as the handlers do.
async fn has_reached(subscriptions: &dyn SubscriptionStore, name: &str, end: Position) -> bool {
    let Ok(stored) = subscriptions.progress(name).await else { return false };
    stored.partitions.iter().all(|partition| partition.position >= end)
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
    /// Handlers failed, so the new view isn't whole. Run it again after the fix.
    #[error("{events} events wait since their handlers failed, so the new view isn't whole")]
    Waiting {
        /// How many events wait.
        events: u64,
    },
    /// The new view couldn't be put in place of the old one.
    #[error("the new view couldn't be put in place: {0}")]
    Swap(#[source] HandlerError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
