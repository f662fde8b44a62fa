use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::lane::Work;
use super::page::{Page, Room};
use super::running::Running;
use crate::store::{FeedQuery, FeedSignal, Position, StoreError};
use crate::subscription::Lease;

/// So many batches of each lane are a page: between two pages the database has nothing to do.
const BATCHES: u32 = 4;
/// Pages are no smaller and no larger, whatever the lanes and batches are.
const PAGE: std::ops::RangeInclusive<u32> = 256..=16_384;

/// Reads the feed for the lanes.
pub(super) struct Reader {
    running: Arc<Running>,
    lanes: Vec<mpsc::Sender<Work>>,
    /// For each partition where it is: the lane, and up to where its events are handled. `None` for what others have.
    partitions: Vec<Option<(usize, Position)>>,
    after: Position,
    signal: Box<dyn FeedSignal>,
}

impl Reader {
    /// Reads on from the lowest position of these partitions, which is `after`. They belong to the lanes in turns.
    pub(super) fn new(
        running: &Arc<Running>,
        leases: &[Lease],
        after: Position,
        lanes: Vec<mpsc::Sender<Work>>,
    ) -> Self {
        let highest = leases.iter().map(|lease| lease.held.partition + 1).max().unwrap_or_default();
        let mut partitions = vec![None; highest as usize];
        for (number, lease) in leases.iter().enumerate() {
            partitions[lease.held.partition as usize] =
                Some((lane_of(number, lanes.len()), lease.position));
        }
        Reader {
            running: Arc::clone(running),
            after,
            signal: running.store.feed_signal(),
            partitions,
            lanes,
        }
    }

    /// Reads until a lane is gone or the store fails.
    pub(super) async fn run(&mut self) -> Result<(), StoreError> {
        let running = Arc::clone(&self.running);
        let options = &running.options;
        let batches = options.lanes.saturating_mul(BATCHES);
        let limit = batches.saturating_mul(options.batch).clamp(*PAGE.start(), *PAGE.end());
        let filter = running.routes.filter();
        let mut room = Room::default();
        loop {
            let mut page = Page::with(room);
            let query = FeedQuery::new(self.after, limit, &filter);
            let mut take = |position, raw: crate::store::RawEvent<'_>| -> ControlFlow<()> {
                page.take(&running.routes, running.partitions, position, &raw)
            };
            let read = running.store.feed(query, &mut take).await?;
            // What comes after the end is less, as a rule.
            room = if read.at_end { Room::default() } else { page.room() };
            if read.last > self.after {
                self.after = read.last;
                if !self.distribute(page, read.last).await {
                    return Ok(());
                }
            }
            if read.at_end {
                running.shared.end_is(read.last);
                self.signal.changed().await;
            }
        }
    }

    /// Gives each lane what is its own, and tells whether all of them are there.
    async fn distribute(&mut self, page: Page, last: Position) -> bool {
        let mut units: Vec<Vec<u32>> = vec![Vec::new(); self.lanes.len()];
        for (number, unit) in page.units().iter().enumerate() {
            match self.partitions.get(unit.partition as usize) {
                Some(Some((lane, handled))) if unit.position > *handled => {
                    units[*lane].push(number as u32);
                }
                _ => {}
            }
        }
        let page = Arc::new(page);
        for (lane, units) in self.lanes.iter().zip(units) {
            let work = Work { page: Arc::clone(&page), units, last };
            if lane.send(work).await.is_err() {
                return false;
            }
        }
        true
    }
}

/// The lane of a partition, by the number of its lease.
pub(super) fn lane_of(lease: usize, lanes: usize) -> usize {
    lease % lanes
}
