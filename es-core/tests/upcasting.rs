//! Steps of aggregates that are written by hand, which nothing checks when they are compiled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

use std::collections::HashSet;

use es_core::evolution::{Upcast, Upcaster};
use es_core::prelude::*;
use es_core::registry::{AggregateInfo, EventInfo};
use es_core::store::{Append, RawEvent};
use es_core::{DecodeError, EncodeError, EventId, Failure, StoredEvent, Timestamp, Uuid};
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

/// A step from version 1 of this type into these, and a second one of the last.
macro_rules! split {
    ($from:literal => $first:literal, $second:literal) => {
        Upcaster::new($from, 1, &[($first, 1), ($second, 1)], "split", |json, _| {
            Ok(Upcast::to($first, json.clone()).and($second, json.clone()).and($second, json))
        })
    };
}

const A_TO_B_AND_C: Upcaster = split!("A" => "B", "C");
const B_TO_D_AND_E: Upcaster = split!("B" => "D", "E");
const F_TO_G_AND_H: Upcaster = split!("F" => "G", "H");
const C_TO_I_AND_K: Upcaster = split!("C" => "I", "K");
const D_TO_F: Upcaster = Upcaster::new("D", 1, &[("F", 1)], "rename", |json, _| Ok(json.into()));
const Z_TO_A: Upcaster = Upcaster::new("Z", 1, &[("A", 1)], "rename", |json, _| Ok(json.into()));

/// The id of the event that is stored.
const STORED: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

fn derived(id: Uuid, name: &str) -> Uuid {
    Uuid::new_v5(&id, name.as_bytes())
}

/// A row of an account.
fn stored<'r>(event_type: &'r str, schema_version: u32, json: &'r str) -> RawEvent<'r> {
    RawEvent {
        entity_type: "Account",
        entity_id: "a",
        version: Version::new(1),
        event_id: STORED.into(),
        event_type,
        schema_version,
        data: json.as_bytes(),
        metadata: None,
        triggering_event: None,
        recorded_at: Timestamp::UNIX_EPOCH,
    }
}

/// Shows what a row means to an aggregate with these steps.
fn upcast(
    upcasters: &'static [Upcaster],
    raw: &RawEvent<'_>,
    show: &mut dyn FnMut(&RawEvent<'_>),
) -> Result<(), DecodeError> {
    let (entity_type, rust_type) = ("Account", "Account");
    let aggregate =
        AggregateInfo { entity_type, rust_type, commands: &[], events: EVENTS, upcasters };
    aggregate.upcast(raw, &mut |now| {
        show(&now);
        Ok(())
    })
}

/// What a stored event means to an aggregate with these steps: names, versions and JSON.
fn shown(
    upcasters: &'static [Upcaster],
    event_type: &str,
    schema_version: u32,
    json: &str,
) -> Result<Vec<(String, u32, String)>, DecodeError> {
    let mut shown = Vec::new();
    upcast(upcasters, &stored(event_type, schema_version, json), &mut |now| {
        let json = String::from_utf8_lossy(now.data).into_owned();
        shown.push((now.event_type.to_owned(), now.schema_version, json));
    })?;
    Ok(shown)
}

/// The ids of what a stored event means to an aggregate with these steps.
fn ids(upcasters: &'static [Upcaster], event_type: &str) -> Vec<Uuid> {
    let mut ids = Vec::new();
    let raw = stored(event_type, 1, "{}");
    upcast(upcasters, &raw, &mut |now| ids.push(now.event_id.uuid())).unwrap();
    ids
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
fn parts_of_parts_have_ids_of_their_own() {
    let ids = ids(&[A_TO_B_AND_C, B_TO_D_AND_E, D_TO_F, F_TO_G_AND_H, C_TO_I_AND_K], "A");
    assert_eq!((ids.len(), ids[0]), (11, STORED));
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn the_parts_of_the_first_split_are_numbered() {
    let parts = [STORED, derived(STORED, "1"), derived(STORED, "2")];
    assert_eq!(ids(&[A_TO_B_AND_C], "A"), parts);
    assert_eq!(ids(&[Z_TO_A, A_TO_B_AND_C], "Z"), parts);
}

#[test]
fn a_step_that_comes_later_leaves_the_ids_of_parts_as_they_were() {
    let releases: &[&[Upcaster]] = &[
        &[],
        &[A_TO_B_AND_C],
        &[A_TO_B_AND_C, B_TO_D_AND_E],
        &[A_TO_B_AND_C, B_TO_D_AND_E, D_TO_F, F_TO_G_AND_H],
        &[A_TO_B_AND_C, B_TO_D_AND_E, D_TO_F, F_TO_G_AND_H, C_TO_I_AND_K],
    ];
    let mut known = Vec::new();
    for steps in releases {
        let ids = ids(steps, "A");
        assert!(known.iter().all(|id| ids.contains(id)), "{known:?} of {ids:?}");
        known = ids;
    }
}

#[test]
fn an_event_may_be_more_parts_than_a_chain_has_steps() {
    const IMPORTED: Upcaster =
        Upcaster::new("Imported", 1, &[("Withdrawn", 1)], "split", |json, _| {
            let parts = std::iter::repeat_n(json, 3_000);
            Ok(parts.fold(Upcast::nothing(), |upcast, json| upcast.and("Withdrawn", json)))
        });
    let shown = shown(&[IMPORTED, IN_CENTS], "Imported", 1, r#"{"amount":5}"#).unwrap();
    assert_eq!(shown.len(), 3_000);
    assert!(shown.iter().all(|(.., json)| json == r#"{"cents":5}"#));
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
        let raw = stored("Debited", 1, json);
        Account::replay(&mut state, &raw).map(|()| state.unwrap().cents)
    };
    assert_eq!(replay(r#"{"amount":5}"#).unwrap(), 5);
    let error = replay(r#"{"amount":"five"}"#).unwrap_err().to_string();
    assert!(error.contains("doesn't fit the type: invalid type: string"), "{error}");
}

#[derive(Clone, Command)]
struct Reserve;

#[derive(Clone, Command)]
struct ReserveAgain;

#[derive(Serialize, Deserialize, Event)]
struct Booked {}

struct Table;

#[aggregate(id = String)]
impl Table {
    #[command_handler]
    fn reserve(_: Reserve) -> Booked {
        Booked {}
    }

    #[command_handler]
    fn reserve_again(&self, _: &ReserveAgain) -> Booked {
        Booked {}
    }

    #[event_handler]
    fn booked(_: Booked) -> Self {
        Table
    }

    #[upcaster(event = "Reserved", from = 1, into = ("Booked", 1))]
    fn drop_reserved(_: Value) -> Option<Value> {
        None
    }
}

#[tokio::test]
async fn an_entity_whose_events_are_all_dropped_is_not_found_and_keeps_its_id() {
    let (store, id) = (MemoryEventStore::new(), "7".to_owned());
    let mut append = Append::new("Table", id.clone(), Version::new(0), Timestamp::UNIX_EPOCH);
    append.push(EventId::new(), &Reserved).unwrap();
    store.append(append).await.unwrap();
    let tables = AggregateRepository::<Table>::new(store);
    assert!(matches!(tables.find(&id).await, Err(Failure::NotFound { .. })));
    let updated = tables.update(&id, ReserveAgain).await;
    assert!(matches!(updated, Err(Failure::NotFound { .. })));
    let saved = tables.save_as(id, Reserve).await;
    assert!(matches!(saved, Err(Failure::AlreadyExists { .. })));
}

/// As an older program stored it.
struct Reserved;

impl StoredEvent for Reserved {
    fn event_type(&self) -> &'static str {
        "Reserved"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend(b"{}");
        Ok(())
    }
}

#[test]
fn a_step_on_json_makes_integers_that_are_too_large_for_it_floats() {
    const STAY: Upcaster =
        Upcaster::new("Counted", 1, &[("Count", 1)], "stay", |json, _| Ok(json.into()));
    let count = |number: u128| {
        let shown = shown(&[STAY], "Counted", 1, &number.to_string()).unwrap();
        shown[0].2.clone()
    };
    assert_eq!(count(u64::MAX.into()), u64::MAX.to_string());
    assert_ne!(count(u128::from(u64::MAX) + 2), (u128::from(u64::MAX) + 2).to_string());
}
