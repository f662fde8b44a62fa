//! Writers at the same time, and writers that give up (S11).

use futures_util::future::join_all;

use super::Store;
use super::fixture::*;
use crate::EventStore;
use crate::store::{Append, AppendError, Appended, StreamQuery};

/// Of many appends at one version at the same time one is stored; the others are conflicts, and add nothing (S6).
pub async fn one_of_many_appends_at_one_version_wins(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    let appends: Vec<_> = (0..20).map(|n| because_of(n.to_string(), numbered("a", 1, 2))).collect();
    let expected: Vec<_> = appends.iter().map(as_stored).collect();
    let results = at_once(&store, appends).await;
    let winner = the_only_winner(&results);
    for result in results.iter().filter(|result| result.is_err()) {
        assert_refused!(
            result,
            AppendError::Conflict { expected, actual } if *expected == 1 && *actual == 3
        );
    }
    assert_eq!(events(&store, "a").await[1..], expected[winner]);
    for message in 0..20 {
        let processed = processed(&store, "a", message.to_string()).await;
        assert_eq!(processed, message == winner, "only the winner's message is processed");
    }
}

/// Of many creations of one stream at the same time one is stored.
pub async fn one_of_many_creations_wins(store: Store) {
    let appends: Vec<_> = (0..20).map(|_| numbered("a", 0, 3)).collect();
    let expected: Vec<_> = appends.iter().map(as_stored).collect();
    let results = at_once(&store, appends).await;
    let winner = the_only_winner(&results);
    for result in results.iter().filter(|result| result.is_err()) {
        assert_refused!(result, AppendError::AlreadyExists { actual } if *actual == 3);
    }
    assert_eq!(events(&store, "a").await, expected[winner]);
}

/// Of many deliveries of one message at the same time one is stored; the others are duplicates (R9).
pub async fn one_of_many_deliveries_of_a_message_wins(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    for (message, expected, others) in [("m", 1, 1), ("n", 2, 2)] {
        let appends = (0..20).map(|_| because_of(message, numbered("a", expected, 1))).collect();
        let results = at_once(&store, appends).await;
        the_only_winner(&results);
        for result in results.iter().filter(|result| result.is_err()) {
            assert_refused!(result, AppendError::Duplicate);
        }
        assert_eq!(version(&store, "a").await, others + 1);
    }
    let creations = (0..20).map(|_| because_of("m", numbered("b", 0, 1))).collect();
    let results = at_once(&store, creations).await;
    the_only_winner(&results);
    for result in results.iter().filter(|result| result.is_err()) {
        assert_refused!(result, AppendError::Duplicate);
    }
}

/// Many writers, each in its own stream: all are stored.
pub async fn many_writers_do_not_hinder_each_other(store: Store) {
    let writers = (0..16).map(|writer: u64| {
        let store = store.clone();
        tokio::spawn(async move {
            let id = writer.to_string();
            for number in 0..20 {
                put(&store, numbered(&id, number * 2, 2)).await;
            }
        })
    });
    for writer in join_all(writers).await {
        writer.expect("a writer ends without failure");
    }
    for writer in 0..16 {
        let stored = events(&store, &writer.to_string()).await;
        assert_eq!(versions(&stored), (1..=40).collect::<Vec<_>>());
        assert!(stored.iter().all(|event| event.json["number"] == event.version));
    }
}

/// A conflict, a duplicate or a stream that exists never fails another's append that comes at the same time.
pub async fn a_refusal_does_not_touch_the_others(store: Store) {
    put(&store, because_of("m", numbered("a", 0, 2))).await;
    put(&store, deleting(numbered("gone", 0, 1))).await;
    for round in 0..10 {
        let good = |n: u64| numbered(&format!("{round} {n}"), 0, n + 1);
        let appends = vec![
            good(0),
            numbered("a", 1, 1),
            good(1),
            because_of("m", numbered("a", 2, 1)),
            good(2),
            numbered("a", 0, 1),
            good(3),
            numbered("gone", 1, 1),
            good(4),
        ];
        let results = at_once(&store, appends).await;
        for (result, n) in results.iter().step_by(2).zip(0..) {
            assert!(result.is_ok(), "a good append was refused: {result:?}");
            assert_eq!(version(&store, &format!("{round} {n}")).await, n + 1);
        }
        assert_refused!(&results[1], AppendError::Conflict { .. });
        assert_refused!(&results[3], AppendError::Duplicate);
        assert_refused!(&results[5], AppendError::AlreadyExists { .. });
        assert_refused!(&results[7], AppendError::Deleted);
    }
    assert_eq!(version(&store, "a").await, 2);
}

/// An append whose future is dropped is stored whole or not at all, whenever that is.
pub async fn a_dropped_append_is_whole_or_absent(store: Store) {
    for polls in 0..30 {
        let id = format!("dropped after {polls}");
        let dropped = because_of("m", numbered(&id, 0, 3));
        let expected = as_stored(&dropped);
        poll_and_drop(polls, store.append(dropped)).await;

        // Whatever came of it is settled when the next append to the stream is answered.
        let next = numbered(&id, 0, 1);
        let instead = as_stored(&next);
        match store.append(next).await {
            Ok(_) => {
                assert!(!processed(&store, &id, "m").await, "the message of what is absent");
                assert_eq!(events(&store, &id).await, instead);
            }
            Err(AppendError::AlreadyExists { actual }) => {
                assert_eq!(actual, 3);
                assert!(processed(&store, &id, "m").await, "the message of what is there");
                assert_eq!(events(&store, &id).await, expected);
            }
            Err(other) => panic!("after a dropped append: {other}"),
        }
    }
}

/// Appends that are dropped lose and fail none of those that come at the same time.
pub async fn a_dropped_append_does_not_touch_the_others(store: Store) {
    for round in 0..12 {
        let id = |n: usize| format!("{round} {n}");
        let writers = (0..20).map(|n| {
            let append = store.append(numbered(&id(n), 0, 2));
            async move {
                if n % 2 == 0 {
                    Some(append.await)
                } else {
                    poll_and_drop(n * round / 2 + round % 3, append).await;
                    None
                }
            }
        });
        for (result, n) in join_all(writers).await.into_iter().zip(0..) {
            let stored = version(&store, &id(n)).await;
            match result {
                Some(result) => {
                    assert!(result.is_ok(), "beside an append that was dropped: {result:?}");
                    assert_eq!(stored, 2);
                }
                None => assert!([0, 2].contains(&stored), "{stored} of 2 events"),
            }
        }
    }
}

/// Reads that are dropped leave the store as useful as before.
pub async fn a_dropped_read_does_no_harm(store: Store) {
    put(&store, numbered("a", 0, 700)).await;
    for polls in (0..30).chain([1, 2, 3, 5].repeat(10)) {
        let query = StreamQuery::new(THING, "a");
        let visit = &mut |_: crate::store::RawEvent<'_>| std::ops::ControlFlow::Continue(());
        poll_and_drop(polls, store.load(query, visit)).await;
        poll_and_drop(polls, store.entities(THING, None, 10)).await;
    }
    assert_eq!(version(&store, "a").await, 700);
    put(&store, numbered("a", 700, 1)).await;
}

/// Appends from as many tasks, and gives their results in the same order.
async fn at_once(store: &Store, appends: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
    let ready = std::sync::Arc::new(tokio::sync::Barrier::new(appends.len()));
    let tasks = appends.into_iter().map(|append| {
        let (store, ready) = (store.clone(), ready.clone());
        tokio::spawn(async move {
            ready.wait().await;
            store.append(append).await
        })
    });
    let results = join_all(tasks).await;
    results.into_iter().map(|result| result.expect("a store doesn't panic")).collect()
}

fn the_only_winner(results: &[Result<Appended, AppendError>]) -> usize {
    let winners: Vec<_> =
        results.iter().enumerate().filter(|(_, result)| result.is_ok()).map(|(n, _)| n).collect();
    assert_eq!(winners.len(), 1, "one is stored: {results:?}");
    winners[0]
}
