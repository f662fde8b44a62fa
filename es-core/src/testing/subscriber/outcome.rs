use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::super::events::Fact;
use super::recorder::{Call, CallResult};
use crate::store::{Position, RawEvent};
use crate::subscription::{ConsistencyToken, DeadLetter, EntityKey};
use crate::{EventId, Version};

/// What a step of a scenario led to.
pub(super) struct Outcome {
    /// What the subscriber's commands appended, in order.
    pub(super) appended: Vec<Stored>,
    /// The events that aren't handled, in order.
    pub(super) unhandled: Vec<Unhandled>,
    /// The calls of this step and of those before it.
    pub(super) calls: Vec<Call>,
    /// Which of the calls is the first of this step.
    pub(super) first_call: usize,
}

/// An event in the store.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) position: Position,
    pub(super) event_id: EventId,
    pub(super) entity: EntityKey,
    pub(super) version: Version,
    pub(super) fact: Fact,
}

/// An event that is given up, or waits for one that is.
pub(super) struct Unhandled {
    pub(super) event: Stored,
    pub(super) fate: Fate,
    /// How often it was tried.
    pub(super) attempts: u32,
    /// Why it failed the last time; `None` where it waits for an earlier one.
    pub(super) error: Option<String>,
}

/// What becomes of an event that is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Blocked,
    Parked,
    Skipped,
}

impl Stored {
    pub(super) fn of(position: Position, raw: &RawEvent<'_>) -> Self {
        Stored {
            position,
            event_id: raw.event_id,
            entity: EntityKey::new(raw.entity_type, raw.entity_id),
            version: raw.version,
            fact: Fact {
                event_type: raw.event_type.to_owned(),
                json: serde_json::from_slice(raw.data).unwrap_or_default(),
            },
        }
    }

    pub(super) fn token(&self) -> ConsistencyToken {
        ConsistencyToken { entity: self.entity.clone(), version: self.version }
    }
}

/// The events that aren't handled: those that wait, and those whose last call, of these, failed all the same.
pub(super) fn unhandled(
    delivered: &[Stored],
    letters: Vec<DeadLetter>,
    calls: &[Call],
) -> Vec<Unhandled> {
    let known: HashMap<_, _> = delivered.iter().map(|event| (event.position, event)).collect();
    let mut unhandled = BTreeMap::new();
    for (position, last) in
        calls.iter().map(|call| (call.position, call)).collect::<BTreeMap<_, _>>()
    {
        if let (CallResult::Failed(error), Some(&event)) = (&last.result, known.get(&position)) {
            let attempts = calls.iter().filter(|call| call.position == position).count() as u32;
            let (event, error) = (event.clone(), Some(error.clone()));
            unhandled.insert(position, Unhandled { event, fate: Fate::Skipped, attempts, error });
        }
    }
    let mut fates = HashMap::new();
    for DeadLetter { entity, position, attempts, parked, error, .. } in letters {
        // Those behind the first one wait as it does.
        let fate = if parked { Fate::Parked } else { Fate::Blocked };
        let fate = *fates.entry(entity).or_insert(fate);
        if let Some(&event) = known.get(&position) {
            let event = event.clone();
            unhandled.insert(position, Unhandled { event, fate, attempts, error });
        }
    }
    unhandled.into_values().collect()
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EntityKey { entity_type, entity_id } = &self.entity;
        write!(f, "{} of {entity_type} `{entity_id}`", self.fact)
    }
}

impl fmt::Display for Unhandled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.event, self.fate)?;
        match &self.error {
            Some(error) => write!(f, " after {} attempts: {error}", self.attempts),
            None => f.write_str(", behind an earlier one"),
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fate::Blocked => "blocked",
            Fate::Parked => "parked",
            Fate::Skipped => "skipped",
        })
    }
}
