use std::future::IntoFuture;

use futures_core::future::BoxFuture;
use jiff::Timestamp;

use super::Persisted;
use super::clock::micros_now;
use super::load::{Loaded, load};
use super::session::Session;
use super::snapshotting::Newest;
use super::{AggregateRepository, execute};
use crate::store::StreamQuery;
use crate::{Aggregate, Failure, Version};

/// A read that is done when it is awaited.
#[must_use = "nothing is read until it is awaited"]
pub struct Find<'r, A: Aggregate> {
    repository: &'r AggregateRepository<A>,
    session: Session<'r>,
    id: &'r A::Id,
    until: Option<Version>,
    as_of: Option<Timestamp>,
    including_deleted: bool,
}

impl<'r, A: Aggregate> Find<'r, A> {
    pub(super) fn new(
        repository: &'r AggregateRepository<A>,
        session: Session<'r>,
        id: &'r A::Id,
    ) -> Self {
        Find { repository, session, id, until: None, as_of: None, including_deleted: false }
    }

    /// The entity as it was after so many events.
    ///
    /// Fails with [`Failure::NoSuchVersion`] where it has fewer, or for version 0.
    pub fn at_version(self, version: impl Into<Version>) -> Self {
        Find { until: Some(version.into()), ..self }
    }

    /// The entity as it was at this time: the fold of its events up to the first one that is later.
    ///
    /// An event's time is that of its decision, by the [clock](crate::AggregateRepository::clock) of the repository that
    /// made it, in whole microseconds; an event of exactly this time counts. Versions order a stream, and clocks don't:
    /// an event that a fast clock dated too late hides those after it. For an exact point, use
    /// [`at_version`](Self::at_version).
    ///
    /// Fails with [`Failure::NotFound`] where the entity didn't exist yet.
    pub fn as_of(self, time: Timestamp) -> Self {
        Find { as_of: Some(time), ..self }
    }

    /// The entity also where it was deleted, as it was last. [`Persisted::is_deleted`] says whether it was.
    ///
    /// What an entity was before, by [`at_version`](Self::at_version) or [`as_of`](Self::as_of), is found without this.
    pub fn including_deleted(self) -> Self {
        Find { including_deleted: true, ..self }
    }

    async fn run(mut self) -> Result<Persisted<A>, Failure> {
        let entity_id = execute::checked_id(self.id)?;
        let query = StreamQuery { until: self.until, ..StreamQuery::new(A::TYPE, &entity_id) };
        let snapshots = self.repository.snapshots();
        let loaded = load(&mut self.session, query, snapshots, self.as_of, None).await?;
        let is_past = self.until.is_some() || self.as_of.is_some();
        if !is_past {
            self.renew_snapshot(&entity_id, &loaded);
        }
        let Loaded { state, version, head, .. } = loaded;
        if let Some(requested) = self.until
            && (head.version < requested || requested == Version::NONE)
            && head.version != Version::NONE
        {
            return Err(Failure::NoSuchVersion {
                entity_type: A::TYPE,
                entity_id,
                requested,
                actual: head.version,
            });
        }
        match state {
            None => Err(Failure::NotFound { entity_type: A::TYPE, entity_id }),
            Some(_) if head.deleted && !is_past && !self.including_deleted => {
                Err(Failure::Deleted { entity_type: A::TYPE, entity_id })
            }
            Some(state) => Ok(Persisted::new(self.id.clone(), version, state)
                .deleted(head.deleted && version == head.version)),
        }
    }
}

impl<A: Aggregate> Find<'_, A> {
    /// Takes a snapshot of what was read without the help of one, as it is after the shape of the state was changed. Else
    /// an entity that is read and never changed would be slow for good.
    fn renew_snapshot(&self, entity_id: &str, loaded: &Loaded<A>) {
        let Session::Store(store) = &self.session else { return };
        let &Loaded { version, event_id, snapshot, had_unreadable, head, .. } = loaded;
        let (Some(snapshots), Some(state), false) =
            (self.repository.snapshots(), &loaded.state, head.deleted)
        else {
            return;
        };
        let now = micros_now(&*self.repository.clock);
        let Some(event_id) = event_id else {
            if snapshot == Version::NONE {
                snapshots.look_again_if_due(entity_id, state, version, now);
            }
            return;
        };
        let newest = Newest { entity_id, state, version, event_id, snapshot };
        if let Some(taken) = snapshots.take_after_read(&newest, had_unreadable, now) {
            store.keep_snapshot_later(taken.snapshot);
        }
    }
}

impl<'r, A: Aggregate> IntoFuture for Find<'r, A> {
    type Output = Result<Persisted<A>, Failure>;
    type IntoFuture = BoxFuture<'r, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
