//! A subscriber to tallies that says what it was given, and what runs it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Store;
use super::domain::*;
use super::evolved::{Installed, Meter, MeterRead, Noted};
use crate::subscription::{
    HandlerError, InlineStore, SubscriberOptions, SubscriptionControl, Subscriptions,
    SubscriptionsError,
};
use crate::{EventHandlerContext, Id, Transaction, Version, event_handler, event_subscriber};

/// What is waited for doesn't take so long.
pub(super) const LIMIT: Duration = Duration::from_secs(20);

/// Asks again and again until it is so.
macro_rules! until {
    ($condition:expr) => {
        let start = tokio::time::Instant::now();
        while !$condition {
            assert!(
                start.elapsed() < $crate::conformance::watcher::LIMIT,
                "`{}` takes longer than {:?}",
                stringify!($condition),
                $crate::conformance::watcher::LIMIT
            );
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
}
pub(super) use until;

/// An event as a handler got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) entity: String,
    pub(super) version: Version,
    pub(super) amount: u64,
    pub(super) attempt: u32,
}

type Behave = dyn Fn(&Seen) -> Result<(), HandlerError> + Send + Sync;

/// Remembers what it was given. Clones share that.
#[derive(Clone)]
pub(super) struct Watcher {
    seen: Arc<Mutex<Vec<Seen>>>,
    behave: Arc<Behave>,
}

impl Watcher {
    pub(super) const ID: &'static str = "conformance-watcher";

    /// One whose handlers always work.
    pub(super) fn new() -> Self {
        Self::that(|_| Ok(()))
    }

    /// One whose handlers end like this.
    pub(super) fn that(
        behave: impl Fn(&Seen) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> Self {
        Watcher { seen: Arc::default(), behave: Arc::new(behave) }
    }

    /// What it was given, and handled or not.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.lock().clone()
    }

    /// The versions of each entity, in the order in which they came.
    pub(super) fn versions(&self) -> BTreeMap<String, Vec<u64>> {
        let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for seen in self.lock().iter() {
            versions.entry(seen.entity.clone()).or_default().push(seen.version.get());
        }
        versions
    }

    /// How many events it was given.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    fn see<E>(&self, cx: &EventHandlerContext<'_, E>, amount: u64) -> Result<(), HandlerError> {
        let (entity, attempt) = (cx.entity_id().to_owned(), cx.attempt());
        let seen = Seen { entity, version: cx.version(), amount, attempt };
        self.lock().push(seen.clone());
        (self.behave)(&seen)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[event_subscriber(id = "conformance-watcher", crate = super::unregistered)]
impl Watcher {
    #[event_handler]
    async fn started(&self, cx: EventHandlerContext<'_, Started>) -> Result<(), HandlerError> {
        self.see(&cx, 0)
    }

    #[event_handler]
    async fn added(&self, cx: EventHandlerContext<'_, Added>) -> Result<(), HandlerError> {
        self.see(&cx, cx.event().amount)
    }
}

/// Adds up all tallies in another one, in the transaction of its progress. Clones share the handlers' behaviour.
#[derive(Clone)]
pub(super) struct Sum {
    pub(super) into: Id<Tally>,
    /// Others that aren't added up.
    but: Vec<Id<Tally>>,
    store: Store,
    behave: Arc<Behave>,
}

impl Sum {
    pub(super) const ID: &'static str = "conformance-sum";

    pub(super) fn new(
        store: &Store,
        into: Id<Tally>,
        behave: impl Fn(&Seen) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> Self {
        Sum { into, but: Vec::new(), store: Arc::clone(store), behave: Arc::new(behave) }
    }

    /// One that leaves this tally out too.
    pub(super) fn but(mut self, tally: Id<Tally>) -> Self {
        self.but.push(tally);
        self
    }
}

#[event_subscriber(id = "conformance-sum", crate = super::unregistered)]
impl Sum {
    #[event_handler]
    async fn added(
        &self,
        cx: EventHandlerContext<'_, Added>,
        tx: &mut Transaction,
    ) -> Result<(), HandlerError> {
        let id = cx.id::<Tally>().map_err(HandlerError::new)?;
        if id == self.into || self.but.contains(&id) {
            return Ok(());
        }
        let (amount, attempt) = (cx.event().amount, cx.attempt());
        // Not through the context, which would hide that it is done twice.
        let tallies = tallies(&self.store);
        tallies.within(tx).update(&self.into, Add::new(amount)).await.map_err(HandlerError::new)?;
        let entity = cx.entity_id().to_owned();
        (self.behave)(&Seen { entity, version: cx.version(), amount, attempt })
    }
}

/// Does in the append's transaction what [`Sum`] does afterwards.
#[derive(Clone)]
pub(super) struct SumInline {
    into: Id<Tally>,
    store: Store,
}

impl SumInline {
    /// The store, with this one in its appends.
    pub(super) fn of(store: &Store, into: Id<Tally>) -> Store {
        let inline = SumInline { into, store: Arc::clone(store) };
        let store = InlineStore::new(Arc::clone(store)).knowing::<Tally>().subscribe(inline);
        Arc::new(store.checked().expect("nothing is wrong with it"))
    }
}

#[event_subscriber(id = "conformance-sum-inline", inline, crate = super::unregistered)]
impl SumInline {
    #[event_handler]
    async fn added(
        &self,
        cx: EventHandlerContext<'_, Added>,
        tx: &mut Transaction,
    ) -> Result<(), HandlerError> {
        if cx.id::<Tally>().map_err(HandlerError::new)? == self.into {
            return Ok(());
        }
        let amount = cx.event().amount;
        let tallies = tallies(&self.store);
        tallies.within(tx).update(&self.into, Add::new(amount)).await.map_err(HandlerError::new)?;
        if amount == 13 { Err(HandlerError::new("it brings bad luck")) } else { Ok(()) }
    }
}

/// Writes down what meters tell, in the shapes and under the names that their events have now.
#[derive(Clone, Default)]
pub(super) struct Reader {
    told: Arc<Mutex<Vec<String>>>,
}

impl Reader {
    pub(super) const ID: &'static str = "conformance-reader";

    pub(super) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, version: Version, what: impl std::fmt::Debug) {
        let told = format!("{version} {what:?}");
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }
}

#[event_subscriber(id = "conformance-reader", crate = super::unregistered)]
impl Reader {
    #[event_handler]
    async fn installed(&self, cx: EventHandlerContext<'_, Installed>) {
        self.tell(cx.version(), cx.event());
    }

    #[event_handler]
    async fn read(&self, cx: EventHandlerContext<'_, MeterRead>) {
        self.tell(cx.version(), cx.event());
    }

    #[event_handler]
    async fn noted(&self, cx: EventHandlerContext<'_, Noted>) {
        self.tell(cx.version(), cx.event());
    }
}

/// A subscriber at work.
pub(super) struct Run {
    pub(super) control: SubscriptionControl,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), SubscriptionsError>>,
}

impl Run {
    /// Runs these.
    pub(super) fn of(subscriptions: Subscriptions) -> Self {
        let (stop, stopped) = oneshot::channel();
        let control = subscriptions.control();
        let run = subscriptions.run(async {
            let _ = stopped.await;
        });
        Run { control, stop, task: tokio::spawn(run) }
    }

    /// Runs a watcher.
    pub(super) fn watch(store: &Store, watcher: &Watcher, options: SubscriberOptions) -> Self {
        Self::of(subscriptions(store).subscribe_with(watcher.clone(), options))
    }

    /// Ends it as a program does.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(());
        let ended = timeout(LIMIT, self.task).await.expect("it ends");
        ended.expect("it doesn't panic").expect("it was started");
    }

    /// Lets it vanish, as a process that is killed.
    pub(super) async fn kill(self) {
        self.task.abort();
        let _ = timeout(LIMIT, self.task).await.expect("it ends");
    }
}

/// None yet.
pub(super) fn subscriptions(store: &Store) -> Subscriptions {
    Subscriptions::new(Arc::clone(store)).knowing::<Tally>().knowing::<Meter>()
}

/// Whether the store has what running subscribers need.
pub(super) fn runs(store: &Store) -> bool {
    store.capabilities().feed && store.subscriptions().is_some()
}

/// Options that let a test see soon what takes long elsewhere.
pub(super) fn quick() -> SubscriberOptions {
    let short = Duration::from_millis(1);
    SubscriberOptions::new()
        .retry(crate::RetryPolicy::attempts(3).backoff(short, short))
        .pauses(short, Duration::from_millis(10))
}
