use std::future::IntoFuture;
use std::time::Duration;

use futures_core::future::BoxFuture;
use jiff::Timestamp;

use super::bench::{Bench, Step};
use super::then::SubscriberThen;
use crate::store::Append;
use crate::subscription::SubscriberOptions;
use crate::testing::fail;
use crate::{
    Aggregate, AggregateId, EventId, EventSet, EventSubscriber, Events, IdOf, IntoEvents, Metadata,
    Version,
};

/// A subscriber, before events come to it. [`subscriber`](super::subscriber) gives one.
///
/// Events that are given, and those that come, are of the start of 1970 and have no metadata, unless
/// [`at`](Self::at) and [`metadata`](Self::metadata) before them say otherwise. They are stored as they are, whether
/// their aggregate would have decided so or not.
///
/// The id tells the aggregate. Where several have ids of one type, such as `String`, the call does:
/// `given::<Account>(&id, …)`.
#[must_use = "nothing is tested without `when`"]
pub struct SubscriberScenario<S: EventSubscriber> {
    bench: Bench<S>,
    given: Vec<Append>,
    now: Timestamp,
    metadata: Metadata,
}

impl<S: EventSubscriber> SubscriberScenario<S> {
    pub(super) fn new(bench: Bench<S>) -> Self {
        let (now, metadata) = (Timestamp::UNIX_EPOCH, Metadata::new());
        SubscriberScenario { bench, given: Vec::new(), now, metadata }
    }

    /// Runs the subscriber with these options in place of those of its attribute, which are
    /// [`EventSubscriber::OPTIONS`]. Where it starts is the scenario's to say.
    pub fn options(mut self, options: SubscriberOptions) -> Self {
        self.bench.options = options;
        self
    }

    /// The events after this have this time.
    pub fn at(self, now: Timestamp) -> Self {
        SubscriberScenario { now, ..self }
    }

    /// The events after this have this in their metadata.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name, value);
        self
    }

    /// An entity has this history, which the subscriber's commands find in the store. It isn't delivered to the
    /// subscriber: what a view is made of comes by [`when`](Self::when).
    ///
    /// # Panics
    /// Where an event can't be written as JSON.
    #[track_caller]
    pub fn given<A: Aggregate>(
        mut self,
        id: &(impl AggregateId + IdOf<A>),
        history: impl IntoEvents<A>,
    ) -> Self {
        self.given.push(append(id, history, self.now, &self.metadata));
        self
    }

    /// These events of an entity come.
    ///
    /// # Panics
    /// Where an event can't be written as JSON.
    #[track_caller]
    pub fn when<A: Aggregate>(
        self,
        id: &(impl AggregateId + IdOf<A>),
        events: impl IntoEvents<A>,
    ) -> SubscriberWhen<S> {
        let SubscriberScenario { bench, given, now, metadata } = self;
        SubscriberWhen { bench, given, steps: Vec::new(), now, metadata }.when(id, events)
    }
}

/// Events that come to a subscriber. Awaited, it is run until all of them are handled or have failed for good.
#[must_use = "nothing is delivered until it is awaited"]
pub struct SubscriberWhen<S: EventSubscriber> {
    bench: Bench<S>,
    given: Vec<Append>,
    steps: Vec<Step>,
    now: Timestamp,
    metadata: Metadata,
}

impl<S: EventSubscriber> SubscriberWhen<S> {
    /// What comes after a step.
    pub(super) fn next(bench: Bench<S>) -> Self {
        let (now, metadata) = (Timestamp::UNIX_EPOCH, Metadata::new());
        SubscriberWhen { bench, given: Vec::new(), steps: Vec::new(), now, metadata }
    }

    /// Then, when those before are handled, these events of an entity come.
    ///
    /// # Panics
    /// Where an event can't be written as JSON.
    #[track_caller]
    pub fn when<A: Aggregate>(
        mut self,
        id: &(impl AggregateId + IdOf<A>),
        events: impl IntoEvents<A>,
    ) -> Self {
        self.steps.push(Step::When(append(id, events, self.now, &self.metadata)));
        self
    }

    /// Each event is delivered once more after its handler is done with it, as it is when a process dies before it has
    /// stored that. What goes through the handler's context and its transaction is there once all the same; what
    /// isn't bears repetition, or the test shows that it doesn't.
    pub fn redelivered(self) -> Self {
        self.bench.recorder.redelivers(true);
        self
    }

    pub(super) fn after(mut self, time: Duration) -> Self {
        self.steps.push(Step::After(time));
        self
    }

    pub(super) fn retry(mut self) -> Self {
        self.steps.push(Step::Retry);
        self
    }
}

impl<S: EventSubscriber> IntoFuture for SubscriberWhen<S> {
    type Output = SubscriberThen<S>;
    type IntoFuture = BoxFuture<'static, SubscriberThen<S>>;

    fn into_future(self) -> Self::IntoFuture {
        let SubscriberWhen { mut bench, given, steps, .. } = self;
        Box::pin(async move {
            let outcome = bench.play(given, steps).await;
            bench.recorder.redelivers(false);
            SubscriberThen::new(bench, outcome)
        })
    }
}

/// Events on their way to the end of a stream, wherever that is.
#[track_caller]
fn append<A: Aggregate>(
    id: &(impl AggregateId + IdOf<A>),
    events: impl IntoEvents<A>,
    now: Timestamp,
    metadata: &Metadata,
) -> Append {
    let mut decided = Events::new();
    events.into_events(&mut decided);
    let mut append = Append::new(A::TYPE, id.to_string(), Version::NONE, now);
    append.metadata = metadata.to_stored();
    append.deletes = decided.iter().any(EventSet::deletes);
    for event in decided.decided() {
        if let Err(error) = append.push(EventId::new(), event.stored()) {
            fail(&format!("{error}: {}", error.source));
        }
    }
    append
}
