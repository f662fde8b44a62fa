use std::ops::ControlFlow;

use jiff::Timestamp;

use super::cache::Known;
use super::execute::gap;
use super::session::Session;
use super::snapshotting::Snapshotter;
use crate::store::{RawEvent, RawSnapshot, StreamHead, StreamQuery, StreamVisitor};
use crate::{Aggregate, EventId, Failure, ReplayError, UnreadableSnapshot, Version};

/// What is read of an entity.
pub(super) struct Loaded<A> {
    /// The fold of the events; `None` where there is no event.
    pub(super) state: Option<A>,
    /// The version of the last event that was folded. Above the head's where more was known than is stored.
    pub(super) version: Version,
    /// The last event that was folded, unless that is one of those that were known or are in the snapshot, or they were
    /// read bare.
    pub(super) event_id: Option<EventId>,
    /// The version of the last snapshot that can be read; [`Version::NONE`] where none is known.
    pub(super) snapshot: Version,
    /// Whether there is no snapshot but one that can't be read, or one of another shape.
    pub(super) had_unreadable: bool,
    /// What is stored, whatever part of it was folded.
    pub(super) head: StreamHead,
}

/// Reads the events after what is known, after a snapshot, or all of them, and folds them up to the first one that is
/// later than `as_of`. A snapshot doesn't know the times of its events, so it is no help there.
///
/// A snapshot that can't be read is as good as none. Where none was found, none is looked for the next times. The last
/// event of a state that may be kept as one has to be known, and what event handlers may ask; where neither is needed,
/// events are read bare.
pub(super) async fn load<A: Aggregate>(
    session: &mut Session<'_>,
    query: StreamQuery<'_>,
    snapshots: Option<&Snapshotter<A>>,
    as_of: Option<Timestamp>,
    known: Option<Known<A>>,
) -> Result<Loaded<A>, Failure> {
    let snapshots = snapshots.filter(|_| as_of.is_none() && known.is_none());
    let snapshots = snapshots.filter(|snapshots| !snapshots.without().has(query.entity_id));
    let bare = !A::READS_CONTEXT && snapshots.is_none() && as_of.is_none();
    match load_once(session, query.bare(bare), snapshots, as_of, known).await {
        // The error has to name the event.
        Err(Unloaded::Failed(Failure::Replay(_))) if bare => {
            let loaded = load_once(session, query, None, as_of, None).await;
            loaded.map_err(|unloaded| unloaded.failure::<A>(query.entity_id))
        }
        Err(Unloaded::Unreadable(version, error)) => {
            let StreamQuery { entity_id, .. } = query;
            let entity_type = A::TYPE;
            tracing::warn!(
                entity_type, entity_id, %version, %error,
                "a snapshot can't be read; the stream is read from its beginning"
            );
            match load_once(session, query, None, as_of, None).await {
                Ok(loaded) => Ok(Loaded { had_unreadable: true, ..loaded }),
                Err(unloaded) => Err(unloaded.failure::<A>(entity_id)),
            }
        }
        loaded => loaded.map_err(|unloaded| unloaded.failure::<A>(query.entity_id)),
    }
}

enum Unloaded {
    Failed(Failure),
    /// The snapshot of this version can't be read.
    Unreadable(Version, UnreadableSnapshot),
}

impl Unloaded {
    /// What it means where there is no other way to read the stream.
    fn failure<A: Aggregate>(self, entity_id: &str) -> Failure {
        match self {
            Unloaded::Failed(failure) => failure,
            Unloaded::Unreadable(version, _) => gap::<A>(entity_id, Version::new(1), version),
        }
    }
}

async fn load_once<A: Aggregate>(
    session: &mut Session<'_>,
    query: StreamQuery<'_>,
    snapshots: Option<&Snapshotter<A>>,
    as_of: Option<Timestamp>,
    known: Option<Known<A>>,
) -> Result<Loaded<A>, Unloaded> {
    let start = known.as_ref().map_or(Version::NONE, |known| known.version);
    let shape = snapshots.map(|snapshots| &**snapshots.shape());
    let query = query.after(start).snapshot(shape);
    let mut folding = Folding::new(&query, snapshots, as_of, known);
    let head =
        session.load(query, &mut folding).await.map_err(|error| Unloaded::Failed(error.into()))?;
    let Folding { state, version, event_id, snapshot, stop, .. } = folding;
    let last = query.until.map_or(head.version, |until| until.min(head.version));
    match stop {
        Some(Stop::Unreadable(version, error)) => return Err(Unloaded::Unreadable(version, error)),
        Some(Stop::Failed(failure)) => return Err(Unloaded::Failed(failure)),
        Some(Stop::Enough) => {}
        None if version != last && start <= last => {
            return Err(Unloaded::Failed(gap::<A>(query.entity_id, version.plus(1), last)));
        }
        None => {}
    }
    let had_unreadable = head.has_other_snapshot && snapshot == Version::NONE;
    if let Some(snapshots) = snapshots {
        if had_unreadable {
            snapshots.warn_of_another_shape(query.entity_id);
        } else if snapshot == Version::NONE && query.until.is_none() && state.is_some() {
            snapshots.without().put(query.entity_id);
        }
    }
    Ok(Loaded { state, version, event_id, snapshot, had_unreadable, head })
}

/// Folds what it is shown.
struct Folding<'q, A> {
    query: &'q StreamQuery<'q>,
    snapshots: Option<&'q Snapshotter<A>>,
    as_of: Option<Timestamp>,
    state: Option<A>,
    version: Version,
    event_id: Option<EventId>,
    snapshot: Version,
    stop: Option<Stop>,
}

/// Why nothing more is folded.
enum Stop {
    /// The next event is later than what was asked for.
    Enough,
    Unreadable(Version, UnreadableSnapshot),
    Failed(Failure),
}

impl<'q, A: Aggregate> Folding<'q, A> {
    fn new(
        query: &'q StreamQuery<'q>,
        snapshots: Option<&'q Snapshotter<A>>,
        as_of: Option<Timestamp>,
        known: Option<Known<A>>,
    ) -> Self {
        let (state, version, snapshot) = match known {
            Some(Known { state, version, snapshot }) => (Some(state), version, snapshot),
            None => (None, Version::NONE, Version::NONE),
        };
        Folding { query, snapshots, as_of, state, version, event_id: None, snapshot, stop: None }
    }

    fn stop(&mut self, stop: Stop) -> ControlFlow<()> {
        self.stop = Some(stop);
        ControlFlow::Break(())
    }
}

impl<A: Aggregate> StreamVisitor for Folding<'_, A> {
    fn snapshot(&mut self, RawSnapshot { version, data }: RawSnapshot<'_>) {
        let Some(snapshots) = self.snapshots else { return };
        match snapshots.read(data) {
            Ok(state) => {
                (self.state, self.version, self.snapshot) = (Some(state), version, version);
            }
            Err(error) => self.stop = Some(Stop::Unreadable(version, error)),
        }
    }

    fn event(&mut self, raw: RawEvent<'_>) -> ControlFlow<()> {
        if self.stop.is_some() {
            return ControlFlow::Break(());
        }
        if self.as_of.is_some_and(|time| raw.recorded_at > time) {
            return self.stop(Stop::Enough);
        }
        let next = self.version.plus(1);
        if raw.version != next {
            return self.stop(Stop::Failed(gap::<A>(self.query.entity_id, next, raw.version)));
        }
        if let Err(reason) = A::replay(&mut self.state, &raw) {
            return self.stop(Stop::Failed(Box::new(ReplayError::new(&raw, reason)).into()));
        }
        self.version = raw.version;
        self.event_id = (!self.query.bare).then_some(raw.event_id);
        ControlFlow::Continue(())
    }
}
