use std::future::IntoFuture;

use futures_core::future::BoxFuture;
use tracing::Instrument;

use super::decider::{DecideUpdate, UpdateBy, UpdateWith};
use super::options::{Options, shared_options};
use super::retry::RetryPolicy;
use super::session::Session;
use super::{AggregateRepository, Persisted, execute, observe};
use crate::{Aggregate, Command, Decision, Failure, Handle, Version};

/// What an update with command `C` fails with.
pub type UpdateError<A, C> = <<A as Handle<C>>::Output as Decision<A>>::Failure;

/// The own error of the handler that updates `A` with command `C`.
pub type UpdateRejection<A, C> = <<A as Handle<C>>::Output as Decision<A>>::Error;

/// An update that is done when it is awaited.
#[must_use = "nothing is updated until it is awaited"]
pub struct Update<'r, A: Aggregate, X> {
    repository: &'r AggregateRepository<A>,
    session: Session<'r>,
    id: &'r A::Id,
    decider: Box<dyn DecideUpdate<A, X> + 'r>,
    pub(super) options: Options<A>,
}

impl<'r, A: Aggregate, X> Update<'r, A, X> {
    pub(super) fn new(
        repository: &'r AggregateRepository<A>,
        session: Session<'r>,
        id: &'r A::Id,
        decider: impl DecideUpdate<A, X> + 'r,
    ) -> Self {
        Update {
            repository,
            session,
            id,
            decider: Box::new(decider),
            options: Options::of(repository),
        }
    }

    shared_options!(|update| update.options);

    /// Fails with [`Failure::Conflict`], without another try, unless the entity is at this version: the one that the
    /// caller saw when the change was made up (an offline optimistic lock).
    pub fn expect_version(mut self, version: impl Into<Version>) -> Self {
        self.options.expected = Some(version.into());
        self
    }

    /// How often to try when others change the same entity, in place of the repository's setting.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.options.retry = retry;
        self
    }
}

impl<'r, A: Aggregate> AggregateRepository<A> {
    pub(super) fn update_in<C: Command>(
        &'r self,
        session: Session<'r>,
        id: &'r A::Id,
        command: C,
    ) -> Update<'r, A, UpdateError<A, C>>
    where
        A: Handle<C>,
    {
        Update::new(
            self,
            session,
            id,
            UpdateBy { command, reject: <A as Handle<C>>::Output::rejected },
        )
    }

    pub(super) fn update_with_in<F, D>(
        &'r self,
        session: Session<'r>,
        id: &'r A::Id,
        decide: F,
    ) -> Update<'r, A, D::Failure>
    where
        F: FnMut(&A) -> D + Send + 'r,
        D: Decision<A>,
    {
        Update::new(self, session, id, UpdateWith(decide))
    }
}

impl<'r, A: Aggregate, X: From<Failure> + Send + 'static> IntoFuture for Update<'r, A, X> {
    type Output = Result<Persisted<A>, X>;
    type IntoFuture = BoxFuture<'r, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let span = observe::changing("update", A::TYPE, Some(self.id), &self.options.metadata);
        let Update { repository, session, id, decider, options } = self;
        Box::pin(execute::update(repository, session, id, decider, options).instrument(span))
    }
}
