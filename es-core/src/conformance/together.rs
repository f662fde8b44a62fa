//! Repositories in a transaction (R17, R18). Where the store has none, these pass without being tried.

use tokio::time::timeout;

use super::Store;
use super::domain::*;
use super::fixture::{PATIENCE, assert_refused, begin};
use crate::{Failure, Id, RepositoryError, Version};

/// Several aggregates and their messages are stored by one commit (R17).
pub async fn several_aggregates_commit_together(store: Store) {
    let (tallies, labels) = (tallies(&store), labels(&store));
    let old = *tallies.save(start("old", [1])).await.expect("it is saved").id();
    let Some(mut transaction) = begin(&store).await else { return };
    let new = *tallies.within(&mut transaction).save(start("new", [2])).await.expect("saved").id();
    let update = tallies.within(&mut transaction).update(&old, Add::new(3)).triggered_by("m");
    assert_eq!(update.await.expect("it is updated").total, 4);
    let label = "shelf".to_owned();
    let save = labels.within(&mut transaction).save_as(label.clone(), Stick("a".into()));
    save.await.expect("it is saved");
    let rewrite = labels.within(&mut transaction).update(&label, Rewrite("b".into()));
    assert_eq!(rewrite.await.expect("it is updated").version(), 2);
    transaction.commit().await.expect("a commit");

    assert_eq!(tallies.find(&new).await.expect("it is found").total, 2);
    assert_eq!(tallies.find(&old).await.expect("it is found").total, 4);
    assert_eq!(labels.find(&label).await.expect("it is found").text, "b");
    let again = tallies.update(&old, Add::new(3)).triggered_by("m").await;
    assert!(again.expect("a success").is_duplicate());
}

/// After a rollback, or without a commit, nothing of it is there, and nothing is visible before (R17, R18).
pub async fn several_aggregates_roll_back_together(store: Store) {
    let (tallies, labels) = (tallies(&store), labels(&store));
    let old = *tallies.save(start("old", [1])).await.expect("it is saved").id();
    let label = "shelf".to_owned();
    for dropped in [false, true] {
        let Some(mut transaction) = begin(&store).await else { return };
        let update = tallies.within(&mut transaction).update(&old, Add::new(3)).triggered_by("m");
        update.await.expect("it is updated");
        let save = labels.within(&mut transaction).save_as(label.clone(), Stick("a".into()));
        save.await.expect("it is saved");
        let nothing_is_there = async || {
            assert_eq!(tallies.find(&old).await.expect("it is found").version(), 2);
            assert_refused!(labels.find(&label).await, Failure::NotFound { .. });
            assert_eq!(labels.ids(None, 10).await.expect("a list"), [""; 0]);
        };
        // A reader who waits is let go.
        let _ = timeout(PATIENCE, nothing_is_there()).await;
        if dropped {
            drop(transaction);
        } else {
            transaction.rollback().await.expect("a rollback");
        }
        nothing_is_there().await;
    }
    let update = tallies.update(&old, Add::new(3)).triggered_by("m").await;
    assert!(!update.expect("the message was not processed").is_duplicate());
}

/// In a transaction a repository finds what was stored in it, and the past of it.
pub async fn a_repository_finds_its_own_in_a_transaction(store: Store) {
    let tallies = tallies(&store);
    let Some(mut transaction) = begin(&store).await else { return };
    let id = *tallies.within(&mut transaction).save(start("new", [1])).await.expect("saved").id();
    for amount in 2..=4 {
        let update = tallies.within(&mut transaction).update(&id, Add::new(amount)).await;
        let found = tallies.within(&mut transaction).find(&id).await.expect("it is found");
        assert_eq!(update.expect("it is updated").state(), found.state());
    }
    let double = |tally: &Tally| Added { amount: tally.total, before: tally.total };
    let doubled = tallies.within(&mut transaction).update_with(&id, double).await;
    assert_eq!(doubled.expect("it is updated").total, 20);
    let then = tallies.within(&mut transaction).find(&id).at_version(3).await.expect("its past");
    assert_eq!(then.total, 3);
    transaction.commit().await.expect("a commit");
    assert_eq!(tallies.find(&id).await.expect("it is found").total, 20);
}

/// A call that fails in a transaction writes nothing, and the transaction goes on.
pub async fn a_failed_call_leaves_the_transaction(store: Store) {
    let (tallies, labels) = (tallies(&store), labels(&store));
    let label = "shelf".to_owned();
    labels.save_as(label.clone(), Stick("a".into())).await.expect("it is saved");
    let Some(mut transaction) = begin(&store).await else { return };
    let id = *tallies.within(&mut transaction).save(start("new", [1])).await.expect("saved").id();
    let refused = tallies.within(&mut transaction).update(&id, Add::new(5000)).await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 1 }));
    let taken = labels.within(&mut transaction).save_as(label.clone(), Stick("b".into())).await;
    assert_refused!(taken, Failure::AlreadyExists { .. });
    let missing = tallies.within(&mut transaction).find(&Id::new()).await;
    assert_refused!(missing, Failure::NotFound { .. });
    let stale = tallies.within(&mut transaction).update(&id, Add::new(1)).expect_version(1).await;
    assert_refused!(stale, RepositoryError::Failed(Failure::Conflict { .. }));
    let update = tallies.within(&mut transaction).update(&id, Add::new(2)).await;
    assert_eq!(update.expect("it is updated").version(), 3);
    transaction.commit().await.expect("a commit");
    assert_eq!(amounts(&tallies.find(&id).await.expect("it is found")), [1, 2]);
    assert_eq!(labels.find(&label).await.expect("it is found").text, "a");
}

/// A message that comes twice in a transaction changes an entity once, and creates one.
pub async fn a_message_in_a_transaction_is_processed_once(store: Store) {
    let tallies = tallies(&store);
    let Some(mut transaction) = begin(&store).await else { return };
    let mut saved = Vec::new();
    for duplicate in [false, true] {
        let save = tallies.within(&mut transaction).save(start("new", [])).triggered_by("m").await;
        let save = save.expect("a success");
        assert_eq!(save.is_duplicate(), duplicate);
        saved.push(*save.id());
    }
    assert_eq!(saved[0], saved[1]);
    for duplicate in [false, true] {
        let update = tallies.within(&mut transaction).update(&saved[0], AddAll(vec![1, 2]));
        let update = update.idempotency_key("k").await.expect("a success");
        assert_eq!((update.is_duplicate(), update.version()), (duplicate, Version::new(3)));
    }
    transaction.commit().await.expect("a commit");
    let again = tallies.update(&saved[0], AddAll(vec![1])).idempotency_key("k").await;
    assert!(again.expect("a success").is_duplicate());
    assert_eq!(tallies.find(&saved[0]).await.expect("it is found").version(), 3);
}
