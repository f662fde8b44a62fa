use std::future::IntoFuture;

use futures_core::future::BoxFuture;

use super::decider::{CreateBy, UpdateBy};
use super::options::{Options, shared_options};
use super::save::{CreateRejection, NewId, Save};
use super::session::Session;
use super::update::{Update, UpdateRejection};
use super::{AggregateRepository, Persisted};
use crate::{Aggregate, Command, CommandSet, Create, Handle, RepositoryError};

type AggregateOf<S> = <S as CommandSet>::Aggregate;
type ErrorOf<S> = RepositoryError<<S as CommandSet>::Rejection>;

/// On the way from a [`CommandSet`] to the handler of the command in it.
pub struct Router<'r, S: CommandSet> {
    repository: &'r AggregateRepository<S::Aggregate>,
    session: Session<'r>,
    id: &'r <S::Aggregate as Aggregate>::Id,
}

impl<'r, S: CommandSet> Router<'r, S> {
    pub(super) fn new(
        repository: &'r AggregateRepository<S::Aggregate>,
        session: Session<'r>,
        id: &'r <S::Aggregate as Aggregate>::Id,
    ) -> Self {
        Router { repository, session, id }
    }

    /// Creates the entity with this command. `reject` makes the handler's own error one of the set's.
    pub fn create<C: Command>(
        self,
        command: C,
        reject: fn(CreateRejection<S::Aggregate, C>) -> S::Rejection,
    ) -> Dispatch<'r, S>
    where
        S::Aggregate: Create<C>,
    {
        let reject = move |error| RepositoryError::Rejected(reject(error));
        let id = NewId::Chosen(self.id.clone());
        Dispatch(Route::Create(Save::new(
            self.repository,
            self.session,
            id,
            CreateBy { command, reject },
        )))
    }

    /// Updates the entity with this command. `reject` makes the handler's own error one of the set's.
    pub fn update<C: Command>(
        self,
        command: C,
        reject: fn(UpdateRejection<S::Aggregate, C>) -> S::Rejection,
    ) -> Dispatch<'r, S>
    where
        S::Aggregate: Handle<C>,
    {
        let reject = move |error| RepositoryError::Rejected(reject(error));
        Dispatch(Route::Update(Update::new(
            self.repository,
            self.session,
            self.id,
            UpdateBy { command, reject },
        )))
    }
}

/// A dispatched command that is done when it is awaited.
#[must_use = "nothing is done until it is awaited"]
pub struct Dispatch<'r, S: CommandSet>(Route<'r, S>);

enum Route<'r, S: CommandSet> {
    Create(Save<'r, AggregateOf<S>, ErrorOf<S>>),
    Update(Update<'r, AggregateOf<S>, ErrorOf<S>>),
}

impl<A: Aggregate, S: CommandSet<Aggregate = A>> Dispatch<'_, S> {
    shared_options!(|dispatch| dispatch.options());

    fn options(&mut self) -> &mut Options<A> {
        match &mut self.0 {
            Route::Create(save) => &mut save.options,
            Route::Update(update) => &mut update.options,
        }
    }
}

impl<'r, S: CommandSet> IntoFuture for Dispatch<'r, S> {
    type Output = Result<Persisted<S::Aggregate>, ErrorOf<S>>;
    type IntoFuture = BoxFuture<'r, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        match self.0 {
            Route::Create(save) => save.into_future(),
            Route::Update(update) => update.into_future(),
        }
    }
}
