use std::ops::RangeInclusive;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};

use super::lane::{Told, Work};
use super::page::{Page, Room};
use super::running::Running;
use crate::store::{FeedQuery, FeedSignal, Position, RawEvent, StoreError};
use crate::subscription::Lease;

/// So many batches of each lane are a page: between two pages the database has nothing to do.
const BATCHES: u32 = 4;
/// Pages begin with so many events, and have no more than these, whatever the lanes and batches are.
const FIRST_PAGE: u32 = 64;
const MOST: RangeInclusive<u32> = 256..=16_384;

/// Reads the feed for the lanes.
pub(super) struct Reader {
    running: Arc<Running>,
    lanes: Vec<Feeding>,
    /// For each partition where it is: the lane, and up to where its events are handled. `None` for what others have.
    partitions: Vec<Option<(usize, Position)>>,
    after: Position,
    signal: Box<dyn FeedSignal>,
}

/// How a lane is fed.
pub(super) struct Feeding {
    pub(super) work: mpsc::Sender<Work>,
    /// How much it was given.
    pub(super) given: u64,
    pub(super) told: watch::Sender<Told>,
}

impl Reader {
    /// Reads on from the lowest position of these partitions, which is `after`. They belong to the lanes in turns.
    pub(super) fn new(
        running: &Arc<Running>,
        leases: &[Lease],
        after: Position,
        lanes: Vec<Feeding>,
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
        let most = batches.saturating_mul(options.batch).clamp(*MOST.start(), *MOST.end());
        let mut limit = Limit { next: FIRST_PAGE, came: 0, most };
        let filter = running.routes.filter();
        let mut room = Room::default();
        loop {
            let mut page = Page::with(room);
            let query = FeedQuery::new(self.after, limit.next, &filter);
            let mut shown = 0;
            let mut take = |position, raw: RawEvent<'_>| {
                shown += 1;
                page.take(&running.routes, running.partitions, position, &raw)
            };
            let read = running.store.feed(query, &mut take).await?;
            limit.learn(shown, page.is_full(), read.at_end);
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
        // One that is busy keeps the others waiting only when they have theirs.
        let mut busy = Vec::new();
        for (lane, units) in self.lanes.iter_mut().zip(units) {
            if units.is_empty() {
                lane.told.send_replace(Told { given: lane.given, last });
                continue;
            }
            lane.given += 1;
            match lane.work.try_send(Work { page: Arc::clone(&page), units, last }) {
                Ok(()) => {}
                Err(TrySendError::Full(work)) => busy.push(lane.work.send(work)),
                Err(TrySendError::Closed(_)) => return false,
            }
        }
        try_join_all(busy).await.is_ok()
    }
}

/// How many events to ask for.
struct Limit {
    next: u32,
    /// How many have come since the reader was at the end.
    came: u32,
    most: u32,
}

impl Limit {
    /// After a page with so many events: more and more, unless it took no more of them; what it doesn't take is sent by servers
    /// all the same. At the end, twice as many as came since the last time.
    fn learn(&mut self, shown: u32, is_full: bool, at_end: bool) {
        self.came = self.came.saturating_add(shown);
        let next = match () {
            () if is_full => shown,
            () if at_end => self.came.saturating_mul(2).max(FIRST_PAGE),
            () if shown == self.next => shown.saturating_mul(2),
            () => self.next,
        };
        self.next = next.clamp(1, self.most);
        if at_end {
            self.came = 0;
        }
    }
}

/// The lane of a partition, by the number of its lease.
pub(super) fn lane_of(lease: usize, lanes: usize) -> usize {
    lease % lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(next: u32, shown: u32, is_full: bool) -> u32 {
        let mut limit = Limit { next, came: 0, most: 4_096 };
        limit.learn(shown, is_full, false);
        limit.next
    }

    #[test]
    fn pages_grow_until_they_do_not_hold_what_was_asked_for() {
        assert_eq!(after(64, 64, false), 128);
        assert_eq!(after(64, 63, false), 64);
        assert_eq!(after(4_096, 4_096, false), 4_096);
        assert_eq!(after(4_096, 400, true), 400);
        assert_eq!(after(400, 0, true), 1);
    }

    #[test]
    fn at_the_end_a_page_has_room_for_twice_as_many_as_came() {
        let mut limit = Limit { next: 1_024, came: 0, most: 4_096 };
        let mut at_end = |pages: &[u32], is_full| {
            let (last, others) = pages.split_last().unwrap();
            others.iter().for_each(|shown| limit.learn(*shown, false, false));
            limit.learn(*last, is_full, true);
            limit.next
        };
        assert_eq!(at_end(&[0], false), 64);
        assert_eq!(at_end(&[64, 128, 256, 112, 40], false), 1_200);
        assert_eq!(at_end(&[4_000], false), 4_096);
        assert_eq!(at_end(&[56, 4], true), 4);
        assert_eq!(at_end(&[0], false), 64, "what came before the last end counts for nothing");
    }
}
