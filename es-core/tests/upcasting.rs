//! Steps of aggregates that are written by hand, which nothing checks when they are compiled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

use es_core::evolution::{Upcast, Upcaster};
use es_core::prelude::*;
use es_core::registry::{AggregateInfo, EventInfo};
use es_core::store::RawEvent;
use es_core::{DecodeError, EventId, Timestamp};
use serde_json::{Value, json};

#[derive(Serialize, Deserialize, Event)]
#[event(version = 2, alias = "Debited")]
struct Withdrawn {
    cents: u64,
}

struct Account {
    cents: u64,
}

#[aggregate]
impl Account {
    #[event_handler]
    fn withdrawn(event: &Withdrawn) -> Self {
        Account { cents: event.cents }
    }

    #[upcaster(event = "Withdrawn", from = 1)]
    fn in_cents(json: Value) -> Value {
        json!({ "cents": json["amount"] })
    }
}

const EVENTS: &[EventInfo] = &[EventInfo::of::<Account, Withdrawn>("withdrawn")];

const IN_CENTS: Upcaster = Upcaster::new("Withdrawn", 1, &[], "in_cents", |json, _| {
    Ok(Upcast::from(json!({ "cents": json["amount"] })))
});

const IN_A_CIRCLE: Upcaster =
    Upcaster::new("Paid", 1, &[("Paid", 1)], "in_a_circle", |json, _| Ok(Upcast::from(json)));

const OF_TWO_KINDS: Upcaster =
    Upcaster::new("Changed", 1, &[("Withdrawn", 2), ("Paid", 1)], "of_two_kinds", |json, _| {
        Ok(Upcast::from(json))
    });

/// What a stored event means to an aggregate with these steps: names, versions and JSON.
fn shown(
    upcasters: &'static [Upcaster],
    event_type: &str,
    schema_version: u32,
    json: &str,
) -> Result<Vec<(String, u32, String)>, DecodeError> {
    let (entity_type, rust_type) = ("Account", "Account");
    let aggregate =
        AggregateInfo { entity_type, rust_type, commands: &[], events: EVENTS, upcasters };
    let raw = RawEvent {
        entity_type,
        entity_id: "a",
        version: Version::new(1),
        event_id: EventId::new(),
        event_type,
        schema_version,
        data: json.as_bytes(),
        metadata: None,
        triggering_event: None,
        recorded_at: Timestamp::UNIX_EPOCH,
    };
    let mut shown = Vec::new();
    aggregate.upcast(&raw, &mut |now| {
        let json = String::from_utf8_lossy(now.data).into_owned();
        shown.push((now.event_type.to_owned(), now.schema_version, json));
        Ok(())
    })?;
    Ok(shown)
}

#[test]
fn a_step_reads_rows_under_older_names_too() {
    let withdrawn = [("Withdrawn".to_owned(), 2, r#"{"cents":5}"#.to_owned())];
    for name in ["Withdrawn", "Debited"] {
        assert_eq!(shown(&[IN_CENTS], name, 1, r#"{"amount":5}"#).unwrap(), withdrawn, "{name}");
    }
}

#[test]
fn a_row_under_an_older_name_has_the_name_of_today() {
    let shown = shown(&[], "Debited", 2, r#"{"cents":5}"#).unwrap();
    assert_eq!(shown, [("Withdrawn".to_owned(), 2, r#"{"cents":5}"#.to_owned())]);
}

#[test]
fn steps_in_a_circle_are_an_error() {
    let error = shown(&[IN_A_CIRCLE], "Paid", 1, "{}").unwrap_err();
    assert!(matches!(error, DecodeError::EndlessUpcast { upcaster: "in_a_circle" }), "{error}");
}

#[test]
fn json_without_a_type_is_refused_where_a_step_leads_to_several() {
    let error = shown(&[OF_TWO_KINDS], "Changed", 1, "{}").unwrap_err();
    let DecodeError::UndeclaredUpcast { upcaster, event_type } = error else { panic!("{error}") };
    assert_eq!((upcaster, event_type), ("of_two_kinds", "JSON without a type"));
}

#[test]
fn what_a_step_leaves_is_folded_or_named() {
    let replay = |json: &str| {
        let mut state = None;
        let raw = RawEvent {
            entity_type: "Account",
            entity_id: "a",
            version: Version::new(1),
            event_id: EventId::new(),
            event_type: "Debited",
            schema_version: 1,
            data: json.as_bytes(),
            metadata: None,
            triggering_event: None,
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        Account::replay(&mut state, &raw).map(|()| state.unwrap().cents)
    };
    assert_eq!(replay(r#"{"amount":5}"#).unwrap(), 5);
    let error = replay(r#"{"amount":"five"}"#).unwrap_err().to_string();
    assert!(error.contains("doesn't fit the type: invalid type: string"), "{error}");
}
