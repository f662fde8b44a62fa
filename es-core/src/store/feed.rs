use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::ControlFlow;

use futures_core::future::BoxFuture;

use super::{Position, RawEvent};

/// Is shown the events of a feed as they are stored, and their positions, and says whether it wants more. What an event of an
/// older version means now, [`AggregateInfo::upcast`](crate::registry::AggregateInfo::upcast) shows.
pub type FeedVisitor<'v> = dyn FnMut(Position, RawEvent<'_>) -> ControlFlow<()> + Send + 'v;

/// Which page of the feed to read.
#[derive(Debug, Clone, Copy)]
pub struct FeedQuery<'a> {
    /// Only events after this position.
    pub after: Position,
    /// At most so many events.
    pub limit: u32,
    /// Which of them.
    pub filter: &'a FeedFilter,
}

impl<'a> FeedQuery<'a> {
    /// The first `limit` events after a position that a filter names.
    pub fn new(after: Position, limit: u32, filter: &'a FeedFilter) -> Self {
        FeedQuery { after, limit, filter }
    }
}

/// How far a page of the feed goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPage {
    /// Each event up to this position was shown, or isn't one that the filter names. The next page begins after it.
    pub last: Position,
    /// All that was committed before the page was asked for is up to [`last`](Self::last). Where it is false, there may
    /// be more: read on. Such a page may show less than its limit, and even nothing.
    pub at_end: bool,
}

/// Tells that the feed may have grown. Made by [`EventStore::feed_signal`](super::EventStore::feed_signal).
pub trait FeedSignal: Send {
    /// Ends when something may have been committed since it ended last, or since the signal was made; sometimes
    /// also when nothing was. Nothing is missed when its future is dropped.
    ///
    /// So a reader makes the signal, reads to the end, waits, and reads on. An append of this process ends the wait
    /// at once; one of another process does when the store hears of it.
    fn changed(&mut self) -> BoxFuture<'_, ()>;
}

/// Which events a feed shows: all, or those of some types. It never shows those whose stored name begins with `$`.
///
/// ```
/// use es_core::store::FeedFilter;
///
/// let openings = FeedFilter::only([("Account", "AccountOpened"), ("Account", "Opened")]);
/// assert!(openings.matches("Account", "AccountOpened"));
/// assert!(!openings.matches("Account", "MoneyDeposited"));
/// assert!(!FeedFilter::all().matches("Account", "$Snapshot"));
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FeedFilter(Option<BTreeMap<String, BTreeSet<String>>>);

impl FeedFilter {
    /// All events.
    pub const fn all() -> Self {
        FeedFilter(None)
    }

    /// Only events of these types, each given by the stored name of its aggregate and its own. Names are compared to
    /// the byte.
    pub fn only<T: Into<String>, E: Into<String>>(types: impl IntoIterator<Item = (T, E)>) -> Self {
        let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (entity_type, event_type) in types {
            named.entry(entity_type.into()).or_default().insert(event_type.into());
        }
        FeedFilter(Some(named))
    }

    /// Whether the feed shows events of this type.
    pub fn matches(&self, entity_type: &str, event_type: &str) -> bool {
        if event_type.starts_with('$') {
            return false;
        }
        match &self.0 {
            None => true,
            Some(named) => named.get(entity_type).is_some_and(|types| types.contains(event_type)),
        }
    }

    /// The types that it names, as (stored name of the aggregate, stored name of the event); `None` for all.
    pub fn types(&self) -> Option<impl Iterator<Item = (&str, &str)> + Clone> {
        let named = self.0.as_ref()?;
        Some(named.iter().flat_map(|(entity_type, event_types)| {
            event_types.iter().map(move |event_type| (&**entity_type, &**event_type))
        }))
    }
}

impl fmt::Debug for FeedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("FeedFilter::all()"),
            Some(named) => f.debug_tuple("FeedFilter").field(named).finish(),
        }
    }
}

/// The signal of a store without a feed.
pub(super) struct NoFeed;

impl FeedSignal for NoFeed {
    fn changed(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_set() {
        let types = [("B", "2"), ("A", "2"), ("B", "1"), ("A", "2")];
        let filter = FeedFilter::only(types);
        let named: Vec<_> = filter.types().into_iter().flatten().collect();
        assert_eq!(named, [("A", "2"), ("B", "1"), ("B", "2")]);
        assert!(FeedFilter::all().types().is_none());
    }

    #[test]
    fn a_filter_that_names_a_pseudo_event_does_not_match_it() {
        let filter = FeedFilter::only([("A", "$Saga"), ("A", "Saga")]);
        assert!(filter.matches("A", "Saga"));
        assert!(!filter.matches("A", "$Saga"));
    }
}
