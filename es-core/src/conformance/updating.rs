//! Changes of entities: `update` and `update_with` (R3 to R8).

use futures_util::future::{join, join_all};

use super::Store;
use super::domain::*;
use super::fixture::{assert_refused, micros};
use super::rivals::Rivals;
use crate::repository::RetryPolicy;
use crate::store::StoreError;
use crate::{Aggregate, AggregateRepository, Failure, Id, RepositoryError, Version};

/// Whoever isn't there can't be found or updated, and has no history (R3).
pub async fn a_missing_entity_is_not_found(store: Store) {
    let tallies = tallies(&store);
    tallies.save(start("another", [])).await.expect("it is saved");
    let id = Id::new();
    let is_it = |entity_type: &str, entity_id: &str| {
        entity_type == Tally::TYPE && entity_id == id.to_string()
    };
    assert_refused!(
        tallies.find(&id).await,
        Failure::NotFound { entity_type, entity_id } if is_it(entity_type, &entity_id)
    );
    let command = Add::new(1);
    assert_refused!(
        tallies.update(&id, command.clone()).await,
        RepositoryError::Failed(Failure::NotFound { entity_type, entity_id })
            if is_it(entity_type, &entity_id)
    );
    assert_eq!(command.decisions(), 0);
    assert_refused!(
        tallies.history(&id).await,
        Failure::NotFound { entity_type, entity_id } if is_it(entity_type, &entity_id)
    );
    assert_eq!(tallies.ids(None, 10).await.expect("a list").len(), 1);
}

/// An update decides on what is stored and appends to it (R4).
pub async fn an_update_goes_on_from_what_is_stored(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    for amount in 2..=5 {
        let updated = tallies.update(&id, Add::new(amount)).await.expect("it is updated");
        let found = tallies.find(&id).await.expect("it is found");
        assert_eq!((updated.version(), updated.state()), (found.version(), found.state()));
        assert_eq!(updated.version(), amount + 1);
    }
    let updated = tallies.update(&id, AddAll(vec![6, 7])).await.expect("it is updated");
    assert_eq!((updated.version(), updated.total), (Version::new(8), 28));
}

/// A closure updates as a command does.
pub async fn a_closure_updates_too(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [5])).await.expect("it is saved").id();
    let double = |tally: &Tally| Added { amount: tally.total, before: tally.total };
    let updated = tallies.update_with(&id, double).await.expect("it is updated");
    assert_eq!((updated.version(), updated.total), (Version::new(3), 10));
    let refuse = |tally: &Tally| Err::<Added, _>(Refused { total: tally.total });
    let refused = tallies.update_with(&id, refuse).await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 10 }));
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 3);
}

/// Of two updates that were decided on the same version, one decides again and sees the other's events (R4).
pub async fn a_lost_race_is_decided_again(store: Store) {
    let id = *tallies(&store).save(start("books", [1])).await.expect("it is saved").id();
    let rivals = Rivals::meet(&store, 2);
    let tallies = AggregateRepository::<Tally>::new(rivals.clone());
    let (one, other) = (Add::new(10), Add::new(200));
    let results = join(
        tallies.update(&id, one.clone()).into_future(),
        tallies.update(&id, other.clone()).into_future(),
    )
    .await;
    let mut results = [results.0.expect("it is updated"), results.1.expect("it is updated")];
    results.sort_by_key(|result| result.version());
    assert_eq!(results.each_ref().map(|result| result.version().get()), [3, 4]);
    assert_eq!(amounts(&results[1])[..2], amounts(&results[0]));
    assert_eq!((results[1].total, rivals.appends()), (211, 3));
    assert_eq!(one.decisions() + other.decisions(), 3);
    every_decision_saw_all_before_it(&tallies, &id).await;
}

/// Fifty updates of one entity at the same time all succeed (R5).
pub async fn fifty_updates_at_once_all_succeed(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let tasks = (1..=50).map(|amount| {
        let tallies = tallies.clone();
        tokio::spawn(async move { tallies.update(&id, Add::new(amount)).await.map(|_| ()) })
    });
    for result in join_all(tasks).await {
        result.expect("no panic").expect("an update of fifty succeeds");
    }
    let found = tallies.find(&id).await.expect("it is found");
    let mut amounts = amounts(&found);
    amounts.sort_unstable();
    assert_eq!(amounts, (1..=50).collect::<Vec<_>>());
    every_decision_saw_all_before_it(&tallies, &id).await;
}

/// An update that loses every race fails after its last try with the versions and the number of tries, and writes
/// nothing (R5).
pub async fn an_update_that_loses_every_race_is_a_conflict(store: Store) {
    let saved = tallies(&store).save(start("books", [])).await.expect("it is saved");
    let rivals = Rivals::come_first(&store, || Added { amount: 0, before: 0 });
    let mut version = saved.version().get();
    let policies =
        [(RetryPolicy::never(), 1), (RetryPolicy::attempts(3), 3), (RetryPolicy::default(), 10)];
    for (policy, tries) in policies {
        let tallies = AggregateRepository::<Tally>::new(rivals.clone()).retry(policy);
        let command = Add::new(1);
        let before = rivals.appends();
        version += u64::from(tries);
        assert_refused!(
            tallies.update(saved.id(), command.clone()).await,
            RepositoryError::Failed(Failure::Conflict { entity_type, entity_id, expected, actual, attempts })
                if entity_type == Tally::TYPE && entity_id == saved.id().to_string()
                    && expected == version - 1 && actual == version && attempts == tries
        );
        assert_eq!((command.decisions(), rivals.appends() - before), (tries, tries));

        let tallies = AggregateRepository::<Tally>::new(rivals.clone());
        version += u64::from(tries);
        assert_refused!(
            tallies.update(saved.id(), Add::new(1)).retry(policy).await,
            RepositoryError::Failed(Failure::Conflict { attempts, .. }) if attempts == tries
        );
    }
    let found = tallies(&store).find(saved.id()).await.expect("it is found");
    assert_eq!((found.version().get(), found.total), (version, 0));
}

/// Only a lost race is tried again: not a refusal, not an error of the store (R5).
pub async fn other_errors_are_not_tried_again(store: Store) {
    let id = *tallies(&store).save(start("books", [])).await.expect("it is saved").id();
    let rivals = Rivals::fail(&store);
    let tallies = AggregateRepository::<Tally>::new(rivals.clone());
    let command = Add::new(1);
    assert_refused!(
        tallies.update(&id, command.clone()).await,
        RepositoryError::Failed(Failure::Store(StoreError::TimedOut { what: "luck", .. }))
    );
    assert_eq!((command.decisions(), rivals.appends()), (1, 1));
    let command = Add::new(1001);
    let refused = tallies.update(&id, command.clone()).await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 0 }));
    assert_eq!((command.decisions(), rivals.appends()), (1, 1));
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 1);
}

/// A command that is refused fails with the handler's own error and writes nothing (R6).
pub async fn a_refused_update_writes_nothing(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [7])).await.expect("it is saved").id();
    let refused = tallies.update(&id, Add::new(1001)).triggered_by("m").await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 7 }));
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 2);
    let updated = tallies.update(&id, Add::new(1)).triggered_by("m").await;
    assert!(!updated.expect("the message was not processed").is_duplicate());
}

/// An update that leads to no event succeeds, writes nothing and leaves the version (R7).
pub async fn an_update_without_events_writes_nothing(store: Store) {
    let saved = tallies(&store).save(start("books", [7])).await.expect("it is saved");
    let rivals = Rivals::fail(&store);
    let tallies = AggregateRepository::<Tally>::new(rivals.clone());
    let updated = tallies.update(saved.id(), AddAll(vec![])).await.expect("it succeeds");
    assert_eq!((updated.version(), updated.state()), (saved.version(), saved.state()));
    assert!(!updated.is_duplicate());
    assert_eq!(rivals.appends(), 0);
    assert_eq!(tallies.find(saved.id()).await.expect("it is found").version(), 2);
}

/// An update that expects another version than the stored one is a conflict, without another try (R8).
pub async fn an_unexpected_version_is_a_conflict(store: Store) {
    let tallies = tallies(&store);
    let saved = tallies.save(start("books", [7])).await.expect("it is saved");
    for wrong in [0, 1, 3] {
        let command = Add::new(1);
        assert_refused!(
            tallies.update(saved.id(), command.clone()).expect_version(wrong).await,
            RepositoryError::Failed(Failure::Conflict { expected, actual, attempts, .. })
                if expected == wrong && actual == 2 && attempts == 1
        );
    }
    let updated = tallies.update(saved.id(), Add::new(1)).expect_version(saved.version()).await;
    assert_eq!(updated.expect("it is at that version").version(), 3);
    assert_eq!(tallies.find(saved.id()).await.expect("it is found").total, 8);
}

/// An update that expects a version is not tried again when it loses a race (R8).
pub async fn an_expected_version_is_not_tried_again(store: Store) {
    let saved = tallies(&store).save(start("books", [7])).await.expect("it is saved");
    let rivals = Rivals::come_first(&store, || Added { amount: 0, before: 0 });
    let tallies = AggregateRepository::<Tally>::new(rivals.clone());
    let command = Add::new(1);
    assert_refused!(
        tallies.update(saved.id(), command.clone()).expect_version(2).await,
        RepositoryError::Failed(Failure::Conflict { expected, actual, attempts, .. })
            if expected == 2 && actual == 3 && attempts == 1
    );
    assert_eq!((command.decisions(), rivals.appends()), (1, 1));
}

/// Two repositories, one with a clock that is ten minutes slow, update in turn: the order is kept (S1).
pub async fn a_slow_clock_changes_no_order(store: Store) {
    let now = 1_700_000_000_000_000;
    let right = tallies(&store).clock(move || micros(now));
    let slow = tallies(&store).clock(move || micros(now - 600_000_000));
    let id = *right.save(start("books", [])).await.expect("it is saved").id();
    for amount in 1..=100 {
        let tallies = if amount % 2 == 0 { &right } else { &slow };
        let updated = tallies.update(&id, Add::new(amount)).await.expect("it is never stuck");
        assert_eq!(updated.version(), amount + 1);
    }
    let found = right.find(&id).await.expect("it is found");
    assert_eq!(amounts(&found), (1..=100).collect::<Vec<_>>());
    every_decision_saw_all_before_it(&slow, &id).await;
}
