//! Events of older versions: read as what they mean now, stored as they were (E1, E3).

use super::Store;
use super::evolved::*;
use super::fixture::{Fact, append_to, as_stored, assert_refused, put, read};
use crate::repository::StoredRecord;
use crate::store::StreamQuery;
use crate::{Aggregate, DecodeError, EventId, Failure, ReplayFailure, Uuid};

/// A stored row.
pub(super) fn row(event_type: &'static str, schema_version: u32, json: &str) -> Fact {
    Fact { event_type, schema_version, ..Fact::new(json) }
}

fn installed() -> Fact {
    row("Installed", 3, r#"{"place":"cellar","unit":"m3","digits":4}"#)
}

/// The meter that these rows are, after one that installs it.
async fn meter_of(store: &Store, rows: impl IntoIterator<Item = Fact>) -> Meter {
    let rows = std::iter::once(installed()).chain(rows);
    put(store, append_to(Meter::TYPE, "m", 0, rows)).await;
    let meter = meters(store).find(&"m".to_owned()).await.expect("it is found");
    assert_eq!(meter.place, "cellar");
    meter.into_state()
}

/// The steps on JSON are taken one after the other, from whatever version is stored.
pub async fn an_older_version_means_what_its_steps_say(store: Store) {
    let rows = [
        row("MeterRead", 1, r#"{"value":"7"}"#),
        row("MeterRead", 2, r#"{"value":8}"#),
        row("MeterRead", 3, r#"{"amount":9}"#),
        row("MeterRead", 4, r#"{"amount":10,"at":0}"#),
    ];
    assert_eq!(meter_of(&store, rows).await.readings, [702, 803, 904, 1000]);
}

/// Versions that are types too lead to the current one.
pub async fn typed_steps_follow_one_another(store: Store) {
    let meters = meters(&store);
    for (id, row, unit, digits) in [
        ("one", row("Installed", 1, r#"{"place":"roof"}"#), "kWh", 6),
        ("two", row("Installed", 2, r#"{"place":"roof","unit":"l"}"#), "l", 6),
        ("three", row("Installed", 3, r#"{"place":"roof","unit":"l","digits":3}"#), "l", 3),
    ] {
        put(&store, append_to(Meter::TYPE, id, 0, [row])).await;
        let meter = meters.find(&id.to_owned()).await.expect("it is found");
        assert_eq!((meter.unit.as_str(), meter.digits, meter.version().get()), (unit, digits, 1));
    }
}

/// One event becomes several, in their order, each on its own way to its current version; the first has the stored id, the
/// others have ids of their own that stay, and all have the version of the stored one.
pub async fn an_event_may_become_several(store: Store) {
    let corrected = row("Corrected", 1, r#"{"why":"wrong","value":3}"#);
    let meter = meter_of(&store, [corrected, row("MeterRead", 3, r#"{"amount":1}"#)]).await;
    assert_eq!(meter.readings, [302, 103]);
    assert_eq!(meter.notes, ["wrong", "corrected"]);

    let id = "m".to_owned();
    let meters = meters(&store);
    assert_eq!(meters.find(&id).await.expect("it is found").version(), 3);
    assert_eq!(meters.find(&id).at_version(2).await.expect("it is found").notes, meter.notes);
    let tell = async || {
        let history = meters.history(&id).await.expect("a history").collect().await;
        let history = history.expect("a history that can be read");
        let told: Vec<_> = history
            .iter()
            .map(|event| (event.version().get(), event.event_type(), event.schema_version()))
            .collect();
        assert_eq!(
            told,
            [
                (1, "Installed", 3),
                (2, "Noted", 1),
                (2, "MeterRead", 4),
                (2, "Noted", 1),
                (3, "MeterRead", 4)
            ]
        );
        assert_eq!((history[2].stored_type(), history[2].stored_version()), ("Corrected", 1));
        assert_eq!(history[2].json(), r#"{"amount":3,"at":2}"#);
        history.iter().map(|event| event.id()).collect::<Vec<_>>()
    };
    let ids = tell().await;
    assert_eq!(ids, tell().await);
    let stored = read(&*store, StreamQuery::new(Meter::TYPE, "m")).await.0;
    let second = stored[1].event_id;
    let derived = |place: u8| EventId::from(Uuid::new_v5(&second.uuid(), &[b'0' + place]));
    assert_eq!(ids, [stored[0].event_id, second, derived(1), derived(2), stored[2].event_id]);
}

/// An event may mean nothing any more: it is neither folded nor told, and counts in the version.
pub async fn an_event_may_become_none(store: Store) {
    let pings = [row("Pinged", 1, "{}"), row("Pinged", 1, r#"{"text":"loud"}"#)];
    assert_eq!(meter_of(&store, pings).await.notes, ["loud"]);
    let (meters, id) = (meters(&store), "m".to_owned());
    assert_eq!(meters.find(&id).await.expect("it is found").version(), 3);
    let history = meters.history(&id).page_size(1).await.expect("a history");
    let history = history.collect().await.expect("a history that can be read");
    assert_eq!(history.iter().map(|event| event.version().get()).collect::<Vec<_>>(), [1, 3]);
}

/// An event may be of another type now, which has versions of its own.
pub async fn an_event_may_become_another(store: Store) {
    let meter = meter_of(&store, [row("Remarked", 3, r#"{"remark":"dusty"}"#)]).await;
    assert_eq!(meter.notes, ["dusty"]);
}

/// A type that was renamed is read by its older name.
pub async fn an_alias_is_an_older_name(store: Store) {
    let meter = meter_of(&store, [row("Commented", 1, r#"{"text":"dusty"}"#)]).await;
    assert_eq!(meter.notes, ["dusty"]);
    let (meters, id) = (meters(&store), "m".to_owned());
    let history = meters.history(&id).after(1).await.expect("a history").collect().await;
    let history = history.expect("a history that can be read");
    assert_eq!((history[0].event_type(), history[0].stored_type()), ("Noted", "Commented"));
}

/// Neither reading nor updating changes what is stored.
pub async fn what_is_stored_stays_as_it_was(store: Store) {
    let append = append_to(Meter::TYPE, "m", 0, all_rows());
    let before = as_stored(&append);
    put(&store, append).await;
    let (meters, id) = (meters(&store), "m".to_owned());
    meters.find(&id).await.expect("it is found");
    meters.update(&id, Read(1)).await.expect("it is updated");
    let history = meters.history(&id).await.expect("a history").collect().await;
    assert!(history.is_ok());
    let after = read(&*store, StreamQuery::new(Meter::TYPE, "m")).await.0;
    assert_eq!(after[..before.len()], before);
}

/// An update decides on what older versions mean.
pub async fn an_update_goes_on_from_older_versions(store: Store) {
    put(&store, append_to(Meter::TYPE, "m", 0, all_rows())).await;
    let (meters, id) = (meters(&store), "m".to_owned());
    let meter = meters.update(&id, Read(5)).await.expect("it is updated");
    assert_eq!(meter.version().get(), all_rows().len() as u64 + 1);
    assert_eq!(meter.readings, [702, 303, 500]);
    assert_eq!(meters.find(&id).await.expect("it is found").state(), meter.state());
}

/// Events are stored with the current version of their types, by saves and by updates (E3).
pub async fn new_events_have_the_current_version(store: Store) {
    let (meters, id) = (meters(&store), "m".to_owned());
    meters.save_as(id.clone(), Install("cellar")).await.expect("it is saved");
    meters.update(&id, Read(5)).await.expect("it is updated");
    let stored = read(&*store, StreamQuery::new(Meter::TYPE, "m")).await.0;
    let versions: Vec<_> = stored.iter().map(|event| event.schema_version).collect();
    assert_eq!(versions, [3, 4]);
}

/// A version that only a newer program can read is an error that names it (E3).
pub async fn a_version_to_come_is_told(store: Store) {
    for (id, row, stored, known) in [
        ("read", row("MeterRead", 5, "{}"), 5, 4),
        ("installed", row("Installed", 4, "{}"), 4, 3),
        ("renamed", row("Remarked", 4, "{}"), 4, 3),
        ("alias", row("Commented", 2, "{}"), 2, 1),
    ] {
        is_told(&store, id, row, |reason| {
            matches!(reason, DecodeError::UnknownVersion { stored: s, known: k } if (*s, *k) == (stored, known))
        })
        .await;
    }
}

/// A version before the oldest that a step reads is an error that names it (E3).
pub async fn a_version_without_a_step_is_told(store: Store) {
    is_told(&store, "renamed", row("Remarked", 2, "{}"), |reason| {
        matches!(reason, DecodeError::NoStep { stored: 2, known: 3 })
    })
    .await;
    is_told(&store, "read", row("MeterRead", 0, "{}"), |reason| {
        matches!(reason, DecodeError::NoStep { stored: 0, known: 4 })
    })
    .await;
    is_told(&store, "installed", row("Installed", 0, "{}"), |reason| {
        matches!(reason, DecodeError::NoStep { stored: 0, known: 3 })
    })
    .await;
}

/// An upcaster that can't read the JSON tells why; JSON that leads to an event that can't be read is told too.
pub async fn an_upcaster_that_refuses_is_told(store: Store) {
    is_told(&store, "refused", row("MeterRead", 1, r#"{"value":"seven"}"#), |reason| {
        matches!(reason, DecodeError::Upcast { upcaster: "text_to_number", source }
            if source.to_string().contains("invalid digit"))
    })
    .await;
    is_told(&store, "misfit", row("MeterRead", 2, r#"{"value":"seven"}"#), |reason| {
        matches!(reason, DecodeError::Malformed(_))
    })
    .await;
    is_told(&store, "typed", row("Installed", 1, r#"{"place":1}"#), |reason| {
        matches!(reason, DecodeError::Malformed(_))
    })
    .await;
}

/// Stores an event that can't be read as version 2, and fails unless whoever meets it is told so.
async fn is_told(
    store: &Store,
    id: &str,
    row: Fact,
    is_reason: impl Fn(&DecodeError) -> bool + Send + Sync,
) {
    let append = append_to(Meter::TYPE, id, 0, [installed(), row.clone()]);
    let event_id = append.events()[1].event_id;
    put(store, append).await;
    let (meters, id) = (meters(store), id.to_owned());
    let names_it = |failure: &Failure| {
        let Failure::Replay(error) = failure else { return false };
        let text = error.to_string();
        let names = [&event_id.to_string(), row.event_type, "version 2", Meter::TYPE, &id];
        assert!(names.iter().all(|name| text.contains(name)), "{text}");
        matches!(&error.reason, ReplayFailure::Decode(reason) if is_reason(reason))
    };
    assert_refused!(meters.find(&id).await, failure if names_it(&failure));
    assert_refused!(meters.update(&id, Read(1)).await, failure if names_it(&failure));
    let history = meters.history(&id).await.expect("a history").collect().await;
    assert_refused!(history, failure if names_it(&failure));
}

/// A stored type that nobody knows is skipped where the aggregate says so, and only a type: not a version.
pub async fn unknown_events_are_skipped_where_that_is_said(store: Store) {
    put(&store, append_to(Glance::TYPE, "m", 0, [installed(), row("Bolted", 1, "{}")])).await;
    let (glances, id) = (glances(&store), "m".to_owned());
    let glance = glances.find(&id).await.expect("it is found");
    assert_eq!((glance.places.as_slice(), glance.version().get()), (&["cellar".to_owned()][..], 2));
    let history = glances.history(&id).await.expect("a history").collect().await;
    assert_eq!(history.expect("a history that can be read").len(), 1);

    put(&store, append_to(Glance::TYPE, "m", 2, [row("Installed", 9, "{}")])).await;
    assert_refused!(glances.find(&id).await, Failure::Replay(_));
    assert_refused!(meters(&store).find(&id).await, Failure::Replay(_));
}

/// Pseudo events are stored in their place, with the metadata of their change; nobody folds them.
pub async fn pseudo_events_are_stored_and_change_nothing(store: Store) {
    let (meters, id) = (meters(&store), "m".to_owned());
    meters.save_as(id.clone(), Install("cellar")).await.expect("it is saved");
    let meter = meters.update(&id, Answer("how much?")).user("ada").await.expect("it is updated");
    assert_eq!((meter.notes.as_slice(), meter.version().get()), (&["asked".to_owned()][..], 4));
    assert_eq!(meters.find(&id).await.expect("it is found").state(), meter.state());

    let history = meters.history(&id).await.expect("a history").collect().await;
    let history = history.expect("a history that can be read");
    let names: Vec<_> = history.iter().map(|event| event.event_type()).collect();
    assert_eq!(names, ["Installed", "Noted"]);
    let rows = as_stored_history(&store, &id).await;
    let names: Vec<_> = rows.iter().map(|event| event.event_type()).collect();
    assert_eq!(names, ["Installed", "$Answered", "Noted", "$Answered"]);
    assert_eq!(rows[1].json(), r#"{"question":"how much?"}"#);
    assert!(rows[1..].iter().all(|event| event.metadata().user() == Some("ada")));

    // Those that nobody knows any more are left alone too.
    put(&store, append_to(Meter::TYPE, "m", 4, [row("$Forgotten", 1, "7")])).await;
    assert_eq!(meters.find(&id).await.expect("it is found").version().get(), 5);
}

/// A history as it is stored tells every row, also those that mean nothing, and those that can't be read.
pub async fn a_history_as_stored_tells_every_row(store: Store) {
    let odd = [row("Bolted", 7, r#"{ "b" : 1}"#), row("MeterRead", 9, "[]"), row("$Odd", 1, "{}")];
    let rows: Vec<Fact> = all_rows().into_iter().chain(odd).collect();
    put(&store, append_to(Meter::TYPE, "m", 0, rows.clone())).await;
    let told = as_stored_history(&store, &"m".to_owned()).await;
    assert_eq!(told.len(), rows.len());
    for (place, (told, row)) in told.iter().zip(&rows).enumerate() {
        assert_eq!(told.version().get(), place as u64 + 1);
        assert_eq!(
            (told.event_type(), told.schema_version(), told.json()),
            (row.event_type, row.schema_version, row.json.as_str())
        );
    }
}

async fn as_stored_history(store: &Store, id: &String) -> Vec<StoredRecord> {
    let history = meters(store).history(id).as_stored().await.expect("a history");
    history.collect().await.expect("a history that can be read")
}

/// A row for each kind of step.
fn all_rows() -> Vec<Fact> {
    vec![
        row("Installed", 1, r#"{"place":"roof"}"#),
        row("MeterRead", 1, r#"{"value":"7"}"#),
        row("Corrected", 1, r#"{"why":"wrong","value":3}"#),
        row("Pinged", 1, "{}"),
        row("Remarked", 3, r#"{"remark":"dusty"}"#),
        row("Commented", 1, r#"{"text":"dusty"}"#),
    ]
}
