//! Rows that were damaged, or written by another program, are told with all that names them (S10).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod common;

use common::{Database, execute};
use es_core::store::StoreError;
use es_core::{EventId, Failure, ReplayError};
use futures_util::future::join_all;
use store_tests::{Begin, Note};

/// Three batches in one journal, and the third of five events changed by SQL.
async fn damaged(statements: &'static str) -> (Database, EventId) {
    let database = Database::new();
    let journals = database.journals().await;
    let journal = "it's \"one\"".to_owned();
    let begin = Begin { batch: "first".into(), of: 2 };
    journals.save_as(journal.clone(), begin).await.expect("it is saved");
    for (batch, of) in [("second", 2), ("third", 1)] {
        journals.update(&journal, Note { batch: batch.into(), of }).await.expect("it is updated");
    }
    let history = journals.history(&journal).await.expect("it has a history");
    let third = history.collect().await.expect("a history")[2].id();
    execute(&mut database.sql().await, statements).await;
    (database, third)
}

/// What `find`, `update` and `history` fail with, which has to be the same.
async fn failure(database: &Database) -> Failure {
    let journals = database.journals().await;
    let journal = "it's \"one\"".to_owned();
    let found = journals.find(&journal).await.expect_err("it can't be read");
    let note = Note { batch: "fourth".into(), of: 1 };
    let updated = journals.update(&journal, note).await.expect_err("it can't be read");
    assert_eq!(updated.to_string(), found.to_string());
    // As it is told to those who read it together.
    let met = join_all((0..4).map(async |_| journals.find(&journal).await)).await;
    for found_too in met {
        assert_eq!(found_too.expect_err("it can't be read").to_string(), found.to_string());
    }
    let told = match journals.history(&journal).await {
        Ok(history) => history.collect().await.expect_err("it can't be read"),
        Err(failure) => failure,
    };
    assert!(matches!(
        (&told, &found),
        (Failure::Replay(_), Failure::Replay(_)) | (Failure::Store(_), Failure::Store(_))
    ));
    let before = journals.find(&journal).at_version(2).await.expect("what came before is sound");
    assert_eq!(before.last.batch, "first");
    let (events,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM events WHERE event_data LIKE '%fourth%'")
            .fetch_one(&mut database.sql().await)
            .await
            .expect("an answer");
    assert_eq!(events, 0, "nothing is written after what can't be read");
    found
}

fn names(error: &ReplayError, event_id: EventId, event_type: &str) {
    assert_eq!((error.event_id, error.version.get()), (event_id, 3));
    assert_eq!((error.entity_type.as_str(), error.entity_id.as_str()), ("Journal", "it's \"one\""));
    assert_eq!(error.event_type, event_type);
    let text = error.to_string();
    for name in [&event_id.to_string(), event_type, "version 3", "Journal", "it's \"one\""] {
        assert!(text.contains(name), "`{name}` is missing: {text}");
    }
}

#[tokio::test]
async fn a_payload_that_cannot_be_read_is_named() {
    for statements in [
        "UPDATE events SET event_data = '{' WHERE entity_version = 3",
        "UPDATE events SET event_data = '' WHERE entity_version = 3",
        "UPDATE events SET event_data = 'null' WHERE entity_version = 3",
        "UPDATE events SET event_data = '{\"batch\":1}' WHERE entity_version = 3",
        "UPDATE events SET event_data = substr(event_data, 2) WHERE entity_version = 3",
        "UPDATE events SET event_data = CAST(x'ff00' AS TEXT) WHERE entity_version = 3",
        "UPDATE events SET event_data = printf('%.70000c', 'x') WHERE entity_version = 3",
    ] {
        let (database, third) = damaged(statements).await;
        match failure(&database).await {
            Failure::Replay(error) => names(&error, third, "Entry"),
            other => panic!("{statements}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_type_that_is_unknown_is_named() {
    let (database, third) =
        damaged("UPDATE events SET event_type = 'Erased' WHERE entity_version = 3").await;
    match failure(&database).await {
        Failure::Replay(error) => {
            names(&error, third, "Erased");
            assert!(
                error.to_string().contains("no event handler knows this event type"),
                "{error}"
            );
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_version_of_a_type_that_is_unknown_is_named() {
    for (statements, told) in [
        (
            "UPDATE events SET schema_version = 2 WHERE entity_version = 3",
            "in version 2 of its type, and this program reads versions up to 1",
        ),
        (
            "UPDATE events SET schema_version = 0 WHERE entity_version = 3",
            "in version 0 of its type, and no `#[upcaster]` or `from = …` leads from there to version 1",
        ),
    ] {
        let (database, third) = damaged(statements).await;
        match failure(&database).await {
            Failure::Replay(error) => {
                names(&error, third, "Entry");
                assert!(error.to_string().contains(told), "{error}");
            }
            other => panic!("{statements}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_row_that_no_store_writes_is_damage_that_names_the_stream() {
    for statements in [
        "DELETE FROM events WHERE entity_version = 3",
        "UPDATE events SET entity_version = 7 WHERE entity_version = 3",
        "UPDATE events SET schema_version = -1 WHERE entity_version = 3",
        "UPDATE events SET event_type = CAST(x'ff' AS TEXT) WHERE entity_version = 3",
    ] {
        let (database, _) = damaged(statements).await;
        match failure(&database).await {
            Failure::Store(StoreError::Corrupt(text)) => {
                for name in ["version 3", "Journal", "it's \"one\""] {
                    assert!(text.contains(name), "{statements}: `{name}` is missing: {text}");
                }
            }
            other => panic!("{statements}: {other}"),
        }
    }
}
