//! What a store keeps of subscribers: partitions, leases, progress, waiting events. Stores that keep none pass without
//! being tried.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use super::Store;
use super::fixture::*;
use crate::EventId;
use crate::store::{Position, StoreError};
use crate::subscription::{
    Advance, AdvanceError, DeadLetter, EntityKey, Held, Lease, NewDeadLetter, PartitionProgress,
    StoredProgress, SubscriptionStore,
};

const ID: &str = "view";
/// Longer than any behaviour takes.
const LONG: Duration = Duration::from_secs(600);
/// Over soon.
const SHORT: Duration = Duration::from_millis(30);
/// What is waited for doesn't take so long.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks again and again until it is so.
macro_rules! until {
    ($condition:expr) => {
        let start = Instant::now();
        while !$condition {
            assert!(start.elapsed() < LIMIT, "it takes longer than {LIMIT:?}");
            sleep(Duration::from_millis(5)).await;
        }
    };
}

/// A subscriber has as many partitions as it was registered with first, from where it was to start first.
pub async fn a_subscriber_is_registered_once(store: Store) {
    let Some(subscriptions) = store.subscriptions() else { return };
    assert_eq!(subscriptions.register(ID, 3, at(7)).await.expect("registered"), 3);
    assert_eq!(subscriptions.register(ID, 5, at(9)).await.expect("registered"), 3);
    assert_eq!(subscriptions.register("other", 1, at(0)).await.expect("registered"), 1);
    let found = subscriptions.progress(ID).await.expect("progress");
    let fresh = |partition| PartitionProgress { partition, position: at(7), epoch: 0, owner: None };
    let partitions = (0..3).map(fresh).collect();
    assert_eq!(found, StoredProgress { partitions, ..StoredProgress::default() });
}

/// Many processes that register a subscriber at once agree on what it has.
pub async fn a_subscriber_is_registered_once_by_many(store: Store) {
    let Some(subscriptions) = store.subscriptions() else { return };
    let register = |number: u32| {
        let subscriptions = Arc::clone(&subscriptions);
        let start = at(number.into());
        tokio::spawn(async move { subscriptions.register(ID, 2 + number % 3, start).await })
    };
    let counts = join_all((0..12).map(register)).await;
    let counts: BTreeSet<u32> =
        counts.into_iter().map(|count| count.expect("no panic").expect("registered")).collect();
    assert_eq!(counts.len(), 1, "{counts:?}");
    let found = subscriptions.progress(ID).await.expect("progress").partitions;
    assert_eq!(found.len() as u32, counts.into_iter().sum::<u32>());
    assert!(found.windows(2).all(|pair| pair[0].position == pair[1].position), "{found:?}");
}

/// Subscribers and entities are told apart by each byte of their names.
pub async fn names_that_look_alike_are_different_subscribers(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    for (name, start) in LOOKALIKES.into_iter().zip(1..) {
        assert_eq!(subscriptions.register(name, 1, at(start)).await.expect("registered"), 1);
    }
    for (name, start) in LOOKALIKES.into_iter().zip(1..) {
        let found = subscriptions.progress(name).await.expect("progress").partitions;
        assert_eq!(found[0].position, at(start), "{name:?}");
    }
    let held = acquired(&*subscriptions, "a", 1).await;
    let added: Vec<_> =
        LOOKALIKES.into_iter().zip(1..).map(|(id, position)| parked(0, position, id)).collect();
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    for letter in &added {
        let queue = subscriptions.queue(ID, &letter.entity, 9).await.expect("a queue");
        assert_eq!(queue, [kept(letter)]);
        assert_eq!(subscriptions.retry(ID, Some(&letter.entity)).await.expect("retry"), 1);
    }
}

/// Nothing is known of a subscriber that was never registered, and nothing can be done with it.
pub async fn an_unknown_subscriber_has_nothing(store: Store) {
    let Some(subscriptions) = store.subscriptions() else { return };
    assert_eq!(subscriptions.progress(ID).await.expect("progress"), StoredProgress::default());
    assert_eq!(subscriptions.acquire(ID, "a", 9, LONG).await.expect("leases"), []);
    assert_eq!(subscriptions.renew(ID, "a", LONG).await.expect("leases"), []);
    let held = [Held { partition: 0, epoch: 1 }];
    let advance = Advance::new(ID, "a", &held).to(at(3));
    assert_refused!(subscriptions.advance(&advance).await, AdvanceError::Lost);
    assert_eq!(subscriptions.retry(ID, None).await.expect("retry"), 0);
    assert!(!subscriptions.skip(ID, at(3)).await.expect("skip"));
    subscriptions.reset(ID, at(3)).await.expect("reset");
    subscriptions.leave(ID, "a").await.expect("leave");
    subscriptions.remove(ID).await.expect("remove");
    assert_eq!(subscriptions.progress(ID).await.expect("progress"), StoredProgress::default());
}

/// An owner is counted from when it joins until it leaves, or until it wasn't heard of for long enough.
pub async fn members_are_counted_while_they_are_there(store: Store) {
    let Some(subscriptions) = store.subscriptions() else { return };
    subscriptions.register(ID, 1, at(0)).await.expect("registered");
    assert_eq!(subscriptions.join(ID, "a", LONG).await.expect("join"), 1);
    assert_eq!(subscriptions.join(ID, "b", LONG).await.expect("join"), 2);
    assert_eq!(subscriptions.join(ID, "a", LONG).await.expect("join"), 2);
    assert_eq!(subscriptions.join("other", "a", LONG).await.expect("join"), 1);
    assert_eq!(subscriptions.progress(ID).await.expect("progress").members, 2);
    subscriptions.leave(ID, "a").await.expect("leave");
    assert_eq!(subscriptions.progress(ID).await.expect("progress").members, 1);
    subscriptions.join(ID, "b", SHORT).await.expect("join");
    until!(subscriptions.join(ID, "a", LONG).await.expect("join") == 1);
    assert_eq!(subscriptions.progress(ID).await.expect("progress").members, 1);
}

/// A partition has one owner, who gets no more than he asks for, the lowest first.
pub async fn a_partition_has_one_owner(store: Store) {
    let Some(subscriptions) = registered(&store, 5).await else { return };
    let first = subscriptions.acquire(ID, "a", 2, LONG).await.expect("leases");
    let lease =
        |partition| Lease { held: Held { partition, epoch: 1 }, position: at(0), paused: false };
    assert_eq!(first, [lease(0), lease(1)]);
    let second = subscriptions.acquire(ID, "b", 9, LONG).await.expect("leases");
    assert_eq!(second, [lease(2), lease(3), lease(4)]);
    assert_eq!(subscriptions.acquire(ID, "a", 9, LONG).await.expect("leases"), first);
    assert_eq!(subscriptions.acquire(ID, "c", 9, LONG).await.expect("leases"), []);
    assert_eq!(subscriptions.acquire(ID, "c", 0, LONG).await.expect("leases"), []);
    let owners: Vec<_> = partitions(&*subscriptions).await;
    let owners: Vec<_> = owners.iter().map(|partition| partition.owner.as_deref()).collect();
    assert_eq!(owners, [Some("a"), Some("a"), Some("b"), Some("b"), Some("b")]);
}

/// Of many who acquire at once, each partition goes to one.
pub async fn many_takers_get_each_partition_once(store: Store) {
    let Some(subscriptions) = registered(&store, 8).await else { return };
    let take = |number: u32| {
        let subscriptions = Arc::clone(&subscriptions);
        tokio::spawn(
            async move { subscriptions.acquire(ID, &format!("taker {number}"), 1, LONG).await },
        )
    };
    let mut taken = Vec::new();
    for leases in join_all((0..16).map(take)).await {
        let leases = leases.expect("no panic").expect("leases");
        assert!(leases.len() <= 1, "{leases:?}");
        taken.extend(leases.into_iter().map(|lease| (lease.held.partition, lease.held.epoch)));
    }
    taken.sort_unstable();
    // Who asks while others ask may find nothing that is free at that moment, though something is.
    let rest = subscriptions.acquire(ID, "the last", 9, LONG).await.expect("leases");
    taken.extend(rest.iter().map(|lease| (lease.held.partition, lease.held.epoch)));
    taken.sort_unstable();
    assert_eq!(taken, (0..8).map(|partition| (partition, 1)).collect::<Vec<_>>());
}

/// What nobody renews goes to another, under a higher epoch, and what was renewed doesn't.
pub async fn a_lease_that_is_over_is_taken(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    subscriptions.acquire(ID, "a", 1, LONG).await.expect("leases");
    subscriptions.acquire(ID, "b", 1, SHORT).await.expect("leases");
    let renewed = subscriptions.renew(ID, "a", LONG).await.expect("leases");
    assert_eq!(renewed[0].held, Held { partition: 0, epoch: 1 });
    let mut taken;
    until!({
        taken = subscriptions.acquire(ID, "c", 9, LONG).await.expect("leases");
        !taken.is_empty()
    });
    let taken: Vec<_> = taken.iter().map(|lease| lease.held).collect();
    assert_eq!(taken, [Held { partition: 1, epoch: 2 }]);
    assert_eq!(subscriptions.renew(ID, "b", LONG).await.expect("leases"), []);
    assert_eq!(subscriptions.renew(ID, "a", LONG).await.expect("leases"), renewed);
}

/// A lease that is over has no owner to be shown, and is renewed as long as nobody took it.
pub async fn a_lease_that_is_over_can_be_renewed(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    subscriptions.acquire(ID, "a", 1, SHORT).await.expect("leases");
    until!(partitions(&*subscriptions).await[0].owner.is_none());
    let renewed = subscriptions.renew(ID, "a", LONG).await.expect("leases");
    assert_eq!(renewed[0].held, Held { partition: 0, epoch: 1 });
    assert_eq!(partitions(&*subscriptions).await[0].owner.as_deref(), Some("a"));
    assert_eq!(subscriptions.acquire(ID, "b", 1, LONG).await.expect("leases"), []);
}

/// What is given back is free at once; only its owner can give it back.
pub async fn a_partition_is_given_back_by_its_owner(store: Store) {
    let Some(subscriptions) = registered(&store, 3).await else { return };
    let leases = subscriptions.acquire(ID, "a", 3, LONG).await.expect("leases");
    let held: Vec<_> = leases.iter().map(|lease| lease.held).collect();
    subscriptions.release(ID, "b", &held).await.expect("released");
    let stale = [Held { epoch: 0, ..held[0] }, Held { epoch: 2, ..held[1] }];
    subscriptions.release(ID, "a", &stale).await.expect("released");
    assert_eq!(subscriptions.acquire(ID, "b", 9, LONG).await.expect("leases"), []);
    subscriptions.release(ID, "a", &held[1..]).await.expect("released");
    assert_eq!(subscriptions.renew(ID, "a", LONG).await.expect("leases"), leases[..1]);
    let taken = subscriptions.acquire(ID, "b", 9, LONG).await.expect("leases");
    let taken: Vec<_> = taken.iter().map(|lease| lease.held).collect();
    assert_eq!(taken, [Held { partition: 1, epoch: 2 }, Held { partition: 2, epoch: 2 }]);
}

/// Who leaves gives back all that he has.
pub async fn who_leaves_has_nothing_any_more(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    subscriptions.join(ID, "a", LONG).await.expect("join");
    subscriptions.acquire(ID, "a", 2, LONG).await.expect("leases");
    subscriptions.leave(ID, "a").await.expect("leave");
    assert_eq!(subscriptions.renew(ID, "a", LONG).await.expect("leases"), []);
    assert_eq!(subscriptions.acquire(ID, "b", 9, LONG).await.expect("leases").len(), 2);
}

/// Progress raises the positions of the partitions that it names, and lowers none.
pub async fn progress_raises_positions(store: Store) {
    let Some(subscriptions) = registered(&store, 3).await else { return };
    let held = acquired(&*subscriptions, "a", 3).await;
    advance(&*subscriptions, Advance::new(ID, "a", &held[..1]).to(at(5))).await;
    advance(&*subscriptions, Advance::new(ID, "a", &held[..2]).to(at(3))).await;
    advance(&*subscriptions, Advance::new(ID, "a", &held)).await;
    let positions = partitions(&*subscriptions).await;
    let positions: Vec<_> = positions.iter().map(|partition| partition.position.get()).collect();
    assert_eq!(positions, [5, 3, 0]);
    let renewed = subscriptions.renew(ID, "a", LONG).await.expect("leases");
    assert_eq!(renewed.iter().map(|lease| lease.position.get()).collect::<Vec<_>>(), positions);
    advance(&*subscriptions, Advance::new(ID, "a", &[]).to(at(9))).await;
    assert_eq!(partitions(&*subscriptions).await[0].position, at(5));
}

/// Progress is refused, all of it, where one of the partitions isn't held any more.
pub async fn progress_without_the_lease_is_refused(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    let held = acquired(&*subscriptions, "a", 2).await;
    subscriptions.release(ID, "a", &held[1..]).await.expect("released");
    let letter = [parked(0, 4, "x")];
    let both = Advance::new(ID, "a", &held).to(at(5)).adding(&letter);
    assert_refused!(subscriptions.advance(&both).await, AdvanceError::Lost);
    acquired(&*subscriptions, "b", 1).await;
    assert_refused!(subscriptions.advance(&both).await, AdvanceError::Lost);
    let of_another = Advance::new(ID, "c", &held[..1]).to(at(5));
    assert_refused!(subscriptions.advance(&of_another).await, AdvanceError::Lost);
    let stale = [Held { epoch: 0, ..held[0] }];
    let stale = Advance::new(ID, "a", &stale).to(at(5));
    assert_refused!(subscriptions.advance(&stale).await, AdvanceError::Lost);
    let unknown = [Held { partition: 7, epoch: 1 }];
    let unknown = Advance::new(ID, "a", &unknown).to(at(5));
    assert_refused!(subscriptions.advance(&unknown).await, AdvanceError::Lost);
    assert!(partitions(&*subscriptions).await.iter().all(|found| found.position == at(0)));
    assert_eq!(letters(&*subscriptions).await, []);
    advance(&*subscriptions, Advance::new(ID, "a", &held[..1]).to(at(5))).await;
}

/// A lease that is over holds as long as nobody took it.
pub async fn progress_after_the_lease_is_stored_while_nobody_took_it(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let leases = subscriptions.acquire(ID, "a", 1, SHORT).await.expect("leases");
    // One that is over at once isn't told.
    let held = leases.first().map_or(Held { partition: 0, epoch: 1 }, |lease| lease.held);
    until!(partitions(&*subscriptions).await[0].owner.is_none());
    advance(&*subscriptions, Advance::new(ID, "a", &[held]).to(at(5))).await;
    assert_eq!(partitions(&*subscriptions).await[0].position, at(5));
}

/// Progress in a transaction is stored by its commit, with the events in it, and with neither is the other.
pub async fn progress_commits_with_its_transaction(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    for commits in [false, true] {
        let Some(mut transaction) = begin(&store).await else { return };
        append_within(&mut transaction, numbered("a", 0, 1)).await.expect("it is appended");
        let letter = [parked(0, 4, "x")];
        let progress = Advance::new(ID, "a", &held).to(at(5)).adding(&letter);
        transaction.advance(&progress).await.expect("progress");
        if commits {
            transaction.commit().await.expect("a commit");
        } else {
            transaction.rollback().await.expect("a rollback");
        }
        let position = partitions(&*subscriptions).await[0].position;
        assert_eq!(position, at(if commits { 5 } else { 0 }));
        assert_eq!(version(&store, "a").await, u64::from(commits));
        assert_eq!(letters(&*subscriptions).await.len(), usize::from(commits));
    }
}

/// In a transaction too, progress is refused where the partition isn't held any more.
pub async fn progress_in_a_transaction_needs_the_lease(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    let held = acquired(&*subscriptions, "a", 2).await;
    subscriptions.release(ID, "a", &held[..1]).await.expect("released");
    acquired(&*subscriptions, "b", 1).await;
    let Some(mut transaction) = begin(&store).await else { return };
    append_within(&mut transaction, numbered("a", 0, 1)).await.expect("it is appended");
    let progress = Advance::new(ID, "a", &held).to(at(5));
    assert_refused!(transaction.advance(&progress).await, AdvanceError::Lost);
    transaction.rollback().await.expect("a rollback");
    assert!(partitions(&*subscriptions).await.iter().all(|found| found.position == at(0)));
    assert_eq!(version(&store, "a").await, 0);
}

/// From its progress on, a transaction keeps the partition until it ends: who takes it then finds that progress.
pub async fn a_partition_is_not_taken_under_a_transaction(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let leases = subscriptions.acquire(ID, "a", 1, SHORT).await.expect("leases");
    let held = leases.first().map_or(Held { partition: 0, epoch: 1 }, |lease| lease.held);
    until!(partitions(&*subscriptions).await[0].owner.is_none());
    let Some(mut transaction) = begin(&store).await else { return };
    transaction.advance(&Advance::new(ID, "a", &[held]).to(at(5))).await.expect("progress");
    // A taker gets nothing, or waits.
    let taken = timeout(PATIENCE, subscriptions.acquire(ID, "b", 1, LONG)).await;
    assert!(!matches!(&taken, Ok(Ok(leases)) if !leases.is_empty()), "{taken:?}");
    transaction.commit().await.expect("a commit");
    let mut taken;
    until!({
        taken = subscriptions.acquire(ID, "b", 1, LONG).await.expect("leases");
        !taken.is_empty()
    });
    assert_eq!(taken[0].position, at(5));
    let late = [held];
    let late = Advance::new(ID, "a", &late).to(at(6));
    assert_refused!(subscriptions.advance(&late).await, AdvanceError::Lost);
}

/// Events that wait come back with all that is known of them, by position, in pages.
pub async fn waiting_events_are_listed(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    let held = acquired(&*subscriptions, "a", 2).await;
    let added =
        [parked(0, 9, "x"), due(1, 3, "y", Duration::ZERO), behind(0, 12, "x"), parked(1, 5, "z")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).to(at(12)).adding(&added)).await;
    let mut expected = added.map(|letter| kept(&letter));
    expected.sort_by_key(|letter| letter.position);
    assert_eq!(letters(&*subscriptions).await, expected);
    let page = subscriptions.dead_letters(ID, at(3), 2).await.expect("a page");
    assert_eq!(page, expected[1..3]);
    assert_eq!(subscriptions.dead_letters("other", at(0), 9).await.expect("a page"), []);
    let found = subscriptions.progress(ID).await.expect("progress");
    assert_eq!((found.waiting_events, found.parked_events), (4, 2));
}

/// The events of an entity that wait form a queue, by position.
pub async fn the_waiting_events_of_an_entity_are_a_queue(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    let held = acquired(&*subscriptions, "a", 2).await;
    let added = [behind(0, 12, "x"), parked(0, 9, "x"), parked(1, 5, "X"), behind(0, 10, "x")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    let queue = subscriptions.queue(ID, &entity("x"), 9).await.expect("a queue");
    assert_eq!(queue, [kept(&added[1]), kept(&added[3]), kept(&added[0])]);
    let start = subscriptions.queue(ID, &entity("x"), 2).await.expect("a queue");
    assert_eq!(start, queue[..2]);
    let other = EntityKey::new("Other", "x");
    assert_eq!(subscriptions.queue(ID, &other, 9).await.expect("a queue"), []);
    let waiting = subscriptions.waiting(ID, &[0]).await.expect("entities");
    assert_eq!(waiting, [entity("x")]);
    let waiting = subscriptions.waiting(ID, &[1, 0]).await.expect("entities");
    assert_eq!(waiting.into_iter().collect::<BTreeSet<_>>(), [entity("X"), entity("x")].into());
    assert_eq!(subscriptions.waiting(ID, &[]).await.expect("entities"), []);
}

/// An entity is due when its first waiting event is; what waits behind that has no say.
pub async fn an_entity_is_due_with_its_first_waiting_event(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    let added = [
        due(0, 1, "now", Duration::ZERO),
        due(0, 2, "soon", SHORT),
        due(0, 3, "late", LONG),
        behind(0, 4, "late"),
        parked(0, 5, "parked"),
        behind(0, 6, "parked"),
    ];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    until!(due_now(&*subscriptions).await == ["now", "soon"]);
    assert_eq!(subscriptions.due(ID, &[0], 1).await.expect("entities").len(), 1);
    assert_eq!(subscriptions.due(ID, &[1], 9).await.expect("entities"), []);
    advance(&*subscriptions, Advance::new(ID, "a", &held).remove(at(3))).await;
    assert_eq!(due_now(&*subscriptions).await, ["late", "now", "soon"]);
}

/// Where many go on failing, each gets its turn: those that are due for longest come first, wherever they are in the feed.
pub async fn what_is_due_for_longest_comes_first(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    let added = [
        due(0, 1, "second", SHORT / 2),
        due(0, 2, "first", Duration::ZERO),
        due(0, 3, "third", SHORT),
    ];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    until!(due_now(&*subscriptions).await.len() == 3);
    for (limit, expected) in [(1, &["first"][..]), (9, &["first", "second", "third"])] {
        let due = subscriptions.due(ID, &[0], limit).await.expect("entities");
        let due: Vec<_> = due.iter().map(|entity| &*entity.entity_id).collect();
        assert_eq!(due, expected);
    }
}

/// An event that waits already stays as it is, and so does the order of its entity.
pub async fn an_event_waits_once(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    let first = parked(0, 4, "x");
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(std::slice::from_ref(&first)))
        .await;
    let again = [behind(0, 4, "x"), behind(0, 5, "x")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&again)).await;
    assert_eq!(letters(&*subscriptions).await, [kept(&first), kept(&again[1])]);
}

/// An event that fails once more says so, and waits on; one that was skipped meanwhile doesn't come back.
pub async fn a_waiting_event_can_fail_again(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    let added = [due(0, 4, "x", Duration::ZERO), behind(0, 5, "x")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    let failed = NewDeadLetter {
        attempts: 7,
        due_in: Some(LONG),
        error: Some("„Nö“, said 'it' — ✗".into()),
        ..added[0].clone()
    };
    advance(&*subscriptions, Advance::new(ID, "a", &held).failed(&failed)).await;
    assert_eq!(letters(&*subscriptions).await, [kept(&failed), kept(&added[1])]);
    assert_eq!(subscriptions.due(ID, &[0], 9).await.expect("entities"), []);
    let error = "é".repeat(NewDeadLetter::MAX_ERROR_BYTES / 2);
    let failed = NewDeadLetter { due_in: None, error: Some(error), ..failed };
    advance(&*subscriptions, Advance::new(ID, "a", &held).failed(&failed)).await;
    assert_eq!(letters(&*subscriptions).await[0], kept(&failed));

    assert!(subscriptions.skip(ID, at(4)).await.expect("skip"));
    advance(&*subscriptions, Advance::new(ID, "a", &held).failed(&failed)).await;
    assert_eq!(letters(&*subscriptions).await, [kept(&added[1])]);
}

/// What an operator wants to try again is due, of one entity or of all.
pub async fn parked_events_are_due_when_somebody_says_so(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    let added = [parked(0, 4, "x"), behind(0, 5, "x"), parked(0, 6, "y"), due(0, 7, "z", LONG)];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    assert_eq!(subscriptions.retry(ID, Some(&entity("x"))).await.expect("retry"), 2);
    assert_eq!(subscriptions.due(ID, &[0], 9).await.expect("entities"), [entity("x")]);
    let retried = DeadLetter { parked: false, ..kept(&added[0]) };
    assert_eq!(letters(&*subscriptions).await[0], retried);
    assert_eq!(subscriptions.retry("other", None).await.expect("retry"), 0);
    assert_eq!(subscriptions.retry(ID, None).await.expect("retry"), 4);
    assert_eq!(subscriptions.due(ID, &[0], 9).await.expect("entities").len(), 3);
    assert_eq!(subscriptions.progress(ID).await.expect("progress").parked_events, 0);
}

/// What is skipped or handled doesn't wait any more, and the next event of its entity is the first.
pub async fn an_event_that_is_done_waits_no_more(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    let added = [parked(0, 4, "x"), behind(0, 5, "x"), behind(0, 6, "x")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    assert!(!subscriptions.skip("other", at(4)).await.expect("skip"));
    assert!(!subscriptions.skip(ID, at(7)).await.expect("skip"));
    assert!(subscriptions.skip(ID, at(4)).await.expect("skip"));
    assert!(!subscriptions.skip(ID, at(4)).await.expect("skip"));
    assert_eq!(subscriptions.due(ID, &[0], 9).await.expect("entities"), [entity("x")]);
    advance(&*subscriptions, Advance::new(ID, "a", &held).remove(at(5))).await;
    assert_eq!(letters(&*subscriptions).await, [kept(&added[2])]);
    advance(&*subscriptions, Advance::new(ID, "a", &held).remove(at(5))).await;
    advance(&*subscriptions, Advance::new(ID, "a", &held).remove(at(6))).await;
    assert_eq!(subscriptions.waiting(ID, &[0]).await.expect("entities"), []);
}

/// What waits is changed with the rest of a transaction, or not at all.
pub async fn waiting_events_change_with_their_transaction(store: Store) {
    let Some(subscriptions) = registered(&store, 1).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    let added = [due(0, 4, "x", Duration::ZERO), behind(0, 5, "x")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&added)).await;
    for commits in [false, true] {
        let Some(mut transaction) = begin(&store).await else { return };
        let done = Advance::new(ID, "a", &held).remove(at(4));
        transaction.advance(&done).await.expect("progress");
        let failed = NewDeadLetter { attempts: 1, due_in: None, ..added[1].clone() };
        let failed_once = Advance::new(ID, "a", &held).failed(&failed);
        transaction.advance(&failed_once).await.expect("progress");
        if commits {
            transaction.commit().await.expect("a commit");
            assert_eq!(letters(&*subscriptions).await, [kept(&failed)]);
        } else {
            drop(transaction);
            assert_eq!(letters(&*subscriptions).await, added.each_ref().map(kept));
        }
    }
}

/// Who has a partition sees in it that the subscriber is paused, and that it goes on.
pub async fn a_pause_is_seen_in_the_leases(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    let held = acquired(&*subscriptions, "a", 1).await;
    for paused in [true, true, false] {
        subscriptions.set_paused(ID, paused).await.expect("paused");
        assert_eq!(subscriptions.renew(ID, "a", LONG).await.expect("leases")[0].paused, paused);
        assert_eq!(subscriptions.progress(ID).await.expect("progress").paused, paused);
        advance(&*subscriptions, Advance::new(ID, "a", &held)).await;
    }
    subscriptions.set_paused(ID, true).await.expect("paused");
    let later = subscriptions.acquire(ID, "b", 1, LONG).await.expect("leases");
    assert!(later[0].paused);
    subscriptions.set_paused("other", true).await.expect("nothing to pause");
    assert!(!subscriptions.progress("other").await.expect("progress").paused);
}

/// A reset sets all partitions to a position, takes them from their owners, and forgets what waits after it.
pub async fn a_reset_takes_all_back_to_a_position(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    let held = acquired(&*subscriptions, "a", 2).await;
    let added = [parked(0, 4, "x"), behind(0, 5, "x"), parked(1, 8, "y")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).to(at(9)).adding(&added)).await;
    subscriptions.reset(ID, at(5)).await.expect("reset");
    let stale = Advance::new(ID, "a", &held).to(at(10));
    assert_refused!(subscriptions.advance(&stale).await, AdvanceError::Lost);
    assert_eq!(subscriptions.renew(ID, "a", LONG).await.expect("leases"), []);
    assert_eq!(letters(&*subscriptions).await, [kept(&added[0]), kept(&added[1])]);
    let again = subscriptions.acquire(ID, "b", 2, LONG).await.expect("leases");
    let again: Vec<_> = again.iter().map(|lease| (lease.held.epoch, lease.position)).collect();
    assert_eq!(again, [(3, at(5)), (3, at(5))]);
}

/// A subscriber that is removed is one that never was.
pub async fn a_removed_subscriber_is_forgotten(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    subscriptions.register("other", 1, at(1)).await.expect("registered");
    subscriptions.join(ID, "a", LONG).await.expect("join");
    let held = acquired(&*subscriptions, "a", 2).await;
    let letter = [parked(0, 4, "x")];
    advance(&*subscriptions, Advance::new(ID, "a", &held).adding(&letter)).await;
    subscriptions.remove(ID).await.expect("removed");
    assert_eq!(subscriptions.progress(ID).await.expect("progress"), StoredProgress::default());
    assert_eq!(letters(&*subscriptions).await, []);
    let stale = Advance::new(ID, "a", &held);
    assert_refused!(subscriptions.advance(&stale).await, AdvanceError::Lost);
    assert_eq!(subscriptions.register(ID, 4, at(0)).await.expect("registered"), 4);
    assert_eq!(subscriptions.progress("other").await.expect("progress").partitions.len(), 1);
}

/// What was rebuilt takes the place of what is live, by the commit of a transaction.
pub async fn a_rebuilt_subscriber_takes_over(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    subscriptions.register("rebuilt", 2, at(0)).await.expect("registered");
    let old = acquired(&*subscriptions, "a", 2).await;
    let letter = [parked(0, 20, "x")];
    advance(&*subscriptions, Advance::new(ID, "a", &old).to(at(20)).adding(&letter)).await;
    subscriptions.set_paused(ID, true).await.expect("paused");
    let leases = subscriptions.acquire("rebuilt", "b", 2, LONG).await.expect("leases");
    let new: Vec<_> = leases.iter().map(|lease| lease.held).collect();
    let letter = [parked(1, 15, "y")];
    let rebuilt = Advance::new("rebuilt", "b", &new).to(at(16)).adding(&letter);
    subscriptions.advance(&rebuilt).await.expect("progress");

    let before = subscriptions.progress(ID).await.expect("progress");
    for commits in [false, true] {
        let Some(mut transaction) = begin(&store).await else { return };
        append_within(&mut transaction, numbered("a", 0, 1)).await.expect("it is appended");
        assert_eq!(transaction.take_over(ID, "rebuilt").await.expect("taken over"), 2);
        if !commits {
            transaction.rollback().await.expect("a rollback");
            assert_eq!(subscriptions.progress(ID).await.expect("progress"), before);
            continue;
        }
        transaction.commit().await.expect("a commit");
        let after = subscriptions.progress(ID).await.expect("progress");
        assert_eq!((after.paused, after.waiting_events, after.parked_events), (true, 1, 1));
        for partition in &after.partitions {
            assert_eq!((partition.position, &partition.owner), (at(16), &None));
            assert!(partition.epoch > 1, "{partition:?}");
        }
        assert_eq!(after.partitions.len(), 2);
    }
    assert_eq!(letters(&*subscriptions).await, [kept(&letter[0])]);
    let gone = subscriptions.progress("rebuilt").await.expect("progress");
    assert_eq!(gone, StoredProgress::default());
    let Some(mut transaction) = begin(&store).await else { return };
    assert_refused!(transaction.take_over(ID, "rebuilt").await, AdvanceError::Lost);
    drop(transaction.commit().await);
    assert_eq!(subscriptions.progress(ID).await.expect("progress").partitions.len(), 2);
    for (subscriber, owner, held) in [(ID, "a", &old), ("rebuilt", "b", &new), (ID, "b", &new)] {
        let stale = Advance::new(subscriber, owner, held).to(at(30));
        assert_refused!(subscriptions.advance(&stale).await, AdvanceError::Lost);
    }
}

/// From its fence on, nothing of a subscriber is stored until the transaction ends. If nobody took it over, it goes on as it
/// was.
pub async fn a_fenced_subscriber_waits(store: Store) {
    let Some(subscriptions) = registered(&store, 2).await else { return };
    let held = acquired(&*subscriptions, "a", 2).await;
    let Some(mut transaction) = begin(&store).await else { return };
    assert_refused!(transaction.fence(ID, "rebuilt").await, AdvanceError::Lost);
    transaction.rollback().await.expect("a rollback");
    subscriptions.register("rebuilt", 3, at(0)).await.expect("registered");
    for (position, is_taken) in [(5, false), (6, true)] {
        let before = subscriptions.progress(ID).await.expect("progress");
        let Some(mut transaction) = begin(&store).await else { return };
        assert_eq!(transaction.fence("other", "rebuilt").await.expect("a fence"), 0);
        assert_eq!(transaction.fence(ID, "rebuilt").await.expect("a fence"), 2);
        let advance = Advance::new(ID, "a", &held).to(at(position));
        let mut advance = pin!(subscriptions.advance(&advance));
        let stored = timeout(PATIENCE, &mut advance).await;
        assert!(stored.is_err(), "{stored:?}");
        if is_taken {
            assert_eq!(transaction.take_over(ID, "rebuilt").await.expect("taken over"), 2);
            transaction.commit().await.expect("a commit");
            assert_refused!(advance.await, AdvanceError::Lost);
            assert_eq!(partitions(&*subscriptions).await.len(), 3);
        } else {
            transaction.rollback().await.expect("a rollback");
            advance.await.expect("progress");
            let mut after = before;
            after.partitions.iter_mut().for_each(|found| found.position = at(position));
            assert_eq!(subscriptions.progress(ID).await.expect("progress"), after);
        }
    }
}

/// A store that keeps no subscribers says so in its transactions.
pub async fn a_transaction_without_subscribers_says_so(store: Store) {
    if store.subscriptions().is_some() {
        return;
    }
    let Some(mut transaction) = begin(&store).await else { return };
    let held = [Held { partition: 0, epoch: 1 }];
    let progress = transaction.advance(&Advance::new(ID, "a", &held)).await;
    assert_refused!(progress, AdvanceError::Store(StoreError::Unsupported(_)));
    let fenced = transaction.fence(ID, "rebuilt").await;
    assert_refused!(fenced, AdvanceError::Store(StoreError::Unsupported(_)));
    transaction.rollback().await.expect("a rollback");
}

fn at(position: u64) -> Position {
    Position::new(position)
}

fn entity(id: &str) -> EntityKey {
    EntityKey::new(THING, id)
}

/// An event that waits for an operator.
fn parked(partition: u32, position: u64, id: &str) -> NewDeadLetter {
    NewDeadLetter {
        entity: entity(id),
        partition,
        position: at(position),
        event_id: EventId::new(),
        attempts: 3,
        due_in: None,
        error: Some("it failed".into()),
    }
}

/// An event that is tried again.
fn due(partition: u32, position: u64, id: &str, due_in: Duration) -> NewDeadLetter {
    NewDeadLetter { due_in: Some(due_in), ..parked(partition, position, id) }
}

/// An event that waits for an earlier one.
fn behind(partition: u32, position: u64, id: &str) -> NewDeadLetter {
    NewDeadLetter { attempts: 0, error: None, ..due(partition, position, id, Duration::ZERO) }
}

/// The event as it comes back.
fn kept(letter: &NewDeadLetter) -> DeadLetter {
    DeadLetter {
        entity: letter.entity.clone(),
        partition: letter.partition,
        position: letter.position,
        event_id: letter.event_id,
        attempts: letter.attempts,
        parked: letter.due_in.is_none(),
        error: letter.error.clone(),
    }
}

/// What the store keeps of subscribers, with one that has so many partitions.
async fn registered(store: &Store, partitions: u32) -> Option<Arc<dyn SubscriptionStore>> {
    let subscriptions = store.subscriptions()?;
    subscriptions.register(ID, partitions, at(0)).await.expect("registered");
    Some(subscriptions)
}

/// So many partitions, for long.
async fn acquired(subscriptions: &dyn SubscriptionStore, owner: &str, count: u32) -> Vec<Held> {
    let leases = subscriptions.acquire(ID, owner, count, LONG).await.expect("leases");
    assert_eq!(leases.len() as u32, count, "{leases:?}");
    leases.into_iter().map(|lease| lease.held).collect()
}

async fn advance(subscriptions: &dyn SubscriptionStore, advance: Advance<'_>) {
    subscriptions.advance(&advance).await.expect("progress");
}

async fn partitions(subscriptions: &dyn SubscriptionStore) -> Vec<PartitionProgress> {
    subscriptions.progress(ID).await.expect("progress").partitions
}

async fn letters(subscriptions: &dyn SubscriptionStore) -> Vec<DeadLetter> {
    subscriptions.dead_letters(ID, Position::START, 100).await.expect("waiting events")
}

/// The entities of the first partition that are due.
async fn due_now(subscriptions: &dyn SubscriptionStore) -> Vec<String> {
    let due = subscriptions.due(ID, &[0], 9).await.expect("entities");
    let due: BTreeSet<String> = due.into_iter().map(|entity| entity.entity_id).collect();
    due.into_iter().collect()
}
