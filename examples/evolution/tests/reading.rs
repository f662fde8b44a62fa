//! What version 1 stored, as version 3 reads it.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

use std::path::Path;
use std::process::Command;

use es_core::AggregateRepository;
use evolution::database::{self, WRITTEN_BY_VERSION_1, WorkingCopy};
use evolution::domain::{Parcel, ParcelArrived};
use evolution::feed;
use sqlx::{Connection, SqliteConnection};

/// Each row of the events as SQL, every column to the byte.
async fn rows(file: &Path) -> Vec<String> {
    let mut connection = SqliteConnection::connect(&database::url(file)).await.unwrap();
    let rows = sqlx::query_scalar(
        "SELECT concat_ws(', ', position, quote(event_id), quote(event_type), schema_version, quote(event_data),
                          quote(entity_type), quote(entity_id), entity_version, quote(triggering_event), quote(metadata),
                          created_at)
           FROM events ORDER BY position",
    );
    rows.fetch_all(&mut connection).await.unwrap()
}

/// The rows as version 1 left them.
async fn original_rows() -> Vec<String> {
    rows(&WorkingCopy::of(WRITTEN_BY_VERSION_1).unwrap().path).await
}

async fn parcels(database: &WorkingCopy) -> AggregateRepository<Parcel> {
    AggregateRepository::new(database.open().await.unwrap())
}

#[tokio::test]
async fn the_state_is_what_the_events_mean_today() {
    let database = WorkingCopy::of(WRITTEN_BY_VERSION_1).unwrap();
    let parcels = parcels(&database).await;
    let first = parcels.find(&"P-1".to_owned()).await.unwrap();
    assert_eq!(first.version().get(), 7);
    assert_eq!(
        first.into_state(),
        Parcel {
            from: "Ada".into(),
            to: "Bela".into(),
            insured_cents: 50_000,
            kilograms: Some(1.2),
            places: vec!["Berlin".into(), "Wien".into()],
            delivered_to: Some("Bela".into()),
            collected_cents: 1995,
        }
    );
    let second = parcels.find(&"P-2".to_owned()).await.unwrap();
    assert_eq!((second.kilograms, second.collected_cents), (Some(0.73), 0));
    assert_eq!(second.delivered_to.as_deref(), Some("a neighbour"));
}

#[tokio::test]
async fn the_history_shows_what_is_stored_and_what_it_means() {
    let database = WorkingCopy::of(WRITTEN_BY_VERSION_1).unwrap();
    let (parcels, id) = (parcels(&database).await, "P-1".to_owned());
    let stored = parcels.history(&id).as_stored().await.unwrap().collect().await.unwrap();
    let stored: Vec<_> = stored
        .iter()
        .map(|event| {
            (event.version().get(), event.event_type(), event.schema_version(), event.json())
        })
        .collect();
    assert_eq!(
        stored,
        [
            (1, "ParcelPosted", 1, r#"{"from":"Ada","to":"Bela"}"#),
            (2, "ParcelWeighed", 1, r#"{"weight":"1200 g"}"#),
            (3, "ParcelScanned", 1, r#"{"device":7}"#),
            (4, "ParcelMoved", 1, r#"{"place":"Berlin"}"#),
            (5, "ParcelScanned", 1, r#"{"device":9}"#),
            (6, "ParcelMoved", 1, r#"{"place":"Wien"}"#),
            (7, "ParcelHandedOver", 1, r#"{"to":"Bela","cash":1995}"#),
        ]
    );

    let read = parcels.history(&id).await.unwrap().collect().await.unwrap();
    let read: Vec<_> = read
        .iter()
        .map(|event| {
            (event.version().get(), event.event_type(), event.schema_version(), event.json())
        })
        .collect();
    assert_eq!(
        read,
        [
            (1, "ParcelPosted", 2, r#"{"from":"Ada","to":"Bela","insured_cents":50000}"#),
            (2, "ParcelWeighed", 3, r#"{"kilograms":1.2}"#),
            (4, "ParcelArrived", 1, r#"{"place":"Berlin"}"#),
            (6, "ParcelArrived", 1, r#"{"place":"Wien"}"#),
            (7, "ParcelDelivered", 1, r#"{"to":"Bela"}"#),
            (7, "CashCollected", 1, r#"{"cents":1995}"#),
        ]
    );
}

#[tokio::test]
async fn the_feed_shows_what_the_events_mean_today_under_ids_that_stay() {
    let database = WorkingCopy::of(WRITTEN_BY_VERSION_1).unwrap();
    let store = database.open().await.unwrap();
    let seen = feed::read(&store).await.unwrap();
    let names: Vec<_> = seen
        .iter()
        .map(|event| (event.position.get(), event.event_type.as_str(), event.json.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (1, "ParcelPosted", r#"{"from":"Ada","to":"Bela","insured_cents":50000}"#),
            (2, "ParcelPosted", r#"{"from":"Chiara","to":"Dora","insured_cents":50000}"#),
            (3, "ParcelWeighed", r#"{"kilograms":1.2}"#),
            (4, "ParcelWeighed", r#"{"kilograms":0.73}"#),
            (6, "ParcelArrived", r#"{"place":"Berlin"}"#),
            (8, "ParcelArrived", r#"{"place":"Wien"}"#),
            (10, "ParcelArrived", r#"{"place":"Wien"}"#),
            (11, "ParcelDelivered", r#"{"to":"Bela"}"#),
            (11, "CashCollected", r#"{"cents":1995}"#),
            (12, "ParcelDelivered", r#"{"to":"a neighbour"}"#),
        ]
    );

    let ids: Vec<_> = seen.iter().map(|event| event.event_id).collect();
    let again: Vec<_> =
        feed::read(&store).await.unwrap().iter().map(|event| event.event_id).collect();
    assert_eq!(ids, again);
    let mut different = ids.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), ids.len());
}

#[tokio::test]
async fn the_stored_rows_stay_as_version_1_wrote_them() {
    let database = WorkingCopy::of(WRITTEN_BY_VERSION_1).unwrap();
    let (parcels, id) = (parcels(&database).await, "P-1".to_owned());
    parcels.find(&id).await.unwrap();
    parcels.history(&id).await.unwrap().collect().await.unwrap();
    feed::read(&database.open().await.unwrap()).await.unwrap();
    let original = original_rows().await;
    assert_eq!(original.len(), 12);
    assert_eq!(rows(&database.path).await, original);

    let moved = |_: &Parcel| ParcelArrived { place: "Graz".into() };
    parcels.update_with(&id, moved).await.unwrap();
    let rows = rows(&database.path).await;
    assert_eq!(rows[..12], original);
    assert!(rows[12].contains("'ParcelArrived', 1, '{\"place\":\"Graz\"}'"), "{}", rows[12]);
}

#[tokio::test]
async fn version_1_still_writes_such_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("again.sqlite");
    let version_1 = Command::new(env!("CARGO_BIN_EXE_version_1")).arg(&file).output().unwrap();
    assert!(version_1.status.success(), "{}", String::from_utf8_lossy(&version_1.stderr));
    // All but the id and the time.
    let told = |rows: Vec<String>| -> Vec<String> {
        let told = rows.iter().map(|row| {
            let (position, rest) = row.split_once(", X'").unwrap();
            let (_, rest) = rest.split_once("', ").unwrap();
            let (rest, _) = rest.rsplit_once(", ").unwrap();
            format!("{position}, {rest}")
        });
        told.collect()
    };
    assert_eq!(told(rows(&file).await), told(original_rows().await));
}

#[test]
fn the_program_shows_all_of_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_evolution")).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    for part in [
        "P-1, as stored:\n  ParcelPosted v1 {\"from\":\"Ada\",\"to\":\"Bela\"}\n",
        "P-1, as it is read:\n  ParcelPosted v2 ",
        "P-2, as stored:\n",
        "The feed:\n  1 ParcelPosted v2 ",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}
