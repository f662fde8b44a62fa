//! The feed of a flawed store.

use std::sync::PoisonError;

use es_core::store::{
    FeedFilter, FeedPage, FeedQuery, FeedSignal, FeedVisitor, Position, StreamQuery,
};
use futures_core::future::BoxFuture;
use tokio::sync::watch;

use crate::flaw::Flaw;
use crate::state::State;
use crate::store::FlawedStore;

/// Whether a store with this flaw lets others write beside a transaction.
pub(crate) fn is_concurrent(flaw: Flaw) -> bool {
    matches!(flaw, Flaw::NumbersAtAppend | Flaw::NumbersAtBegin | Flaw::WaitsForTransactions)
}

/// Takes so many positions, and returns the first of them.
pub(crate) fn reserve(store: &FlawedStore, positions: usize) -> u64 {
    let mut state = store.shared.state();
    state.events += positions as u64;
    state.events + 1 - positions as u64
}

/// Returns the first position for a transaction, if it is given now.
pub(crate) fn begin(store: &FlawedStore) -> u64 {
    let end = store.shared.state().events;
    match store.flaw {
        Some(Flaw::WaitsForTransactions) => {
            *store.shared.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
            reserve(store, 100)
        }
        Some(Flaw::NumbersAtBegin) => reserve(store, 100),
        _ => end + 1,
    }
}

pub(crate) fn end(store: &FlawedStore) {
    *store.shared.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

pub(crate) fn show(
    state: &State,
    query: FeedQuery<'_>,
    held: Option<u64>,
    flaw: Option<Flaw>,
    visit: &mut FeedVisitor<'_>,
) -> FeedPage {
    let has = |one| flaw == Some(one);
    let all = FeedFilter::all();
    let filter = if has(Flaw::IgnoresFilters) { &all } else { query.filter };
    let first = query.after.get().saturating_add(u64::from(!has(Flaw::FeedsAgain)));
    let end = state.log.last_key_value().map_or(0, |(last, _)| *last).min(held.unwrap_or(u64::MAX));
    let limit = query.limit as usize + usize::from(has(Flaw::FeedsTooMuch));
    // A page is so many entries of the log, whatever the filter.
    let mut entries: Vec<_> = state
        .log
        .range(first..)
        .take_while(|(position, _)| **position <= end)
        .take(limit)
        .collect();
    let last_read = entries.last().map(|(position, _)| **position);
    if has(Flaw::FeedsByStream) {
        let positions: Vec<_> = entries.iter().map(|(position, _)| *position).collect();
        entries.sort_by_key(|(_, event)| *event);
        entries = positions.into_iter().zip(entries.iter().map(|(_, event)| *event)).collect();
    }
    let (mut last, mut shown) = (query.after.get(), 0);
    for (position, entry) in entries {
        let ((entity_type, entity_id), _) = entry;
        let Some(event) = state.event(entry) else { continue };
        let raw = event.raw(&StreamQuery::new(entity_type, entity_id), entity_id);
        last = *position;
        let wanted = filter.matches(entity_type, raw.event_type)
            || has(Flaw::FeedsPseudoEvents) && raw.event_type.starts_with('$');
        if !wanted || has(Flaw::FeedsWithGaps) && position % 97 == 0 {
            continue;
        }
        shown += 1;
        if visit(Position::new(*position), raw).is_break() && !has(Flaw::IgnoresBreaks) {
            return FeedPage { last: Position::new(last), at_end: last >= end };
        }
    }
    let last = last_read.unwrap_or(last);
    if has(Flaw::EndsAtAnEmptyPage) && shown == 0 {
        return FeedPage { last: Position::new(last), at_end: true };
    }
    let at_end = last >= end && !has(Flaw::NeverEnds);
    let last = if has(Flaw::GoesBackToTheEnd) { last.min(end) } else { last };
    FeedPage { last: Position::new(last), at_end }
}

/// Tells readers, also where the change is given up.
pub(crate) struct TellsWhenDropped<'a>(pub(crate) &'a watch::Sender<()>);

impl Drop for TellsWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.send_replace(());
    }
}

pub(crate) struct Signal {
    pub(crate) grown: watch::Receiver<()>,
    pub(crate) deaf: bool,
}

impl FeedSignal for Signal {
    fn changed(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if self.deaf || self.grown.changed().await.is_err() {
                std::future::pending().await
            }
        })
    }
}
