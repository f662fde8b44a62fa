use futures_core::future::BoxFuture;

use super::interceptor::{Interception, Interceptors, Recovery};
use crate::{Aggregate, Command, CommandContext, Create, Decision, Events, Handle, Metadata};

/// What a decision is made from, and where it goes.
pub(super) struct Case<'s, A: Aggregate> {
    pub(super) context: &'s CommandContext<A>,
    pub(super) services: &'s A::Services,
    pub(super) interceptors: &'s Interceptors<A>,
    pub(super) events: &'s mut Events<A>,
    pub(super) metadata: &'s mut Metadata,
}

impl<A: Aggregate> Case<'_, A> {
    /// Takes what the handler returned, past the interceptors.
    fn settle<D: Decision<A>>(self, state: Option<&A>, output: D) -> Result<(), D::Error> {
        let outcome = output.decide(self.events);
        if outcome.is_err() {
            self.events.clear();
        }
        let mut decision = Interception {
            state,
            context: self.context,
            events: self.events,
            metadata: self.metadata,
        };
        if let Err(error) = outcome
            && self.interceptors.rejected(&error, &mut decision) == Recovery::Reject
        {
            return Err(error);
        }
        self.interceptors.accepted(&mut decision);
        Ok(())
    }
}

/// Decides how an aggregate comes to be, once. Fails with `X`.
pub(super) trait DecideCreation<A: Aggregate, X>: Send {
    fn decide<'s>(self: Box<Self>, case: Case<'s, A>) -> BoxFuture<'s, Result<(), X>>
    where
        Self: 's;
}

/// Decides how an aggregate goes on, again after each lost race. Fails with `X`.
pub(super) trait DecideUpdate<A: Aggregate, X>: Send {
    fn decide<'s>(&'s mut self, state: &'s A, case: Case<'s, A>) -> BoxFuture<'s, Result<(), X>>;
}

/// A command that creates an aggregate, and how its handler's own error becomes `X`.
pub(super) struct CreateBy<C, R> {
    pub(super) command: C,
    pub(super) reject: R,
}

impl<A, C, R, X> DecideCreation<A, X> for CreateBy<C, R>
where
    A: Create<C>,
    C: Command,
    R: FnOnce(<A::Output as Decision<A>>::Error) -> X + Send,
{
    fn decide<'s>(self: Box<Self>, case: Case<'s, A>) -> BoxFuture<'s, Result<(), X>>
    where
        Self: 's,
    {
        Box::pin(async move {
            let output = A::create(self.command, case.context, case.services).await;
            case.settle(None, output).map_err(self.reject)
        })
    }
}

/// A command that updates an aggregate, and how its handler's own error becomes `X`.
pub(super) struct UpdateBy<C, R> {
    pub(super) command: C,
    pub(super) reject: R,
}

impl<A, C, R, X> DecideUpdate<A, X> for UpdateBy<C, R>
where
    A: Handle<C>,
    C: Command,
    R: Fn(<A::Output as Decision<A>>::Error) -> X + Send + Sync,
{
    fn decide<'s>(&'s mut self, state: &'s A, case: Case<'s, A>) -> BoxFuture<'s, Result<(), X>> {
        Box::pin(async move {
            let output = state.handle(&self.command, case.context, case.services).await;
            case.settle(Some(state), output).map_err(&self.reject)
        })
    }
}

/// A closure that updates an aggregate.
pub(super) struct UpdateWith<F>(pub(super) F);

impl<A, F, D> DecideUpdate<A, D::Failure> for UpdateWith<F>
where
    A: Aggregate,
    F: FnMut(&A) -> D + Send,
    D: Decision<A>,
{
    fn decide<'s>(
        &'s mut self,
        state: &'s A,
        case: Case<'s, A>,
    ) -> BoxFuture<'s, Result<(), D::Failure>> {
        let settled = case.settle(Some(state), (self.0)(state)).map_err(D::rejected);
        Box::pin(std::future::ready(settled))
    }
}
