use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::EventId;

/// What is known of a change beside its events: who, from where, in which conversation. Every event of one save or
/// update carries the same metadata.
///
/// Names and values are text, stored as one JSON object. It is kept with the events for good, so it isn't the place
/// for secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// The name under which [`correlation_id`](Self::correlation_id) is stored.
    pub const CORRELATION_ID: &'static str = "correlation_id";
    /// The name under which [`causation_id`](Self::causation_id) is stored.
    pub const CAUSATION_ID: &'static str = "causation_id";

    /// The name under which [`user`](Self::user) is stored.
    pub const USER: &'static str = "user";
    /// The name under which [`reason`](Self::reason) is stored.
    pub const REASON: &'static str = "reason";

    /// No metadata.
    pub const fn new() -> Self {
        Metadata(BTreeMap::new())
    }

    /// Sets a value, in place of an earlier one of that name.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The conversation that this change belongs to: the same for all that follows from one request.
    pub fn correlation_id(&self) -> Option<&str> {
        self.get(Self::CORRELATION_ID)
    }

    /// The event or message that directly led to this change.
    pub fn causation_id(&self) -> Option<&str> {
        self.get(Self::CAUSATION_ID)
    }

    /// Who made the change.
    pub fn user(&self) -> Option<&str> {
        self.get(Self::USER)
    }

    /// Why the change was made, in the words of who made it.
    pub fn reason(&self) -> Option<&str> {
        self.get(Self::REASON)
    }

    /// All names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes this the metadata of a change that follows from an event: caused by it, in its conversation. An event
    /// that belongs to no conversation starts one, under its own id.
    pub fn follow(&mut self, event_id: EventId, metadata: &Metadata) {
        let correlation =
            metadata.correlation_id().map_or_else(|| event_id.to_string(), str::to_owned);
        self.insert(Self::CORRELATION_ID, correlation);
        self.insert(Self::CAUSATION_ID, event_id.to_string());
    }

    /// Reads metadata as it is stored. Values that aren't text, written by something else, are given as their JSON.
    pub(crate) fn from_stored(json: Option<&str>) -> Result<Self, serde_json::Error> {
        let Some(json) = json else { return Ok(Self::new()) };
        let values: BTreeMap<String, Value> = serde_json::from_str(json)?;
        let text = |value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        Ok(Metadata(values.into_iter().map(|(name, value)| (name, text(value))).collect()))
    }

    /// The JSON to store; `None` where there is none.
    pub(crate) fn to_stored(&self) -> Option<String> {
        // A map of text to text is always valid JSON.
        (!self.is_empty()).then(|| serde_json::to_string(self).unwrap_or_default())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Metadata(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
