//! The parcel in version 3, and the steps from what versions 1 and 2 stored.

use es_core::evolution::Upcast;
use es_core::prelude::*;
use serde_json::{Value, json};

/// In version 1 nobody asked for the value.
#[derive(Debug, Serialize, Deserialize, Event)]
#[event(type = "ParcelPosted")]
pub struct ParcelPostedV1 {
    pub from: String,
    pub to: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(version = 2, from = ParcelPostedV1)]
pub struct ParcelPosted {
    pub from: String,
    pub to: String,
    pub insured_cents: u32,
}

/// A typed step.
impl From<ParcelPostedV1> for ParcelPosted {
    fn from(event: ParcelPostedV1) -> Self {
        ParcelPosted { from: event.from, to: event.to, insured_cents: 50_000 }
    }
}

/// Version 1 had text, as in "1200 g", and version 2 a number of grams.
#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(version = 3)]
pub struct ParcelWeighed {
    pub kilograms: f64,
}

/// Another name, and the same JSON.
#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(alias = "ParcelMoved")]
pub struct ParcelArrived {
    pub place: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct ParcelDelivered {
    pub to: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct CashCollected {
    pub cents: u32,
}

#[derive(Debug, PartialEq)]
pub struct Parcel {
    pub from: String,
    pub to: String,
    pub insured_cents: u32,
    pub kilograms: Option<f64>,
    pub places: Vec<String>,
    pub delivered_to: Option<String>,
    pub collected_cents: u32,
}

#[aggregate(id = String)]
impl Parcel {
    #[event_handler]
    fn posted(event: ParcelPosted) -> Self {
        Parcel {
            from: event.from,
            to: event.to,
            insured_cents: event.insured_cents,
            kilograms: None,
            places: Vec::new(),
            delivered_to: None,
            collected_cents: 0,
        }
    }

    #[event_handler]
    fn weighed(&mut self, event: &ParcelWeighed) {
        self.kilograms = Some(event.kilograms);
    }

    #[event_handler]
    fn arrived(&mut self, event: ParcelArrived) {
        self.places.push(event.place);
    }

    #[event_handler]
    fn delivered(&mut self, event: ParcelDelivered) {
        self.delivered_to = Some(event.to);
    }

    #[event_handler]
    fn collected(&mut self, event: &CashCollected) {
        self.collected_cents += event.cents;
    }

    /// The first link of a chain: text to a number.
    #[upcaster(event = "ParcelWeighed", from = 1)]
    fn weight_as_number(json: Value) -> anyhow::Result<Value> {
        let text = json["weight"].as_str().unwrap_or_default();
        let grams: u32 = text.trim_end_matches(" g").parse()?;
        Ok(json!({ "grams": grams }))
    }

    /// The second one: grams to kilograms.
    #[upcaster(event = "ParcelWeighed", from = 2)]
    fn weight_in_kilograms(json: Value) -> Value {
        json!({ "kilograms": json["grams"].as_f64().unwrap_or_default() / 1000.0 })
    }

    /// What was one event means two now, or one where nothing was collected.
    #[upcaster(
        event = "ParcelHandedOver",
        from = 1,
        into = ("ParcelDelivered", 1),
        into = ("CashCollected", 1)
    )]
    fn split_cash(json: Value) -> Upcast {
        let delivered = Upcast::to("ParcelDelivered", json!({ "to": json["to"] }));
        match json["cash"].as_u64() {
            Some(cents) if cents > 0 => delivered.and("CashCollected", json!({ "cents": cents })),
            _ => delivered,
        }
    }

    /// Nobody wants to know any more which device saw it; the weight that some devices sent along still counts.
    #[upcaster(event = "ParcelScanned", from = 1, into = ("ParcelWeighed", 2))]
    fn drop_scans(json: Value) -> Option<Value> {
        json.get("grams").map(|grams| json!({ "grams": grams }))
    }
}
