//! Events that this program can't read: told with all that names them, and never skipped (S10).

use super::Store;
use super::domain::*;
use super::fixture::{Fact, append_to, assert_refused, head_version_of, put};
use crate::{
    Aggregate, DecodeError, EventId, Failure, Id, ReplayError, ReplayFailure, RepositoryError,
};

/// A stored type that no event handler knows is an error.
pub async fn an_unknown_type_is_told(store: Store) {
    let unknown = Fact { event_type: "Bolted", ..Fact::new("{}") };
    is_told(&store, unknown, |reason| {
        matches!(reason, ReplayFailure::Decode(DecodeError::UnknownType))
    })
    .await;
}

/// A version of a type that this program doesn't know is an error.
pub async fn an_unknown_version_of_a_type_is_told(store: Store) {
    let newer = Fact { event_type: "Added", schema_version: 2, ..Fact::new(r#"{"amount":1}"#) };
    is_told(&store, newer, |reason| {
        matches!(reason, ReplayFailure::Decode(DecodeError::UnknownVersion { stored: 2, known: 1 }))
    })
    .await;
}

/// JSON that doesn't fit its type is an error.
pub async fn json_that_does_not_fit_is_told(store: Store) {
    for json in ["{}", "[]", "null", r#"{"amount":-1,"before":0}"#, r#"{"amount":"1","before":0}"#]
    {
        let misfit = Fact { event_type: "Added", ..Fact::new(json) };
        is_told(&store, misfit, |reason| {
            matches!(reason, ReplayFailure::Decode(DecodeError::Malformed(_)))
        })
        .await;
    }
}

/// A stream whose first event can't be the first is an error.
pub async fn a_stream_that_does_not_start_is_told(store: Store) {
    let tallies = tallies(&store);
    let id = Id::new();
    let first = Fact { event_type: "Added", ..Fact::new(r#"{"amount":1,"before":0}"#) };
    put(&store, append_to(Tally::TYPE, &id.to_string(), 0, [first])).await;
    assert_refused!(
        tallies.find(&id).await,
        Failure::Replay(error)
            if error.version == 1 && matches!(error.reason, ReplayFailure::NotStarted(_))
    );
}

/// What can't be read is named as exactly where the state is folded from bare events.
pub async fn a_bare_event_is_told_with_its_id(store: Store) {
    let good = Fact { event_type: "Written", ..Fact::new(r#"{"text":"a"}"#) };
    let unknown = Fact { event_type: "Bolted", ..Fact::new("{}") };
    let append = append_to(Label::TYPE, "door", 0, [good, unknown]);
    let event_id: EventId = append.events()[1].event_id;
    put(&store, append).await;
    assert_refused!(
        labels(&store).find(&"door".to_owned()).await,
        Failure::Replay(error) if error.event_id == event_id && error.version == 2
    );
}

/// Stores an event that can't be read as version 3 of 4, and fails unless whoever meets it is told so.
async fn is_told(store: &Store, damaged: Fact, is_reason: fn(&ReplayFailure) -> bool) {
    let tallies = tallies(store);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    let entity_id = id.to_string();
    let good = Fact { event_type: "Added", ..Fact::new(r#"{"amount":1,"before":1}"#) };
    let append = append_to(Tally::TYPE, &entity_id, 2, [damaged.clone(), good]);
    let event_id: EventId = append.events()[0].event_id;
    put(store, append).await;

    let names_it = |error: &ReplayError| {
        let text = error.to_string();
        let names =
            [&event_id.to_string(), damaged.event_type, "version 3", Tally::TYPE, &entity_id];
        assert!(names.iter().all(|name| text.contains(name)), "{text}");
        error.event_id == event_id
            && error.event_type == damaged.event_type
            && error.version == 3
            && error.entity_type == Tally::TYPE
            && error.entity_id == entity_id
            && is_reason(&error.reason)
    };
    assert_refused!(tallies.find(&id).await, Failure::Replay(error) if names_it(&error));
    assert_refused!(
        tallies.find(&id).at_version(4).await,
        Failure::Replay(error) if names_it(&error)
    );
    let command = Add::new(1);
    assert_refused!(
        tallies.update(&id, command.clone()).await,
        RepositoryError::Failed(Failure::Replay(error)) if names_it(&error)
    );
    assert_eq!(command.decisions(), 0);
    assert_eq!(head_version_of(store, Tally::TYPE, &entity_id).await, 4);

    let mut history = tallies.history(&id).await.expect("it has a history");
    for version in 1..=2 {
        let event = history.next().await.expect("an event").expect("one that can be read");
        assert_eq!(event.version(), version);
    }
    let third = history.next().await.expect("an event").map(|event| event.version());
    assert_refused!(third, Failure::Replay(error) if names_it(&error));
    assert!(history.next().await.is_none(), "a history ends after its first error");

    let before = tallies.find(&id).at_version(2).await.expect("what came before can be read");
    assert_eq!(before.total, 1);
}
