use std::collections::HashSet;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, watch};
use tokio::task::yield_now;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::page::Page;
use super::running::Running;
use crate::store::{Position, StoreError};
use crate::subscription::{Advance, AdvanceError, EntityKey, Held};

/// How often waiting events are looked at.
const LOOK_AT_WAITING: Duration = Duration::from_millis(500);
/// How long progress that no handler made may stay unsaved.
const SAVE_IDLE: Duration = Duration::from_millis(250);

/// What a lane does with a page: its own events, in order, at least one.
pub(super) struct Work {
    pub(super) page: Arc<Page>,
    /// The numbers of its units.
    pub(super) units: Vec<u32>,
    /// Up to here there is nothing else for it.
    pub(super) last: Position,
}

/// What a lane is told of pages in which it has nothing to do. That takes no room among its work.
#[derive(Clone, Copy)]
pub(super) struct Told {
    /// How much work it was given before.
    pub(super) given: u64,
    /// Behind that work there is nothing for it up to here.
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

/// What a lane does next.
enum Next {
    /// It looks at events that wait.
    Waiting,
    /// It handles new ones; `None` where there won't be any more.
    Work(Option<Work>),
    /// It takes note of what it was told.
    Told,
    /// It stores its progress.
    Save,
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
    /// How much work it has done.
    pub(super) done: u64,
    /// Up to here there is nothing more to handle, and up to here that is stored.
    pub(super) at: Position,
    pub(super) saved: Position,
    pub(super) told: watch::Receiver<Told>,
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
        // Whether events wait that are due.
        let mut are_due = false;
        loop {
            let (saves, waits) = (self.at > self.saved, !self.waiting.is_empty());
            let next = tokio::select! {
                biased;
                () = asked(&mut self.stop) => break,
                () = ready(()), if are_due => Next::Waiting,
                _ = look.tick(), if waits => Next::Waiting,
                _ = nudged.changed(), if waits => Next::Waiting,
                work = work.recv() => Next::Work(work),
                Ok(()) = self.told.changed() => Next::Told,
                () = sleep_until(save_at), if saves => Next::Save,
            };
            match next {
                Next::Waiting => {
                    are_due = self.retry_due().await?;
                    look.reset();
                    if saves && Instant::now() >= save_at {
                        self.save().await?;
                    }
                    // A store in memory answers at once, and others have to have their turn, too.
                    yield_now().await;
                    // Then new ones have their turn, however many are due.
                    match work.try_recv() {
                        Ok(work) => self.handle(work).await?,
                        Err(TryRecvError::Empty) => {}
                        Err(TryRecvError::Disconnected) => break,
                    }
                }
                Next::Work(Some(work)) => self.handle(work).await?,
                Next::Work(None) => break,
                Next::Told => {}
                Next::Save => self.save().await?,
            }
            self.hear();
            if !saves && self.at > self.saved {
                save_at = Instant::now() + SAVE_IDLE;
            }
        }
        self.save().await
    }

    /// Takes note of what it was told, once all work before that is done.
    fn hear(&mut self) {
        let Told { given, last } = *self.told.borrow_and_update();
        if given == self.done && last > self.at {
            self.is_at(last);
        }
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
        self.done += 1;
        self.is_at(last);
        Ok(())
    }

    fn is_at(&mut self, position: Position) {
        self.at = position;
        self.running.shared.lane_is_at(self.number, position);
    }

    /// Progress of this lane, without anything else.
    pub(super) fn progress(&self) -> Advance<'_> {
        Advance::new(&self.running.name, &self.owner, &self.held)
    }

    /// Stores the progress that isn't stored.
    async fn save(&mut self) -> Result<(), Stop> {
        if self.at > self.saved {
            self.store(self.progress().to(self.at)).await?;
            self.saved = self.at;
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
