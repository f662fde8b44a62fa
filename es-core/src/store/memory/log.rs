use std::sync::Arc;

use futures_core::future::BoxFuture;
use tokio::sync::watch;

use super::events;
use crate::Version;
use crate::store::{Append, FeedPage, FeedQuery, FeedSignal, FeedVisitor, Position};

/// All appends in the order of their commits.
#[derive(Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    /// How many events there are: the position of the last one.
    events: u64,
}

#[derive(Clone)]
struct Entry {
    /// The position of the append's last event.
    last: u64,
    append: Arc<Append>,
}

/// Some entries of the log, to be shown without a lock.
pub(super) struct Part {
    entries: Vec<Entry>,
    /// The last position of the whole log.
    end: Position,
}

impl Log {
    /// A log that goes on after this position.
    pub(super) fn after(position: Position) -> Self {
        Log { entries: Vec::new(), events: position.get() }
    }

    pub(super) fn push(&mut self, append: Arc<Append>) -> Position {
        self.events += append.events().len() as u64;
        self.entries.push(Entry { last: self.events, append });
        self.end()
    }

    pub(super) fn extend(&mut self, later: Log) {
        self.entries.extend(later.entries);
        self.events = later.events;
    }

    pub(super) fn end(&self) -> Position {
        Position::new(self.events)
    }

    pub(super) fn part(&self, after: Position, entries: usize) -> Part {
        let first = self.entries.partition_point(|entry| entry.last <= after.get());
        let entries = self.entries[first..].iter().take(entries).cloned().collect();
        Part { entries, end: self.end() }
    }

    pub(super) fn position_of(&self, append: &Arc<Append>, version: Version) -> Option<Position> {
        let entry = self.entries.iter().rfind(|entry| Arc::ptr_eq(&entry.append, append))?;
        Some(Position::new(entry.last - (append.version().get() - version.get())))
    }
}

impl Part {
    pub(super) fn show(&self, query: FeedQuery<'_>, visit: &mut FeedVisitor<'_>) -> FeedPage {
        let page = |last| FeedPage { last, at_end: last >= self.end };
        let mut last = query.after;
        let mut left = query.limit;
        for Entry { last: end, append } in &self.entries {
            let first = end - append.events().len() as u64 + 1;
            for (position, event) in (first..).map(Position::new).zip(events(append)) {
                if position <= query.after {
                    continue;
                }
                if left == 0 {
                    return page(last);
                }
                last = position;
                if query.filter.matches(event.entity_type, event.event_type) {
                    left -= 1;
                    if visit(position, event).is_break() {
                        return page(last);
                    }
                }
            }
        }
        page(last)
    }
}

/// Tells of commits to this store.
pub(super) struct Grown(watch::Receiver<()>);

impl Grown {
    pub(super) fn new(commits: watch::Receiver<()>) -> Self {
        Grown(commits)
    }
}

impl FeedSignal for Grown {
    fn changed(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if self.0.changed().await.is_err() {
                // The store is gone, so nothing changes any more.
                std::future::pending().await
            }
        })
    }
}
