//! What a program reads.

use super::file::{Key, in_file};
use crate::registry::{AggregateInfo, EventInfo};
use crate::shape::Shape;

/// A version of an event that a program reads.
#[derive(Debug)]
pub(super) struct Known {
    /// What it is called in the file.
    pub(super) key: Key,
    /// The other stored names by which it is read.
    aliases: Vec<String>,
    pub(super) reading: Reading,
}

/// How a version is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// As a type, whose shape has these lines.
    Typed(Vec<String>),
    /// By a step on JSON, which doesn't tell what it reads.
    Json,
}

impl Known {
    /// All that these aggregates read.
    pub(super) fn of(aggregates: &[&AggregateInfo]) -> Vec<Self> {
        aggregates.iter().flat_map(|aggregate| of_aggregate(aggregate)).collect()
    }

    /// Whether rows of this stored type and version are read by it.
    pub(super) fn reads(&self, key: &Key) -> bool {
        self.is_named(key) && self.key.version == key.version
    }

    /// Whether this stored type is a name of its event.
    pub(super) fn is_named(&self, key: &Key) -> bool {
        self.key.entity_type == key.entity_type
            && (self.key.event_type == key.event_type || self.aliases.contains(&key.event_type))
    }
}

/// How a stored type and version is read, if it is.
pub(super) fn reading(known: &[Known], key: &Key) -> Option<Reading> {
    let mut found = None;
    for reading in known.iter().filter(|known| known.reads(key)).map(|known| &known.reading) {
        found = Some(match (found, reading) {
            (Some(Reading::Typed(mut lines)), Reading::Typed(more)) => {
                lines.extend(more.iter().cloned());
                lines.sort_unstable();
                lines.dedup();
                Reading::Typed(lines)
            }
            (Some(Reading::Typed(lines)), Reading::Json) => Reading::Typed(lines),
            (_, reading) => reading.clone(),
        });
    }
    found
}

fn of_aggregate(aggregate: &AggregateInfo) -> Vec<Known> {
    let named = |event: Option<&EventInfo>, name, version, reading| Known {
        key: Key::new(aggregate.entity_type, name, version),
        aliases: event.map_or_else(Vec::new, names),
        reading,
    };
    let mut known = Vec::new();
    for event in aggregate.events {
        let current = typed(&event.shape());
        known.push(named(Some(event), event.event_type, event.schema_version, current));
        for older in event.older_versions() {
            // The type of an older version needn't have the stored name: it is read by the event's.
            let is_named = event.is_named(older.event_type);
            let name = if is_named { older.event_type } else { event.event_type };
            known.push(named(Some(event), name, older.schema_version(), typed(&older.shape())));
        }
    }
    for step in aggregate.upcasters {
        let event = aggregate.events.iter().find(|event| event.is_named(step.event_type()));
        known.push(named(event, step.event_type(), step.from(), Reading::Json));
    }
    known
}

fn names(event: &EventInfo) -> Vec<String> {
    event.aliases.iter().chain([&event.event_type]).map(|name| in_file(name)).collect()
}

fn typed(shape: &Shape) -> Reading {
    let lines = match shape.lines() {
        // A shape without fields isn't a shape that nobody knows.
        [] => vec![shape.to_string()],
        lines => lines.to_vec(),
    };
    Reading::Typed(lines.iter().map(|line| in_file(line)).collect())
}
