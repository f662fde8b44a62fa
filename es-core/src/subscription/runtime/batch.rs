use std::time::Duration;

use tokio::time::Instant;
use tracing::Instrument;

use super::lane::{Lane, Stop, asked};
use super::observe;
use super::outage::is_outage;
use super::page::{Page, Unit};
use crate::store::{Position, StoreError};
use crate::subscription::{
    Advance, AdvanceError, Delivery, HandlerError, NewDeadLetter, OnFailure,
};
use crate::{RetryPolicy, Transaction};

/// A transaction isn't kept open for longer, since others may wait for it.
const LONGEST_TRANSACTION: Duration = Duration::from_millis(200);
/// Progress isn't kept unsaved for longer.
const LONGEST_BATCH: Duration = Duration::from_secs(1);

/// What became of a batch.
enum Attempt {
    /// So many events are handled, and that is stored.
    Done(usize),
    /// The event after `done` others, which are handled and stored, and `before` more, which aren't, failed.
    Failed { done: usize, before: usize, error: HandlerError },
    /// The database refused the transaction of so many events, at least two, and it isn't known for which of them.
    Refused(usize),
}

impl Lane {
    /// Handles the first of these events, at least one, and stores that. Returns how many.
    pub(super) async fn handle_some(
        &mut self,
        page: &Page,
        units: &[u32],
        last: Position,
    ) -> Result<usize, Stop> {
        let (mut done, mut end) = (0, batch_length(page, units, self.running.options.batch));
        // Those that failed, the first one last. What came before such a one was rolled back with it, so that is handled
        // first, without it; and it isn't tried again for that.
        let mut failed: Vec<(usize, HandlerError)> = Vec::new();
        loop {
            let error = failed.pop_if(|(next, _)| *next == done).map(|(_, error)| error);
            // It may have to wait by now, for one before it.
            if let Some(error) = error.filter(|_| !self.is_behind(page, units[done])) {
                self.settle(page, units[done], error).await?;
                done += 1;
            } else {
                end = end.max(done + 1);
                let through =
                    if end == units.len() { last } else { position(page, units[end - 1]) };
                match self.attempt(page, &units[done..end], through).await? {
                    Attempt::Done(more) => done += more,
                    Attempt::Failed { before, done: more, error } => {
                        done += more;
                        failed.push((done + before, error));
                    }
                    Attempt::Refused(events) => {
                        end = done + events / 2;
                        continue;
                    }
                }
            }
            match failed.last() {
                Some((next, _)) if !*self.stop.borrow() => end = *next,
                _ => return Ok(done),
            }
        }
    }

    /// Handles these events, all with or all without a transaction, and stores progress.
    async fn attempt(
        &mut self,
        page: &Page,
        units: &[u32],
        through: Position,
    ) -> Result<Attempt, Stop> {
        let started = Instant::now();
        let transactional = units.first().is_some_and(|&unit| page.unit(unit).transactional);
        let (mut transaction, longest) = match transactional {
            true => (Some(self.running.store.begin().await?), LONGEST_TRANSACTION),
            false => (None, LONGEST_BATCH),
        };
        let mut waiting = Vec::new();
        let (mut done, mut failed) = (0, None);
        for &number in units {
            let unit = page.unit(number);
            if self.is_behind(page, number) {
                waiting.push(self.behind(page, unit));
            } else if let Err(error) = self.deliver(page, unit, transaction.as_mut()).await {
                failed = Some(error);
                break;
            }
            done += 1;
            if done < units.len() && (started.elapsed() > longest || *self.stop.borrow()) {
                break;
            }
        }
        let through = match done {
            0 => None,
            _ if done == units.len() => Some(through),
            _ => Some(position(page, units[done - 1])),
        };
        match (transaction, failed, through) {
            (Some(transaction), Some(error), _) => {
                let unit = page.unit(units[done]);
                let error = self.roll_back(transaction, page, unit, done == 0, error).await;
                self.count(unit.position, &error);
                Ok(Attempt::Failed { done: 0, before: done, error })
            }
            (None, Some(error), None) => {
                self.count(position(page, units[0]), &error);
                Ok(Attempt::Failed { done: 0, before: 0, error })
            }
            (transaction, failed, Some(through)) => {
                if let Some(error) = &failed {
                    self.count(position(page, units[done]), error);
                }
                let progress = self.progress().to(through).adding(&waiting);
                if let Err(error) = self.commit(transaction, progress).await? {
                    if done > 1 {
                        return Ok(Attempt::Refused(done));
                    }
                    let position = position(page, units[0]);
                    let error = self.blame(position, error);
                    self.count(position, &error);
                    return Ok(Attempt::Failed { done: 0, before: 0, error });
                }
                self.saved = through;
                let handled = units[..done].iter().map(|&number| position(page, number));
                self.running.shared.is_done_with(handled);
                observe::handled(self.running.id, done - waiting.len(), started.elapsed());
                match failed {
                    None => Ok(Attempt::Done(done)),
                    Some(error) => Ok(Attempt::Failed { done, before: 0, error }),
                }
            }
            (_, None, None) => Ok(Attempt::Done(0)),
        }
    }

    /// Lets the handlers of an event handle it.
    async fn deliver(
        &self,
        page: &Page,
        unit: &Unit,
        transaction: Option<&mut Transaction>,
    ) -> Result<(), HandlerError> {
        let attempt = self.running.shared.failures(unit.position) + 1;
        self.deliver_attempt(page, unit, transaction, attempt).await
    }

    /// Counts an error against an event.
    fn count(&self, position: Position, error: &HandlerError) {
        if !is_outage(error) {
            self.running.shared.fails_again(position);
        }
    }

    pub(super) async fn deliver_attempt(
        &self,
        page: &Page,
        unit: &Unit,
        mut transaction: Option<&mut Transaction>,
        attempt: u32,
    ) -> Result<(), HandlerError> {
        if let Some(error) = &unit.unreadable {
            return Err(HandlerError::permanent(error.clone()));
        }
        for (handler, raw) in page.deliveries(unit) {
            let span = observe::handling(self.running.id, &raw, unit.position, attempt);
            let delivery = Delivery {
                raw: &raw,
                position: Some(unit.position),
                subscriber: self.running.id,
                attempt,
                transaction: transaction.as_deref_mut(),
            };
            let delivered = self.running.subscriber.deliver(handler, delivery);
            // A span that nobody wants isn't free.
            match span.is_none() {
                true => delivered.await?,
                false => delivered.instrument(span).await?,
            }
        }
        Ok(())
    }

    /// Tries an event that failed again, alone, and decides what becomes of it if that doesn't help.
    async fn settle(
        &mut self,
        page: &Page,
        number: u32,
        mut error: HandlerError,
    ) -> Result<(), Stop> {
        let unit = page.unit(number);
        let mut pauses = 0;
        loop {
            let attempts = self.running.shared.failures(unit.position);
            let policy = match is_outage(&error) {
                true => {
                    self.running.shared.failed(self.number, &error);
                    Some(self.running.options.retry)
                }
                false => self.policy(&error).filter(|policy| attempts < policy.limit()),
            };
            let Some(policy) = policy else {
                return self.give_up(page, unit, attempts, &error).await;
            };
            observe::retried(self.running.id, &page.entity(unit), attempts, &error);
            pauses += 1;
            tokio::select! {
                () = asked(&mut self.stop) => return Err(Stop::Asked),
                () = policy.wait(attempts.max(pauses)) => {}
            }
            match self.attempt(page, &[number], unit.position).await? {
                Attempt::Done(_) => return Ok(()),
                Attempt::Failed { error: next, .. } => error = next,
                // One event is no two.
                Attempt::Refused(_) => {}
            }
        }
    }

    /// How often an event is tried that fails with this error, if it is at all.
    pub(super) fn policy(&self, error: &HandlerError) -> Option<RetryPolicy> {
        self.running.options.retry_after(error)
    }

    async fn give_up(
        &mut self,
        page: &Page,
        unit: &Unit,
        attempts: u32,
        error: &HandlerError,
    ) -> Result<(), Stop> {
        let on_failure = self.running.options.on_failure;
        observe::gave_up(self.running.id, &page.entity(unit), on_failure, attempts, error);
        if on_failure == OnFailure::Skip {
            self.running.shared.skipped(error);
            self.store(self.progress().to(unit.position)).await?;
            self.saved = unit.position;
            self.running.shared.is_done_with(std::iter::once(unit.position));
            return Ok(());
        }
        self.running.shared.failed(self.number, error);
        let letter = NewDeadLetter {
            attempts,
            due_in: self.due_in(attempts, error),
            error: Some(shorten(error)),
            ..self.behind(page, unit)
        };
        self.store(self.progress().to(unit.position).adding(&[letter])).await?;
        self.saved = unit.position;
        self.running.shared.is_done_with(std::iter::once(unit.position));
        self.waiting.insert(page.entity(unit));
        Ok(())
    }

    /// When an event that was given up is tried again.
    pub(super) fn due_in(&self, attempts: u32, error: &HandlerError) -> Option<Duration> {
        let options = &self.running.options;
        let tried = self.policy(error).unwrap_or(options.retry).limit();
        let given_up = attempts.saturating_sub(tried).min(20);
        let pause = options.pauses.first.saturating_mul(1 << given_up).min(options.pauses.longest);
        (options.on_failure == OnFailure::Block).then_some(pause)
    }

    /// Whether an event has to wait for an earlier one of its entity.
    fn is_behind(&self, page: &Page, number: u32) -> bool {
        !self.waiting.is_empty() && self.waiting.contains(&page.entity(page.unit(number)))
    }

    /// An event that waits for an earlier one of its entity.
    fn behind(&self, page: &Page, unit: &Unit) -> NewDeadLetter {
        NewDeadLetter {
            entity: page.entity(unit),
            partition: unit.partition,
            position: unit.position,
            event_id: unit.event_id,
            attempts: 0,
            due_in: Some(Duration::ZERO),
            error: None,
        }
    }

    /// Stores progress with what handlers did in the transaction, if there is one, or says what the database refused that
    /// with, or what the connection was lost with, though the store answers. Where the transaction's store keeps nothing of
    /// the subscriber, progress is stored afterwards.
    pub(super) async fn commit(
        &self,
        transaction: Option<Transaction>,
        progress: Advance<'_>,
    ) -> Result<Result<(), HandlerError>, Stop> {
        let Some(mut transaction) = transaction else {
            self.store(progress).await?;
            return Ok(Ok(()));
        };
        let transient = self.running.options.transient;
        let committed = async {
            if !transient {
                transaction.advance(&progress).await?;
            }
            Ok::<_, AdvanceError>(transaction.commit().await?)
        };
        match committed.await {
            // As where a handler passes over an error, or a constraint is checked at the end.
            Err(AdvanceError::Store(error @ StoreError::Database(_))) => {
                return Ok(Err(HandlerError::new(error)));
            }
            // Databases hang up on a client who does nothing for too long, or who sends too much at once.
            Err(AdvanceError::Store(error @ StoreError::Unavailable(_)))
                if self.store_answers().await =>
            {
                return Ok(Err(HandlerError::new(error)));
            }
            committed => committed?,
        }
        if transient {
            self.running.subscriptions.advance(&progress).await?;
        }
        self.running.shared.advanced(self.number);
        Ok(Ok(()))
    }

    /// Stores progress.
    pub(super) async fn store(&self, progress: Advance<'_>) -> Result<(), Stop> {
        self.running.subscriptions.advance(&progress).await?;
        self.running.shared.advanced(self.number);
        Ok(())
    }
}

/// How many of these events are handled together: up to `most` that are all transactional or all not.
fn batch_length(page: &Page, units: &[u32], most: u32) -> usize {
    let alike =
        |&number: &u32| page.unit(number).transactional == page.unit(units[0]).transactional;
    units.iter().take(most as usize).take_while(|number| alike(number)).count()
}

fn position(page: &Page, number: u32) -> Position {
    page.unit(number).position
}

/// The text of an error as it is kept: without NUL, and not too long.
pub(super) fn shorten(error: &HandlerError) -> String {
    let mut text = error.to_string().replace('\0', "\u{fffd}");
    text.truncate(text.floor_char_boundary(NewDeadLetter::MAX_ERROR_BYTES));
    text
}
