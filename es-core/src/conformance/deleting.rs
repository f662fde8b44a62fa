//! Entities that are deleted by an event.

use super::Store;
use super::evolved::*;
use super::fixture::{assert_refused, begin, head_version_of};
use crate::{Aggregate, Failure};

fn id() -> String {
    "m".to_owned()
}

/// After the event the entity is neither found nor updated nor listed; its history and its past stay.
pub async fn an_event_deletes_its_entity(store: Store) {
    let meters = meters(&store);
    meters.save_as(id(), Install("cellar")).await.expect("it is saved");
    meters.save_as("other".to_owned(), Install("roof")).await.expect("it is saved");
    let removed = meters.update(&id(), Remove).await.expect("it is removed");
    assert!(removed.is_deleted() && removed.removed);
    assert_eq!(removed.version(), 3);

    assert_refused!(
        meters.find(&id()).await,
        Failure::Deleted { entity_type, entity_id }
            if entity_type == Meter::TYPE && entity_id == id()
    );
    assert_refused!(meters.update(&id(), Read(1)).await, Failure::Deleted { .. });
    assert_refused!(meters.update(&id(), Remove).await, Failure::Deleted { .. });
    assert_eq!(head_version_of(&*store, Meter::TYPE, "m").await, 3);
    assert_eq!(meters.ids(None, 10).await.expect("a list"), ["other"]);
    let past = meters.find(&id()).at_version(2).await.expect("its past");
    assert!(!past.is_deleted());
    let history = meters.history(&id()).await.expect("a history").collect().await;
    let history = history.expect("a history that can be read");
    let names: Vec<_> = history.iter().map(|event| event.event_type()).collect();
    assert_eq!(names, ["Installed", "Noted", "Removed"]);
}

/// Who asks for deleted entities too finds it as it was last, and that it was deleted.
pub async fn a_deleted_entity_is_found_when_it_is_asked_for(store: Store) {
    let meters = meters(&store);
    meters.save_as(id(), Install("cellar")).await.expect("it is saved");
    let there = meters.find(&id()).including_deleted().await.expect("it is found");
    assert!(!there.is_deleted() && !there.removed);
    let removed = meters.update(&id(), Remove).await.expect("it is removed");
    let found = meters.find(&id()).including_deleted().await.expect("it is found");
    assert!(found.is_deleted());
    assert_eq!((found.version(), found.state()), (removed.version(), removed.state()));
    assert_refused!(
        meters.find(&"none".to_owned()).including_deleted().await,
        Failure::NotFound { .. }
    );
}

/// A deleted entity isn't created again, with a message or without one.
pub async fn the_id_of_a_deleted_entity_is_not_used_again(store: Store) {
    let meters = meters(&store);
    meters.save_as(id(), Install("cellar")).await.expect("it is saved");
    meters.update(&id(), Remove).await.expect("it is removed");
    let is_deleted = |failure: &Failure| {
        assert!(failure.to_string().contains("was deleted"), "{failure}");
        matches!(failure, Failure::Deleted { .. })
    };
    assert_refused!(
        meters.save_as(id(), Install("roof")).await,
        failure if is_deleted(&failure)
    );
    assert_refused!(
        meters.save_as(id(), Install("roof")).triggered_by("message").await,
        failure if is_deleted(&failure)
    );
    assert_eq!(head_version_of(&*store, Meter::TYPE, "m").await, 3);
}

/// The event that deletes an entity is the last one of its change; else nothing is written.
pub async fn an_event_after_the_last_is_refused(store: Store) {
    let meters = meters(&store);
    meters.save_as(id(), Install("cellar")).await.expect("it is saved");
    assert_refused!(
        meters.update(&id(), RemoveTooEarly).await,
        Failure::EventAfterDeletion { entity_type, event_type: "MeterRead" }
            if entity_type == Meter::TYPE
    );
    assert_eq!(meters.find(&id()).await.expect("it is found").version(), 1);
}

/// A change may create an entity and delete it: what it did is history.
pub async fn an_entity_may_be_deleted_as_it_is_created(store: Store) {
    let meters = meters(&store);
    let meter = meters.save_as(id(), TryOut).await.expect("it is saved");
    assert!(meter.is_deleted());
    assert_refused!(meters.find(&id()).await, Failure::Deleted { .. });
    assert_eq!(head_version_of(&*store, Meter::TYPE, "m").await, 2);
}

/// The message that deleted an entity is a duplicate when it comes again.
pub async fn a_message_that_deleted_an_entity_is_a_duplicate(store: Store) {
    let meters = meters(&store);
    meters.save_as(id(), Install("cellar")).await.expect("it is saved");
    meters.update(&id(), Remove).triggered_by("remove").await.expect("it is removed");
    let again = meters.update(&id(), Remove).triggered_by("remove").await.expect("a duplicate");
    assert!(again.is_duplicate() && again.is_deleted());
    assert_refused!(
        meters.update(&id(), Read(1)).triggered_by("another").await,
        Failure::Deleted { .. }
    );
}

/// In a transaction the deletion is there for what comes after it, and for others after the commit.
pub async fn an_entity_is_deleted_in_a_transaction(store: Store) {
    let meters = meters(&store);
    meters.save_as(id(), Install("cellar")).await.expect("it is saved");
    let Some(mut tx) = begin(&store).await else { return };
    meters.within(&mut tx).update(&id(), Remove).await.expect("it is removed");
    assert_refused!(meters.within(&mut tx).find(&id()).await, Failure::Deleted { .. });
    tx.commit().await.expect("it is committed");
    assert_refused!(meters.find(&id()).await, Failure::Deleted { .. });
}
