//! Transactions beside other readers and writers (R18, S3).

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::Store;
use super::fixture::*;
use super::transactions::{change_everything, nothing_changed};
use crate::Version;
use crate::store::{AppendError, StreamQuery};

/// Nobody else sees what a transaction appended before it commits; a reader may be made to wait instead.
pub async fn nothing_is_visible_before_the_commit(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    let Some(mut transaction) = begin(&store).await else { return };
    change_everything(&mut transaction).await;
    // A reader who waits is let go.
    let _ = timeout(PATIENCE, nothing_changed(&store)).await;
    transaction.commit().await.expect("a commit");
    assert_eq!(version(&store, "a").await, 3);
    assert_eq!(version(&store, "b").await, 2);
    assert!(processed(&store, "a", "m").await);
    assert_eq!(store.entities(THING, None, 10).await.expect("a list"), ["b"]);
}

/// A commit is seen in all its streams at once.
pub async fn a_commit_is_seen_at_once(store: Store) {
    for number in 0..20 {
        let Some(mut transaction) = begin(&store).await else { return };
        for id in ["a", "b"] {
            append_within(&mut transaction, numbered(id, number, 1)).await.expect("it is appended");
        }
        let mut commit = pin!(transaction.commit());
        let committed = loop {
            if let Poll::Ready(committed) = poll_once(commit.as_mut()).await {
                break committed;
            }
            // A reader who waits is let go.
            let _ = timeout(PATIENCE / 10, both_are_the_same(&store)).await;
        };
        committed.expect("a commit");
        both_are_the_same(&store).await;
        assert_eq!(head_version(&store, "a").await, number + 1);
    }
}

/// Of a transaction and an append at the same version one is stored; the other fails, or comes too late.
pub async fn a_transaction_and_an_append_do_not_both_win(store: Store) {
    for round in 0..12 {
        let id = format!("round {round}");
        put(&store, numbered(&id, 0, 1)).await;
        let Some(mut transaction) = begin(&store).await else { return };
        let (seen, _) = read_within(&mut transaction, StreamQuery::new(THING, &id)).await;
        assert_eq!(seen.len(), 1);

        // The append comes before that of the transaction, after it, or whenever; where the store lets it.
        let mut inside = None;
        if round % 3 == 1 {
            inside = Some(append_within(&mut transaction, numbered(&id, 1, 3)).await);
        }
        let mut outside = {
            let (store, append) = (store.clone(), numbered(&id, 1, 2));
            tokio::spawn(async move { store.append(append).await })
        };
        let patience = if round % 3 == 2 { Duration::ZERO } else { PATIENCE };
        let before = timeout(patience, &mut outside).await;
        let inside = match inside {
            Some(inside) => inside,
            None => append_within(&mut transaction, numbered(&id, 1, 3)).await,
        };
        let inside = match inside {
            Ok(_) => transaction.commit().await.is_ok(),
            Err(AppendError::Conflict { .. }) => {
                transaction.rollback().await.expect("a rollback");
                false
            }
            Err(other) => panic!("in a transaction that lost a race: {other}"),
        };
        let outside = match before {
            Ok(outside) => outside,
            Err(_) => outside.await,
        };
        let outside = match outside.expect("a store doesn't panic") {
            Ok(_) => true,
            Err(AppendError::Conflict { .. }) => false,
            Err(other) => panic!("beside a transaction: {other}"),
        };
        assert!(inside != outside, "inside: {inside}, outside: {outside}");
        assert_eq!(version(&store, &id).await, if inside { 4 } else { 3 });
    }
}

/// A transaction that wrote elsewhere first, and to a stream later than others, comes later in that stream (S3).
pub async fn a_transaction_that_comes_late_to_a_stream_is_later_in_it(store: Store) {
    for round in 0..5 {
        let id = format!("round {round}");
        let Some(mut transaction) = begin(&store).await else { return };
        let elsewhere = numbered(&format!("elsewhere {round}"), 0, 1);
        append_within(&mut transaction, elsewhere).await.expect("it is appended");
        let mut outside = {
            let (store, append) = (store.clone(), numbered(&id, 0, 1));
            tokio::spawn(async move { store.append(append).await })
        };
        let before = timeout(PATIENCE, &mut outside).await;
        let (_, head) = read_within(&mut transaction, StreamQuery::new(THING, &id)).await;
        let inside = append_within(&mut transaction, numbered(&id, head.version.get(), 1)).await;
        let inside = match inside {
            // A slow machine: the append outside came between the transaction's look and its append.
            Err(AppendError::AlreadyExists { .. }) if before.is_err() => {
                transaction.rollback().await.expect("a rollback");
                outside.await.expect("no panic").expect("the append was alone");
                continue;
            }
            inside => inside.expect("it is appended"),
        };
        transaction.commit().await.expect("a commit");
        match before {
            Ok(outside) => {
                let outside = outside.expect("no panic").expect("the append was alone");
                assert_eq!((outside.version, inside.version), (Version::new(1), Version::new(2)));
                if store.capabilities().position_at_append {
                    assert!(outside.position < inside.position, "{outside:?}, then {inside:?}");
                }
            }
            Err(_) => {
                match outside.await.expect("no panic") {
                    // A slow machine: it was stored before the transaction looked, and said so later.
                    Ok(outside) => assert_eq!(
                        (outside.version, inside.version),
                        (Version::new(1), Version::new(2))
                    ),
                    outside => {
                        assert_refused!(outside, AppendError::AlreadyExists { actual } if actual == 1);
                    }
                }
            }
        }
        let stored = events(&store, &id).await;
        assert!(stored.iter().all(|event| event.json["number"] == event.version));
    }
}

/// Transactions of many tasks that change the same two streams leave both with every change, whole.
pub async fn transactions_of_many_tasks_lose_nothing(store: Store) {
    let Some(transaction) = begin(&store).await else { return };
    transaction.rollback().await.expect("a rollback");
    let tasks = (0..8).map(|task: u32| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 0..5 {
                change_both(&store, &format!("{task} {number}")).await;
            }
        })
    });
    for task in join_all(tasks).await {
        task.expect("a task ends without failure");
    }
    for id in ["a", "b"] {
        let stored = events(&store, id).await;
        assert_eq!(versions(&stored), (1..=40).collect::<Vec<_>>());
        assert!(stored.iter().all(|event| event.json["number"] == event.version));
    }
    for message in (0..8).flat_map(|task| (0..5).map(move |number| format!("{task} {number}"))) {
        assert!(processed(&store, "a", message.as_str()).await, "{message}");
        assert!(processed(&store, "b", message.as_str()).await, "{message}");
    }
}

/// A commit whose future is dropped stores all of its transaction or nothing.
pub async fn a_dropped_commit_is_whole_or_absent(store: Store) {
    for polls in 0..20 {
        let [a, b] = ["a", "b"].map(|id| format!("{id} after {polls}"));
        let Some(mut transaction) = begin(&store).await else { return };
        for id in [&a, &b] {
            let append = because_of("m", numbered(id, 0, 2));
            append_within(&mut transaction, append).await.expect("it is appended");
        }
        poll_and_drop(polls, transaction.commit()).await;

        // Whatever came of it is settled when the next append is answered.
        let stored = match store.append(numbered(&a, 0, 1)).await {
            Ok(_) => 0,
            Err(AppendError::AlreadyExists { actual }) => actual.get(),
            Err(other) => panic!("after a dropped commit: {other}"),
        };
        assert!([0, 2].contains(&stored), "{stored} of 2 events");
        assert_eq!(version(&store, &b).await, stored);
        for id in [&a, &b] {
            assert_eq!(processed(&store, id, "m").await, stored == 2);
        }
    }
}

/// Who gives up waiting for a transaction holds nobody up.
pub async fn a_dropped_wait_for_a_transaction_does_no_harm(store: Store) {
    let Some(transaction) = begin(&store).await else { return };
    for _ in 0..3 {
        let _ = timeout(PATIENCE / 10, store.begin()).await;
    }
    transaction.commit().await.expect("a commit");
    put(&store, numbered("a", 0, 1)).await;
    let transaction = store.begin().await.expect("a transaction");
    transaction.rollback().await.expect("a rollback");
}

/// Fails if `a` and `b`, which are always changed together, are seen at different versions.
async fn both_are_the_same(store: &Store) {
    let before = head_version(store, "a").await;
    let between = head_version(store, "b").await;
    let after = head_version(store, "a").await;
    assert!(
        before <= between && between <= after,
        "`a` is at {before}, then `b` at {between}, then `a` at {after}"
    );
}

/// Adds an event to `a` and one to `b` in one transaction, again after each lost race.
async fn change_both(store: &Store, message: &str) {
    for _ in 0..1_000 {
        let mut transaction = store.begin().await.expect("a transaction");
        let mut lost = false;
        for id in ["a", "b"] {
            let (_, head) = read_within(&mut transaction, StreamQuery::new(THING, id)).await;
            tokio::task::yield_now().await;
            let append = because_of(message, numbered(id, head.version.get(), 1));
            match append_within(&mut transaction, append).await {
                Ok(_) => {}
                Err(AppendError::Conflict { .. } | AppendError::AlreadyExists { .. }) => {
                    lost = true;
                    break;
                }
                Err(other) => panic!("in a transaction: {other}"),
            }
        }
        if lost {
            transaction.rollback().await.expect("a rollback");
            tokio::task::yield_now().await;
        } else {
            return transaction.commit().await.expect("a commit");
        }
    }
    panic!("a thousand races were lost");
}
