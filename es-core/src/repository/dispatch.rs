use std::future::IntoFuture;
use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::decider::{CreateBy, UpdateBy};
use super::options::{Options, shared_options};
use super::save::{CreateRejection, NewId, Save};
use super::session::Session;
use super::update::{Update, UpdateRejection};
use super::{AggregateRepository, Persisted};
use crate::{Aggregate, Command, Create, Handle, RepositoryError};

/// On the way from a [`CommandSet`](crate::CommandSet) to the handler of the command in it. `R` is the set's enum of the
/// handlers' own errors.
pub struct Router<'r, A: Aggregate, R> {
    repository: &'r AggregateRepository<A>,
    session: Session<'r>,
    id: &'r A::Id,
    rejection: PhantomData<fn() -> R>,
}

impl<'r, A: Aggregate, R: Send + 'static> Router<'r, A, R> {
    pub(super) fn new(
        repository: &'r AggregateRepository<A>,
        session: Session<'r>,
        id: &'r A::Id,
    ) -> Self {
        Router { repository, session, id, rejection: PhantomData }
    }

    /// Creates the entity with this command. `reject` makes the handler's own error one of the set's.
    pub fn create<C: Command>(
        self,
        command: C,
        reject: fn(CreateRejection<A, C>) -> R,
    ) -> Dispatch<'r, A, R>
    where
        A: Create<C>,
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
        reject: fn(UpdateRejection<A, C>) -> R,
    ) -> Dispatch<'r, A, R>
    where
        A: Handle<C>,
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
pub struct Dispatch<'r, A: Aggregate, R>(Route<'r, A, R>);

enum Route<'r, A: Aggregate, R> {
    Create(Save<'r, A, RepositoryError<R>>),
    Update(Update<'r, A, RepositoryError<R>>),
}

impl<A: Aggregate, R> Dispatch<'_, A, R> {
    shared_options!(|dispatch| dispatch.options());

    fn options(&mut self) -> &mut Options<A> {
        match &mut self.0 {
            Route::Create(save) => &mut save.options,
            Route::Update(update) => &mut update.options,
        }
    }
}

impl<'r, A: Aggregate, R: Send + 'static> IntoFuture for Dispatch<'r, A, R> {
    type Output = Result<Persisted<A>, RepositoryError<R>>;
    type IntoFuture = BoxFuture<'r, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        match self.0 {
            Route::Create(save) => save.into_future(),
            Route::Update(update) => update.into_future(),
        }
    }
}
