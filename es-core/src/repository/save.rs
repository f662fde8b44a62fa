use std::fmt::Display;
use std::future::IntoFuture;

use futures_core::future::BoxFuture;
use tracing::Instrument;

use super::decider::{CreateBy, DecideCreation};
use super::options::{Options, shared_options};
use super::session::Session;
use super::{AggregateRepository, Persisted, execute, observe};
use crate::{Aggregate, Command, Create, Decision, Failure, GeneratedId, MessageKey};

/// What a save with command `C` fails with.
pub type SaveError<A, C> = <<A as Create<C>>::Output as Decision<A>>::Failure;

/// The own error of the handler that creates `A` with command `C`.
pub type CreateRejection<A, C> = <<A as Create<C>>::Output as Decision<A>>::Error;

/// A save that is done when it is awaited.
#[must_use = "nothing is saved until it is awaited"]
pub struct Save<'r, A: Aggregate, X> {
    repository: &'r AggregateRepository<A>,
    session: Session<'r>,
    id: NewId<A>,
    decider: Box<dyn DecideCreation<A, X> + 'r>,
    pub(super) options: Options<A>,
}

impl<'r, A: Aggregate, X> Save<'r, A, X> {
    pub(super) fn new(
        repository: &'r AggregateRepository<A>,
        session: Session<'r>,
        id: NewId<A>,
        decider: impl DecideCreation<A, X> + 'r,
    ) -> Self {
        Save {
            repository,
            session,
            id,
            decider: Box::new(decider),
            options: Options::of(repository),
        }
    }

    shared_options!(|save| save.options);
}

impl<'r, A: Aggregate> AggregateRepository<A> {
    pub(super) fn save_in<C: Command>(
        &'r self,
        session: Session<'r>,
        id: NewId<A>,
        command: C,
    ) -> Save<'r, A, SaveError<A, C>>
    where
        A: Create<C>,
    {
        Save::new(
            self,
            session,
            id,
            CreateBy { command, reject: <A as Create<C>>::Output::rejected },
        )
    }
}

impl<'r, A: Aggregate, X: From<Failure> + Send + 'static> IntoFuture for Save<'r, A, X> {
    type Output = Result<Persisted<A>, X>;
    type IntoFuture = BoxFuture<'r, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let chosen = self.id.chosen().map(|id| id as &dyn Display);
        let span = observe::changing("save", A::TYPE, chosen, &self.options.metadata);
        let Save { repository, session, id, decider, options } = self;
        Box::pin(execute::create(repository, session, id, decider, options).instrument(span))
    }
}

/// Where the id of a new entity comes from.
pub(super) enum NewId<A: Aggregate> {
    /// The caller.
    Chosen(A::Id),
    /// Chance, or the message that creates it.
    Generated { at_random: fn() -> A::Id, from_name: fn(&[u8]) -> A::Id },
}

impl<A: Aggregate> NewId<A> {
    fn chosen(&self) -> Option<&A::Id> {
        match self {
            NewId::Chosen(id) => Some(id),
            NewId::Generated { .. } => None,
        }
    }

    pub(super) fn generated() -> Self
    where
        A::Id: GeneratedId,
    {
        NewId::Generated { at_random: A::Id::generate, from_name: A::Id::derive }
    }

    pub(super) fn settle(self, message: Option<&MessageKey>) -> A::Id {
        match (self, message) {
            (NewId::Chosen(id), _) => id,
            (NewId::Generated { at_random, .. }, None) => at_random(),
            (NewId::Generated { from_name, .. }, Some(message)) => {
                from_name(&message.creation_name(A::TYPE))
            }
        }
    }
}
