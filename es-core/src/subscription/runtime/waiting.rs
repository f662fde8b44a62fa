use std::iter;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::Instant;

use super::batch::shorten;
use super::lane::{Lane, Stop};
use super::observe;
use super::outage::is_outage;
use super::page::Page;
use crate::store::{FeedFilter, FeedQuery, Position, RawEvent, StoreError};
use crate::subscription::{DeadLetter, EntityKey, HandlerError, NewDeadLetter, OnFailure};

/// How many entities are looked for at once.
const MOST_ENTITIES: u32 = 16;
/// After so long it is the turn of new events, however many are due.
const TURN: Duration = Duration::from_millis(500);

impl Lane {
    /// Tries the waiting events again that are due, each entity's in order, and tells whether more of them may be.
    pub(super) async fn retry_due(&mut self) -> Result<bool, Stop> {
        let subscriptions = self.running.subscriptions.clone();
        let partitions = self.partitions();
        let end = Instant::now() + TURN;
        let due = subscriptions.due(&self.running.name, &partitions, MOST_ENTITIES).await?;
        let many = due.len() >= MOST_ENTITIES as usize;
        let (mut done, mut is_over) = (0, false);
        for entity in &due {
            done += self.retry_entity(entity, end).await?;
            is_over = Instant::now() >= end;
            if is_over {
                break;
            }
        }
        // An operator may have skipped some.
        self.waiting = self.find_waiting().await?;
        // Where nothing helps, the next look is soon enough.
        Ok(is_over || (many && done > 0))
    }

    /// Tells how many of its events are done with.
    async fn retry_entity(&mut self, entity: &EntityKey, end: Instant) -> Result<usize, Stop> {
        let subscriptions = self.running.subscriptions.clone();
        let mut done = 0;
        loop {
            // One at a time: an operator may skip the next one while this one is tried.
            let queue = subscriptions.queue(&self.running.name, entity, 1).await?;
            let Some(letter) = queue.into_iter().next() else { return Ok(done) };
            if *self.stop.borrow() {
                return Err(Stop::Asked);
            }
            if !self.retry_letter(letter).await? {
                return Ok(done);
            }
            done += 1;
            if Instant::now() >= end {
                return Ok(done);
            }
        }
    }

    /// Tries a waiting event again, and tells whether it is done with.
    async fn retry_letter(&mut self, letter: DeadLetter) -> Result<bool, Stop> {
        let page = self.read_at(letter.position).await?;
        let Some(unit) = page.units().first().filter(|unit| unit.event_id == letter.event_id)
        else {
            // It means nothing to this subscriber any more, or the store was set back to a time before it.
            self.store(self.progress().remove(letter.position)).await?;
            self.running.shared.is_done_with(iter::once(letter.position));
            return Ok(true);
        };
        let mut transaction = match unit.transactional {
            true => Some(self.running.store.begin().await?),
            false => None,
        };
        let attempt = letter.attempts + 1;
        let delivered = self.deliver_attempt(&page, unit, transaction.as_mut(), attempt).await;
        let handled = match (delivered, transaction) {
            (Ok(()), transaction) => {
                let progress = self.progress().remove(letter.position);
                let committed = self.commit(transaction, progress).await?;
                committed.map_err(|error| self.blame(letter.position, error))
            }
            (Err(error), Some(transaction)) => {
                Err(self.roll_back(transaction, &page, unit, true, error).await)
            }
            (Err(error), None) => Err(error),
        };
        let Err(error) = handled else {
            self.running.shared.is_done_with(iter::once(letter.position));
            observe::recovered(self.running.id, &letter.entity, attempt);
            return Ok(true);
        };
        self.fails_again(letter, &error).await
    }

    /// Decides what becomes of a waiting event that failed again, and tells whether it is done with.
    async fn fails_again(&self, letter: DeadLetter, error: &HandlerError) -> Result<bool, Stop> {
        let options = &self.running.options;
        let attempts = letter.attempts + 1;
        if is_outage(error) {
            observe::retried(self.running.id, &letter.entity, attempts, error);
            let failed = NewDeadLetter { due_in: Some(options.pauses.first), ..again(letter) };
            self.store(self.progress().failed(&failed)).await?;
            return Ok(false);
        }
        let due_in = self.due_again(attempts, error);
        match due_in {
            Some(_) => observe::retried(self.running.id, &letter.entity, attempts, error),
            None => observe::gave_up(
                self.running.id,
                &letter.entity,
                options.on_failure,
                attempts,
                error,
            ),
        }
        if options.on_failure == OnFailure::Skip && due_in.is_none() {
            self.running.shared.skipped(error);
            self.store(self.progress().remove(letter.position)).await?;
            self.running.shared.is_done_with(iter::once(letter.position));
            return Ok(true);
        }
        self.running.shared.failed(self.number, error);
        let failed =
            NewDeadLetter { attempts, due_in, error: Some(shorten(error)), ..again(letter) };
        self.store(self.progress().failed(&failed)).await?;
        Ok(false)
    }

    /// When a waiting event that failed is tried again; `None` where it is given up.
    fn due_again(&self, attempts: u32, error: &HandlerError) -> Option<Duration> {
        let options = &self.running.options;
        let limit = self.policy(error).map(|policy| policy.limit());
        let tries = match options.on_failure {
            OnFailure::Block => return self.due_in(attempts, error),
            // It may have waited only for an earlier event.
            OnFailure::Skip => limit.is_some_and(|limit| attempts < limit),
            // Somebody wants a parked event to be tried again: as often as a new one.
            OnFailure::Park => limit.is_some_and(|limit| !attempts.is_multiple_of(limit)),
        };
        tries.then_some(options.pauses.first)
    }

    /// The event at a position, as this program reads it now.
    async fn read_at(&self, position: Position) -> Result<Page, StoreError> {
        let running = &*self.running;
        let (mut page, all) = (Page::default(), FeedFilter::all());
        let mut after = Position::new(position.get().saturating_sub(1));
        loop {
            let query = FeedQuery::new(after, 1, &all);
            let mut show = |found, raw: RawEvent<'_>| {
                if found == position {
                    let _ = page.take(&running.routes, 1, found, &raw);
                }
                ControlFlow::Break(())
            };
            let read = running.store.feed(query, &mut show).await?;
            if read.last >= position || read.at_end {
                return Ok(page);
            }
            after = read.last;
        }
    }
}

/// A waiting event, to be stored again.
fn again(letter: DeadLetter) -> NewDeadLetter {
    NewDeadLetter {
        entity: letter.entity,
        partition: letter.partition,
        position: letter.position,
        event_id: letter.event_id,
        attempts: letter.attempts,
        due_in: None,
        error: letter.error,
    }
}
