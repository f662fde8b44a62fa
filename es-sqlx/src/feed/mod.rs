//! Reading the events of all streams in one order: what the databases share.
//!
//! Where positions are given after the commit, whoever reads gives them first, when he comes to the end of those that
//! are given.

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod filter;
mod growth;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod page;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod recent;
mod rest;
mod signal;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use es_core::store::{
    FeedFilter, FeedPage, FeedQuery, FeedSignal, FeedVisitor, Position, RawEvent, StoreError,
};
use futures_core::future::BoxFuture;
use tokio::sync::Mutex;

#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use self::filter::Wanted;
pub(crate) use self::growth::Growth;
#[cfg(feature = "mysql")]
pub(crate) use self::page::missing;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use self::page::{Common, EventRow, Page};
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use self::recent::Recent;
use self::rest::Rest;
use self::signal::Signal;

/// The most positions that are looked at in one go, and in one page.
const MAX_WINDOW: u64 = 8_192;
const MAX_PAGE: u64 = 4 * MAX_WINDOW;

/// What a database does for its feed.
pub(crate) trait Source: Send + Sync + 'static {
    /// How soon a reader at the end looks again, while there is a lot to read and while there is nothing: so events of
    /// other processes are found.
    const PAUSES: (Duration, Duration);

    /// How long to leave the database alone after a step that gave positions to many events, at most.
    const REST: Duration;

    /// Gives positions to all events that are committed and have none, and returns the last one that is given.
    fn sequence(&self) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// Shows what is in a part of the feed, until the visitor breaks.
    fn read<'a>(
        &'a self,
        part: Part<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// Which events to read: those after one position, up to another one with it. All of these positions are given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) after: u64,
    pub(crate) until: u64,
    /// More of them aren't wanted.
    #[cfg_attr(
        not(feature = "sqlite"),
        allow(dead_code, reason = "servers are asked for a range of numbers")
    )]
    pub(crate) limit: u32,
    pub(crate) filter: &'a FeedFilter,
}

pub(crate) struct Feed<S> {
    source: S,
    growth: Growth,
    /// The last position that is known to be given.
    end: AtomicU64,
    /// How many steps to give positions have begun.
    begun: AtomicU64,
    /// Whoever holds it gives positions.
    turn: Mutex<Step>,
}

/// What became of a step.
struct Step {
    number: u64,
    end: Result<u64, StoreError>,
    rest: Rest,
}

impl<S: Source> Feed<S> {
    pub(crate) fn new(source: S, growth: Growth) -> Arc<Self> {
        Arc::new(Feed {
            source,
            growth,
            end: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            turn: Mutex::new(Step { number: 0, end: Ok(0), rest: Rest::default() }),
        })
    }

    pub(crate) fn source(&self) -> &S {
        &self.source
    }

    /// The last position, when all that is committed now has one.
    pub(crate) async fn end(&self) -> Result<Position, StoreError> {
        self.sequence().await.map(Position::new)
    }

    pub(crate) fn signal(self: &Arc<Self>) -> Box<dyn FeedSignal> {
        Box::new(Signal::new(Arc::clone(self)))
    }

    /// Many may come at once. A step that begins after someone came does it for him too, be it his own or another's.
    async fn sequence(&self) -> Result<u64, StoreError> {
        let enough = self.begun.load(Ordering::SeqCst) + 1;
        let mut turn = self.turn.lock().await;
        if turn.number < enough {
            turn.rest.over().await;
            let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            let end = self.source.sequence().await;
            let before = end.as_ref().map_or(0, |end| self.end.fetch_max(*end, Ordering::SeqCst));
            let events = end.as_ref().map_or(0, |end| end.saturating_sub(before));
            *turn = Step { number, end, rest: Rest::after(events, S::REST) };
        }
        turn.end.clone()
    }

    pub(crate) async fn page(
        &self,
        query: FeedQuery<'_>,
        visit: &mut FeedVisitor<'_>,
    ) -> Result<FeedPage, StoreError> {
        let after = query.after.get();
        let mut reader = Reader { visit, last: after, shown: 0, limit: query.limit, broken: false };
        let mut end = self.end.load(Ordering::SeqCst);
        let mut sequenced = false;
        loop {
            if reader.last >= end && !sequenced {
                // What is found needn't wait for a step that comes after it.
                if reader.shown > 0 {
                    return Ok(FeedPage { last: Position::new(reader.last), at_end: false });
                }
                end = self.sequence().await?;
                sequenced = true;
            }
            let scanned = reader.last - after;
            let over = reader.last >= end || scanned >= MAX_PAGE;
            if over || reader.is_full() {
                let at_end = sequenced && reader.last >= end;
                return Ok(FeedPage { last: Position::new(reader.last), at_end });
            }
            let until = end.min(reader.last + window(&query, scanned, &reader));
            let limit = query.limit - reader.shown;
            let part = Part { after: reader.last, until, limit, filter: query.filter };
            self.read(part, &mut reader).await?;
            if !reader.is_full() {
                reader.last = until;
            }
        }
    }

    /// Once more where the connection was lost long ago, and nobody has noticed yet.
    async fn read(&self, part: Part<'_>, reader: &mut Reader<'_, '_>) -> Result<(), StoreError> {
        let shown = reader.shown;
        match self.source.read(part, &mut |position, event| reader.show(position, event)).await {
            Err(StoreError::Unavailable(_)) if reader.shown == shown => {
                self.source.read(part, &mut |position, event| reader.show(position, event)).await
            }
            read => read,
        }
    }
}

struct Reader<'a, 'v> {
    visit: &'a mut FeedVisitor<'v>,
    last: u64,
    shown: u32,
    limit: u32,
    broken: bool,
}

impl Reader<'_, '_> {
    fn show(&mut self, position: Position, event: RawEvent<'_>) -> ControlFlow<()> {
        self.last = position.get();
        self.shown += 1;
        self.broken = (self.visit)(position, event).is_break();
        if self.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn is_full(&self) -> bool {
        self.broken || self.shown >= self.limit
    }
}

/// How many positions to look at next: no more than may be wanted at first, since servers send all of them, and what is sent
/// may be large. Where not all events are wanted, then as many as should have what is left, and where few are, more and more.
fn window(query: &FeedQuery<'_>, scanned: u64, reader: &Reader<'_, '_>) -> u64 {
    let wanted = u64::from(query.limit - reader.shown);
    let likely = match query.filter.types() {
        Some(_) if scanned > 0 => {
            let for_each = scanned.div_ceil(u64::from(reader.shown.max(1)));
            let more = if for_each > 4 { scanned } else { 1 };
            wanted.saturating_mul(for_each).max(more)
        }
        _ => wanted,
    };
    likely.min(MAX_WINDOW)
}

/// The text of a filter for statements, as JSON: `[["Account", "AccountOpened"], …]`. NULL for all events.
#[cfg(feature = "sqlite")]
pub(crate) fn json(filter: &FeedFilter) -> Option<String> {
    let types: Vec<_> = filter.types()?.collect();
    serde_json::to_string(&types).ok()
}

#[cfg(test)]
mod tests;
