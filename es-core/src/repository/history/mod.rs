mod pages;
mod record;

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, stream};

use self::pages::Pages;
use self::record::Record;
pub use self::record::{RecordedEvent, StoredRecord};
use super::execute::checked_id;
use crate::store::EventStore;
use crate::{Aggregate, Failure, Version};

/// How many events of a history are read at a time.
const PAGE: u32 = 256;

/// A history that begins when it is awaited.
///
/// ```
/// # use es_core::prelude::*;
/// # async fn print<A: Aggregate>(accounts: AggregateRepository<A>, id: A::Id) -> Result<(), Failure> {
/// // The last twenty changes, as they are stored.
/// let mut history = accounts.history(&id).newest_first().page_size(20).as_stored().await?;
/// for _ in 0..20 {
///     let Some(event) = history.next().await.transpose()? else { break };
///     println!("{} {} {}", event.version(), event.event_type(), event.json());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read until it is awaited"]
pub struct ReadHistory<'r, A: Aggregate, E = RecordedEvent<A>> {
    store: &'r Arc<dyn EventStore>,
    id: &'r A::Id,
    after: Version,
    until: Option<Version>,
    page: u32,
    newest_first: bool,
    record: PhantomData<fn() -> E>,
}

impl<'r, A: Aggregate> ReadHistory<'r, A> {
    pub(super) fn new(store: &'r Arc<dyn EventStore>, id: &'r A::Id) -> Self {
        let (after, until, page) = (Version::NONE, None, PAGE);
        let record = PhantomData;
        ReadHistory { store, id, after, until, page, newest_first: false, record }
    }

    /// The rows as they are stored, in place of what they mean now: also those of older versions, of types that nobody
    /// knows any more, of pseudo events, and those that can't be read.
    pub fn as_stored(self) -> ReadHistory<'r, A, StoredRecord> {
        let ReadHistory { store, id, after, until, page, newest_first, .. } = self;
        ReadHistory { store, id, after, until, page, newest_first, record: PhantomData }
    }
}

impl<A: Aggregate, E> ReadHistory<'_, A, E> {
    /// Only events after this version.
    pub fn after(self, version: impl Into<Version>) -> Self {
        ReadHistory { after: version.into(), ..self }
    }

    /// Only events up to this version, with it.
    pub fn until(self, version: impl Into<Version>) -> Self {
        ReadHistory { until: Some(version.into()), ..self }
    }

    /// How many events are read at a time, at least one; 256 by default.
    pub fn page_size(self, events: u32) -> Self {
        ReadHistory { page: events.max(1), ..self }
    }

    /// The newest event first. It reads as many rows as the other order does.
    pub fn newest_first(self) -> Self {
        ReadHistory { newest_first: true, ..self }
    }
}

impl<'r, A: Aggregate, E: Record<A>> IntoFuture for ReadHistory<'r, A, E> {
    type Output = Result<History<A, E>, Failure>;
    type IntoFuture = BoxFuture<'r, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let pages = Pages::<A, E>::begin(
                Arc::clone(self.store),
                checked_id(self.id)?,
                (self.after, self.until),
                self.page,
                self.newest_first,
            )
            .await?;
            let events = stream::try_unfold(pages, Pages::next).boxed();
            Ok(History { events, aggregate: PhantomData })
        })
    }
}

/// The events of an entity with all that is known of them: a [`Stream`] that reads a page at a time, and ends after its
/// first error.
///
/// Its items are [`RecordedEvent`]s, what the stored events mean now; or, after
/// [`as_stored`](ReadHistory::as_stored), [`StoredRecord`]s.
///
/// ```
/// # use es_core::prelude::*;
/// # use es_core::repository::History;
/// # async fn print<A: Aggregate>(mut history: History<A>) -> Result<(), Failure> {
/// while let Some(event) = history.next().await {
///     let event = event?;
///     println!("{} {} {} {:?}", event.version(), event.recorded_at(), event.event_type(), event.metadata());
/// }
/// # Ok(())
/// # }
/// ```
pub struct History<A: Aggregate, E = RecordedEvent<A>> {
    events: BoxStream<'static, Result<E, Failure>>,
    aggregate: PhantomData<fn() -> A>,
}

impl<A: Aggregate, E> History<A, E> {
    /// The next event, or `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<E, Failure>> {
        self.events.next().await
    }

    /// All events that are left.
    ///
    /// # Errors
    /// The first one that there is.
    pub async fn collect(mut self) -> Result<Vec<E>, Failure> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event?);
        }
        Ok(events)
    }
}

impl<A: Aggregate, E> Stream for History<A, E> {
    type Item = Result<E, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.as_mut().poll_next(cx)
    }
}

impl<A: Aggregate, E> fmt::Debug for History<A, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").field("aggregate", &A::TYPE).finish_non_exhaustive()
    }
}
