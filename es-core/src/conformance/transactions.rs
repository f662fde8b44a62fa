//! Several changes that are stored together or not at all (R17, R18). A store without transactions says so.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::Store;
use super::fixture::*;
use crate::store::{AppendError, StoreError, StreamHead, StreamQuery};
use crate::{Transaction, Version};

/// A store without transactions refuses to begin one.
pub async fn a_store_without_transactions_says_so(store: Store) {
    let begun = store.begin().await;
    if store.capabilities().transactions {
        begun.expect("the capabilities promise transactions").rollback().await.expect("an end");
    } else {
        assert_refused!(begun, StoreError::Unsupported(_));
    }
}

/// What a transaction appended to several streams is there after its commit, with the messages.
pub async fn a_commit_stores_all_of_it(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    let Some(mut transaction) = begin(&store).await else { return };
    let appends = [
        because_of("m", numbered("a", 1, 2)),
        numbered("b", 0, 3),
        because_of("m", numbered("c", 0, 1)),
    ];
    let expected: Vec<_> = appends.iter().map(as_stored).collect();
    for append in appends {
        let version = append.version();
        let appended = append_within(&mut transaction, append).await.expect("it is appended");
        assert_eq!(appended.version, version);
    }
    transaction.commit().await.expect("a commit");
    assert_eq!(events(&store, "a").await[1..], expected[0]);
    assert_eq!(events(&store, "b").await, expected[1]);
    assert_eq!(events(&store, "c").await, expected[2]);
    assert!(processed(&store, "a", "m").await && processed(&store, "c", "m").await);
    assert!(!processed(&store, "b", "m").await);
}

/// What was rolled back left nothing: no event, no message, no entity, no deletion.
pub async fn a_rollback_leaves_nothing(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    let Some(mut transaction) = begin(&store).await else { return };
    change_everything(&mut transaction).await;
    transaction.rollback().await.expect("a rollback");
    nothing_changed(&store).await;
}

/// What a transaction did that is dropped left nothing, and holds nobody up.
pub async fn a_dropped_transaction_leaves_nothing(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    for _ in 0..5 {
        let Some(mut transaction) = begin(&store).await else { return };
        change_everything(&mut transaction).await;
        drop(transaction);
        nothing_changed(&store).await;
    }
    put(&store, because_of("m", numbered("a", 1, 1))).await;
    put(&store, numbered("b", 0, 1)).await;
}

/// A transaction without changes commits.
pub async fn an_empty_transaction_commits(store: Store) {
    let Some(transaction) = begin(&store).await else { return };
    transaction.commit().await.expect("a commit");
    put(&store, numbered("a", 0, 1)).await;
}

/// A transaction reads what is committed, and what it appended itself: events, versions, messages, deletion.
pub async fn a_transaction_reads_its_own_appends(store: Store) {
    let before = numbered("a", 0, 1);
    let mut expected = as_stored(&before);
    put(&store, before).await;
    let Some(mut transaction) = begin(&store).await else { return };
    let whole = StreamQuery::new(THING, "a");
    assert_eq!(read_within(&mut transaction, whole).await.0, expected);

    let append = because_of("m", numbered("a", 1, 2));
    expected.extend(as_stored(&append));
    append_within(&mut transaction, append).await.expect("it is appended");
    let message = "m".into();
    let (events, head) = read_within(&mut transaction, whole.processed(Some(&message))).await;
    assert_eq!(events, expected);
    let mut told = StreamHead { version: Version::new(3), deleted: false, processed: true };
    assert_eq!(head, told);
    let part = whole.after(Version::new(1)).until(Version::new(2)).limit(5);
    assert_eq!(read_within(&mut transaction, part).await.0, expected[1..2]);

    let last = deleting(numbered("a", 3, 1));
    append_within(&mut transaction, last).await.expect("it is appended");
    (told.deleted, told.version) = (true, Version::new(4));
    let query = whole.processed(Some(&message)).limit(0);
    assert_eq!(read_within(&mut transaction, query).await.1, told);
    transaction.commit().await.expect("a commit");
    assert_eq!(read(&store, query).await.1, told);
}

/// A transaction appends to one stream several times, and each time at the version that the stream then has.
pub async fn a_transaction_appends_to_a_stream_again(store: Store) {
    let Some(mut transaction) = begin(&store).await else { return };
    for expected in [0, 2, 4] {
        append_within(&mut transaction, numbered("a", expected, 2)).await.expect("it is appended");
    }
    assert_refused!(
        append_within(&mut transaction, numbered("a", 2, 2)).await,
        AppendError::Conflict { expected, actual } if expected == 2 && actual == 6
    );
    transaction.commit().await.expect("a commit");
    assert_eq!(version(&store, "a").await, 6);
}

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

/// What is refused in a transaction leaves the transaction as it was: it goes on, and commits the rest.
pub async fn a_refusal_leaves_the_transaction_as_it_was(store: Store) {
    put(&store, because_of("m", numbered("a", 0, 2))).await;
    put(&store, deleting(numbered("gone", 0, 1))).await;
    let Some(mut transaction) = begin(&store).await else { return };
    append_within(&mut transaction, numbered("a", 2, 1)).await.expect("it is appended");
    for _ in 0..2 {
        let refused = because_of("n", numbered("a", 1, 2));
        assert_refused!(
            append_within(&mut transaction, refused).await,
            AppendError::Conflict { expected, actual } if expected == 1 && actual == 3
        );
        let refused = because_of("m", numbered("a", 3, 1));
        assert_refused!(append_within(&mut transaction, refused).await, AppendError::Duplicate);
        let refused = because_of("n", numbered("a", 0, 1));
        assert_refused!(
            append_within(&mut transaction, refused).await,
            AppendError::AlreadyExists { actual } if actual == 3
        );
        let refused = because_of("n", numbered("gone", 1, 1));
        assert_refused!(append_within(&mut transaction, refused).await, AppendError::Deleted);
    }
    let (seen, _) = read_within(&mut transaction, StreamQuery::new(THING, "a")).await;
    assert_eq!(versions(&seen), [1, 2, 3]);
    append_within(&mut transaction, numbered("b", 0, 1)).await.expect("it is appended");
    transaction.commit().await.expect("a commit");
    assert_eq!((version(&store, "a").await, version(&store, "b").await), (3, 1));
    assert!(!processed(&store, "a", "n").await);
    assert_eq!(version(&store, "gone").await, 1);
}

/// A message that a transaction processed is a duplicate in it, and after its commit.
pub async fn a_message_of_a_transaction_is_processed_once(store: Store) {
    let Some(mut transaction) = begin(&store).await else { return };
    append_within(&mut transaction, because_of("m", numbered("a", 0, 1))).await.expect("a first");
    append_within(&mut transaction, because_of("n", numbered("a", 1, 0))).await.expect("a message");
    for message in ["m", "n"] {
        let again = because_of(message, numbered("a", 1, 1));
        assert_refused!(append_within(&mut transaction, again).await, AppendError::Duplicate);
    }
    transaction.commit().await.expect("a commit");
    for message in ["m", "n"] {
        let again = because_of(message, numbered("a", 1, 1));
        assert_refused!(store.append(again).await, AppendError::Duplicate);
    }
    assert_eq!(version(&store, "a").await, 1);
}

/// Of a transaction and an append at the same version one is stored; the other fails, or comes too late.
pub async fn a_transaction_and_an_append_do_not_both_win(store: Store) {
    for round in 0..10 {
        let id = format!("round {round}");
        put(&store, numbered(&id, 0, 1)).await;
        let Some(mut transaction) = begin(&store).await else { return };
        let (seen, _) = read_within(&mut transaction, StreamQuery::new(THING, &id)).await;
        assert_eq!(seen.len(), 1);
        let mut outside = {
            let (store, append) = (store.clone(), numbered(&id, 1, 2));
            tokio::spawn(async move { store.append(append).await })
        };
        // Every other time the append goes first, where the store lets it.
        let patience = if round % 2 == 0 { PATIENCE } else { Duration::ZERO };
        let before = timeout(patience, &mut outside).await;
        let inside = match append_within(&mut transaction, numbered(&id, 1, 3)).await {
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
        let inside = inside.expect("it is appended");
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
                let outside = outside.await.expect("no panic");
                assert_refused!(outside, AppendError::AlreadyExists { actual } if actual == 1);
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

/// Positions that are told in a transaction rise with those before and after it.
pub async fn positions_rise_through_transactions(store: Store) {
    if !store.capabilities().position_at_append {
        return;
    }
    let mut positions = vec![put(&store, numbered("a", 0, 2)).await.position];
    let Some(mut transaction) = begin(&store).await else { return };
    for append in [numbered("a", 2, 2), numbered("b", 0, 1)] {
        positions.push(append_within(&mut transaction, append).await.expect("a change").position);
    }
    transaction.commit().await.expect("a commit");
    positions.push(put(&store, numbered("b", 1, 1)).await.position);
    assert!(positions.iter().all(Option::is_some));
    assert!(positions.is_sorted_by(|one, next| one < next), "{positions:?}");
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

/// Begins a transaction, where the store has some.
async fn begin(store: &Store) -> Option<Transaction> {
    if !store.capabilities().transactions {
        return None;
    }
    Some(store.begin().await.expect("the capabilities promise transactions"))
}

/// Appends to `a`, which has one event, and deletes it; creates `b`; with a message.
async fn change_everything(transaction: &mut Transaction) {
    let changes =
        [because_of("m", numbered("a", 1, 1)), numbered("b", 0, 2), deleting(numbered("a", 2, 1))];
    for append in changes {
        append_within(transaction, append).await.expect("it is appended");
    }
}

/// Fails if any of what [`change_everything`] does is to be seen.
async fn nothing_changed(store: &Store) {
    let message = "m".into();
    let query = StreamQuery::new(THING, "a").processed(Some(&message));
    let (events, head) = read(store, query).await;
    assert_eq!(versions(&events), [1]);
    let unchanged = StreamHead { version: Version::new(1), deleted: false, processed: false };
    assert_eq!(head, unchanged);
    let missing = read(store, StreamQuery::new(THING, "b")).await;
    assert_eq!(missing, (vec![], StreamHead::NONE));
    assert_eq!(store.entities(THING, None, 10).await.expect("a list"), ["a"]);
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
