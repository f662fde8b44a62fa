use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;

use super::outcome::When;
use super::{fail, snapshot};
use crate::store::Append;
use crate::{
    Aggregate, Command, CommandContext, Create, Events, Handle, IntoEvents, Metadata, Version,
    WithoutServices, repository,
};

/// An entity with this history.
#[track_caller]
pub fn given<A: WithoutServices>(history: impl IntoEvents<A>) -> Given<A> {
    Scenario::with_services(()).given(history)
}

/// An entity that doesn't exist yet.
pub fn given_nothing<A: WithoutServices>() -> GivenNothing<A> {
    Scenario::with_services(()).given_nothing()
}

/// What surrounds a command: services, id, time, metadata.
#[must_use = "a scenario does nothing by itself"]
pub struct Scenario<A: Aggregate> {
    services: Arc<A::Services>,
    id: Option<A::Id>,
    now: Timestamp,
    metadata: Metadata,
}

impl<A: Aggregate> Scenario<A> {
    /// With what the command handlers ask for. It is the start of 1970, the entity has no id, and there is no
    /// metadata.
    pub fn with_services(services: impl Into<Arc<A::Services>>) -> Self {
        Scenario {
            services: services.into(),
            id: None,
            now: Timestamp::UNIX_EPOCH,
            metadata: Metadata::new(),
        }
    }

    /// The entity's id, for handlers that ask for it.
    pub fn id(self, id: A::Id) -> Self {
        Scenario { id: Some(id), ..self }
    }

    /// The time at which the command comes.
    pub fn at(self, now: Timestamp) -> Self {
        Scenario { now, ..self }
    }

    /// Adds to the metadata that comes with the command.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name, value);
        self
    }

    /// An entity with this history.
    ///
    /// # Panics
    /// Where the events can't be folded, or there are none.
    #[track_caller]
    pub fn given(self, history: impl IntoEvents<A>) -> Given<A> {
        let mut events = Events::new();
        history.into_events(&mut events);
        let mut state = None;
        let Folded { version, deleted } = fold(&mut state, Version::NONE, &events, self.now);
        match state {
            Some(state) => Given { scenario: self, state, version, deleted },
            None => {
                fail("a history has at least one event; an entity without any is `given_nothing()`")
            }
        }
    }

    /// An entity that doesn't exist yet.
    pub fn given_nothing(self) -> GivenNothing<A> {
        GivenNothing(self)
    }

    fn context(&self, version: Version) -> CommandContext<A> {
        CommandContext::new(self.id.clone(), version, self.now, self.metadata.clone())
    }
}

/// An entity that doesn't exist yet, before a command.
#[must_use = "nothing is tested without `when`"]
pub struct GivenNothing<A: Aggregate>(Scenario<A>);

impl<A: Aggregate> GivenNothing<A> {
    /// As [`Scenario::id`].
    pub fn id(self, id: A::Id) -> Self {
        GivenNothing(self.0.id(id))
    }

    /// As [`Scenario::at`].
    pub fn at(self, now: Timestamp) -> Self {
        GivenNothing(self.0.at(now))
    }

    /// As [`Scenario::metadata`].
    pub fn metadata(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        GivenNothing(self.0.metadata(name, value))
    }

    /// This command is to create it.
    pub fn when<C: Command>(self, command: C) -> When<A, <A as Create<C>>::Output>
    where
        A: Create<C>,
    {
        let scenario = self.0;
        let now = scenario.now;
        When::new(now, async move {
            let output =
                A::create(command, &scenario.context(Version::NONE), &scenario.services).await;
            (None, Version::NONE, output)
        })
    }
}

/// An entity with a history, before a command.
#[must_use = "nothing is tested without `when` or `then_state`"]
pub struct Given<A: Aggregate> {
    scenario: Scenario<A>,
    state: A,
    version: Version,
    deleted: bool,
}

impl<A: Aggregate> Given<A> {
    /// As [`Scenario::id`].
    pub fn id(self, id: A::Id) -> Self {
        Given { scenario: self.scenario.id(id), ..self }
    }

    /// As [`Scenario::at`].
    pub fn at(self, now: Timestamp) -> Self {
        Given { scenario: self.scenario.at(now), ..self }
    }

    /// As [`Scenario::metadata`].
    pub fn metadata(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        Given { scenario: self.scenario.metadata(name, value), ..self }
    }

    /// This command comes.
    ///
    /// # Panics
    /// Where the history deleted the entity: the repository refuses the command, and its handler isn't asked.
    #[track_caller]
    pub fn when<C: Command>(self, command: C) -> When<A, <A as Handle<C>>::Output>
    where
        A: Handle<C>,
    {
        let Given { scenario, state, version, deleted } = self;
        if deleted {
            fail(&format!(
                "the last event of the history deletes the {}, and the repository refuses every command on it with `Failure::Deleted`",
                A::TYPE
            ));
        }
        let now = scenario.now;
        When::new(now, async move {
            let output =
                state.handle(&command, &scenario.context(version), &scenario.services).await;
            (Some(state), version, output)
        })
    }

    /// Looks at the state that the history leads to.
    pub fn then_state(self, check: impl FnOnce(&A)) {
        check(&self.state);
    }

    /// The state that the history leads to comes back equal from a snapshot: a load that begins with the snapshot gives what
    /// one of all events gives.
    ///
    /// JSON loses more than it seems: a field with `#[serde(skip)]`, the `Some(None)` of an `Option<Option<_>>`, an infinite
    /// number in an `Option`, the variant of an `untagged` enum. A snapshot of a memento loses what the memento doesn't have.
    ///
    /// ```
    /// # use es_core::prelude::*;
    /// use es_core::testing::given;
    /// # #[derive(Serialize, Deserialize, Event)]
    /// # pub struct Deposited { pub amount: u64 }
    ///
    /// #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    /// pub struct Account { balance: u64 }
    ///
    /// #[aggregate(snapshot(every = 100))]
    /// impl Account {
    ///     #[event_handler]
    ///     fn deposited(&mut self, event: &Deposited) { self.balance += event.amount; }
    /// }
    ///
    /// given::<Account>(Deposited { amount: 7 }).then_snapshot_restores();
    /// ```
    ///
    /// # Panics
    /// Where another state comes back or none, or the aggregate has no snapshots.
    #[track_caller]
    pub fn then_snapshot_restores(self)
    where
        A: Debug + PartialEq,
    {
        snapshot::restores(&self.state);
    }
}

/// What events lead to, besides the state.
pub(super) struct Folded {
    version: Version,
    deleted: bool,
}

/// Folds events into a state, as they would be read from a store.
#[track_caller]
pub(super) fn fold<A: Aggregate>(
    state: &mut Option<A>,
    version: Version,
    events: &Events<A>,
    now: Timestamp,
) -> Folded {
    let mut append = Append::new(A::TYPE, "scenario".to_owned(), version, now);
    if let Err(failure) = repository::fold(state, &mut append, events) {
        fail(&failure.to_string());
    }
    Folded { version: append.version(), deleted: append.deletes }
}
