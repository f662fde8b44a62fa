//! An aggregate whose events have a past, for the behaviours of evolution and deletion.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Store;
use crate::evolution::Upcast;
use crate::{
    AggregateRepository, Command, Event, EventContext, aggregate, command_handler, event_handler,
    upcaster,
};

/// A meter in a house.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meter {
    pub(super) place: String,
    pub(super) unit: String,
    pub(super) digits: u8,
    pub(super) readings: Vec<u64>,
    pub(super) notes: Vec<String>,
    pub(super) removed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(type = "Installed")]
pub(super) struct InstalledV1 {
    pub(super) place: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(type = "Installed", version = 2, from = InstalledV1)]
pub(super) struct InstalledV2 {
    pub(super) place: String,
    pub(super) unit: String,
}

impl From<InstalledV1> for InstalledV2 {
    fn from(event: InstalledV1) -> Self {
        InstalledV2 { place: event.place, unit: "kWh".into() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(version = 3, from = InstalledV2)]
pub(super) struct Installed {
    pub(super) place: String,
    pub(super) unit: String,
    pub(super) digits: u8,
}

impl From<InstalledV2> for Installed {
    fn from(event: InstalledV2) -> Self {
        Installed { place: event.place, unit: event.unit, digits: 6 }
    }
}

/// Version 1 had the value as text, version 2 as a number under its old name, version 3 without the version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(version = 4)]
pub(super) struct MeterRead {
    pub(super) amount: u64,
    pub(super) at: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(alias = "Commented")]
pub(super) struct Noted {
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) struct Removed {}

/// That a question was answered, which changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(pseudo)]
pub(super) struct Answered {
    pub(super) question: String,
}

#[derive(Debug, Clone, Command)]
pub(super) struct Install(pub(super) &'static str);

/// Installs a meter and removes it at once.
#[derive(Debug, Clone, Command)]
pub(super) struct TryOut;

#[derive(Debug, Clone, Command)]
pub(super) struct Read(pub(super) u64);

#[derive(Debug, Clone, Command)]
pub(super) struct Answer(pub(super) &'static str);

#[derive(Debug, Clone, Command)]
pub(super) struct Remove;

/// Removes a meter, and reads it after that.
#[derive(Debug, Clone, Command)]
pub(super) struct RemoveTooEarly;

#[aggregate(type = "ConformanceMeter", id = String, vis = pub(super), crate = super::unregistered)]
impl Meter {
    #[command_handler]
    fn install(command: Install) -> Installed {
        Installed { place: command.0.into(), unit: "m3".into(), digits: 5 }
    }

    #[command_handler]
    fn try_out(_: TryOut) -> (Installed, Removed) {
        (Installed { place: "shop".into(), unit: "m3".into(), digits: 5 }, Removed {})
    }

    #[command_handler]
    fn read(&self, command: &Read) -> MeterRead {
        MeterRead { amount: command.0, at: 0 }
    }

    #[command_handler]
    fn answer(&self, command: &Answer) -> (Answered, Noted, Answered) {
        let answered = Answered { question: command.0.into() };
        (answered.clone(), Noted { text: "asked".into() }, answered)
    }

    #[command_handler]
    fn remove(&self, _: &Remove) -> (Noted, Removed) {
        (Noted { text: "old".into() }, Removed {})
    }

    #[command_handler]
    fn remove_too_early(&self, _: &RemoveTooEarly) -> (Removed, MeterRead) {
        (Removed {}, MeterRead { amount: 1, at: 0 })
    }

    #[event_handler]
    fn installed(event: Installed) -> Self {
        let Installed { place, unit, digits } = event;
        let (readings, notes) = (Vec::new(), Vec::new());
        Meter { place, unit, digits, readings, notes, removed: false }
    }

    #[event_handler]
    fn was_read(&mut self, event: &MeterRead) {
        self.readings.push(event.amount * 100 + event.at);
    }

    #[event_handler]
    fn noted(&mut self, event: Noted) {
        self.notes.push(event.text);
    }

    #[event_handler(deletes)]
    fn removed(&mut self, _: &Removed) {
        self.removed = true;
    }

    /// Numbers, not text.
    #[upcaster(event = "MeterRead", from = 1)]
    fn text_to_number(json: Value) -> Result<Value, std::num::ParseIntError> {
        let value = json["value"].as_str().unwrap_or_default().parse::<u64>()?;
        Ok(json!({ "value": value }))
    }

    /// Another name.
    #[upcaster(event = "MeterRead", from = 2)]
    fn value_to_amount(json: Value) -> Value {
        json!({ "amount": json["value"] })
    }

    /// What its context tells.
    #[upcaster(event = "MeterRead", from = 3)]
    fn with_version(mut json: Value, cx: &EventContext<'_>) -> Value {
        json["at"] = cx.version().get().into();
        json
    }

    /// A correction was two things at once.
    #[upcaster(event = "Corrected", from = 1, into = ("MeterRead", 2), into = ("Noted", 1))]
    fn split(json: Value) -> Upcast {
        Upcast::to("Noted", json!({ "text": json["why"] }))
            .and("MeterRead", json!({ "value": json["value"] }))
            .and("Noted", json!({ "text": "corrected" }))
    }

    /// What nobody needs any more, but for those that say something.
    #[upcaster(event = "Pinged", from = 1, into = ("Noted", 1))]
    fn drop_pings(json: Value) -> Option<Value> {
        json.get("text").map(|text| json!({ "text": text }))
    }

    /// Another type.
    #[upcaster(event = "Remarked", from = 3, into = ("Noted", 1))]
    fn rename(json: Value) -> Value {
        json!({ "text": json["remark"] })
    }
}

/// A meter as a program sees it that knows less.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glance {
    pub(super) places: Vec<String>,
}

#[aggregate(
    type = "ConformanceMeter",
    id = String,
    unknown_events = skip,
    vis = pub(super),
    crate = super::unregistered
)]
impl Glance {
    #[event_handler]
    fn installed(event: Installed) -> Self {
        Glance { places: vec![event.place] }
    }
}

pub(super) fn meters(store: &Store) -> AggregateRepository<Meter> {
    AggregateRepository::new(Arc::clone(store))
}

pub(super) fn glances(store: &Store) -> AggregateRepository<Glance> {
    AggregateRepository::new(Arc::clone(store))
}
