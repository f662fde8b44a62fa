use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::events::listed;
use super::outcome::{Outcome, Stored, unhandled};
use super::recorder::{Call, Recorder};
use crate::store::{
    Append, AppendError, FeedFilter, FeedQuery, Position, RawEvent, StoreError, StreamQuery,
};
use crate::subscription::{
    ControlError, DeadLetter, OnFailure, Routes, Start, SubscriberOptions, SubscriptionControl,
    Subscriptions, WaitError,
};
use crate::{EventId, EventStore, EventSubscriber};

/// Handlers that do nothing for longer, pauses between attempts apart, are taken to be stuck.
const STUCK: Duration = Duration::from_secs(30);
/// So many attempts more than the retry policy allows mean that an event is never given up.
const TOO_MANY: usize = 10;
/// How often that is looked at, and whether a retry is done.
const LOOK: Duration = Duration::from_secs(1);
const LOOK_AT_RETRY: Duration = Duration::from_millis(10);
/// Handlers that are stuck are dropped after this.
const GRACE: Duration = Duration::from_secs(1);
/// A subscriber whose own commands lead to more events that it handles goes on for ever.
const ENDLESS: usize = 1_000;
/// A page of the feed, and of events that wait.
const PAGE: u32 = 1_000;

/// A subscriber under test, on a store.
pub(super) struct Bench<S> {
    store: Arc<dyn EventStore>,
    pub(super) recorder: Arc<Recorder<S>>,
    pub(super) options: SubscriberOptions,
    /// What its handlers take.
    wanted: FeedFilter,
    /// The events that the test stored.
    own: HashSet<EventId>,
    /// The events that were delivered, in all steps.
    delivered: Vec<Stored>,
    /// Up to here all are among the delivered ones; `None` before the first step.
    reached: Option<Position>,
    /// The failures that the test has looked at, each with the number of its attempts.
    pub(super) expected: HashSet<(Position, u32)>,
}

/// A part of a scenario.
pub(super) enum Step {
    /// Events come, and are delivered.
    When(Append),
    /// Time goes by.
    After(Duration),
    /// Somebody wants the waiting events to be tried again.
    Retry,
}

/// Why a scenario couldn't be played to its end, in words.
pub(super) type Broken = String;

impl<S: EventSubscriber> Bench<S> {
    pub(super) fn new(store: impl EventStore, subscriber: S) -> Self {
        Bench {
            store: Arc::new(store),
            recorder: Arc::new(Recorder::of(subscriber)),
            options: S::OPTIONS,
            wanted: Routes::to(S::HANDLERS, &[]).filter(),
            own: HashSet::new(),
            delivered: Vec::new(),
            reached: None,
            expected: HashSet::new(),
        }
    }

    /// Stores what is given, and runs the subscriber until what follows is handled.
    pub(super) async fn play(
        &mut self,
        given: Vec<Append>,
        steps: Vec<Step>,
    ) -> Result<Outcome, Broken> {
        for append in given {
            self.append(append).await.map_err(in_words)?;
        }
        let begin = self.store.feed_end().await.map_err(in_words)?;
        if self.reached.is_none() {
            self.forget_progress().await.map_err(in_words)?;
            self.reached = Some(begin);
        }
        let first_call = self.recorder.calls().len();

        let options = self.options.clone().start(Start::After(begin));
        let retry = options.retry.full_waits();
        let subscriptions = Subscriptions::new(Arc::clone(&self.store))
            .grace(GRACE)
            .subscribe_with(Arc::clone(&self.recorder), options.retry(retry));
        let control = subscriptions.control();
        let mut played = Ok(());
        let run = subscriptions.run(async { played = self.play_all(steps, &control).await });
        run.await.map_err(in_words)?;
        played?;

        let letters = self.letters(&control).await.map_err(in_words)?;
        let mut appended = self.read(begin, &FeedFilter::all()).await.map_err(in_words)?;
        appended.retain(|event| !self.own.contains(&event.event_id));
        let calls = self.recorder.calls().clone();
        let unhandled = unhandled(&self.delivered, letters, &calls[first_call..]);
        Ok(Outcome { appended, unhandled, calls, first_call })
    }

    /// Of a subscriber that ran on this store before, so that nothing is delivered but what comes now.
    async fn forget_progress(&self) -> Result<(), StoreError> {
        match self.store.subscriptions() {
            Some(subscriptions) => subscriptions.remove(S::ID).await,
            None => Ok(()),
        }
    }

    async fn play_all(
        &mut self,
        steps: Vec<Step>,
        control: &SubscriptionControl,
    ) -> Result<(), Broken> {
        for step in steps {
            match step {
                Step::When(append) => {
                    self.check_wanted(&append)?;
                    self.append(append).await.map_err(in_words)?;
                }
                Step::After(time) => sleep(time).await,
                Step::Retry => self.retry(control).await?,
            }
            self.settle(control).await?;
        }
        Ok(())
    }

    /// A scenario whose events no handler takes tests nothing.
    fn check_wanted(&self, append: &Append) -> Result<(), Broken> {
        let types = append.events().iter().map(|event| event.event_type);
        if types.clone().any(|event_type| self.wanted.matches(append.entity_type, event_type)) {
            return Ok(());
        }
        Err(format!(
            "`{}` has no handler for any of these events of {}, so nothing is tested\n{}",
            S::ID,
            append.entity_type,
            listed(types)
        ))
    }

    /// Stores events after those that the entity has.
    async fn append(&mut self, mut append: Append) -> Result<(), AppendError> {
        let query = StreamQuery::new(append.entity_type, &append.entity_id).limit(0);
        append.expected =
            self.store.load(query, &mut |_: RawEvent<'_>| ControlFlow::Continue(())).await?.version;
        self.own.extend(append.events().iter().map(|event| event.event_id));
        self.store.append(append).await?;
        Ok(())
    }

    /// Waits until each event is handled or given up, also those that the subscriber itself leads to.
    async fn settle(&mut self, control: &SubscriptionControl) -> Result<(), Broken> {
        let mut followed = 0;
        loop {
            let reached = self.reached.unwrap_or_default();
            let new = self.read(reached, &self.wanted).await.map_err(in_words)?;
            followed += new.iter().filter(|event| !self.own.contains(&event.event_id)).count();
            let Some(last) = new.last() else { return Ok(()) };
            if followed > ENDLESS {
                return Err(format!(
                    "what the subscriber does leads to events that it handles, without end; the last of {followed}\n  {last}"
                ));
            }
            for event in new {
                self.wait_for(&event, control).await?;
                self.reached = Some(event.position);
                self.delivered.push(event);
            }
        }
    }

    async fn wait_for(&self, event: &Stored, control: &SubscriptionControl) -> Result<(), Broken> {
        let (token, began) = (event.token(), Instant::now());
        loop {
            match control.wait_for(S::ID, &token, LOOK).await {
                Ok(()) | Err(WaitError::Waits(_)) => return Ok(()),
                Err(WaitError::TimedOut { .. }) => self.check_hope(event, began)?,
                Err(WaitError::Control(error)) => return Err(in_words(error)),
            }
        }
    }

    /// Whether an event that isn't handled may still be, after what was done since the wait for it began.
    fn check_hope(&self, event: &Stored, began: Instant) -> Result<(), Broken> {
        let calls = self.recorder.calls();
        let since = calls.iter().filter(|call| !call.ended_before(began));
        let latest = since.clone().map(Call::latest).fold(began, Instant::max);
        let mut attempts = since.filter(|call| call.position == event.position);
        let tried = attempts.clone().count();
        let stuck = latest.elapsed() > STUCK + self.options.retry.longest();
        if !stuck && tried < self.options.retry.limit() as usize + TOO_MANY {
            return Ok(());
        }
        let last = attempts.next_back().map(ToString::to_string);
        Err(format!(
            "the event is neither handled nor given up, after {tried} attempts\n  {event}\nthe last one\n  {}",
            last.as_deref().unwrap_or("none")
        ))
    }

    /// Lets all that waits be tried again, until it is handled or waits again.
    async fn retry(&self, control: &SubscriptionControl) -> Result<(), Broken> {
        let before = heads(self.letters(control).await.map_err(in_words)?);
        control.retry(S::ID, None).await.map_err(in_words)?;
        let began = Instant::now();
        loop {
            let heads = heads(self.letters(control).await.map_err(in_words)?);
            let is_due = |letter: &DeadLetter| match self.options.on_failure {
                OnFailure::Park => !letter.parked,
                OnFailure::Block | OnFailure::Skip => before
                    .get(&letter.position)
                    .is_some_and(|before| before.attempts == letter.attempts),
            };
            let mut due = self
                .delivered
                .iter()
                .filter(|event| heads.get(&event.position).is_some_and(is_due));
            match due.next() {
                Some(event) => self.check_hope(event, began)?,
                None => return Ok(()),
            }
            sleep(LOOK_AT_RETRY).await;
        }
    }

    async fn letters(
        &self,
        control: &SubscriptionControl,
    ) -> Result<Vec<DeadLetter>, ControlError> {
        let mut letters: Vec<DeadLetter> = Vec::new();
        loop {
            let after = letters.last().map_or(Position::START, |letter| letter.position);
            let page = control.dead_letters(S::ID, after, PAGE).await?;
            if page.is_empty() {
                return Ok(letters);
            }
            letters.extend(page);
        }
    }

    /// The events after a position.
    async fn read(
        &self,
        mut after: Position,
        filter: &FeedFilter,
    ) -> Result<Vec<Stored>, StoreError> {
        let mut events = Vec::new();
        loop {
            let query = FeedQuery::new(after, PAGE, filter);
            let mut visit = |position, raw: RawEvent<'_>| {
                events.push(Stored::of(position, &raw));
                ControlFlow::Continue(())
            };
            let page = self.store.feed(query, &mut visit).await?;
            if page.at_end {
                return Ok(events);
            }
            after = page.last;
        }
    }
}

fn in_words(error: impl Display) -> Broken {
    error.to_string()
}

/// The first waiting event of each entity, by position.
fn heads(letters: Vec<DeadLetter>) -> HashMap<Position, DeadLetter> {
    let mut entities = HashSet::new();
    let heads = letters.into_iter().filter(|letter| entities.insert(letter.entity.clone()));
    heads.map(|letter| (letter.position, letter)).collect()
}
