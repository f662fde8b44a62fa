use std::ops::ControlFlow;

use jiff::Timestamp;

use super::cache::{Cache, Known};
use super::clock::micros_now;
use super::decider::{Case, DecideCreation, DecideUpdate};
use super::fold::fold;
use super::load::{Loaded, load};
use super::options::Options;
use super::save::NewId;
use super::session::Session;
use super::snapshotting::{Newest, Reason, Snapshotter, Taken};
use super::turns::Turn;
use super::{AggregateRepository, Persisted, observe};
use crate::store::{Append, AppendError, RawEvent, StoreError, StreamHead, StreamQuery};
use crate::{Aggregate, CommandContext, Events, Failure, MAX_ID_BYTES, MessageKey, Version};

/// Decides a creation and appends its events.
pub(super) async fn create<A: Aggregate, X: From<Failure>>(
    repository: &AggregateRepository<A>,
    mut session: Session<'_>,
    id: NewId<A>,
    decider: Box<dyn DecideCreation<A, X> + '_>,
    options: Options<A>,
) -> Result<Persisted<A>, X> {
    let id = id.settle(options.message.as_ref());
    let entity_id = checked_id(&id)?;
    let snapshots = repository.snapshots();
    if let Some(message) = &options.message {
        check_message(message)?;
        let query = StreamQuery::new(A::TYPE, &entity_id).limit(0).processed(Some(message));
        let head = session
            .load(query, &mut |_: RawEvent<'_>| ControlFlow::Break(()))
            .await
            .map_err(Failure::from)?;
        if head.processed {
            return Ok(reload(&mut session, snapshots, id, &entity_id).await?.duplicate());
        }
        if head.deleted {
            return Err(Failure::Deleted { entity_type: A::TYPE, entity_id }.into());
        }
        if head.version != Version::NONE {
            return Err(Failure::AlreadyExists { entity_type: A::TYPE, entity_id }.into());
        }
    }

    let now = micros_now(&*repository.clock);
    let context =
        CommandContext::new(Some(id.clone()), Version::NONE, now, options.metadata.clone());
    let mut change = Change::<A>::new(options.metadata);
    decider
        .decide(Case {
            context: &context,
            services: &*repository.services,
            interceptors: &options.interceptors,
            events: &mut change.events,
            metadata: &mut change.metadata,
        })
        .await?;
    if change.events.is_empty() {
        return Err(Failure::NoEvents { entity_type: A::TYPE }.into());
    }

    let mut state = None;
    let append = change.fold(&mut state, entity_id.clone(), Version::NONE, now, options.message)?;
    let (version, deletes) = (append.version(), append.deletes);
    let Some(state) = state else { return Err(Failure::NoEvents { entity_type: A::TYPE }.into()) };
    let taken = snapshot_after(snapshots, &append, &state, Version::NONE, false);
    let snapshot = taken.as_ref().map_or(Version::NONE, |_| version);
    match session.append(append, taken).await {
        Ok(_) => {
            if session.is_store() && !deletes {
                repository.cache.keep(&entity_id, &state, version, snapshot);
            }
            if let Some(snapshots) = snapshots.filter(|_| snapshot == Version::NONE) {
                snapshots.without().put(&entity_id);
            }
            Ok(Persisted::new(id, version, state).deleted(deletes))
        }
        Err(AppendError::Duplicate) => {
            Ok(reload(&mut session, snapshots, id, &entity_id).await?.duplicate())
        }
        Err(error) => Err(append_failure::<A>(error, entity_id, 1).into()),
    }
}

/// Decides on an entity, and appends at the version that it was decided on; after a lost race all of it again.
///
/// An entity that the cache knows is decided on as it was then. That it still is so, the append finds out; where there is
/// nothing to append, a read does.
pub(super) async fn update<A: Aggregate, X: From<Failure>>(
    repository: &AggregateRepository<A>,
    mut session: Session<'_>,
    id: &A::Id,
    mut decider: Box<dyn DecideUpdate<A, X> + '_>,
    options: Options<A>,
) -> Result<Persisted<A>, X> {
    let entity_id = checked_id(id)?;
    let message = options.message.as_ref();
    if let Some(message) = message {
        check_message(message)?;
    }
    // In a transaction the store's own locks make the line.
    let takes_turns = session.can_retry();
    let mut turn = if takes_turns { Turn::join(A::TYPE, &entity_id).await } else { None };
    let mut attempt = 1;
    // A transaction changes what the cache knows, but nobody sees that before its commit.
    let known = repository.cache.take(&entity_id).filter(|_| session.is_store());
    let cache = if session.is_store() { &*repository.cache } else { &Cache::none() };
    let snapshots = repository.snapshots();
    let mut current = match known {
        Some(known) if options.can_decide_on(known.version) => Current::unread(known),
        known => Current::read(&mut session, snapshots, &entity_id, message, known).await?,
    };
    loop {
        let Known { version, snapshot, .. } = current.known;
        if current.processed {
            let deleted = current.deleted;
            if !deleted {
                cache.keep(&entity_id, &current.known.state, version, snapshot);
            }
            return Ok(Persisted::new(id.clone(), version, current.known.state)
                .deleted(deleted)
                .duplicate());
        }
        if let Some(expected) = options.expected
            && expected != version
        {
            cache.put(&entity_id, current.known);
            let conflict = AppendError::Conflict { expected, actual: version };
            return Err(append_failure::<A>(conflict, entity_id, attempt).into());
        }

        let now = micros_now(&*repository.clock);
        let context = CommandContext::new(Some(id.clone()), version, now, options.metadata.clone());
        let mut change = Change::<A>::new(options.metadata.clone());
        let case = Case {
            context: &context,
            services: &*repository.services,
            interceptors: &options.interceptors,
            events: &mut change.events,
            metadata: &mut change.metadata,
        };
        let decided = decider.decide(&current.known.state, case).await;
        if decided.is_err() || (change.events.is_empty() && message.is_none()) {
            if !current.is_read {
                let known = Some(current.known);
                current =
                    Current::read(&mut session, snapshots, &entity_id, message, known).await?;
                if current.known.version != version {
                    continue;
                }
            }
            if let Err(error) = decided {
                cache.put(&entity_id, current.known);
                return Err(error);
            }
            cache.keep(&entity_id, &current.known.state, version, current.known.snapshot);
            return Ok(Persisted::new(id.clone(), version, current.known.state));
        }

        // Folded before it is stored. The price is a whole load, not only the tail, after a lost race.
        let mut state = Some(current.known.state);
        let append =
            change.fold(&mut state, entity_id.clone(), version, now, options.message.clone())?;
        let (version, deletes) = (append.version(), append.deletes);
        let Some(state) = state else {
            return Err(Failure::NotFound { entity_type: A::TYPE, entity_id }.into());
        };
        let taken = snapshot_after(snapshots, &append, &state, snapshot, current.had_unreadable);
        let snapshot = taken.as_ref().map_or(snapshot, |_| version);
        match session.append(append, taken).await {
            Ok(_) => {
                if !deletes {
                    cache.keep(&entity_id, &state, version, snapshot);
                }
                return Ok(Persisted::new(id.clone(), version, state).deleted(deletes));
            }
            Err(AppendError::Duplicate) => {
                let reloaded = reload(&mut session, snapshots, id.clone(), &entity_id).await?;
                return Ok(reloaded.duplicate());
            }
            // Nobody was faster: what the cache knew was old.
            Err(AppendError::Conflict { .. }) if !current.is_read && options.expected.is_none() => {
            }
            Err(AppendError::Conflict { .. })
                if options.expected.is_none()
                    && session.can_retry()
                    && attempt < options.retry.limit() =>
            {
                match turn {
                    Some(_) => options.retry.wait(attempt).await,
                    None => turn = Turn::open(A::TYPE, &entity_id).await,
                }
                observe::conflict(A::TYPE, attempt);
                attempt += 1;
            }
            Err(error) => return Err(append_failure::<A>(error, entity_id, attempt).into()),
        }
        current = Current::read(&mut session, snapshots, &entity_id, message, None).await?;
    }
}

/// An entity that is about to be changed.
struct Current<A> {
    known: Known<A>,
    /// Whether this is what is stored now; else it is what the cache knew.
    is_read: bool,
    /// Whether the entity has processed the message that was asked about.
    processed: bool,
    /// Whether the entity was deleted, by the message or after it.
    deleted: bool,
    /// Whether there is no snapshot but one that can't be read, or one of another shape.
    had_unreadable: bool,
}

impl<A: Aggregate> Current<A> {
    fn unread(known: Known<A>) -> Self {
        Current { known, is_read: false, processed: false, deleted: false, had_unreadable: false }
    }

    /// Reads an entity that exists: the events after the version that is known, or all of them.
    async fn read(
        session: &mut Session<'_>,
        snapshots: Option<&Snapshotter<A>>,
        entity_id: &str,
        message: Option<&MessageKey>,
        known: Option<Known<A>>,
    ) -> Result<Self, Failure> {
        let query = StreamQuery::new(A::TYPE, entity_id).processed(message);
        let not_found =
            || Failure::NotFound { entity_type: A::TYPE, entity_id: entity_id.to_owned() };
        let mut loaded = load(session, query, snapshots, None, known).await?;
        if loaded.version > loaded.head.version {
            // The store was set back since, to a backup perhaps.
            loaded = load(session, query, snapshots, None, None).await?;
        }
        let Loaded { state, version, snapshot, had_unreadable, head, .. } = loaded;
        let state = state.ok_or_else(not_found)?;
        if head.deleted && !head.processed {
            return Err(Failure::Deleted { entity_type: A::TYPE, entity_id: entity_id.to_owned() });
        }
        let known = Known { state, version, snapshot };
        let StreamHead { processed, deleted, .. } = head;
        Ok(Current { known, is_read: true, processed, deleted, had_unreadable })
    }
}

/// The entity as it is now, when its message turned out to be processed already.
async fn reload<A: Aggregate>(
    session: &mut Session<'_>,
    snapshots: Option<&Snapshotter<A>>,
    id: A::Id,
    entity_id: &str,
) -> Result<Persisted<A>, Failure> {
    let Loaded { state, version, head, .. } =
        load(session, StreamQuery::new(A::TYPE, entity_id), snapshots, None, None).await?;
    match state {
        Some(state) => Ok(Persisted::new(id, version, state).deleted(head.deleted)),
        None => Err(Failure::NotFound { entity_type: A::TYPE, entity_id: entity_id.to_owned() }),
    }
}

/// What was decided and isn't stored yet.
struct Change<A: Aggregate> {
    events: Events<A>,
    metadata: crate::Metadata,
}

impl<A: Aggregate> Change<A> {
    fn new(metadata: crate::Metadata) -> Self {
        Change { events: Events::new(), metadata }
    }

    /// Folds the events into the state, and gives them back as they are to be stored.
    fn fold(
        self,
        state: &mut Option<A>,
        entity_id: String,
        expected: Version,
        now: Timestamp,
        message: Option<MessageKey>,
    ) -> Result<Append, Failure> {
        let mut append = Append::new(A::TYPE, entity_id, expected, now);
        append.message = message;
        append.metadata = self.metadata.to_stored();
        fold(state, &mut append, &self.events)?;
        Ok(append)
    }
}

/// A snapshot of the state after an append that isn't stored yet, if one is due. One that can't be read makes it due.
fn snapshot_after<A: Aggregate>(
    snapshots: Option<&Snapshotter<A>>,
    append: &Append,
    state: &A,
    last: Version,
    had_unreadable: bool,
) -> Option<Taken> {
    let (snapshots, event) = (snapshots?, append.events().last()?);
    if append.deletes {
        return None;
    }
    let newest = Newest {
        entity_id: &append.entity_id,
        state,
        version: append.version(),
        event_id: event.event_id,
        snapshot: last,
    };
    match had_unreadable {
        true => snapshots.take_anew(&newest, Reason::Change),
        false => snapshots.take_if_due(&newest, append.recorded_at, Reason::Change),
    }
}

/// The text of an id, if it can be stored.
pub(super) fn checked_id<I: crate::AggregateId>(id: &I) -> Result<String, Failure> {
    let text = id.to_string();
    if is_storable(&text) { Ok(text) } else { Err(Failure::InvalidId { what: "an id", text }) }
}

fn check_message(message: &MessageKey) -> Result<(), Failure> {
    let refused = |what, text: &str| Err(Failure::InvalidId { what, text: text.to_owned() });
    if !is_storable(message.id()) {
        return refused("a message id", message.id());
    }
    if !message.consumer().is_empty() && !is_storable(message.consumer()) {
        return refused("the name of a consumer", message.consumer());
    }
    Ok(())
}

fn is_storable(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len()) && !text.contains('\0')
}

/// What a store says of itself when a version is missing.
pub(super) fn gap<A: Aggregate>(entity_id: &str, wanted: Version, found: Version) -> Failure {
    StoreError::Corrupt(format!(
        "{} `{entity_id}` has no version {wanted} before version {found}",
        A::TYPE
    ))
    .into()
}

fn append_failure<A: Aggregate>(error: AppendError, entity_id: String, attempts: u32) -> Failure {
    let entity_type = A::TYPE;
    match error {
        AppendError::Conflict { expected, actual } => {
            Failure::Conflict { entity_type, entity_id, expected, actual, attempts }
        }
        AppendError::AlreadyExists { .. } => Failure::AlreadyExists { entity_type, entity_id },
        AppendError::Deleted => Failure::Deleted { entity_type, entity_id },
        // A duplicate is a success, and its callers have made one of it.
        AppendError::Duplicate => Failure::AlreadyExists { entity_type, entity_id },
        AppendError::Subscriber { subscriber, error } => Failure::Subscriber { subscriber, error },
        AppendError::Store(error) => Failure::Store(error),
    }
}
