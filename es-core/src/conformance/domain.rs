//! Two aggregates, for the behaviours of repositories on a store.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use super::Store;
use crate::repository::RecordedEvent;
use crate::{
    AggregateRepository, Command, Event, EventContext, EventId, Id, Metadata, Timestamp, Version,
    aggregate, command_handler, event_handler,
};

/// Adds numbers up, and knows how it came to its total.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tally {
    pub(super) name: String,
    pub(super) total: u64,
    pub(super) added: Vec<Addition>,
}

/// What an event handler was told of an addition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Addition {
    pub(super) amount: u64,
    pub(super) event_id: EventId,
    pub(super) version: Version,
    pub(super) recorded_at: Timestamp,
    pub(super) metadata: Metadata,
}

/// Starts a tally with these amounts.
#[derive(Debug, Clone, Command)]
pub(super) struct Start {
    pub(super) name: String,
    pub(super) amounts: Vec<u64>,
}

/// Starts a tally, but doesn't.
#[derive(Debug, Clone, Command)]
pub(super) struct Hesitate;

/// Adds an amount, and counts how often that is decided.
#[derive(Debug, Clone, Command)]
pub(super) struct Add {
    pub(super) amount: u64,
    pub(super) decisions: Arc<AtomicU32>,
}

impl Add {
    pub(super) fn new(amount: u64) -> Self {
        Add { amount, decisions: Arc::default() }
    }

    /// How often this command was decided.
    pub(super) fn decisions(&self) -> u32 {
        self.decisions.load(Ordering::Relaxed)
    }
}

/// Adds some amounts or none.
#[derive(Debug, Clone, Command)]
pub(super) struct AddAll(pub(super) Vec<u64>);

/// A command that a tally doesn't take: it takes no more than 1000 at once, and has a name.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("refused at {total}")]
pub(super) struct Refused {
    pub(super) total: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) struct Started {
    pub(super) name: String,
}

/// An amount was added to a total of `before`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) struct Added {
    pub(super) amount: u64,
    pub(super) before: u64,
}

#[aggregate(type = "ConformanceTally", vis = pub(super), crate = super::unregistered)]
impl Tally {
    #[command_handler]
    fn start(command: Start) -> Result<(Started, Vec<Added>), Refused> {
        if command.name.is_empty() {
            return Err(Refused { total: 0 });
        }
        Ok((Started { name: command.name }, additions(0, &command.amounts)))
    }

    #[command_handler]
    fn hesitate(_: Hesitate) -> Option<Started> {
        None
    }

    #[command_handler]
    fn add(&self, command: &Add) -> Result<Added, Refused> {
        command.decisions.fetch_add(1, Ordering::Relaxed);
        if command.amount > 1000 {
            return Err(Refused { total: self.total });
        }
        Ok(Added { amount: command.amount, before: self.total })
    }

    #[command_handler]
    fn add_all(&self, command: &AddAll) -> Vec<Added> {
        additions(self.total, &command.0)
    }

    #[event_handler]
    fn started(event: Started) -> Self {
        Tally { name: event.name, total: 0, added: Vec::new() }
    }

    #[event_handler]
    fn added(&mut self, event: &Added, cx: &EventContext<'_>) {
        self.total += event.amount;
        self.added.push(Addition {
            amount: event.amount,
            event_id: cx.event_id(),
            version: cx.version(),
            recorded_at: cx.recorded_at(),
            metadata: cx.metadata(),
        });
    }
}

fn additions(mut total: u64, amounts: &[u64]) -> Vec<Added> {
    let add = |amount: &u64| {
        let before = total;
        total += amount;
        Added { amount: *amount, before }
    };
    amounts.iter().map(add).collect()
}

/// A text under an id that is chosen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    pub(super) text: String,
}

#[derive(Debug, Clone, Command)]
pub(super) struct Stick(pub(super) String);

#[derive(Debug, Clone, Command)]
pub(super) struct Rewrite(pub(super) String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) struct Written {
    pub(super) text: String,
}

#[aggregate(type = "ConformanceLabel", id = String, vis = pub(super), crate = super::unregistered)]
impl Label {
    #[command_handler]
    fn stick(command: Stick) -> Written {
        Written { text: command.0 }
    }

    #[command_handler]
    fn rewrite(&self, command: Rewrite) -> Written {
        Written { text: command.0 }
    }

    #[event_handler]
    fn written(event: Written) -> Self {
        Label { text: event.text }
    }
}

pub(super) fn tallies(store: &Store) -> AggregateRepository<Tally> {
    AggregateRepository::new(Arc::clone(store))
}

pub(super) fn labels(store: &Store) -> AggregateRepository<Label> {
    AggregateRepository::new(Arc::clone(store))
}

/// Starts a tally with this name and these amounts.
pub(super) fn start(name: &str, amounts: impl Into<Vec<u64>>) -> Start {
    Start { name: name.into(), amounts: amounts.into() }
}

/// The amounts that a tally was made of.
pub(super) fn amounts(tally: &Tally) -> Vec<u64> {
    tally.added.iter().map(|addition| addition.amount).collect()
}

/// The whole history of a tally. It ends at the first version that is skipped or told again.
pub(super) async fn history(
    tallies: &AggregateRepository<Tally>,
    id: &Id<Tally>,
) -> Vec<RecordedEvent<Tally>> {
    let mut history = tallies.history(id).await.expect("it has a history");
    let mut events = Vec::new();
    while let Some(event) = history.next().await {
        let event = event.expect("its history can be read");
        assert_eq!(event.version(), events.len() as u64 + 1, "the next version of the history");
        events.push(event);
    }
    events
}

/// Fails unless each addition was decided on the total of all additions before it.
pub(super) async fn every_decision_saw_all_before_it(
    tallies: &AggregateRepository<Tally>,
    id: &Id<Tally>,
) {
    let mut total = 0;
    for event in history(tallies, id).await {
        if let TallyEvent::Added(added) = event.event() {
            assert_eq!(added.before, total, "at version {}", event.version());
            total += added.amount;
        }
    }
}
