//! The way of a command: [`AggregateRepository`] loads the entity, lets its handler decide, folds the events into the
//! state, and appends them at the version that was loaded.

mod cache;
mod clock;
mod decider;
mod dispatch;
mod execute;
mod find;
mod fold;
mod history;
mod interceptor;
mod load;
mod observe;
mod options;
mod persisted;
mod retry;
mod save;
mod session;
mod snapshotting;
mod turns;
mod update;
mod within;
mod without_snapshot;

use std::fmt;
use std::sync::Arc;

pub use self::clock::{Clock, SystemClock};
pub use self::dispatch::{Dispatch, Router};
pub use self::find::Find;
pub(crate) use self::fold::fold;
pub use self::history::{History, ReadHistory, RecordedEvent, StoredRecord};
pub use self::interceptor::{Interception, Interceptor, Recovery};
pub use self::persisted::Persisted;
pub use self::retry::RetryPolicy;
pub use self::save::{CreateRejection, Save, SaveError};
pub use self::update::{Update, UpdateError, UpdateRejection};
pub use self::within::Within;

use self::cache::Cache;
use self::interceptor::Interceptors;
use self::save::NewId;
use self::session::Session;
use self::snapshotting::Snapshotter;
use crate::store::EventStore;
use crate::{
    Aggregate, Command, CommandSet, Create, Decision, Failure, GeneratedId, Handle, Transaction,
    WithoutServices,
};

/// Saves, updates and finds the aggregates of type `A` in an event store.
///
/// Cloning is cheap: clones share the store, the services and the settings.
///
/// ```
/// use es_core::prelude::*;
/// # #[derive(Debug, Clone, Serialize, Deserialize, Command)]
/// # pub struct OpenAccount { pub owner: String }
/// # #[derive(Debug, Clone, Serialize, Deserialize, Command)]
/// # pub struct Deposit { pub amount: u64 }
/// # #[derive(Debug, Serialize, Deserialize, Event)]
/// # pub struct AccountOpened { pub owner: String }
/// # #[derive(Debug, Serialize, Deserialize, Event)]
/// # pub struct MoneyDeposited { pub amount: u64 }
/// # #[derive(Debug)]
/// # pub struct Account { owner: String, balance: u64 }
/// # #[aggregate]
/// # impl Account {
/// #     #[command_handler]
/// #     fn open(command: OpenAccount) -> AccountOpened { AccountOpened { owner: command.owner } }
/// #     #[command_handler]
/// #     fn deposit(&self, command: Deposit) -> MoneyDeposited { MoneyDeposited { amount: command.amount } }
/// #     #[event_handler]
/// #     fn opened(event: AccountOpened) -> Self { Account { owner: event.owner, balance: 0 } }
/// #     #[event_handler]
/// #     fn deposited(&mut self, event: &MoneyDeposited) { self.balance += event.amount; }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Failure> {
/// let accounts = AggregateRepository::<Account>::new(MemoryEventStore::new());
///
/// let opened = accounts.save(OpenAccount { owner: "Ada".into() }).await?;
/// let account = accounts.update(opened.id(), Deposit { amount: 30 }).metadata("user", "ada").await?;
/// assert_eq!((account.balance, account.version()), (30, Version::new(2)));
///
/// let then = accounts.find(opened.id()).at_version(1).await?;
/// assert_eq!(then.balance, 0);
/// # Ok(())
/// # }
/// ```
pub struct AggregateRepository<A: Aggregate> {
    store: Arc<dyn EventStore>,
    services: Arc<A::Services>,
    clock: Arc<dyn Clock>,
    retry: RetryPolicy,
    interceptors: Interceptors<A>,
    cache: Arc<Cache<A>>,
    snapshots: Option<Arc<Snapshotter<A>>>,
}

impl<A: Aggregate> AggregateRepository<A> {
    /// The aggregates of type `A` in this store.
    pub fn new(store: impl EventStore) -> Self
    where
        A: WithoutServices,
    {
        Self::with_services(store, ())
    }

    /// The aggregates of type `A` in this store, with what their command handlers ask for.
    pub fn with_services(store: impl EventStore, services: impl Into<Arc<A::Services>>) -> Self {
        let snapshots = A::SNAPSHOTS.filter(|_| store.capabilities().snapshots);
        AggregateRepository {
            store: Arc::new(store),
            services: services.into(),
            clock: Arc::new(SystemClock),
            retry: RetryPolicy::default(),
            interceptors: Interceptors::default(),
            cache: Arc::new(Cache::none()),
            snapshots: snapshots.map(|rules| Arc::new(Snapshotter::new(rules))),
        }
    }

    /// How often an update is tried when others change the same entity; see [`RetryPolicy`] for the default.
    #[must_use]
    pub fn retry(self, retry: RetryPolicy) -> Self {
        AggregateRepository { retry, ..self }
    }

    /// Where the time of events comes from; the system's clock by default.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        AggregateRepository { clock: Arc::new(clock), ..self }
    }

    /// Takes no snapshots and uses none, though the aggregate has some: every load folds all events.
    #[must_use]
    pub fn without_snapshots(self) -> Self {
        AggregateRepository { snapshots: None, ..self }
    }

    /// Adds an interceptor to every save and update, after those added before.
    #[must_use]
    pub fn interceptor(mut self, interceptor: impl Interceptor<A>) -> Self {
        self.interceptors.add(interceptor);
        self
    }

    /// Keeps the states of those entities that were saved or updated last, up to so many, so that the next update of
    /// one needn't read it: one round trip to the store in place of two. 0 keeps none, which is the default.
    ///
    /// Nothing becomes less certain by it. An update decides on the state that is kept and appends at its version, so
    /// that the store refuses it where another process was faster; then it is read, and decided again, and that isn't
    /// counted as a try. A command that is refused or leads to no event is decided on what is stored: there is no append
    /// that would find out, so the events since are read first, and the command is decided again if there are any. An
    /// update [`triggered_by`](Update::triggered_by) a message also reads the events since first, for the message may be
    /// processed. [`find`](Self::find) and [`history`](Self::history) read the store, and so do calls
    /// [`within`](Self::within) a transaction.
    ///
    /// It pays where an entity is mostly changed by the same process. Where processes take turns with one, each change is
    /// first appended in vain.
    ///
    /// The bound is in entities, not in bytes: 10,000 states of 1 KiB are 10 MiB. Each successful save or update clones
    /// the state, one for the caller and one to keep. Clones of the repository share what is kept. Event streams must
    /// only grow: after a database was set back to a backup, or emptied, begin with a new repository. And a state must
    /// change by events alone, not behind `&self` in a command handler.
    ///
    /// ```
    /// # use es_core::prelude::*;
    /// # #[derive(Command)]
    /// # pub struct Open;
    /// # #[derive(Clone, Command)]
    /// # pub struct Deposit { pub amount: u64 }
    /// # #[derive(Serialize, Deserialize, Event)]
    /// # pub struct Opened;
    /// # #[derive(Serialize, Deserialize, Event)]
    /// # pub struct Deposited { pub amount: u64 }
    /// #[derive(Clone)]
    /// pub struct Account { balance: u64 }
    /// # #[aggregate]
    /// # impl Account {
    /// #     #[command_handler]
    /// #     fn open(_: Open) -> Opened { Opened }
    /// #     #[command_handler]
    /// #     fn deposit(&self, command: Deposit) -> Deposited { Deposited { amount: command.amount } }
    /// #     #[event_handler]
    /// #     fn opened(_: Opened) -> Self { Account { balance: 0 } }
    /// #     #[event_handler]
    /// #     fn deposited(&mut self, event: &Deposited) { self.balance += event.amount; }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Failure> {
    ///
    /// let accounts = AggregateRepository::<Account>::new(MemoryEventStore::new()).cache(10_000);
    /// let opened = accounts.save(Open).await?;
    /// let account = accounts.update(opened.id(), Deposit { amount: 30 }).await?; // reads nothing
    /// assert_eq!(account.balance, 30);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cache(self, entities: usize) -> Self
    where
        A: Clone,
    {
        AggregateRepository { cache: Arc::new(Cache::of(entities)), ..self }
    }

    /// Creates an aggregate under a generated id.
    ///
    /// With [`triggered_by`](Save::triggered_by) or [`idempotency_key`](Save::idempotency_key) the id is derived from
    /// the message, so that a message delivered twice creates one aggregate.
    ///
    /// # Errors
    /// The handler's own error; [`Failure::NoEvents`] where the command leads to no event; else [`Failure`]. A failed
    /// save writes nothing.
    pub fn save<C: Command>(&self, command: C) -> Save<'_, A, SaveError<A, C>>
    where
        A: Create<C>,
        A::Id: GeneratedId,
    {
        self.save_in(Session::Store(&*self.store), NewId::generated(), command)
    }

    /// Creates an aggregate under this id.
    ///
    /// # Errors
    /// [`Failure::AlreadyExists`] where the id is taken; else as [`save`](Self::save).
    pub fn save_as<C: Command>(&self, id: A::Id, command: C) -> Save<'_, A, SaveError<A, C>>
    where
        A: Create<C>,
    {
        self.save_in(Session::Store(&*self.store), NewId::Chosen(id), command)
    }

    /// Lets an existing aggregate handle a command: loads it, decides, appends at the version that was loaded. When
    /// others changed it in between, it is read and decided again.
    ///
    /// A command that leads to no event is a success that writes nothing and leaves the version as it is.
    ///
    /// # Errors
    /// The handler's own error; [`Failure::NotFound`]; [`Failure::Conflict`] after the last try; else [`Failure`]. A
    /// failed update writes nothing.
    pub fn update<'r, C: Command>(
        &'r self,
        id: &'r A::Id,
        command: C,
    ) -> Update<'r, A, UpdateError<A, C>>
    where
        A: Handle<C>,
    {
        self.update_in(Session::Store(&*self.store), id, command)
    }

    /// As [`update`](Self::update), with a closure in place of a command and its handler.
    ///
    /// The closure may be called again after a lost race.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn update_with<'r, F, R>(&'r self, id: &'r A::Id, decide: F) -> Update<'r, A, R::Failure>
    where
        F: FnMut(&A) -> R + Send + 'r,
        R: Decision<A>,
    {
        self.update_with_in(Session::Store(&*self.store), id, decide)
    }

    /// Lets the aggregate handle a command that is known only by its enum, as it comes from messages and files: a
    /// creating command creates the entity under this id, any other updates it.
    ///
    /// # Errors
    /// As [`save_as`](Self::save_as) or [`update`](Self::update), with the handlers' own errors in the set's enum.
    pub fn dispatch<'r, S: CommandSet<A>>(
        &'r self,
        id: &'r A::Id,
        command: S,
    ) -> Dispatch<'r, A, S::Rejection> {
        command.route(Router::new(self, Session::Store(&*self.store), id))
    }

    /// Reads an aggregate: the fold of its events.
    ///
    /// # Errors
    /// [`Failure::NotFound`]; else [`Failure`].
    pub fn find<'r>(&'r self, id: &'r A::Id) -> Find<'r, A> {
        Find::new(self, Session::Store(&*self.store), id)
    }

    /// Reads the events of an aggregate with all that is known of them: its audit log, oldest first, also of an entity
    /// that was deleted. See [`ReadHistory`] for parts of it, and for the rows as they are stored.
    ///
    /// # Errors
    /// [`Failure::NotFound`]; else [`Failure`].
    pub fn history<'r>(&'r self, id: &'r A::Id) -> ReadHistory<'r, A> {
        ReadHistory::new(&self.store, id)
    }

    /// Lists the entities that exist and weren't deleted, in the order of their ids' text: up to `limit` of them, after
    /// the one with id `after`. To read them all, call again with the last one.
    ///
    /// # Errors
    /// [`Failure::UnreadableId`] where a stored id isn't an `A::Id`; else [`Failure::Store`].
    pub async fn ids(&self, after: Option<&A::Id>, limit: u32) -> Result<Vec<A::Id>, Failure> {
        let after = after.map(ToString::to_string);
        let texts = self.store.entities(A::TYPE, after.as_deref(), limit).await?;
        let read = |text: String| {
            text.parse()
                .map_err(|_| Failure::UnreadableId { entity_type: A::TYPE, entity_id: text })
        };
        texts.into_iter().map(read).collect()
    }

    /// Saves, updates and finds in a transaction, together with what else is done in it.
    ///
    /// ```
    /// # use es_core::prelude::*;
    /// # #[derive(Debug, Serialize, Deserialize, Event)]
    /// # pub struct OrderCreated { pub total: u64 }
    /// # #[derive(Command)]
    /// # pub struct CreateOrder { pub total: u64 }
    /// # #[derive(Debug)]
    /// # pub struct Order { total: u64 }
    /// # #[aggregate]
    /// # impl Order {
    /// #     #[command_handler]
    /// #     fn create(command: CreateOrder) -> OrderCreated { OrderCreated { total: command.total } }
    /// #     #[event_handler]
    /// #     fn created(event: OrderCreated) -> Self { Order { total: event.total } }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Failure> {
    /// let store = MemoryEventStore::new();
    /// let orders = AggregateRepository::<Order>::new(store.clone());
    ///
    /// let mut tx = store.begin().await?;
    /// let first = orders.within(&mut tx).save(CreateOrder { total: 10 }).await?;
    /// let second = orders.within(&mut tx).save(CreateOrder { total: 20 }).await?;
    /// tx.commit().await?;
    /// # assert_eq!(orders.find(first.id()).await?.total + orders.find(second.id()).await?.total, 30);
    /// # Ok(())
    /// # }
    /// ```
    pub fn within<'r>(&'r self, transaction: &'r mut Transaction) -> Within<'r, A> {
        Within::new(self, transaction)
    }
}

impl<A: Aggregate> AggregateRepository<A> {
    fn snapshots(&self) -> Option<&Snapshotter<A>> {
        self.snapshots.as_deref().filter(|snapshots| snapshots.tells_shapes_apart())
    }
}

impl<A: Aggregate> Clone for AggregateRepository<A> {
    fn clone(&self) -> Self {
        AggregateRepository {
            store: Arc::clone(&self.store),
            services: Arc::clone(&self.services),
            clock: Arc::clone(&self.clock),
            retry: self.retry,
            interceptors: self.interceptors.clone(),
            cache: Arc::clone(&self.cache),
            snapshots: self.snapshots.clone(),
        }
    }
}

impl<A: Aggregate> fmt::Debug for AggregateRepository<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateRepository").field("aggregate", &A::TYPE).finish_non_exhaustive()
    }
}
