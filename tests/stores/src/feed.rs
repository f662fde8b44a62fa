//! Events that tell on a feed which loses, repeats, inverts or splits them.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use es_core::store::{Append, FeedFilter, FeedQuery, Position, RawEvent, StoreError};
use es_core::{EncodeError, Event, EventId, EventStore, Timestamp, Version};

/// The stored name of the aggregate.
pub const COUNTER: &str = "Counter";

/// An event that says with how many others it is committed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Counted {
    /// The commit, which no other commit is named as.
    pub commit: String,
    /// How many events the commit has.
    pub of: u64,
}

impl Event for Counted {
    const TYPE: &'static str = "Counted";
}

/// So many events of a commit for an entity.
///
/// # Errors
/// What encoding fails with.
pub fn counted(
    entity_id: &str,
    expected: Version,
    events: u64,
    counted: &Counted,
) -> Result<Append, EncodeError> {
    let mut append = Append::new(COUNTER, entity_id.to_owned(), expected, Timestamp::now());
    for _ in 0..events {
        append.push(EventId::new(), counted)?;
    }
    Ok(append)
}

/// An event that was seen: its entity, version and commit.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Seen {
    /// The entity.
    pub entity_id: String,
    /// Its version with the event.
    pub version: u64,
    /// The commit.
    pub commit: String,
    /// How many events the commit has.
    pub of: u64,
}

impl Seen {
    fn read(event: &RawEvent<'_>) -> Option<Self> {
        let Counted { commit, of } = serde_json::from_slice(event.data).ok()?;
        let (entity_id, version) = (event.entity_id.to_owned(), event.version.get());
        Some(Seen { entity_id, version, commit, of })
    }
}

/// A reader of a feed, who remembers all that he saw.
#[derive(Debug, Default)]
pub struct Reader {
    /// How far he has come.
    pub after: Position,
    /// What he has seen, in its order.
    pub seen: Vec<(Position, Seen)>,
}

impl Reader {
    /// Reads a page, and says whether it was the last one for now.
    ///
    /// # Errors
    /// What the store fails with, or [`StoreError::Corrupt`] for positions that don't rise.
    pub async fn page(&mut self, store: &dyn EventStore, limit: u32) -> Result<bool, StoreError> {
        let Reader { after, seen } = self;
        let (all, mut last, mut fell) = (FeedFilter::all(), *after, false);
        let mut visit = |position: Position, event: RawEvent<'_>| {
            fell |= position <= last;
            last = position;
            seen.extend(Seen::read(&event).map(|event| (position, event)));
            ControlFlow::Continue(())
        };
        let page = store.feed(FeedQuery::new(*after, limit, &all), &mut visit).await?;
        if fell || page.last < last {
            return Err(StoreError::Corrupt(format!("positions fell after {after}")));
        }
        *after = page.last;
        Ok(page.at_end)
    }
}

/// What is wrong with what a reader saw, given what was committed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Events that he never saw.
    pub missed: usize,
    /// Events that he saw again.
    pub repeated: usize,
    /// Events that he saw and nobody committed.
    pub uncommitted: usize,
    /// Events that he saw before an earlier one of their stream.
    pub inverted: usize,
    /// Commits between whose events he saw others.
    pub split: usize,
}

/// Compares what was seen with what was committed.
pub fn faults<'s>(
    seen: impl Iterator<Item = &'s Seen> + Clone,
    committed: &HashSet<Seen>,
) -> Faults {
    let mut faults = Faults::default();
    let mut once: HashSet<&Seen> = HashSet::new();
    let mut versions: HashMap<&str, u64> = HashMap::new();
    let mut commits: HashSet<&str> = HashSet::new();
    let mut last: Option<&Seen> = None;
    for event in seen {
        if !once.insert(event) {
            faults.repeated += 1;
            continue;
        }
        if !committed.contains(event) {
            faults.uncommitted += 1;
        }
        let version = versions.entry(&event.entity_id).or_default();
        if event.version < *version {
            faults.inverted += 1;
        }
        *version = event.version.max(*version);
        if last.is_none_or(|last| last.commit != event.commit) && !commits.insert(&event.commit) {
            faults.split += 1;
        }
        last = Some(event);
    }
    faults.missed = committed.iter().filter(|event| !once.contains(event)).count();
    faults
}
