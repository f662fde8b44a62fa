use std::fmt::Debug;
use std::future::IntoFuture;

use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use jiff::Timestamp;

use super::aggregate::fold;
use super::events::{listed, stored};
use super::{fail, snapshot};
use crate::{Aggregate, Decision, Events, IntoEvents, Version};

/// A command that was given to its handler. A handler that waits for something is awaited before its outcome is
/// looked at: `.when(…).await.then(…)`.
#[must_use = "nothing is tested until the outcome is looked at, by `then` or one of its kind"]
pub struct When<A: Aggregate, D: Decision<A>> {
    outcome: BoxFuture<'static, Then<A, D::Error>>,
}

impl<A: Aggregate, D: Decision<A>> When<A, D> {
    pub(super) fn new(
        now: Timestamp,
        handled: impl Future<Output = (Option<A>, Version, D)> + Send + 'static,
    ) -> Self {
        let outcome = async move {
            let (state, version, output) = handled.await;
            Then { now, state, version, outcome: Some(decided(output)) }
        };
        When { outcome: Box::pin(outcome) }
    }

    #[track_caller]
    fn ready(self) -> Then<A, D::Error> {
        match self.outcome.now_or_never() {
            Some(outcome) => outcome,
            None => fail("the command handler waits for something: write `.when(…).await.then(…)`"),
        }
    }

    /// As [`Then::then`].
    #[track_caller]
    pub fn then(self, expected: impl IntoEvents<A>) -> Accepted<A> {
        self.ready().then(expected)
    }

    /// As [`Then::then_nothing`].
    #[track_caller]
    pub fn then_nothing(self) -> Accepted<A> {
        self.ready().then_nothing()
    }

    /// As [`Then::then_state`].
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&A)) {
        self.ready().then_state(check);
    }

    /// As [`Then::then_error`].
    #[track_caller]
    pub fn then_error(self, expected: D::Error)
    where
        D::Error: Debug + PartialEq,
    {
        self.ready().then_error(expected);
    }

    /// As [`Then::then_rejected`].
    #[track_caller]
    pub fn then_rejected(self, check: impl FnOnce(&D::Error)) {
        self.ready().then_rejected(check);
    }
}

impl<A: Aggregate, D: Decision<A>> IntoFuture for When<A, D> {
    type Output = Then<A, D::Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.outcome
    }
}

/// What a command led to. A test that drops it without a look fails.
#[must_use = "nothing is tested until the outcome is looked at, by `then` or one of its kind"]
pub struct Then<A: Aggregate, E> {
    now: Timestamp,
    state: Option<A>,
    version: Version,
    outcome: Option<Result<Events<A>, E>>,
}

impl<A: Aggregate, E> Then<A, E> {
    /// The command led to these events, in this order, and to no others.
    ///
    /// # Panics
    /// Where it led to others, or was refused; or where the repository refuses the events: one comes after the one that
    /// deletes the entity, or can't be folded.
    #[track_caller]
    pub fn then(mut self, expected: impl IntoEvents<A>) -> Accepted<A> {
        let actual = self.events();
        let given = expected;
        let mut expected = Events::new();
        given.into_events(&mut expected);
        let (wanted, found) = (stored(&expected), stored(&actual));
        if wanted != found {
            fail(&format!(
                "expected the events\n{}but there are\n{}",
                listed(&wanted),
                listed(&found)
            ));
        }
        self.accepted(&actual)
    }

    /// The command was taken, and led to no event.
    ///
    /// # Panics
    /// Where it led to events, or was refused.
    #[track_caller]
    pub fn then_nothing(self) -> Accepted<A> {
        self.then(())
    }

    /// Looks at the state after the events that the command led to.
    ///
    /// # Panics
    /// Where it was refused.
    #[track_caller]
    pub fn then_state(mut self, check: impl FnOnce(&A)) {
        let events = self.events();
        self.accepted(&events).then_state(check);
    }

    /// The command was refused with this error.
    ///
    /// # Panics
    /// Where it was taken, or refused with another one.
    #[track_caller]
    pub fn then_error(mut self, expected: E)
    where
        E: Debug + PartialEq,
    {
        if let Some(error) = self.error()
            && error != expected
        {
            fail(&format!("expected the error\n  {expected:?}\nbut it is\n  {error:?}"));
        }
    }

    /// Looks at the error with which the command was refused.
    ///
    /// # Panics
    /// Where it was taken.
    #[track_caller]
    pub fn then_rejected(mut self, check: impl FnOnce(&E)) {
        if let Some(error) = self.error() {
            check(&error);
        }
    }

    #[track_caller]
    fn error(&mut self) -> Option<E> {
        match self.outcome.take()? {
            Err(error) => Some(error),
            Ok(events) => fail(&format!(
                "expected an error, but there are the events\n{}",
                listed(stored(&events))
            )),
        }
    }

    #[track_caller]
    fn events(&mut self) -> Events<A> {
        match self.outcome.take() {
            Some(Ok(events)) => events,
            Some(Err(_)) => fail(&format!(
                "expected events, but the command was refused with `{}`",
                std::any::type_name::<E>()
            )),
            None => Events::new(),
        }
    }

    /// Folds the events, since the repository stores none that can't be folded.
    #[track_caller]
    fn accepted(mut self, events: &Events<A>) -> Accepted<A> {
        let mut state = self.state.take();
        fold(&mut state, self.version, events, self.now);
        Accepted { state }
    }
}

impl<A: Aggregate, E> Drop for Then<A, E> {
    fn drop(&mut self) {
        if self.outcome.is_some() && !std::thread::panicking() {
            fail(
                "nobody looked at what the command led to: end the scenario with `then` or one of its kind",
            );
        }
    }
}

/// A command that was taken.
pub struct Accepted<A: Aggregate> {
    state: Option<A>,
}

impl<A: Aggregate> Accepted<A> {
    /// Looks at the state after the events that the command led to.
    ///
    /// # Panics
    /// Where there is no state.
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&A)) {
        check(&self.state());
    }

    /// As [`Given::then_snapshot_restores`](super::Given::then_snapshot_restores), with the state after the events that the
    /// command led to.
    ///
    /// # Panics
    /// Where there is no state too.
    #[track_caller]
    pub fn then_snapshot_restores(self)
    where
        A: Debug + PartialEq,
    {
        snapshot::restores(&self.state());
    }

    #[track_caller]
    fn state(self) -> A {
        match self.state {
            Some(state) => state,
            None => fail("there is no state: the command led to no event"),
        }
    }
}

/// The events of a decision, or the handler's own error.
fn decided<A: Aggregate, D: Decision<A>>(output: D) -> Result<Events<A>, D::Error> {
    let mut events = Events::new();
    output.decide(&mut events).map(|()| events)
}
