//! New entities: `save` and `save_as` (R1, R2, R6, R7).

use super::Store;
use super::domain::*;
use super::fixture::assert_refused;
use crate::{Aggregate, Failure, Id, MAX_ID_BYTES, RepositoryError, Version};

/// A save stores its events with versions from 1 on, and gives id, version and state (R1).
pub async fn a_save_creates_an_entity(store: Store) {
    let tallies = tallies(&store);
    let saved = tallies.save(start("books", [3, 4])).await.expect("it is saved");
    assert_eq!((saved.version(), saved.name.as_str(), saved.total), (Version::new(3), "books", 7));
    assert!(!saved.is_duplicate());

    let found = tallies.find(saved.id()).await.expect("it is found");
    assert_eq!(
        (found.id(), found.version(), found.state()),
        (saved.id(), Version::new(3), &*saved)
    );
    let history = history(&tallies, saved.id()).await;
    let told: Vec<_> =
        history.iter().map(|event| (event.version().get(), event.event_type())).collect();
    assert_eq!(told, [(1, "Started"), (2, "Added"), (3, "Added")]);
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), [*saved.id()]);
}

/// Each save creates another entity.
pub async fn each_save_creates_another_entity(store: Store) {
    let tallies = tallies(&store);
    let mut saved = Vec::new();
    for name in ["one", "two", "three"] {
        saved.push(*tallies.save(start(name, [])).await.expect("it is saved").id());
    }
    for (id, name) in saved.iter().zip(["one", "two", "three"]) {
        assert_eq!(tallies.find(id).await.expect("it is found").name, name);
    }
    saved.sort_by_key(ToString::to_string);
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), saved);
    assert_eq!(tallies.ids(Some(&saved[0]), 1).await.expect("a list"), saved[1..2]);
}

/// An id is taken once; the second save leaves the first entity as it was (R2).
pub async fn a_taken_id_is_refused(store: Store) {
    let tallies = tallies(&store);
    let id = Id::new();
    let first = tallies.save_as(id, start("first", [1])).await.expect("it is saved");
    assert_refused!(
        tallies.save_as(id, start("second", [2, 3])).await,
        RepositoryError::Failed(Failure::AlreadyExists { entity_type, entity_id })
            if entity_type == Tally::TYPE && entity_id == id.to_string()
    );
    let found = tallies.find(&id).await.expect("it is found");
    assert_eq!((found.version(), found.state()), (first.version(), first.state()));
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), [id]);
}

/// A save that is refused fails with the handler's own error and writes nothing (R6).
pub async fn a_refused_save_writes_nothing(store: Store) {
    let tallies = tallies(&store);
    let id = Id::new();
    let refused = tallies.save_as(id, start("", [1])).triggered_by("m").await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 0 }));
    assert_refused!(tallies.find(&id).await, Failure::NotFound { .. });
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), []);
    let saved = tallies.save_as(id, start("now", [1])).triggered_by("m").await;
    assert!(!saved.expect("the message was not processed").is_duplicate());
}

/// A save that leads to no event fails, and writes nothing (R7).
pub async fn a_save_without_events_is_refused(store: Store) {
    let tallies = tallies(&store);
    let id = Id::new();
    assert_refused!(
        tallies.save_as(id, Hesitate).triggered_by("m").await,
        Failure::NoEvents { entity_type } if entity_type == Tally::TYPE
    );
    assert_refused!(tallies.find(&id).await, Failure::NotFound { .. });
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), []);
    let saved = tallies.save_as(id, start("now", [])).triggered_by("m").await;
    assert!(!saved.expect("the message was not processed").is_duplicate());
}

/// Chosen ids have 1 to 255 bytes and no NUL; others are refused before they are stored.
pub async fn ids_that_cannot_be_stored_are_refused(store: Store) {
    let labels = labels(&store);
    for id in ["x".repeat(MAX_ID_BYTES), "ä".repeat(127), " ".into(), "it's \"\\\n".into()] {
        labels.save_as(id.clone(), Stick(id.clone())).await.expect("it is saved");
        assert_eq!(labels.find(&id).await.expect("it is found").text, id);
    }
    for id in ["x".repeat(MAX_ID_BYTES + 1), "ä".repeat(128), String::new(), "a\0b".into()] {
        assert_refused!(
            labels.save_as(id.clone(), Stick("no".into())).await,
            Failure::InvalidId { text, .. } if text == id
        );
        assert_refused!(labels.find(&id).await, Failure::InvalidId { .. });
        let update = labels.update(&id, Rewrite("no".into())).await;
        assert_refused!(update, Failure::InvalidId { .. });
    }
    assert_eq!(labels.ids(None, 10).await.expect("a list").len(), 4);
}
