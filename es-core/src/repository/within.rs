use super::save::{NewId, Save, SaveError};
use super::session::Session;
use super::update::{Update, UpdateError};
use super::{AggregateRepository, Dispatch, Find, Router};
use crate::{Aggregate, Command, CommandSet, Create, Decision, GeneratedId, Handle, Transaction};

/// A repository in a transaction: the same calls, visible to others and durable with the transaction's commit.
///
/// A call that fails writes nothing; the transaction goes on as it was, and whether to commit it is the caller's
/// choice. After a call whose future was dropped while it wrote, the transaction can't be committed. A lost race
/// is not tried again here: roll back, and run the whole transaction again.
#[must_use = "nothing is done until a call on it is awaited"]
pub struct Within<'r, A: Aggregate> {
    repository: &'r AggregateRepository<A>,
    session: Session<'r>,
}

impl<'r, A: Aggregate> Within<'r, A> {
    pub(super) fn new(
        repository: &'r AggregateRepository<A>,
        transaction: &'r mut Transaction,
    ) -> Self {
        Within { repository, session: Session::Transaction(transaction) }
    }

    /// As [`AggregateRepository::save`].
    pub fn save<C: Command>(self, command: C) -> Save<'r, A, SaveError<A, C>>
    where
        A: Create<C>,
        A::Id: GeneratedId,
    {
        self.repository.save_in(self.session, NewId::generated(), command)
    }

    /// As [`AggregateRepository::save_as`].
    pub fn save_as<C: Command>(self, id: A::Id, command: C) -> Save<'r, A, SaveError<A, C>>
    where
        A: Create<C>,
    {
        self.repository.save_in(self.session, NewId::Chosen(id), command)
    }

    /// As [`AggregateRepository::update`].
    pub fn update<C: Command>(self, id: &'r A::Id, command: C) -> Update<'r, A, UpdateError<A, C>>
    where
        A: Handle<C>,
    {
        self.repository.update_in(self.session, id, command)
    }

    /// As [`AggregateRepository::update_with`].
    pub fn update_with<F, D>(self, id: &'r A::Id, decide: F) -> Update<'r, A, D::Failure>
    where
        F: FnMut(&A) -> D + Send + 'r,
        D: Decision<A>,
    {
        self.repository.update_with_in(self.session, id, decide)
    }

    /// As [`AggregateRepository::dispatch`].
    pub fn dispatch<S: CommandSet<A>>(
        self,
        id: &'r A::Id,
        command: S,
    ) -> Dispatch<'r, A, S::Rejection> {
        command.route(Router::new(self.repository, self.session, id))
    }

    /// As [`AggregateRepository::find`].
    pub fn find(self, id: &'r A::Id) -> Find<'r, A> {
        Find::new(self.repository, self.session, id)
    }
}
