//! An aggregate that remembers everything that happened to it, and the steps from what older programs stored.

use es_core::evolution::Upcast;
use es_core::prelude::*;
use serde_json::{Value, json};

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
#[event(type = "Opened")]
pub(crate) struct OpenedV1 {
    who: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
#[event(type = "Opened", version = 2, from = OpenedV1)]
pub(crate) struct OpenedV2 {
    who: String,
    since: u32,
}

impl From<OpenedV1> for OpenedV2 {
    fn from(event: OpenedV1) -> Self {
        OpenedV2 { who: event.who, since: 0 }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
#[event(version = 3, from = OpenedV2)]
pub(crate) struct Opened {
    who: String,
    since: u32,
    rank: String,
}

impl From<OpenedV2> for Opened {
    fn from(event: OpenedV2) -> Self {
        Opened { who: event.who, since: event.since, rank: "none".into() }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
#[event(version = 4)]
pub(crate) struct Added {
    n: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
#[event(alias = "Remarked")]
pub(crate) struct Noted {
    text: String,
}

macro_rules! ledger {
    ($name:ident, $($arguments:tt)*) => {
        #[derive(Debug, Clone, Command)]
        pub(crate) struct Add(pub(crate) Vec<u32>);

        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) facts: Vec<(String, Value)>,
        }

        #[aggregate(id = es_core::Uuid, type = "Ledger", vis = pub(crate), $($arguments)*)]
        impl $name {
            #[command_handler]
            fn add(&self, command: &Add) -> Vec<Added> {
                command.0.iter().map(|&n| Added { n }).collect()
            }

            #[event_handler]
            fn opened(event: &Opened) -> Self {
                $name { facts: vec![fact(event)] }
            }

            #[event_handler]
            fn added(&mut self, event: &Added) {
                self.facts.push(fact(event));
            }

            #[event_handler]
            fn noted(&mut self, event: &Noted) {
                self.facts.push(fact(event));
            }

            #[upcaster(event = "Added", from = 1)]
            fn text_to_number(json: Value) -> Result<Value, std::num::ParseIntError> {
                let number: u32 = json["text"].as_str().unwrap_or_default().parse()?;
                Ok(json!({ "number": number }))
            }

            #[upcaster(event = "Added", from = 2)]
            fn number_to_value(json: Value) -> Value {
                json!({ "value": json["number"] })
            }

            #[upcaster(event = "Added", from = 3)]
            fn value_to_n(json: Value) -> Value {
                json!({ "n": json["value"] })
            }

            #[upcaster(event = "Corrected", from = 1, into = ("Added", 2), into = ("Noted", 1))]
            fn split(json: Value) -> Upcast {
                Upcast::to("Noted", json!({ "text": json["why"] }))
                    .and("Added", json!({ "number": json["n"] }))
                    .and("Noted", json!({ "text": "end" }))
            }

            #[upcaster(event = "Grouped", from = 1, into = ("Grouped", 2), into = ("Noted", 1))]
            fn split_groups(json: Value) -> Upcast {
                super::members(json)
            }

            #[upcaster(event = "Grouped", from = 2, into = ("Grouped", 3), into = ("Noted", 1))]
            fn split_inner_groups(json: Value) -> Upcast {
                super::members(json)
            }

            #[upcaster(event = "Grouped", from = 3, into = ("Added", 3), into = ("Noted", 1))]
            fn split_innermost_groups(json: Value) -> Upcast {
                super::members(json)
            }

            #[upcaster(event = "Seen", from = 1, into = ("Noted", 1))]
            fn drop_seen(json: Value) -> Option<Value> {
                json.get("said").map(|said| json!({ "text": said }))
            }
        }
    };
}

/// A list is a group, and a text is a note.
fn members(json: Value) -> Upcast {
    let members = json.as_array().into_iter().flatten().cloned();
    members.fold(Upcast::nothing(), |upcast, member| match member {
        Value::Array(_) => upcast.and("Grouped", member),
        Value::Number(_) => upcast.and("Added", json!({ "value": member })),
        text => upcast.and("Noted", json!({ "text": text })),
    })
}

fn fact<E: Event + Serialize>(event: &E) -> (String, Value) {
    (E::TYPE.to_owned(), serde_json::to_value(event).unwrap_or_default())
}

pub(crate) mod plain {
    use super::*;
    ledger!(Plain, events = PlainEvent);
}

pub(crate) mod often {
    use super::*;
    ledger!(Often, events = OftenEvent, snapshot(every = 3, keep = 3, with_append));
}
