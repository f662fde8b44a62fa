//! Messages and requests that come twice (R9, R11, R12, R14).

use futures_util::future::{join, join_all};

use super::Store;
use super::domain::*;
use super::fixture::assert_refused;
use super::rivals::Rivals;
use crate::{AggregateRepository, EventId, Failure, Id, MessageKey, RepositoryError, Version};

/// A message that was seen before changes nothing and says so: the command isn't run, and the entity is given as it
/// is now (R9).
pub async fn a_message_changes_an_entity_once(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let first = tallies.update(&id, Add::new(1)).triggered_by("m").await.expect("it is updated");
    assert!(!first.is_duplicate());
    tallies.update(&id, Add::new(2)).triggered_by("n").await.expect("it is updated");

    for message in ["m", "n", "m"] {
        let command = Add::new(3);
        let again = tallies.update(&id, command.clone()).triggered_by(message).await;
        let again = again.expect("a duplicate is a success");
        assert!(again.is_duplicate());
        assert_eq!((again.version(), amounts(&again)), (Version::new(3), vec![1, 2]));
        assert_eq!(command.decisions(), 0);
    }
    let found = tallies.find(&id).await.expect("it is found");
    assert_eq!((found.version(), found.is_duplicate()), (Version::new(3), false));
}

/// Of two deliveries of one message at the same time, both of which were decided, one is stored (R9).
pub async fn two_deliveries_at_once_change_an_entity_once(store: Store) {
    let id = *tallies(&store).save(start("books", [])).await.expect("it is saved").id();
    let rivals = Rivals::meet(&store, 2);
    let tallies = AggregateRepository::<Tally>::new(rivals.clone());
    let command = Add::new(1);
    let delivery = || tallies.update(&id, command.clone()).triggered_by("m").into_future();
    let (one, other) = join(delivery(), delivery()).await;
    let (one, other) = (one.expect("a success"), other.expect("a success"));
    assert_eq!((command.decisions(), rivals.appends()), (2, 2));
    assert!(one.is_duplicate() != other.is_duplicate());
    assert_eq!((one.version(), one.state()), (other.version(), other.state()));
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 2);
}

/// Many deliveries of one message at the same time change an entity once.
pub async fn many_deliveries_at_once_change_an_entity_once(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let deliver = |_| {
        let tallies = tallies.clone();
        tokio::spawn(async move { tallies.update(&id, Add::new(1)).triggered_by("m").await })
    };
    let results = join_all((0..20).map(deliver)).await;
    let changes = results.into_iter().filter(|result| {
        let result = result.as_ref().expect("no panic").as_ref().expect("a success");
        assert_eq!(result.total, 1);
        !result.is_duplicate()
    });
    assert_eq!(changes.count(), 1);
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 2);
}

/// A creation that is delivered twice creates one entity; the second delivery is given the first one's (R11).
pub async fn a_creation_delivered_twice_creates_one_entity(store: Store) {
    let tallies = tallies(&store);
    let message = EventId::new();
    let first = tallies.save(start("first", [1])).triggered_by(message).await.expect("it is saved");
    tallies.update(first.id(), Add::new(2)).await.expect("it is updated");
    let again = tallies.save(start("again", [])).triggered_by(message).await.expect("a success");
    assert!(!first.is_duplicate() && again.is_duplicate());
    assert_eq!((again.id(), again.version().get()), (first.id(), 3));
    assert_eq!((again.name.as_str(), again.total), ("first", 3));
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), [*first.id()]);

    let other = tallies.save(start("other", [])).triggered_by(EventId::new()).await;
    assert_ne!(other.expect("it is saved").id(), first.id());
}

/// Two deliveries of a creation at the same time create one entity (R11).
pub async fn two_creations_at_once_create_one_entity(store: Store) {
    let rivals = Rivals::meet(&store, 2);
    let tallies = AggregateRepository::<Tally>::new(rivals.clone());
    let delivery = || tallies.save(start("books", [1])).triggered_by("m").into_future();
    let (one, other) = join(delivery(), delivery()).await;
    let (one, other) = (one.expect("a success"), other.expect("a success"));
    assert!(one.is_duplicate() != other.is_duplicate());
    assert_eq!(
        (one.id(), one.version(), one.state()),
        (other.id(), other.version(), other.state())
    );
    assert_eq!(rivals.appends(), 2);
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), [*one.id()]);
}

/// A creation under a chosen id is a duplicate with the same message, and taken with another.
pub async fn a_chosen_id_is_created_once_by_a_message(store: Store) {
    let labels = labels(&store);
    let id = || "shelf".to_owned();
    let first = labels.save_as(id(), Stick("a".into())).triggered_by("m").await.expect("saved");
    let again = labels.save_as(id(), Stick("b".into())).triggered_by("m").await.expect("saved");
    assert!(!first.is_duplicate() && again.is_duplicate());
    assert_eq!(again.text, "a");
    for another in [
        labels.save_as(id(), Stick("c".into())).triggered_by("n"),
        labels.save_as(id(), Stick("c".into())),
    ] {
        assert_refused!(another.await, Failure::AlreadyExists { .. });
    }
    assert_eq!(labels.find(&id()).await.expect("it is found").version(), 1);
}

/// A message that led to no event is processed too, and not run again (R12).
pub async fn a_message_without_events_is_processed(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let first = tallies.update(&id, AddAll(vec![])).triggered_by("m").await.expect("a success");
    assert_eq!((first.version(), first.is_duplicate()), (Version::new(1), false));
    let command = Add::new(1);
    let again = tallies.update(&id, command.clone()).triggered_by("m").await.expect("a success");
    assert_eq!((again.version(), again.is_duplicate()), (Version::new(1), true));
    assert_eq!(command.decisions(), 0);
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 1);
}

/// A client's request with a key is done once, be it an update or a creation (R14).
pub async fn an_idempotency_key_is_used_once(store: Store) {
    let tallies = tallies(&store);
    let first = tallies.save(start("books", [])).idempotency_key("k").await.expect("it is saved");
    let again = tallies.save(start("books", [])).idempotency_key("k").await.expect("a success");
    assert_eq!((again.id(), again.is_duplicate()), (first.id(), true));
    let id = first.id();
    let update = async |key: &str| {
        tallies.update(id, Add::new(1)).idempotency_key(key).await.expect("a success")
    };
    assert!(!update("l").await.is_duplicate());
    assert!(update("l").await.is_duplicate());
    assert!(update("k").await.is_duplicate());
    assert!(!update("m").await.is_duplicate());
    assert_eq!(tallies.find(id).await.expect("it is found").total, 2);
}

/// A key of a client is no message of anybody else, and each consumer has a message for itself.
pub async fn consumers_have_messages_for_themselves(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let update = |amount| tallies.update(&id, Add::new(amount));
    let of = |consumer: &'static str| MessageKey::new("m").consumed_by(consumer);
    for duplicate in [false, true] {
        for update in [
            update(1).triggered_by("m"),
            update(2).idempotency_key("m"),
            update(3).triggered_by(of("credit")),
            update(4).triggered_by(of("debit")),
        ] {
            assert_eq!(update.await.expect("a success").is_duplicate(), duplicate);
        }
    }
    assert_eq!(amounts(&tallies.find(&id).await.expect("it is found")), [1, 2, 3, 4]);

    let creations = [
        tallies.save(start("a", [])).triggered_by("c"),
        tallies.save(start("b", [])).idempotency_key("c"),
    ];
    let [one, other] = creations.map(|save| save.into_future());
    assert_ne!(one.await.expect("it is saved").id(), other.await.expect("it is saved").id());
}

/// A duplicate is told as one, although its sender expects a version that is past.
pub async fn a_duplicate_that_expects_a_version_is_a_duplicate(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    for duplicate in [false, true] {
        let update = tallies.update(&id, Add::new(1)).expect_version(1).triggered_by("m").await;
        assert_eq!(update.expect("a success").is_duplicate(), duplicate);
    }
}

/// Ids of messages and names of consumers that can't be stored are refused.
pub async fn messages_that_cannot_be_stored_are_refused(store: Store) {
    let tallies = tallies(&store);
    let id: Id<Tally> = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let long = || "x".repeat(crate::MAX_ID_BYTES + 1);
    for message in [
        MessageKey::new(""),
        MessageKey::new(long()),
        MessageKey::new("a\0"),
        MessageKey::new("m").consumed_by(long()),
        MessageKey::new("m").consumed_by("a\0"),
    ] {
        assert_refused!(
            tallies.update(&id, Add::new(1)).triggered_by(message.clone()).await,
            RepositoryError::Failed(Failure::InvalidId { .. })
        );
        assert_refused!(
            tallies.save(start("books", [])).triggered_by(message).await,
            RepositoryError::Failed(Failure::InvalidId { .. })
        );
    }
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 1);
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), [id]);
}
