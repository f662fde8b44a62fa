use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::store::Position;
use crate::subscription::HandlerError;

/// What others in the process see of a running subscriber, and how they wake it.
#[derive(Debug)]
pub(crate) struct Shared {
    caught_up: watch::Sender<CaughtUp>,
    /// Changes with each progress that is stored.
    advanced: watch::Sender<()>,
    /// Changes when somebody wants it to look at what is stored of it.
    nudge: watch::Sender<()>,
    run: Mutex<Run>,
    /// Whether any event is failing, or losing its connection.
    fails: AtomicBool,
}

/// Whether a subscriber had handled everything once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaughtUp {
    NotYet,
    Yes,
    /// It has ended before.
    Never,
}

#[derive(Debug, Default)]
struct Run {
    /// Up to where each lane has handled its events.
    lanes: Vec<Position>,
    /// The end of the feed, as it was when a reader came to it.
    end: Option<Position>,
    last_error: Option<LastError>,
    /// How many errors there were.
    errors: u64,
    /// The events that failed and are neither handled nor given up, and how often.
    failing: HashMap<Position, u32>,
    /// The events whose connection was lost, while the store answered, and that aren't done with.
    losing: HashSet<Position>,
}

#[derive(Debug)]
struct LastError {
    text: String,
    /// The lane whose handler failed; `None` where the event was skipped, which nothing makes good.
    lane: Option<usize>,
    /// Whether that lane has stored progress since.
    overcome: bool,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Shared {
            caught_up: watch::Sender::new(CaughtUp::NotYet),
            advanced: watch::Sender::new(()),
            nudge: watch::Sender::new(()),
            run: Mutex::default(),
            fails: AtomicBool::new(false),
        }
    }

    /// Ends when it has caught up, or won't any more. Tells which.
    pub(crate) async fn caught_up(&self) -> CaughtUp {
        let mut caught_up = self.caught_up.subscribe();
        // The sender is here, so it isn't gone.
        let known = caught_up.wait_for(|caught_up| *caught_up != CaughtUp::NotYet).await;
        known.map_or(CaughtUp::Never, |known| *known)
    }

    /// It isn't run any more.
    pub(super) fn ends(&self) {
        self.decide(CaughtUp::Never);
    }

    pub(crate) fn advances(&self) -> watch::Receiver<()> {
        self.advanced.subscribe()
    }

    pub(crate) fn nudged(&self) -> watch::Receiver<()> {
        self.nudge.subscribe()
    }

    pub(crate) fn nudge(&self) {
        self.nudge.send_replace(());
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        self.run().last_error.as_ref().map(|last| last.text.clone())
    }

    /// Names the last error, if its lane went on since. To be asked before it is looked up whether events wait, for what
    /// is stored of the failed one is stored before that.
    pub(super) fn overcome(&self) -> Option<u64> {
        let run = self.run();
        run.last_error.as_ref().filter(|last| last.overcome).map(|_| run.errors)
    }

    /// Forgets the error of that name.
    pub(super) fn forget_error(&self, name: Option<u64>) {
        let mut run = self.run();
        if name == Some(run.errors) {
            run.last_error = None;
        }
    }

    /// How often an event failed, in whatever lanes its partition was.
    pub(super) fn failures(&self, position: Position) -> u32 {
        if !self.fails.load(Ordering::Relaxed) {
            return 0;
        }
        self.run().failing.get(&position).copied().unwrap_or_default()
    }

    /// An event failed once more.
    pub(super) fn fails_again(&self, position: Position) {
        *self.run().failing.entry(position).or_default() += 1;
        self.fails.store(true, Ordering::Relaxed);
    }

    /// The connection of an event's transaction was lost, while the store answered. Tells whether that was so before.
    pub(super) fn loses_connection(&self, position: Position) -> bool {
        let new = self.run().losing.insert(position);
        self.fails.store(true, Ordering::Relaxed);
        !new
    }

    /// Events are handled, or given up.
    pub(super) fn is_done_with(&self, positions: impl Iterator<Item = Position>) {
        if self.fails.load(Ordering::Relaxed) {
            let Run { failing, losing, .. } = &mut *self.run();
            for position in positions {
                failing.remove(&position);
                losing.remove(&position);
            }
            self.fails.store(!(failing.is_empty() && losing.is_empty()), Ordering::Relaxed);
        }
    }

    /// A lane has stored progress.
    pub(super) fn advanced(&self, lane: usize) {
        if let Some(last) = &mut self.run().last_error {
            last.overcome |= last.lane == Some(lane);
        }
        self.advanced.send_replace(());
    }

    /// A handler failed for good in this lane, and its event waits, or it fails with an outage, and the lane does.
    pub(super) fn failed(&self, lane: usize, error: &HandlerError) {
        self.fails(Some(lane), error);
    }

    /// A handler failed for good, and its event is skipped.
    pub(super) fn skipped(&self, error: &HandlerError) {
        self.fails(None, error);
    }

    fn fails(&self, lane: Option<usize>, error: &HandlerError) {
        let mut run = self.run();
        run.errors += 1;
        run.last_error = Some(LastError { text: error.to_string(), lane, overcome: false });
    }

    /// So many lanes begin, after this position.
    pub(super) fn lanes_begin(&self, lanes: usize, after: Position) {
        let mut run = self.run();
        run.lanes = vec![after; lanes];
        run.end = None;
        // Its lane may be gone. What waits is known from the store.
        if let Some(last) = &mut run.last_error {
            last.overcome = last.lane.is_some();
        }
    }

    /// All that is committed is up to here.
    pub(super) fn end_is(&self, end: Position) {
        let mut run = self.run();
        if *self.caught_up.borrow() != CaughtUp::NotYet {
            return;
        }
        run.end.get_or_insert(end);
        self.compare(&run);
    }

    /// A lane has handled all of its events up to here.
    pub(super) fn lane_is_at(&self, lane: usize, position: Position) {
        let mut run = self.run();
        if let Some(reached) = run.lanes.get_mut(lane) {
            *reached = position;
        }
        self.compare(&run);
    }

    fn compare(&self, run: &Run) {
        let Some(end) = run.end else { return };
        if run.lanes.iter().all(|reached| *reached >= end) {
            self.decide(CaughtUp::Yes);
        }
    }

    fn decide(&self, decided: CaughtUp) {
        self.caught_up.send_if_modified(|caught_up| {
            let open = *caught_up == CaughtUp::NotYet;
            if open {
                *caught_up = decided;
            }
            open
        });
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        // Nothing can panic while it is half changed.
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
