use std::time::Duration;

use es_core::store::Position;
use es_core::subscription::{EntityKey, Held, NewDeadLetter};
use serde_json::{Map, Value, json};

/// No time is longer than this, in microseconds: a hundred years.
const MOST_MICROS: u128 = 100 * 365 * 24 * 3_600_000_000;

/// What a statement is told, as one JSON object.
#[derive(Clone)]
pub(crate) struct Arguments {
    values: Map<String, Value>,
    text: fn(&str) -> String,
}

impl Arguments {
    /// About a subscriber. `text` says how texts are written.
    pub(super) fn of(subscriber: &str, text: fn(&str) -> String) -> Self {
        Arguments { values: Map::new(), text }.with_text("subscriber", subscriber)
    }

    pub(super) fn owner(self, owner: &str) -> Self {
        self.with_text("owner", owner)
    }

    pub(super) fn other(self, subscriber: &str) -> Self {
        self.with_text("other", subscriber)
    }

    pub(super) fn ttl(self, ttl: Duration) -> Self {
        self.with("ttl", micros(ttl).into())
    }

    pub(super) fn position(self, position: Position) -> Self {
        self.with("position", position.get().into())
    }

    pub(super) fn epoch(self, epoch: u64) -> Self {
        self.with("epoch", epoch.into())
    }

    pub(super) fn paused(self, paused: bool) -> Self {
        self.with("paused", u32::from(paused).into())
    }

    pub(super) fn parts(self, parts: impl IntoIterator<Item = u32>) -> Self {
        self.with("parts", parts.into_iter().map(Value::from).collect())
    }

    pub(super) fn owners(self, owners: Vec<Value>) -> Self {
        self.with("owners", owners.into())
    }

    /// Sorted, so that all lock them in one order.
    pub(super) fn leases(self, leases: &[Held]) -> Self {
        let mut leases = leases.to_vec();
        leases.sort_unstable();
        let leases = leases.iter().map(|held| json!([held.partition, held.epoch]));
        self.with("leases", leases.collect())
    }

    pub(super) fn entity(self, entity: Option<&EntityKey>) -> Self {
        let text = self.text;
        let entity =
            entity.map(|entity| json!([text(&entity.entity_type), text(&entity.entity_id)]));
        self.with("entity", entity.unwrap_or_default())
    }

    pub(super) fn letters<'l>(self, letters: impl IntoIterator<Item = &'l NewDeadLetter>) -> Self {
        let text = self.text;
        let letter = |letter: &NewDeadLetter| {
            json!([
                text(&letter.entity.entity_type),
                text(&letter.entity.entity_id),
                letter.partition,
                letter.position.get(),
                letter.event_id.uuid().as_simple().to_string(),
                letter.attempts,
                letter.due_in.map(micros),
                letter.error.as_deref().map(text),
            ])
        };
        self.with("letters", letters.into_iter().map(letter).collect())
    }

    pub(super) fn json(&self) -> String {
        Value::Object(self.values.clone()).to_string()
    }

    fn with_text(self, name: &str, value: &str) -> Self {
        let value = (self.text)(value);
        self.with(name, value.into())
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }
}

fn micros(time: Duration) -> u64 {
    time.as_micros().min(MOST_MICROS) as u64
}
