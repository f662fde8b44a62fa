use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::page::Page;
use super::running::Running;
use crate::store::{Position, StoreError};
use crate::subscription::{Advance, AdvanceError, EntityKey, Held};

/// How often waiting events are looked at.
const LOOK_AT_WAITING: Duration = Duration::from_millis(500);
/// How long progress that no handler made may stay unsaved.
const SAVE_IDLE: Duration = Duration::from_millis(250);

/// What a lane does with a page: its own events, in order.
pub(super) struct Work {
    pub(super) page: Arc<Page>,
    /// The numbers of its units.
    pub(super) units: Vec<u32>,
    /// Up to here there is nothing else for it.
    pub(super) last: Position,
}

/// Why a lane ends.
#[derive(Debug)]
pub(super) enum Stop {
    /// It was asked to, or there will be no more work.
    Asked,
    /// A partition isn't held any more.
    Lost,
    /// The store failed.
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Failed(error)
    }
}

impl From<AdvanceError> for Stop {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Lost => Stop::Lost,
            AdvanceError::Store(error) => Stop::Failed(error),
        }
    }
}

/// Handles the events of some partitions, one after the other.
pub(super) struct Lane {
    pub(super) running: Arc<Running>,
    pub(super) owner: Arc<str>,
    /// Its place among the lanes.
    pub(super) number: usize,
    pub(super) held: Vec<Held>,
    /// The entities with events that wait. Nobody else adds to these.
    pub(super) waiting: HashSet<EntityKey>,
    /// Up to here there is nothing more to handle, and it isn't stored yet.
    pub(super) unsaved: Option<Position>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Lane {
    /// Handles what comes, until there is no more.
    pub(super) async fn run(mut self, mut work: mpsc::Receiver<Work>) -> Stop {
        match self.go(&mut work).await {
            Ok(()) => Stop::Asked,
            Err(stop) => stop,
        }
    }

    async fn go(&mut self, work: &mut mpsc::Receiver<Work>) -> Result<(), Stop> {
        self.waiting = self.find_waiting().await?;
        let mut nudged = self.running.shared.nudged();
        let mut look = interval(LOOK_AT_WAITING);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut save_at = Instant::now();
        loop {
            let saves = self.unsaved.is_some();
            tokio::select! {
                biased;
                () = asked(&mut self.stop) => break,
                _ = look.tick(), if !self.waiting.is_empty() => self.retry_due().await?,
                _ = nudged.changed(), if !self.waiting.is_empty() => self.retry_due().await?,
                work = work.recv() => match work {
                    Some(work) => self.handle(work).await?,
                    None => break,
                },
                () = sleep_until(save_at), if saves => self.save().await?,
            }
            if !saves && self.unsaved.is_some() {
                save_at = Instant::now() + SAVE_IDLE;
            }
        }
        self.save().await
    }

    async fn handle(&mut self, work: Work) -> Result<(), Stop> {
        let Work { page, units, last } = work;
        let mut rest = &units[..];
        while !rest.is_empty() {
            if *self.stop.borrow() {
                return Err(Stop::Asked);
            }
            let done = self.handle_some(&page, rest, last).await?;
            rest = &rest[done..];
        }
        if units.is_empty() {
            self.unsaved = Some(last);
        }
        self.running.shared.lane_is_at(self.number, last);
        Ok(())
    }

    /// Progress of this lane, without anything else.
    pub(super) fn progress(&self) -> Advance<'_> {
        Advance::new(&self.running.name, &self.owner, &self.held)
    }

    /// Stores the progress that isn't stored.
    async fn save(&mut self) -> Result<(), Stop> {
        if let Some(position) = self.unsaved {
            self.store(self.progress().to(position)).await?;
            self.unsaved = None;
        }
        Ok(())
    }

    pub(super) fn partitions(&self) -> Vec<u32> {
        self.held.iter().map(|held| held.partition).collect()
    }

    pub(super) async fn find_waiting(&self) -> Result<HashSet<EntityKey>, StoreError> {
        let Running { subscriptions, name, .. } = &*self.running;
        let waiting = subscriptions.waiting(name, &self.partitions()).await?;
        Ok(waiting.into_iter().collect())
    }
}

/// Ends when the lane is to stop.
pub(super) async fn asked(stop: &mut watch::Receiver<bool>) {
    // Who could ask is gone: that is a reason to stop, too.
    let _ = stop.wait_for(|stop| *stop).await;
}
