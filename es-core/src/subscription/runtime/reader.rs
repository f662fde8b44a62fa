use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

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
    /// For each lane that had no room for it: up to where there is nothing for it.
    untold: Vec<Option<Work>>,
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
            untold: lanes.iter().map(|_| None).collect(),
            lanes,
        }
    }

    /// Reads until a lane is gone or the store fails.
    pub(super) async fn run(&mut self) -> Result<(), StoreError> {
        let running = Arc::clone(&self.running);
        let options = &running.options;
        let batches = options.lanes.saturating_mul(BATCHES);
        let most = batches.saturating_mul(options.batch).clamp(*PAGE.start(), *PAGE.end());
        let mut limit = *PAGE.start();
        let filter = running.routes.filter();
        let mut room = Room::default();
        loop {
            let mut page = Page::with(room);
            let query = FeedQuery::new(self.after, limit, &filter);
            let mut take = |position, raw: crate::store::RawEvent<'_>| -> ControlFlow<()> {
                page.take(&running.routes, running.partitions, position, &raw)
            };
            let read = running.store.feed(query, &mut take).await?;
            let fitted = page.is_full().then(|| page.units().len());
            limit = next_limit(limit, fitted, most);
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
                if !self.wait().await {
                    return Ok(());
                }
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
        for ((lane, untold), units) in self.lanes.iter().zip(&mut self.untold).zip(units) {
            let work = Work { page: Arc::clone(&page), units, last };
            *untold = None;
            if !work.units.is_empty() {
                if lane.send(work).await.is_err() {
                    return false;
                }
                continue;
            }
            // One that is busy and has nothing to do in this page doesn't keep the others waiting.
            match lane.try_send(Work { page: Arc::default(), ..work }) {
                Ok(()) => {}
                Err(TrySendError::Full(work)) => *untold = Some(work),
                Err(TrySendError::Closed(_)) => return false,
            }
        }
        true
    }

    /// Waits for more, and tells the lanes meanwhile how far they are.
    async fn wait(&mut self) -> bool {
        let Reader { lanes, untold, signal, .. } = self;
        let changed = signal.changed();
        let tell = async {
            for (lane, untold) in lanes.iter().zip(untold) {
                if untold.is_some() {
                    let Ok(room) = lane.reserve().await else { return false };
                    if let Some(work) = untold.take() {
                        room.send(work);
                    }
                }
            }
            std::future::pending().await
        };
        tokio::select! {
            _ = changed => true,
            told = tell => told,
        }
    }
}

/// How many events to ask for after a page that was asked for so many: more and more, unless only some of them fitted into
/// it. What doesn't fit is sent by servers all the same, and thrown away here.
fn next_limit(limit: u32, fitted: Option<usize>, most: u32) -> u32 {
    let next = match fitted {
        Some(events) => u32::try_from(events).unwrap_or(most),
        None => limit.saturating_mul(2),
    };
    next.clamp(*PAGE.start(), most)
}

/// The lane of a partition, by the number of its lease.
pub(super) fn lane_of(lease: usize, lanes: usize) -> usize {
    lease % lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_until_they_do_not_hold_what_was_asked_for() {
        let most = 4_096;
        assert_eq!(next_limit(256, None, most), 512);
        assert_eq!(next_limit(4_096, None, most), most);
        assert_eq!(next_limit(4_096, Some(400), most), 400);
        assert_eq!(next_limit(400, Some(4), most), 256);
        assert_eq!(next_limit(256, Some(256), 256), 256);
    }
}
