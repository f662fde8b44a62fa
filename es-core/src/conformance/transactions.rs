//! Several changes that are stored together or not at all (R17). A store without transactions says so.

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
    let mut told = StreamHead { version: Version::new(3), processed: true, ..StreamHead::NONE };
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

/// Appends to `a`, which has one event, and deletes it; creates `b`; with a message.
pub(super) async fn change_everything(transaction: &mut Transaction) {
    let changes =
        [because_of("m", numbered("a", 1, 1)), numbered("b", 0, 2), deleting(numbered("a", 2, 1))];
    for append in changes {
        append_within(transaction, append).await.expect("it is appended");
    }
}

/// Fails if any of what [`change_everything`] does is to be seen.
pub(super) async fn nothing_changed(store: &Store) {
    let message = "m".into();
    let query = StreamQuery::new(THING, "a").processed(Some(&message));
    let (events, head) = read(store, query).await;
    assert_eq!(versions(&events), [1]);
    let unchanged = StreamHead { version: Version::new(1), ..StreamHead::NONE };
    assert_eq!(head, unchanged);
    let missing = read(store, StreamQuery::new(THING, "b")).await;
    assert_eq!(missing, (vec![], StreamHead::NONE));
    assert_eq!(store.entities(THING, None, 10).await.expect("a list"), ["a"]);
}
