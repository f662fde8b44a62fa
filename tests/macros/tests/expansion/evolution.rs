//! Events that have changed: steps on types and on JSON, an older name, a deletion, an event that is stored for its own sake,
//! and types that nobody knows.

use es_core::evolution::Upcast;
use es_core::prelude::*;
use serde_json::{Value, json};

#[derive(Serialize, Deserialize, Event)]
#[event(type = "Installed")]
pub struct InstalledV1 {
    pub place: String,
}

#[derive(Serialize, Deserialize, Event)]
#[event(version = 2, from = InstalledV1)]
pub struct Installed {
    pub place: String,
    pub digits: u8,
}

impl From<InstalledV1> for Installed {
    fn from(event: InstalledV1) -> Self {
        Installed { place: event.place, digits: 6 }
    }
}

#[derive(Serialize, Deserialize, Event)]
#[event(version = 2, alias = "MeterRead")]
pub struct Read {
    pub amount: u64,
}

#[derive(Serialize, Deserialize, Event)]
pub struct Noted {
    pub text: String,
}

#[derive(Serialize, Deserialize, Event)]
pub struct Removed {}

#[derive(Serialize, Deserialize, Event)]
#[event(pseudo)]
pub struct Answered {
    pub question: String,
}

#[derive(Clone, Command)]
pub struct Answer(pub String);

pub struct Gauge {
    pub amount: u64,
}

#[aggregate(unknown_events = skip)]
impl Gauge {
    #[command_handler]
    fn answer(&self, command: Answer) -> Answered {
        Answered { question: command.0 }
    }

    #[event_handler]
    fn installed(_: Installed) -> Self {
        Gauge { amount: 0 }
    }

    #[event_handler]
    fn read(&mut self, event: &Read) {
        self.amount = event.amount;
    }

    #[event_handler]
    fn noted(&mut self, _: &Noted) {}

    #[event_handler(deletes)]
    fn removed(&mut self, _: &Removed) {}

    #[upcaster(event = "Read", from = 1)]
    fn as_number(json: Value) -> Result<Value, std::num::ParseIntError> {
        let amount: u64 = json["amount"].as_str().unwrap_or_default().parse()?;
        Ok(json!({ "amount": amount }))
    }

    #[upcaster(event = "Corrected", from = 1, into = ("Read", 1), into = ("Noted", 1))]
    fn split(json: Value, cx: &EventContext<'_>) -> Upcast {
        Upcast::to("Read", json!({ "amount": json["amount"] }))
            .and("Noted", json!({ "text": format!("corrected at {}", cx.version()) }))
    }
}
