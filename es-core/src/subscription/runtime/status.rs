use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::routes::Routes;
use crate::store::{EventStore, FeedFilter, FeedQuery, Position, StoreError};
use crate::subscription::{StoredProgress, SubscriberInfo};

/// How far a subscriber is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SubscriberStatus {
    /// Its id.
    pub id: String,
    /// Up to here all of its events are handled or wait.
    pub position: Position,
    /// The position of the newest event.
    pub end: Position,
    /// How many positions it is behind the newest event. Events that it doesn't want count too, until it has passed them;
    /// without new ones that is within a second.
    pub lag_events: u64,
    /// How long ago its oldest event that isn't handled was decided, by the clock of the repository that did; zero where
    /// there is none. Events that wait don't count.
    pub lag: Duration,
    /// Whether it is paused.
    pub paused: bool,
    /// How many processes run it.
    pub members: u32,
    /// How many partitions it has.
    pub partitions: u32,
    /// How many events wait since a handler failed.
    pub waiting_events: u64,
    /// How many of these wait for `retry` or `skip`.
    pub parked_events: u64,
    /// The last error with which a handler failed for good in this process, or with an outage that its lane waits for, until
    /// no event waits any more. Where its event was skipped, that is until the next one.
    pub last_error: Option<String>,
}

pub(super) async fn of(
    store: &dyn EventStore,
    id: &str,
    filter: &FeedFilter,
    stored: StoredProgress,
    last_error: Option<String>,
) -> Result<SubscriberStatus, StoreError> {
    let position = stored.partitions.iter().map(|found| found.position).min();
    let position = position.unwrap_or(Position::START);
    let end = store.feed_end().await?;
    let lag = match end > position {
        true => oldest_after(store, position, filter).await?,
        false => None,
    };
    let lag = lag.map(|at| Timestamp::now().duration_since(at));
    Ok(SubscriberStatus {
        id: id.to_owned(),
        position,
        end,
        lag_events: end.get().saturating_sub(position.get()),
        lag: lag.and_then(|lag| Duration::try_from(lag).ok()).unwrap_or_default(),
        paused: stored.paused,
        members: stored.members,
        partitions: stored.partitions.len() as u32,
        waiting_events: stored.waiting_events,
        parked_events: stored.parked_events,
        last_error,
    })
}

/// The events of a subscriber, as far as this program knows it.
pub(super) fn wanted(id: &str) -> FeedFilter {
    let known = inventory::iter::<SubscriberInfo>().find(|info| info.id == id);
    known.map_or(FeedFilter::all(), |info| Routes::to(info.handlers, &[]).filter())
}

/// When the first event after a position was decided.
async fn oldest_after(
    store: &dyn EventStore,
    mut after: Position,
    filter: &FeedFilter,
) -> Result<Option<Timestamp>, StoreError> {
    loop {
        let mut oldest = None;
        let read = store
            .feed(FeedQuery::new(after, 1, filter), &mut |_, raw| {
                oldest = Some(raw.recorded_at);
                ControlFlow::Break(())
            })
            .await?;
        if oldest.is_some() || read.at_end {
            return Ok(oldest);
        }
        after = read.last;
    }
}
