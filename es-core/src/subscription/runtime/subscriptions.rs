use std::collections::HashMap;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::control::{Observed, SubscriptionControl};
use super::deliver::Deliver;
use super::findings::{self, StartFinding, StartFindings};
use super::routes::Routes;
use super::running::Running;
use super::shared::Shared;
use crate::EventSubscriber;
use crate::registry::AggregateInfo;
use crate::store::{EventStore, Position, StoreError};
use crate::subscription::{
    HandlerInfo, MemorySubscriptions, Start, SubscriberOptions, SubscriptionStore,
};

/// Runs subscribers on the events of a store.
///
/// Each event reaches each subscriber that has a handler for it, in the order of its entity. A handler that takes the
/// transaction is done once, with what it wrote there; another one at least once, so what it does elsewhere has to bear
/// repetition, as what goes through its context does. Any number of processes may run the same subscribers: they share
/// the entities among them, and what one leaves behind when it dies is taken over when its lease is over.
///
/// ```standalone_crate
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// use std::sync::Arc;
///
/// use es_core::prelude::*;
/// use es_core::subscription::Subscriptions;
///
/// # #[derive(Clone, Command)]
/// # pub struct OpenAccount;
/// #[derive(Serialize, Deserialize, Event)]
/// pub struct AccountOpened {}
///
/// # #[derive(Debug)]
/// pub struct Account;
///
/// #[aggregate]
/// impl Account {
/// #   #[command_handler]
/// #   fn open(_: OpenAccount) -> AccountOpened { AccountOpened {} }
///     #[event_handler]
///     fn opened(_: AccountOpened) -> Self { Account }
/// }
///
/// pub struct Counter(Arc<AtomicU32>);
///
/// #[event_subscriber(id = "counter")]
/// impl Counter {
///     #[event_handler]
///     async fn opened(&self, _: EventHandlerContext<'_, AccountOpened>) {
///         self.0.fetch_add(1, Relaxed);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryEventStore::new();
/// AggregateRepository::<Account>::new(store.clone()).save(OpenAccount).await?;
///
/// let count = Arc::new(AtomicU32::new(0));
/// let subscriptions = Subscriptions::new(store).subscribe(Counter(count.clone()));
/// let control = subscriptions.control();
/// subscriptions
///     .run(async move { control.caught_up("counter").await.expect("it is one of them") })
///     .await?;
/// assert_eq!(count.load(Relaxed), 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is handled until `run` is awaited"]
pub struct Subscriptions {
    store: Arc<dyn EventStore>,
    subscribers: Vec<Subscribed>,
    /// Aggregates that aren't in the registry.
    known: Vec<AggregateInfo>,
    grace: Duration,
    ended: Ended,
}

/// Tells those who wait for a subscriber when it won't be run, or not any more.
#[derive(Default)]
struct Ended(Vec<Arc<Shared>>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.iter().for_each(|shared| shared.ends());
    }
}

/// A subscriber that is to be run.
pub(super) struct Subscribed {
    pub(super) id: &'static str,
    pub(super) handlers: &'static [HandlerInfo],
    pub(super) options: SubscriberOptions,
    pub(super) routes: Routes,
    pub(super) subscriber: Arc<dyn Deliver>,
    pub(super) observed: Observed,
}

impl Subscriptions {
    /// None yet, on the events of this store.
    pub fn new(store: impl EventStore) -> Self {
        let (grace, ended) = (Duration::from_secs(30), Ended::default());
        Subscriptions {
            store: Arc::new(store),
            subscribers: Vec::new(),
            known: Vec::new(),
            grace,
            ended,
        }
    }

    /// Sees the events of an aggregate that isn't in the registry.
    #[cfg(feature = "conformance")]
    pub(crate) fn knowing<A: crate::Aggregate>(mut self) -> Self {
        self.known.push(super::routes::info_of::<A>());
        self
    }

    /// Runs this one too, as its attribute says.
    pub fn subscribe<S: EventSubscriber>(self, subscriber: S) -> Self {
        self.subscribe_with(subscriber, S::OPTIONS)
    }

    /// Runs this one too, with these options in place of those of its attribute.
    pub fn subscribe_with<S: EventSubscriber>(
        mut self,
        subscriber: S,
        options: SubscriberOptions,
    ) -> Self {
        let subscribed = Subscribed::new(subscriber, options, &self.known);
        self.ended.0.push(Arc::clone(&subscribed.observed.shared));
        self.subscribers.push(subscribed);
        self
    }

    /// For how long handlers may still work when they are to end, because of `run`'s shutdown or since partitions go to
    /// another process; then they are dropped where they wait. 30 seconds by default.
    pub fn grace(self, grace: Duration) -> Self {
        Subscriptions { grace, ..self }
    }

    /// Shows how far the subscribers are and steers them, in this process and from others.
    pub fn control(&self) -> SubscriptionControl {
        let observed = self.subscribers.iter();
        let observed: HashMap<_, _> =
            observed.map(|subscribed| (subscribed.id, subscribed.observed.clone())).collect();
        SubscriptionControl::new(Arc::clone(&self.store), observed)
    }

    /// Runs the subscribers until `shutdown` ends; then lets handlers finish what they have in hand, stores that, and gives
    /// back what this process had. What isn't handled by then is handled by another process, or by the next run.
    ///
    /// While it runs, a store that fails is waited for. When the future is dropped, handlers are dropped where they wait,
    /// and other processes go on when the leases are over.
    ///
    /// Needs a runtime of tokio with its timer.
    ///
    /// # Errors
    /// [`SubscriptionsError::Findings`] where something is wrong with the subscribers: all of it, before any event is
    /// handled. [`SubscriptionsError::Store`] where the store fails before any event is handled.
    ///
    /// # Panics
    /// Handlers and upcasters that panic fail. Where a [`retry_if`](SubscriberOptions::retry_if) does, all subscribers end,
    /// and the panic goes on here.
    pub async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), SubscriptionsError> {
        let found = findings::of(&self.subscribers, &*self.store);
        StartFindings::none(found)?;
        let started = self
            .subscribers
            .into_iter()
            .map(|subscribed| subscribed.start(Arc::clone(&self.store), None, self.grace));
        let mut running = Vec::new();
        let mut found = Vec::new();
        for started in join_all(started).await {
            match started? {
                Ok(started) => running.push(started),
                Err(finding) => found.push(finding),
            }
        }
        StartFindings::none(found)?;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for running in running {
            tasks.spawn(Arc::new(running).run(stopped.clone()));
        }
        let mut ended = None;
        tokio::select! {
            () = shutdown => {}
            // One that isn't asked to end does so by a panic only.
            Some(Err(error)) = tasks.join_next() => ended = Some(error),
        }
        stop.send_replace(true);
        while let Some(next) = tasks.join_next().await {
            ended = ended.or(next.err());
        }
        match ended.and_then(|error| error.try_into_panic().ok()) {
            Some(panic) => resume_unwind(panic),
            None => Ok(()),
        }
    }
}

impl Subscribed {
    pub(super) fn new<S: EventSubscriber>(
        subscriber: S,
        options: SubscriberOptions,
        known: &[AggregateInfo],
    ) -> Self {
        let transient: Option<Arc<dyn SubscriptionStore>> =
            options.transient.then(|| Arc::new(MemorySubscriptions::default()) as _);
        Subscribed {
            id: S::ID,
            handlers: S::HANDLERS,
            options,
            routes: Routes::to(S::HANDLERS, known),
            subscriber: Arc::new(subscriber),
            observed: Observed { shared: Arc::new(Shared::new()), transient },
        }
    }

    /// Registers it with the store, under another name than its id if there is one.
    pub(super) async fn start(
        self,
        store: Arc<dyn EventStore>,
        name: Option<String>,
        grace: Duration,
    ) -> Result<Result<Running, StartFinding>, StoreError> {
        let Subscribed { id, options, routes, subscriber, observed, .. } = self;
        let name = name.unwrap_or_else(|| id.to_owned());
        let subscriptions = match observed.transient.clone().or_else(|| store.subscriptions()) {
            Some(subscriptions) => subscriptions,
            None => return Err(StoreError::Unsupported("subscriptions")),
        };
        let start = match options.start {
            Start::Beginning => Position::START,
            Start::End => store.feed_end().await?,
            Start::After(after) => {
                let end = store.feed_end().await?;
                if after > end {
                    return Ok(Err(StartFinding::Start { subscriber: id, after, end }));
                }
                after
            }
        };
        let asked = options.partitions;
        let partitions = subscriptions.register(&name, asked, start).await?;
        if partitions != asked {
            return Ok(Err(StartFinding::Partitions { subscriber: id, stored: partitions, asked }));
        }
        let shared = observed.shared;
        Ok(Ok(Running {
            id,
            name,
            subscriber,
            routes,
            partitions,
            options,
            store,
            subscriptions,
            shared,
            grace,
        }))
    }
}

impl fmt::Debug for Subscriptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.subscribers.iter().map(|subscribed| subscribed.id).collect();
        f.debug_struct("Subscriptions").field("subscribers", &ids).finish_non_exhaustive()
    }
}

/// Why no subscriber was run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubscriptionsError {
    /// Something is wrong with the subscribers.
    #[error(transparent)]
    Findings(#[from] StartFindings),
    /// The store failed.
    #[error("the subscribers couldn't be started: {0}")]
    Store(#[from] StoreError),
}
