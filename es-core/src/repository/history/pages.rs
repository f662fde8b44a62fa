use std::collections::VecDeque;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::record::Record;
use crate::repository::execute::gap;
use crate::store::{EventStore, RawEvent, StreamHead, StreamQuery};
use crate::{Aggregate, Failure, Version};

/// A history, part of it read: what is left lies after one version and up to another.
pub(super) struct Pages<A: Aggregate, E> {
    store: Arc<dyn EventStore>,
    entity_id: String,
    after: Version,
    until: Option<Version>,
    page: u32,
    newest_first: bool,
    ready: VecDeque<Result<E, Failure>>,
    done: bool,
    aggregate: PhantomData<fn() -> A>,
}

impl<A: Aggregate, E: Record<A>> Pages<A, E> {
    pub(super) async fn begin(
        store: Arc<dyn EventStore>,
        entity_id: String,
        (after, until): (Version, Option<Version>),
        page: u32,
        newest_first: bool,
    ) -> Result<Self, Failure> {
        let (ready, done, aggregate) = (VecDeque::new(), false, PhantomData);
        let mut pages =
            Pages { store, entity_id, after, until, page, newest_first, ready, done, aggregate };
        let head = if newest_first { pages.find_end().await? } else { pages.fill().await? };
        if head.version == Version::NONE {
            return Err(Failure::NotFound { entity_type: A::TYPE, entity_id: pages.entity_id });
        }
        Ok(pages)
    }

    pub(super) async fn next(mut self) -> Result<Option<(E, Self)>, Failure> {
        // A page may hold nothing but events that mean nothing any more.
        while self.ready.is_empty() && !self.done {
            self.fill().await?;
        }
        self.ready.pop_front().transpose().map(|event| event.map(|event| (event, self)))
    }

    /// Finds out where the newest event is.
    async fn find_end(&mut self) -> Result<StreamHead, Failure> {
        let query = StreamQuery::new(A::TYPE, &self.entity_id).limit(0);
        let head = self.store.load(query, &mut |_: RawEvent<'_>| ControlFlow::Break(())).await?;
        let end = self.until.map_or(head.version, |until| until.min(head.version));
        self.until = Some(end);
        self.done = end <= self.after;
        Ok(head)
    }

    /// Reads the next page.
    async fn fill(&mut self) -> Result<StreamHead, Failure> {
        let begin = match (self.newest_first, self.until) {
            (true, Some(until)) => {
                let before = until.get().saturating_sub(u64::from(self.page));
                self.after.max(Version::new(before))
            }
            _ => self.after,
        };
        let (mut read, mut events) = (begin, Vec::new());
        let query = StreamQuery {
            until: self.until,
            ..StreamQuery::new(A::TYPE, &self.entity_id).after(begin).limit(self.page)
        };
        let mut rows = 0;
        let visit = &mut |raw: RawEvent<'_>| {
            let next = read.plus(1);
            if raw.version != next {
                events.push(Err(gap::<A>(raw.entity_id, next, raw.version)));
                return ControlFlow::Break(());
            }
            (read, rows) = (next, rows + 1);
            if let Err(failure) = E::read(&raw, &mut |event| events.push(Ok(event))) {
                events.push(Err(failure));
            }
            ControlFlow::Continue(())
        };
        let head = self.store.load(query, visit).await?;
        let end = self.until.map_or(head.version, |until| until.min(head.version));
        if rows < self.page && read < end && events.iter().all(Result::is_ok) {
            events.push(Err(gap::<A>(&self.entity_id, read.plus(1), end)));
        }
        if self.newest_first {
            events.reverse();
            self.until = Some(begin);
            self.done = begin <= self.after;
        } else {
            self.after = read;
            self.done = read >= end;
        }
        self.ready.extend(events);
        Ok(head)
    }
}
