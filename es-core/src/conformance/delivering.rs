//! Subscribers at work: every event, in the order of its entity, once with its transaction, whatever fails. Stores without
//! a feed or without what is kept of subscribers pass without being tried.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use super::Store;
use super::domain::*;
use super::evolved::Meter;
use super::evolving::row;
use super::fixture::{append_to, assert_refused, put};
use super::watcher::*;
use crate::store::Position;
use crate::subscription::{
    EntityKey, HandlerError, OnFailure, Start, SubscriberOptions, WaitError,
};
use crate::{Aggregate, Id};

/// Each event is handled once, those of an entity in their order.
pub async fn each_event_is_handled_in_the_order_of_its_entity(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 12, 20).await;
    let watcher = Watcher::new();
    let run = Run::watch(&store, &watcher, quick().lanes(4).batch(7));
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    let expected: BTreeMap<_, _> =
        ids.iter().map(|id| (id.to_string(), (1..=21).collect())).collect();
    assert_eq!(watcher.versions(), expected);
    tallies(&store).update(&ids[0], Add::new(1)).await.expect("it is updated");
    until!(watcher.count() == 12 * 21 + 1);
    run.stop().await;
}

/// A run goes on where the last one stopped, with what came in between.
pub async fn a_run_goes_on_where_the_last_one_stopped(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 2, 3).await;
    let first = handled_by_a_run(&store, quick()).await;
    assert_eq!(first.count(), 8);
    tallies(&store).update(&ids[1], AddAll(vec![5, 6])).await.expect("it is updated");
    let second = handled_by_a_run(&store, quick()).await;
    assert_eq!(second.versions(), BTreeMap::from([(ids[1].to_string(), vec![5, 6])]));
    assert_eq!(handled_by_a_run(&store, quick()).await.count(), 0);
}

/// A subscriber begins where its options say, and only the first time.
pub async fn a_subscriber_begins_where_its_options_say(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 1, 3).await;
    let from_end = quick().start(Start::End);
    assert_eq!(handled_by_a_run(&store, from_end.clone()).await.count(), 0);
    tallies(&store).update(&ids[0], Add::new(9)).await.expect("it is updated");
    assert_eq!(handled_by_a_run(&store, from_end).await.versions()[&ids[0].to_string()], [5]);

    let third = store.position_of("ConformanceTally", &ids[0].to_string(), 3.into()).await;
    let third = third.expect("a position").expect("it is committed");
    let after = quick().transient(true).start(Start::After(third));
    assert_eq!(handled_by_a_run(&store, after).await.versions()[&ids[0].to_string()], [4, 5]);
}

/// A transient subscriber begins anew each time, and leaves nothing in the store.
pub async fn a_transient_subscriber_keeps_nothing(store: Store) {
    if !runs(&store) {
        return;
    }
    written(&store, 1, 3).await;
    let transient = quick().transient(true);
    for _ in 0..2 {
        assert_eq!(handled_by_a_run(&store, transient.clone()).await.count(), 4);
    }
    let subscriptions = store.subscriptions().expect("it runs subscribers");
    let stored = subscriptions.progress(Watcher::ID).await.expect("progress");
    assert_eq!(stored.partitions, []);
}

/// A handler that fails is called again, and told how often.
pub async fn a_handler_that_fails_is_called_again(store: Store) {
    if !runs(&store) {
        return;
    }
    written(&store, 1, 2).await;
    let watcher = Watcher::that(|seen| match (seen.version.get(), seen.attempt) {
        (2, 1 | 2) => Err(HandlerError::new("not yet")),
        (3, 1) => panic!("a handler that panics fails"),
        _ => Ok(()),
    });
    let run = Run::watch(&store, &watcher, quick());
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    let tries: Vec<_> =
        watcher.seen().iter().map(|seen| (seen.version.get(), seen.attempt)).collect();
    assert_eq!(tries, [(1, 1), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2)]);
    assert_eq!(run.control.status(Watcher::ID).await.expect("a status").waiting_events, 0);
    run.stop().await;
}

/// An event that fails for good holds up its own entity and no other, until somebody says what to do; then the entity
/// goes on in order.
pub async fn an_event_that_fails_for_good_holds_up_its_entity_alone(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 4, 9).await;
    let broken = ids[0].to_string();
    let fixed = Arc::new(AtomicBool::new(false));
    let watcher = Watcher::that({
        let (broken, fixed) = (broken.clone(), Arc::clone(&fixed));
        move |seen| match seen.entity == broken && seen.version == 2 && !fixed.load(Relaxed) {
            true => Err(HandlerError::permanent("it can't be handled")),
            false => Ok(()),
        }
    });
    let run = Run::watch(&store, &watcher, quick().lanes(2).on_failure(OnFailure::Park));
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    tallies(&store).update(&ids[0], Add::new(1)).await.expect("it is updated");
    until!(run.control.status(Watcher::ID).await.expect("a status").waiting_events == 10);
    let seen = watcher.versions();
    assert_eq!(seen[&broken], [1, 2]);
    assert!(ids[1..].iter().all(|id| seen[&id.to_string()].len() == 10), "{seen:?}");
    let status = run.control.status(Watcher::ID).await.expect("a status");
    assert_eq!((status.parked_events, status.waiting_events), (1, 10));
    assert_eq!(status.last_error.as_deref(), Some("it can't be handled"));
    let letters =
        run.control.dead_letters(Watcher::ID, Position::START, 99).await.expect("letters");
    let entity = EntityKey::new("ConformanceTally", broken.clone());
    assert!(letters.iter().all(|letter| letter.entity == entity), "{letters:?}");
    assert_eq!(letters[0].error.as_deref(), Some("it can't be handled"));

    // A retry that fails again leaves it where it is; nothing else of the entity comes before it.
    run.control.retry(Watcher::ID, None).await.expect("retried");
    until!(watcher.versions()[&broken].len() == 3);
    until!(run.control.status(Watcher::ID).await.expect("a status").parked_events == 1);
    fixed.store(true, Relaxed);
    run.control.retry(Watcher::ID, Some(&entity)).await.expect("retried");
    until!(run.control.status(Watcher::ID).await.expect("a status").waiting_events == 0);
    let expected: Vec<u64> = [1, 2, 2].into_iter().chain(2..=11).collect();
    assert_eq!(watcher.versions()[&broken], expected);

    tallies(&store).update(&ids[0], Add::new(1)).await.expect("it is updated");
    until!(watcher.versions()[&broken].last() == Some(&12));
    run.stop().await;
}

/// A waiting event that is skipped counts as handled, and the next one of its entity gets its turn.
pub async fn a_waiting_event_can_be_skipped(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 1, 3).await;
    let watcher = Watcher::that(fails_at(2));
    let run = Run::watch(&store, &watcher, quick().on_failure(OnFailure::Park));
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    until!(run.control.status(Watcher::ID).await.expect("a status").waiting_events == 3);
    let letters = run.control.dead_letters(Watcher::ID, Position::START, 1).await.expect("letters");
    assert!(run.control.skip(Watcher::ID, letters[0].position).await.expect("skipped"));
    until!(run.control.status(Watcher::ID).await.expect("a status").waiting_events == 0);
    assert_eq!(watcher.versions()[&ids[0].to_string()], [1, 2, 3, 4]);
    run.stop().await;
}

/// A blocking subscriber tries again and again, also in its next run, and then goes on in order.
pub async fn a_blocked_entity_goes_on_when_its_event_works(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 1, 3).await;
    let tries = Arc::new(AtomicU32::new(0));
    let watcher = Watcher::that({
        let tries = Arc::clone(&tries);
        move |seen| match seen.version == 2 && tries.fetch_add(1, Relaxed) < 6 {
            true => Err(HandlerError::new("not yet")),
            false => Ok(()),
        }
    });
    let run = Run::watch(&store, &watcher, quick());
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    run.stop().await;
    let run = Run::watch(&store, &watcher, quick());
    until!(run.control.status(Watcher::ID).await.expect("a status").waiting_events == 0);
    let handled = watcher.versions()[&ids[0].to_string()].clone();
    assert_eq!(handled, [1, 2, 2, 2, 2, 2, 2, 2, 3, 4]);
    let attempts: Vec<_> = watcher.seen()[1..8].iter().map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 4, 5, 6, 7]);
    run.stop().await;
}

/// A subscriber that skips goes on after an event that fails for good.
pub async fn a_subscriber_that_skips_goes_on(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 1, 3).await;
    let watcher = Watcher::that(fails_at(2));
    let run = Run::watch(&store, &watcher, quick().on_failure(OnFailure::Skip));
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    assert_eq!(watcher.versions()[&ids[0].to_string()], [1, 2, 3, 4]);
    let status = run.control.status(Watcher::ID).await.expect("a status");
    assert_eq!(status.waiting_events, 0);
    run.stop().await;
}

/// What a handler does in the transaction is done once, whatever fails, panics or is killed.
pub async fn a_transactional_handler_is_done_once(store: Store) {
    if !runs(&store) || !store.capabilities().transactions {
        return;
    }
    let into = *tallies(&store).save(start("sum", [])).await.expect("it is saved").id();
    written(&store, 6, 10).await;
    let calls = Arc::new(AtomicU32::new(0));
    let sum = Sum::new(&store, into, {
        let calls = Arc::clone(&calls);
        move |_| match calls.fetch_add(1, Relaxed) % 7 {
            3 => Err(HandlerError::new("it fails after it has written")),
            5 => panic!("it panics after it has written"),
            _ => Ok(()),
        }
    });
    let lease = Duration::from_millis(200);
    let options = quick().lanes(2).batch(8).lease(lease);
    for _ in 0..6 {
        let run = Run::of(subscriptions(&store).subscribe_with(sum.clone(), options.clone()));
        let before = calls.load(Relaxed);
        let _ = tokio::time::timeout(LIMIT, async {
            until!(calls.load(Relaxed) > before + 8 || total(&store, &into).await == 6 * 55);
        })
        .await;
        run.kill().await;
    }
    let run = Run::of(subscriptions(&store).subscribe_with(sum, options));
    until!(total(&store, &into).await >= 6 * 55);
    run.control.caught_up(Sum::ID).await.expect("it is one of them");
    until!(run.control.status(Sum::ID).await.expect("a status").waiting_events == 0);
    run.stop().await;
    assert_eq!(total(&store, &into).await, 6 * 55);
}

/// Runs of several processes share the entities, and what one leaves behind is taken over.
pub async fn runs_share_the_entities_and_take_over(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 16, 1).await;
    let options = quick().lease(Duration::from_millis(300));
    let watchers: Vec<_> = (0..3).map(|_| Watcher::new()).collect();
    let mut running: Vec<_> =
        watchers.iter().map(|watcher| Run::watch(&store, watcher, options.clone())).collect();
    let owners = async || {
        let subscriptions = store.subscriptions().expect("it runs subscribers");
        let found = subscriptions.progress(Watcher::ID).await.expect("progress").partitions;
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for owner in found.into_iter().filter_map(|partition| partition.owner) {
            *counts.entry(owner).or_default() += 1;
        }
        counts.into_values().collect::<Vec<_>>()
    };
    until!({
        let mut counts = owners().await;
        counts.sort_unstable();
        counts == [5, 5, 6]
    });
    for id in &ids {
        tallies(&store).update(id, Add::new(2)).await.expect("it is updated");
    }
    let all = || {
        let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (entity, seen) in watchers.iter().flat_map(Watcher::versions) {
            versions.entry(entity).or_default().extend(seen);
        }
        versions
    };
    until!(all().values().filter(|seen| seen.contains(&3)).count() == 16);
    let working = watchers.iter().filter(|watcher| watcher.seen().iter().any(|s| s.version == 3));
    assert!(working.count() > 1, "they share the work");

    running.remove(0).kill().await;
    for id in &ids {
        tallies(&store).update(id, Add::new(3)).await.expect("it is updated");
    }
    until!(all().values().filter(|seen| seen.contains(&4)).count() == 16);
    running.remove(0).stop().await;
    for id in &ids {
        tallies(&store).update(id, Add::new(4)).await.expect("it is updated");
    }
    until!(all().values().filter(|seen| seen.contains(&5)).count() == 16);
    running.remove(0).stop().await;
}

/// A paused subscriber is given nothing, also after a restart, and goes on where it was.
pub async fn a_paused_subscriber_waits(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 1, 1).await;
    let watcher = Watcher::new();
    let run = Run::watch(&store, &watcher, quick());
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    run.control.pause(Watcher::ID).await.expect("paused");
    assert!(run.control.status(Watcher::ID).await.expect("a status").paused);
    run.stop().await;
    let changed = tallies(&store).update(&ids[0], Add::new(2)).await.expect("it is updated");
    let run = Run::watch(&store, &watcher, quick());
    let (token, soon) = (changed.token(), Duration::from_millis(300));
    assert_refused!(
        run.control.wait_for(Watcher::ID, &token, soon).await,
        WaitError::TimedOut { .. }
    );
    assert_eq!(watcher.count(), 2);
    run.control.resume(Watcher::ID).await.expect("it goes on");
    run.control.wait_for(Watcher::ID, &changed.token(), LIMIT).await.expect("it is handled");
    assert_eq!(watcher.count(), 3);
    run.stop().await;
}

/// A subscriber that is reset handles again what is after the position, while it runs, and others don't.
pub async fn a_reset_subscriber_handles_all_again(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 3, 2).await;
    let watcher = Watcher::new();
    let run = Run::watch(&store, &watcher, quick());
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    assert_eq!(watcher.count(), 9);
    run.control.reset(Watcher::ID, Position::START).await.expect("reset");
    until!(watcher.count() == 18);
    let expected: Vec<u64> = [1, 2, 3, 1, 2, 3].into();
    assert!(ids.iter().all(|id| watcher.versions()[&id.to_string()] == expected));
    run.stop().await;
}

/// Who waits for a change waits until it is handled, and is told where it can't be.
pub async fn a_change_can_be_waited_for(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 2, 1).await;
    let watcher = Watcher::that(fails_at(9));
    let run = Run::watch(&store, &watcher, quick().on_failure(OnFailure::Park));
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    for amount in 1..=6 {
        let changed = tallies(&store).update(&ids[0], Add::new(amount)).await.expect("updated");
        run.control.wait_for(Watcher::ID, &changed.token(), LIMIT).await.expect("it is handled");
        let versions = watcher.versions();
        assert_eq!(versions[&ids[0].to_string()].last(), Some(&changed.version().get()));
    }
    let changed = tallies(&store).update(&ids[0], Add::new(7)).await.expect("it is updated");
    let waited = run.control.wait_for(Watcher::ID, &changed.token(), LIMIT).await;
    assert_refused!(waited, WaitError::Waits(_));
    let changed = tallies(&store).update(&ids[1], Add::new(7)).await.expect("it is updated");
    run.control.wait_for(Watcher::ID, &changed.token(), LIMIT).await.expect("it is handled");
    run.stop().await;
}

/// How far a subscriber is can be read, from where it doesn't run too.
pub async fn progress_is_shown(store: Store) {
    if !runs(&store) {
        return;
    }
    let ids = written(&store, 2, 4).await;
    let elsewhere = subscriptions(&store).control();
    assert!(elsewhere.status(Watcher::ID).await.is_err(), "it was never started");
    handled_by_a_run(&store, quick()).await;
    let status = elsewhere.status(Watcher::ID).await.expect("a status");
    assert_eq!((status.lag, status.members, status.paused), (Duration::ZERO, 0, false));
    tallies(&store).update(&ids[0], AddAll(vec![1, 2, 3])).await.expect("it is updated");
    let status = elsewhere.status(Watcher::ID).await.expect("a status");
    assert_eq!(status.lag_events, status.end.get() - status.position.get());
    assert!(status.lag_events >= 3 && status.lag > Duration::ZERO, "{status:?}");
}

/// A handler at work when the run is to end ends, and that is kept.
pub async fn a_run_that_ends_keeps_what_is_handled(store: Store) {
    if !runs(&store) {
        return;
    }
    written(&store, 3, 30).await;
    let handled = Arc::new(AtomicU32::new(0));
    let watcher = Watcher::that({
        let handled = Arc::clone(&handled);
        move |_| {
            handled.fetch_add(1, Relaxed);
            std::thread::sleep(Duration::from_millis(1));
            Ok(())
        }
    });
    for _ in 0..5 {
        let before = handled.load(Relaxed);
        let run = Run::watch(&store, &watcher, quick());
        until!(handled.load(Relaxed) > before || handled.load(Relaxed) == 93);
        run.stop().await;
    }
    let run = Run::watch(&store, &watcher, quick());
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    run.stop().await;
    let versions = watcher.versions();
    assert!(versions.values().all(|seen| *seen == (1..=31).collect::<Vec<_>>()), "{versions:?}");
}

/// Whoever subscribes to an event is given the older ones that mean it now, under whatever name and version they are stored,
/// as it is now (E2).
pub async fn subscribers_see_what_old_events_mean_now(store: Store) {
    if !runs(&store) {
        return;
    }
    let rows = [
        row("Installed", 1, r#"{"place":"roof"}"#),
        row("MeterRead", 1, r#"{"value":"7"}"#),
        row("Corrected", 1, r#"{"why":"wrong","value":3}"#),
        row("Commented", 1, r#"{"text":"under an older name"}"#),
        row("Pinged", 1, "{}"),
        row("Remarked", 3, r#"{"remark":"of another type"}"#),
        row("MeterRead", 4, r#"{"amount":10,"at":0}"#),
    ];
    put(&store, append_to(Meter::TYPE, "m", 0, rows)).await;
    let reader = Reader::default();
    let run = Run::of(subscriptions(&store).subscribe(reader.clone()));
    run.control.caught_up(Reader::ID).await.expect("it is one of them");
    run.stop().await;
    assert_eq!(
        reader.told(),
        [
            r#"1 Installed { place: "roof", unit: "kWh", digits: 6 }"#,
            "2 MeterRead { amount: 7, at: 2 }",
            r#"3 Noted { text: "wrong" }"#,
            "3 MeterRead { amount: 3, at: 3 }",
            r#"3 Noted { text: "corrected" }"#,
            r#"4 Noted { text: "under an older name" }"#,
            r#"6 Noted { text: "of another type" }"#,
            "7 MeterRead { amount: 10, at: 0 }",
        ]
    );
}

/// So many tallies of so many additions, 1, 2, and so on, an append for each, all at once.
async fn written(store: &Store, entities: usize, additions: u64) -> Vec<Id<Tally>> {
    let tallies = &tallies(store);
    let write = async |number: usize| {
        let id = *tallies.save(start(&format!("tally {number}"), [])).await.expect("saved").id();
        for amount in 1..=additions {
            tallies.update(&id, Add::new(amount)).await.expect("it is updated");
        }
        id
    };
    futures_util::future::join_all((0..entities).map(write)).await
}

/// What a watcher was given by a run that ended when it had handled everything.
async fn handled_by_a_run(store: &Store, options: SubscriberOptions) -> Watcher {
    let watcher = Watcher::new();
    let run = Run::watch(store, &watcher, options);
    run.control.caught_up(Watcher::ID).await.expect("it is one of them");
    run.stop().await;
    watcher
}

/// Fails for good at this version.
fn fails_at(version: u64) -> impl Fn(&Seen) -> Result<(), HandlerError> + Send + Sync {
    move |seen| match seen.version == version {
        true => Err(HandlerError::permanent("it can't be handled")),
        false => Ok(()),
    }
}

async fn total(store: &Store, id: &Id<Tally>) -> u64 {
    tallies(store).find(id).await.expect("it is found").total
}
