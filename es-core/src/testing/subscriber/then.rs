use std::collections::HashSet;
use std::fmt::{Display, Write};
use std::time::Duration;

use super::bench::{Bench, Broken};
use super::outcome::{Fate, Outcome, Stored, Unhandled};
use super::scenario::SubscriberWhen;
use crate::store::Position;
use crate::subscription::EntityKey;
use crate::testing::events::{Fact, listed, stored};
use crate::testing::fail;
use crate::{Aggregate, AggregateId, EventSubscriber, Events, IdOf, IntoEvents};

/// What a subscriber did when events came to it. A test fails that drops it without a look, and one that doesn't say that
/// an event fails for good.
pub struct SubscriberThen<S: EventSubscriber> {
    /// `None` when the scenario has gone on.
    bench: Option<Bench<S>>,
    /// What it led to, or why the scenario couldn't be played to its end.
    outcome: Result<Outcome, Broken>,
    /// The appended events that the test has looked at.
    seen: HashSet<Position>,
    looked: bool,
}

impl<S: EventSubscriber> SubscriberThen<S> {
    pub(super) fn new(bench: Bench<S>, outcome: Result<Outcome, Broken>) -> Self {
        SubscriberThen { bench: Some(bench), outcome, seen: HashSet::new(), looked: false }
    }

    /// The subscriber's commands appended these events to an entity, in this order, and no others.
    ///
    /// # Panics
    /// Where they appended others.
    #[track_caller]
    pub fn then<A: Aggregate>(
        mut self,
        id: &(impl AggregateId + IdOf<A>),
        expected: impl IntoEvents<A>,
    ) -> Self {
        let (entity, expected) = (key(id), facts(expected));
        let outcome = self.look();
        let found: Vec<_> = of(&outcome.appended, &entity).collect();
        if found.iter().map(|event| &event.fact).ne(&expected) {
            let others = outcome.appended.iter().filter(|event| event.entity != entity);
            fail(&format!(
                "expected the events of {} `{}`\n{}but there are\n{}{}{}",
                entity.entity_type,
                entity.entity_id,
                listed(&expected),
                listed(found.iter().map(|event| &event.fact)),
                section("and of others", others),
                section("since it isn't handled", &outcome.unhandled),
            ));
        }
        let seen: Vec<_> = found.into_iter().map(|event| event.position).collect();
        self.seen.extend(seen);
        self
    }

    /// The subscriber appended nothing, and no event failed for good.
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn then_nothing(mut self) -> Self {
        self.seen.clear();
        self.then_nothing_else()
    }

    /// The subscriber appended nothing but what the test has looked at before, and no other event failed for good.
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn then_nothing_else(mut self) -> Self {
        let seen = self.seen.clone();
        let others = self.look().appended.iter();
        let others: Vec<_> = others.filter(|event| !seen.contains(&event.position)).collect();
        if !others.is_empty() {
            let what = if seen.is_empty() { "no events" } else { "no other events" };
            fail(&format!("expected {what}, but there are\n{}", listed(others)));
        }
        if let Some(failures) = self.unexpected() {
            fail(&failures);
        }
        self
    }

    /// Looks at the subscriber, for a view that it keeps in itself.
    #[track_caller]
    pub fn then_state(mut self, check: impl FnOnce(&S)) -> Self {
        self.look();
        if let Some(bench) = &self.bench {
            check(&bench.recorder.subscriber);
        }
        self
    }

    /// An event failed for good with an error that reads so.
    ///
    /// # Panics
    /// Where none did.
    #[track_caller]
    pub fn then_error(mut self, expected: impl Display) -> Self {
        let expected = expected.to_string();
        let outcome = self.look();
        let failed = outcome.unhandled.iter();
        let alike = failed.filter(|event| event.error.as_ref() == Some(&expected));
        let alike: Vec<_> = alike.map(failure).collect();
        if alike.is_empty() {
            fail(&format!(
                "expected the error\n  {expected}\nbut there are\n{}",
                listed(&outcome.unhandled)
            ));
        }
        self.expect(alike)
    }

    /// These events of an entity, and no others of it, wait until somebody says `retry` or `skip`: the first one failed
    /// for good, and the later ones wait behind it (`on_failure = park`).
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn then_parked<A: Aggregate>(
        self,
        id: &(impl AggregateId + IdOf<A>),
        expected: impl IntoEvents<A>,
    ) -> Self {
        self.then_given_up(Fate::Parked, &key(id), &facts(expected))
    }

    /// These events of an entity, and no others of it, wait and are tried again: the first one failed, and the later ones
    /// wait behind it (`on_failure = block`).
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn then_blocked<A: Aggregate>(
        self,
        id: &(impl AggregateId + IdOf<A>),
        expected: impl IntoEvents<A>,
    ) -> Self {
        self.then_given_up(Fate::Blocked, &key(id), &facts(expected))
    }

    /// These events of an entity, and no others of it, failed for good and count as handled (`on_failure = skip`).
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn then_skipped<A: Aggregate>(
        self,
        id: &(impl AggregateId + IdOf<A>),
        expected: impl IntoEvents<A>,
    ) -> Self {
        self.then_given_up(Fate::Skipped, &key(id), &facts(expected))
    }

    #[track_caller]
    fn then_given_up(mut self, fate: Fate, entity: &EntityKey, expected: &[Fact]) -> Self {
        let outcome = self.look();
        let failed = || outcome.unhandled.iter().filter(|failed| failed.event.entity == *entity);
        let found = failed().map(|failed| (failed.fate, &failed.event.fact));
        if found.ne(expected.iter().map(|fact| (fate, fact))) {
            fail(&format!(
                "expected to be {fate}, of {} `{}`\n{}but not handled are\n{}",
                entity.entity_type,
                entity.entity_id,
                listed(expected),
                listed(&outcome.unhandled)
            ));
        }
        let failures: Vec<_> = failed().map(failure).collect();
        self.expect(failures)
    }

    /// Handlers were called so often in all, with the calls that failed.
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn then_attempts(mut self, expected: usize) -> Self {
        let Outcome { calls, first_call, .. } = self.look();
        let calls = &calls[*first_call..];
        if calls.len() != expected {
            fail(&format!(
                "expected {expected} attempts, but there are {}\n{}",
                calls.len(),
                listed(calls)
            ));
        }
        self
    }

    /// The times between the end of a call that failed and the beginning of the next one with the same event, in whole
    /// milliseconds, in the order of these calls. They are exact under a paused clock only.
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn then_waits(mut self, expected: impl IntoIterator<Item = Duration>) -> Self {
        let Outcome { calls, first_call, .. } = self.look();
        let places = *first_call..calls.len();
        let waits = places.filter_map(|place| calls[place].waited(&calls[..place]));
        let waits: Vec<_> = waits.map(|wait| wait.as_millis()).collect();
        let expected: Vec<_> = expected.into_iter().map(|wait| wait.as_millis()).collect();
        if waits != expected {
            let listed = |waits: &[u128]| listed(waits.iter().map(|wait| format!("{wait} ms")));
            fail(&format!(
                "expected the waits\n{}but there are\n{}",
                listed(&expected),
                listed(&waits)
            ));
        }
        self
    }

    /// Then further events of an entity come. What is looked at next is what these lead to.
    ///
    /// # Panics
    /// As where it is dropped.
    #[track_caller]
    pub fn when<A: Aggregate>(
        self,
        id: &(impl AggregateId + IdOf<A>),
        events: impl IntoEvents<A>,
    ) -> SubscriberWhen<S> {
        self.goes_on().when(id, events)
    }

    /// Then the subscriber runs for so long, in which what is blocked is tried again.
    ///
    /// # Panics
    /// As where it is dropped.
    #[track_caller]
    pub fn after(self, time: Duration) -> SubscriberWhen<S> {
        self.goes_on().after(time)
    }

    /// Then somebody wants what waits to be tried again, as
    /// [`SubscriptionControl::retry`](crate::subscription::SubscriptionControl::retry) does.
    ///
    /// # Panics
    /// As where it is dropped.
    #[track_caller]
    pub fn retry(self) -> SubscriberWhen<S> {
        self.goes_on().retry()
    }

    #[track_caller]
    fn goes_on(mut self) -> SubscriberWhen<S> {
        if let Some(wrong) = self.forgotten() {
            fail(&wrong);
        }
        match self.bench.take() {
            Some(bench) => SubscriberWhen::next(bench),
            None => fail("the scenario has gone on already"),
        }
    }

    /// What it led to, which somebody looks at now.
    #[track_caller]
    fn look(&mut self) -> &Outcome {
        self.looked = true;
        match &self.outcome {
            Ok(outcome) => outcome,
            Err(broken) => fail(broken),
        }
    }

    /// The test expects these failures.
    fn expect(mut self, failures: Vec<(Position, u32)>) -> Self {
        if let Some(bench) = &mut self.bench {
            bench.expected.extend(failures);
        }
        self
    }

    /// The failures that the test says nothing of, in words.
    fn unexpected(&self) -> Option<String> {
        let (Some(bench), Ok(outcome)) = (&self.bench, &self.outcome) else { return None };
        let failed = outcome.unhandled.iter().filter(|failed| failed.error.is_some());
        let unexpected: Vec<_> =
            failed.filter(|failed| !bench.expected.contains(&failure(failed))).collect();
        let listed = listed(&unexpected);
        (!unexpected.is_empty()).then(|| {
            format!(
                "an event failed for good, and the test says nothing of it, by `then_error` or one of its kind\n{listed}"
            )
        })
    }

    /// What the test should have looked at.
    fn forgotten(&self) -> Option<String> {
        match &self.outcome {
            _ if self.bench.is_none() => None,
            Err(broken) => Some(broken.clone()),
            Ok(_) if self.looked => self.unexpected(),
            Ok(_) => Some(
                "nobody looked at what the subscriber did: end the scenario with `then` or one of its kind"
                    .to_owned(),
            ),
        }
    }
}

impl<S: EventSubscriber> Drop for SubscriberThen<S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if let Some(wrong) = self.forgotten() {
            fail(&wrong);
        }
    }
}

fn key<A: Aggregate>(id: &(impl AggregateId + IdOf<A>)) -> EntityKey {
    EntityKey::new(A::TYPE, id.to_string())
}

#[track_caller]
fn facts<A: Aggregate>(expected: impl IntoEvents<A>) -> Vec<Fact> {
    let mut events = Events::new();
    expected.into_events(&mut events);
    stored(&events)
}

fn of<'s>(events: &'s [Stored], entity: &EntityKey) -> impl Iterator<Item = &'s Stored> {
    events.iter().filter(move |event| event.entity == *entity)
}

/// What tells a failure from others, and from a later one of the same event.
fn failure(failed: &Unhandled) -> (Position, u32) {
    (failed.event.position, failed.attempts)
}

/// A list under a title, where there is something to list.
fn section<T: Display>(title: &str, items: impl IntoIterator<Item = T>) -> String {
    let mut items = items.into_iter().peekable();
    let mut section = String::new();
    if items.peek().is_some() {
        // Writing into a `String` doesn't fail.
        let _ = write!(section, "{title}\n{}", listed(items));
    }
    section
}
