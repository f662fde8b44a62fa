//! Which messages an entity has processed.

use super::Store;
use super::fixture::*;
use crate::store::{AppendError, StreamQuery};
use crate::{MessageKey, Version};

/// A message is remembered with the events that it led to.
pub async fn a_message_is_remembered_with_its_events(store: Store) {
    assert!(!processed(&store, "a", "m").await);
    put(&store, because_of("m", numbered("a", 0, 2))).await;
    assert!(processed(&store, "a", "m").await);
    assert!(!processed(&store, "a", "n").await);
    put(&store, because_of("n", numbered("a", 2, 1))).await;
    assert!(processed(&store, "a", "m").await && processed(&store, "a", "n").await);
    let triggers: Vec<_> =
        events(&store, "a").await.into_iter().map(|event| event.triggering_event).collect();
    assert_eq!(triggers, ["m", "m", "n"].map(|message| Some(message.to_owned())));
}

/// A query that asks about no message is told of none.
pub async fn a_head_tells_only_of_the_message_that_was_asked_about(store: Store) {
    put(&store, because_of("m", numbered("a", 0, 1))).await;
    let (_, head) = read(&store, StreamQuery::new(THING, "a")).await;
    assert!(!head.processed);
}

/// The same message again is a duplicate, which adds nothing.
pub async fn the_same_message_again_is_a_duplicate(store: Store) {
    put(&store, because_of("m", numbered("a", 0, 1))).await;
    assert_refused!(
        store.append(because_of("m", numbered("a", 1, 1))).await,
        AppendError::Duplicate
    );
    assert_eq!(version(&store, "a").await, 1);
    put(&store, numbered("a", 1, 1)).await;
}

/// A duplicate is told as one, although it also comes at a stale version, as two deliveries of a message do that race.
pub async fn a_duplicate_at_a_stale_version_is_a_duplicate(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    put(&store, because_of("m", numbered("a", 1, 1))).await;
    for expected in [0, 1, 7] {
        assert_refused!(
            store.append(because_of("m", numbered("a", expected, 1))).await,
            AppendError::Duplicate
        );
    }
    assert_eq!(version(&store, "a").await, 2);
}

/// A creation that is delivered twice is told as a duplicate, not as an entity that exists.
pub async fn a_creation_delivered_twice_is_a_duplicate(store: Store) {
    put(&store, because_of("m", numbered("a", 0, 2))).await;
    assert_refused!(
        store.append(because_of("m", numbered("a", 0, 2))).await,
        AppendError::Duplicate
    );
    assert_refused!(
        store.append(because_of("n", numbered("a", 0, 2))).await,
        AppendError::AlreadyExists { .. }
    );
    assert_eq!(version(&store, "a").await, 2);
}

/// Each entity processes a message once; that another did has no effect.
pub async fn a_message_is_remembered_for_each_entity(store: Store) {
    put(&store, because_of("m", numbered("a", 0, 1))).await;
    assert!(!processed(&store, "b", "m").await);
    put(&store, numbered("b", 0, 1)).await;
    assert!(!processed(&store, "b", "m").await);
    put(&store, because_of("m", numbered("b", 1, 1))).await;
    put(&store, because_of("m", append_to("Other", "a", 0, [Fact::numbered(1)]))).await;
    assert!(processed(&store, "b", "m").await);
}

/// Each consumer has a message for itself.
pub async fn a_message_is_remembered_for_each_consumer(store: Store) {
    let of = |consumer: &'static str| MessageKey::new("m").consumed_by(consumer);
    let consumers = ["", " ", "credit", "Credit", "credit ", "crédit"];
    for (consumer, expected) in consumers.into_iter().zip(0..) {
        assert!(!processed(&store, "a", of(consumer)).await, "{consumer:?}");
        put(&store, because_of(of(consumer), numbered("a", expected, 1))).await;
        assert!(processed(&store, "a", of(consumer)).await, "{consumer:?}");
        assert_refused!(
            store.append(because_of(of(consumer), numbered("a", expected + 1, 1))).await,
            AppendError::Duplicate
        );
    }
}

/// A message and its consumer aren't run together: `a` of `bc` isn't `ab` of `c`.
pub async fn a_message_is_not_confused_with_its_consumer(store: Store) {
    let of = |id: &str, consumer: &'static str| MessageKey::new(id).consumed_by(consumer);
    put(&store, because_of(of("bc", "a"), numbered("a", 0, 1))).await;
    for (id, consumer) in [("c", "ab"), ("abc", ""), ("a", "bc"), (":bc", "a"), ("bc", "a:")] {
        assert!(!processed(&store, "a", of(id, consumer)).await, "{consumer:?} {id:?}");
    }
}

/// Message ids are compared to the byte.
pub async fn message_ids_are_compared_to_the_byte(store: Store) {
    for (message, expected) in LOOKALIKES.into_iter().zip(0..) {
        assert!(!processed(&store, "a", message).await, "{message:?}");
        put(&store, because_of(message, numbered("a", expected, 1))).await;
    }
    for message in LOOKALIKES {
        assert!(processed(&store, "a", message).await, "{message:?}");
    }
}

/// An append without events remembers its message and changes nothing else (R12).
pub async fn an_append_without_events_remembers_its_message(store: Store) {
    put(&store, numbered("a", 0, 2)).await;
    let appended = put(&store, because_of("m", numbered("a", 2, 0))).await;
    assert_eq!(appended.version, 2);
    assert!(processed(&store, "a", "m").await);
    assert_eq!(version(&store, "a").await, 2);
    assert_refused!(
        store.append(because_of("m", numbered("a", 2, 0))).await,
        AppendError::Duplicate
    );
    put(&store, numbered("a", 2, 1)).await;
    assert!(processed(&store, "a", "m").await);
}

/// An append without events at a stale version is a conflict: its decision was made on a state that is past.
pub async fn an_append_without_events_needs_the_version_too(store: Store) {
    put(&store, numbered("a", 0, 2)).await;
    assert_refused!(
        store.append(because_of("m", numbered("a", 1, 0))).await,
        AppendError::Conflict { expected, actual } if expected == 1 && actual == 2
    );
    assert!(!processed(&store, "a", "m").await);
}

/// Deleted is what an append to a deleted entity is told, at whatever version, but a duplicate is told as one.
pub async fn a_duplicate_for_a_deleted_entity_is_a_duplicate(store: Store) {
    let last = deleting(because_of("m", numbered("a", 0, 2)));
    put(&store, last).await;
    assert_refused!(
        store.append(because_of("m", numbered("a", 2, 1))).await,
        AppendError::Duplicate
    );
    for expected in [0, 1, 2, 3] {
        assert_refused!(
            store.append(because_of("n", numbered("a", expected, 1))).await,
            AppendError::Deleted
        );
    }
    assert!(!processed(&store, "a", "n").await);
}

/// A deleted entity says so; its events are still there.
pub async fn a_deleted_entity_keeps_its_events(store: Store) {
    put(&store, numbered("a", 0, 2)).await;
    let last = deleting(numbered("a", 2, 1));
    put(&store, last).await;
    put(&store, numbered("b", 0, 1)).await;
    let (events, head) = read(&store, StreamQuery::new(THING, "a")).await;
    assert_eq!(versions(&events), [1, 2, 3]);
    assert_eq!((head.deleted, head.version), (true, Version::new(3)));
    let (_, head) = read(&store, StreamQuery::new(THING, "a").limit(0)).await;
    assert!(head.deleted);
    let (_, head) = read(&store, StreamQuery::new(THING, "b")).await;
    assert!(!head.deleted);
}
