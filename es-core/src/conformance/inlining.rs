//! Subscribers in the append's own transaction. Stores without transactions pass without being tried.

use super::Store;
use super::domain::*;
use super::fixture::assert_refused;
use super::watcher::SumInline;
use crate::store::StoreError;
use crate::{Failure, Id, RepositoryError};

/// What an inline subscriber writes is there when the append is.
pub async fn an_inline_subscriber_writes_with_the_append(store: Store) {
    let Some((inline, into)) = with_sum(&store).await else { return };
    let tallies = tallies(&inline);
    let id = *tallies.save(start("books", [1, 2])).await.expect("it is saved").id();
    assert_eq!(total(&store, &into).await, 3);
    tallies.update(&id, AddAll(vec![3, 4])).await.expect("it is updated");
    assert_eq!(total(&store, &into).await, 10);
}

/// Where it fails, nothing is appended and nothing of it is left, and the caller is told which one it was.
pub async fn an_inline_subscriber_that_fails_undoes_the_append(store: Store) {
    let Some((inline, into)) = with_sum(&store).await else { return };
    let tallies = tallies(&inline);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    let refused = tallies.update(&id, AddAll(vec![5, 13])).await;
    assert_refused!(refused, Failure::Subscriber { subscriber: "conformance-sum-inline", .. });
    assert_eq!((total(&store, &into).await, total(&store, &id).await), (1, 1));
    let refused = tallies.save(start("bad luck", [13])).await;
    assert_refused!(refused, RepositoryError::Failed(Failure::Subscriber { .. }));
    assert_eq!(tallies.ids(None, 9).await.expect("ids").len(), 2);
    tallies.update(&id, Add::new(2)).await.expect("it is updated");
    assert_eq!(total(&store, &into).await, 3);
}

/// It sees what a transaction appends, and is rolled back with it.
pub async fn an_inline_subscriber_goes_with_the_transaction(store: Store) {
    let Some((inline, into)) = with_sum(&store).await else { return };
    let tallies = tallies(&inline);
    for commits in [false, true] {
        let mut transaction = inline.begin().await.expect("a transaction");
        let saved = tallies.within(&mut transaction).save(start("books", [1])).await;
        let id = *saved.expect("it is saved").id();
        tallies.within(&mut transaction).update(&id, Add::new(2)).await.expect("it is updated");
        match commits {
            false => transaction.rollback().await.expect("a rollback"),
            true => transaction.commit().await.expect("a commit"),
        }
        assert_eq!(total(&store, &into).await, if commits { 3 } else { 0 });
    }
    let mut transaction = inline.begin().await.expect("a transaction");
    let refused = tallies.within(&mut transaction).save(start("bad luck", [13])).await;
    assert_refused!(refused, RepositoryError::Failed(Failure::Subscriber { .. }));
    assert_refused!(transaction.commit().await, StoreError::Abandoned);
    assert_eq!(total(&store, &into).await, 3);
}

/// An append that is refused calls no handler, and a message is processed once.
pub async fn a_refused_append_calls_no_inline_subscriber(store: Store) {
    let Some((inline, into)) = with_sum(&store).await else { return };
    let tallies = tallies(&inline);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    for _ in 0..3 {
        let updated = tallies.update(&id, Add::new(4)).triggered_by("message").await;
        updated.expect("it is updated or was before");
    }
    let refused = tallies.update(&id, Add::new(5)).expect_version(1).await;
    assert_refused!(refused, RepositoryError::Failed(Failure::Conflict { .. }));
    assert_eq!(total(&store, &into).await, 4);
}

/// Writers that go through it at once lose nothing.
pub async fn inline_subscribers_of_many_writers_lose_nothing(store: Store) {
    let Some((inline, into)) = with_sum(&store).await else { return };
    let write = async |number: u64| {
        let tallies = tallies(&inline);
        let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
        let mut added = 0;
        for amount in [number * 100 + 1, number * 100 + 2] {
            // All of them update one entity in transactions: some are refused, and then nothing of them is left.
            if tallies.update(&id, Add::new(amount)).await.is_ok() {
                added += amount;
            }
        }
        added
    };
    let added = futures_util::future::join_all((0..6).map(write)).await;
    assert_eq!(total(&store, &into).await, added.iter().sum::<u64>());
    assert!(added.iter().any(|added| *added > 0));
}

/// The store with an inline subscriber, and the tally that it adds up in.
async fn with_sum(store: &Store) -> Option<(Store, Id<Tally>)> {
    if !store.capabilities().transactions {
        return None;
    }
    let into = *tallies(store).save(start("sum", [])).await.expect("it is saved").id();
    Some((SumInline::of(store, into), into))
}

async fn total(store: &Store, id: &Id<Tally>) -> u64 {
    tallies(store).find(id).await.expect("it is found").total
}
