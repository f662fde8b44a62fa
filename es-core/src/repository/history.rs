use std::collections::VecDeque;
use std::fmt;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::execute::gap;
use crate::store::{EventStore, RawEvent, StreamQuery};
use crate::{
    Aggregate, EventId, EventSet, Failure, Metadata, ReplayError, ReplayFailure, StoredEvent,
    Version,
};

/// How many events of a history are read at a time.
const PAGE: u32 = 256;

/// The events of an entity with all that is known of them, oldest first: a [`Stream`] that reads a page of 256 events
/// at a time, and ends after its first error.
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
pub struct History<A: Aggregate>(BoxStream<'static, Result<RecordedEvent<A>, Failure>>);

impl<A: Aggregate> History<A> {
    pub(super) async fn start(
        store: Arc<dyn EventStore>,
        entity_id: String,
    ) -> Result<Self, Failure> {
        let first = Pages::<A> {
            store,
            entity_id,
            read: Version::NONE,
            ready: VecDeque::new(),
            done: false,
        };
        let first = first.fill().await?;
        if first.ready.is_empty() && first.done {
            return Err(Failure::NotFound { entity_type: A::TYPE, entity_id: first.entity_id });
        }
        Ok(History(stream::try_unfold(first, Pages::next).boxed()))
    }

    /// The next event, or `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<RecordedEvent<A>, Failure>> {
        self.0.next().await
    }

    /// All events that are left.
    ///
    /// # Errors
    /// The first one that there is.
    pub async fn collect(mut self) -> Result<Vec<RecordedEvent<A>>, Failure> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event?);
        }
        Ok(events)
    }
}

impl<A: Aggregate> Stream for History<A> {
    type Item = Result<RecordedEvent<A>, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl<A: Aggregate> fmt::Debug for History<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").field("aggregate", &A::TYPE).finish_non_exhaustive()
    }
}

/// A history, part of it read.
struct Pages<A: Aggregate> {
    store: Arc<dyn EventStore>,
    entity_id: String,
    read: Version,
    ready: VecDeque<Result<RecordedEvent<A>, Failure>>,
    done: bool,
}

impl<A: Aggregate> Pages<A> {
    async fn next(mut self) -> Result<Option<(RecordedEvent<A>, Self)>, Failure> {
        if self.ready.is_empty() && !self.done {
            self = self.fill().await?;
        }
        self.ready.pop_front().transpose().map(|event| event.map(|event| (event, self)))
    }

    /// Reads the next page.
    async fn fill(mut self) -> Result<Self, Failure> {
        let Pages { store, entity_id, ready, read, .. } = &mut self;
        let query = StreamQuery::new(A::TYPE, entity_id).after(*read).limit(PAGE);
        let visit = &mut |raw: RawEvent<'_>| {
            let next = read.plus(1);
            let event = if raw.version == next {
                *read = next;
                RecordedEvent::read(&raw)
            } else {
                Err(gap::<A>(raw.entity_id, next, raw.version))
            };
            let flow =
                if event.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
            ready.push_back(event);
            flow
        };
        let head = store.load(query, visit).await?;
        let is_short = self.ready.len() < PAGE as usize && self.ready.iter().all(Result::is_ok);
        if is_short && self.read < head.version {
            self.ready.push_back(Err(gap::<A>(&self.entity_id, self.read.plus(1), head.version)));
        }
        self.done = self.read >= head.version;
        Ok(self)
    }
}

/// A stored event with all that is known of it.
pub struct RecordedEvent<A: Aggregate> {
    event: A::Event,
    id: EventId,
    version: Version,
    recorded_at: Timestamp,
    event_type: String,
    schema_version: u32,
    json: String,
    metadata: Metadata,
    triggering_event: Option<String>,
}

impl<A: Aggregate> RecordedEvent<A> {
    fn read(raw: &RawEvent<'_>) -> Result<Self, Failure> {
        let failed = |reason: crate::DecodeError| {
            Failure::from(Box::new(ReplayError::new(raw, ReplayFailure::from(reason))))
        };
        let event = A::Event::decode(raw).map_err(failed)?;
        Ok(RecordedEvent {
            event,
            id: raw.event_id,
            version: raw.version,
            recorded_at: raw.recorded_at,
            event_type: raw.event_type.to_owned(),
            schema_version: raw.schema_version,
            json: String::from_utf8_lossy(raw.data).into_owned(),
            metadata: Metadata::from_stored(raw.metadata).map_err(|error| failed(error.into()))?,
            triggering_event: raw.triggering_event.map(str::to_owned),
        })
    }

    /// The event.
    pub fn event(&self) -> &A::Event {
        &self.event
    }

    /// The event, without what is known of it.
    pub fn into_event(self) -> A::Event {
        self.event
    }

    /// The event's id.
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The entity's version with this event.
    pub fn version(&self) -> Version {
        self.version
    }

    /// When the event was decided, by the clock of the repository that did, in whole microseconds.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// The name that the event has in this program.
    pub fn event_type(&self) -> &'static str {
        self.stored().event_type()
    }

    /// The name under which the event is stored; an alias where the type was renamed.
    pub fn stored_type(&self) -> &str {
        &self.event_type
    }

    /// The version of the shape of the stored JSON.
    pub fn schema_version(&self) -> u32 {
        self.schema_version
    }

    /// The JSON as it is stored.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The metadata of the change.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The id of the message that led to it.
    pub fn triggering_event(&self) -> Option<&str> {
        self.triggering_event.as_deref()
    }

    fn stored(&self) -> &dyn StoredEvent {
        self.event.stored()
    }
}

impl<A: Aggregate> fmt::Debug for RecordedEvent<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedEvent")
            .field("version", &self.version)
            .field("event_type", &self.event_type)
            .field("id", &self.id)
            .field("recorded_at", &self.recorded_at)
            .finish_non_exhaustive()
    }
}
