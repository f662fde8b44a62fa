//! Repositories that keep the states of entities: as right as without, and with fewer reads.

use std::collections::HashSet;

use futures_util::future::join_all;

use super::Store;
use super::domain::*;
use super::fixture::{Fact, append_to, assert_refused, begin, deleting, poll_and_drop, put};
use super::rivals::Rivals;
use crate::repository::RetryPolicy;
use crate::store::StoreError;
use crate::{Aggregate, AggregateRepository, Failure, Id, RepositoryError, Version};

/// What was saved or updated is updated without being read, and is the same as if it had been.
pub async fn what_was_changed_last_is_not_read(store: Store) {
    let (tallies, watched) = watched(&store);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    for amount in 2..=5 {
        let update = tallies.clone().update(&id, Add::new(amount)).metadata("n", "1").await;
        let (updated, found) = (update.expect("it is updated"), tallies.find(&id).await);
        let found = found.expect("it is found");
        assert_eq!((updated.version(), updated.state()), (found.version(), found.state()));
        assert_eq!(updated.version(), amount + 1);
    }
    let updated = tallies.update_with(&id, unless(1000)).await.expect("it is updated");
    assert_eq!((updated.total, watched.appends()), (16, 6));
    assert_eq!(watched.reads(), [0; 4], "by `find` alone");
}

/// What had to be read for an update needn't be read for the next one.
pub async fn what_was_read_for_an_update_is_kept(store: Store) {
    let id = *tallies(&store).save(start("books", [1])).await.expect("it is saved").id();
    let (tallies, watched) = watched(&store);
    tallies.update(&id, AddAll(vec![])).await.expect("it succeeds");
    tallies.update(&id, Add::new(2)).await.expect("it is updated");
    assert_eq!(watched.reads(), [0]);
}

/// What others have changed is read and decided again, and that costs no try.
pub async fn what_others_changed_is_decided_again(store: Store) {
    let (tallies, watched) = watched(&store);
    let (tallies, others) = (tallies.retry(RetryPolicy::never()), super::domain::tallies(&store));
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    others.update(&id, Add::new(10)).await.expect("it is updated");
    let command = Add::new(100);
    let updated = tallies.update(&id, command.clone()).await.expect("it is updated");
    assert_eq!((updated.total, updated.version()), (111, Version::new(4)));
    assert_eq!((command.decisions(), watched.reads()), (2, vec![0]));
    every_decision_saw_all_before_it(&others, &id).await;
}

/// A command that is refused, or leads to no event, is decided on what is stored.
pub async fn a_refusal_is_decided_on_what_is_stored(store: Store) {
    let (tallies, watched) = watched(&store);
    let others = super::domain::tallies(&store);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();

    others.update(&id, Add::new(10)).await.expect("it is updated");
    let updated = tallies.update_with(&id, unless(1)).await.expect("it isn't 1 any more");
    assert_eq!((updated.total, watched.reads()), (12, vec![2]));

    others.update(&id, Add::new(10)).await.expect("it is updated");
    let only_once = |tally: &Tally| {
        let added = Added { amount: 1, before: tally.total };
        (tally.total != 12).then_some(added)
    };
    let updated = tallies.update_with(&id, only_once).await.expect("it is updated");
    assert_eq!((updated.total, watched.reads()), (23, vec![2, 4]));

    others.update(&id, Add::new(10)).await.expect("it is updated");
    let refused = tallies.update(&id, Add::new(1001)).await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 33 }));
    let unchanged = tallies.update(&id, AddAll(vec![])).await.expect("it succeeds");
    assert_eq!((unchanged.total, unchanged.version()), (33, Version::new(7)));
}

/// A command that is refused although nobody has changed anything is decided once.
pub async fn a_refusal_that_stands_is_decided_once(store: Store) {
    let (tallies, watched) = watched(&store);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    for reads in 1..=3 {
        let command = Add::new(1001);
        let refused = tallies.update(&id, command.clone()).await;
        assert_refused!(refused, RepositoryError::Rejected(Refused { total: 1 }));
        assert_eq!((command.decisions(), watched.reads()), (1, vec![2; reads]));
    }
}

/// A message that others have processed is found, and its command isn't run (R9, R12).
pub async fn a_message_that_others_processed_is_found(store: Store) {
    let (tallies, watched) = watched(&store);
    let others = super::domain::tallies(&store);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    others.update(&id, Add::new(10)).triggered_by("m").await.expect("it is updated");
    others.update(&id, AddAll(vec![])).triggered_by("n").await.expect("it is updated");
    for message in ["m", "n"] {
        let command = Add::new(100);
        let again = tallies.update(&id, command.clone()).triggered_by(message).await;
        let again = again.expect("a duplicate is a success");
        assert_eq!((again.is_duplicate(), again.total, command.decisions()), (true, 11, 0));
    }
    assert_eq!(watched.reads(), [2, 3], "of what was known already nothing is read");
    let update = tallies.update(&id, Add::new(100)).triggered_by("o").await;
    assert!(!update.expect("it is updated").is_duplicate());
    let again = others.update(&id, Add::new(100)).triggered_by("o").await;
    assert!(again.expect("a success").is_duplicate());
}

/// A version that is expected is compared with the one that is stored (R8).
pub async fn an_expected_version_is_the_stored_one(store: Store) {
    let others = tallies(&store);
    for expected in 1..=5 {
        let tallies = tallies(&store).cache(10);
        let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
        others.update(&id, Add::new(10)).await.expect("it is updated");
        let update = tallies.update(&id, Add::new(100)).expect_version(expected).await;
        if expected == 3 {
            assert_eq!(update.expect("it is at that version").total, 111);
        } else {
            assert_refused!(
                update,
                RepositoryError::Failed(Failure::Conflict { expected: told, actual, attempts, .. })
                    if told == expected && actual == 3 && attempts == 1
            );
        }
    }
}

/// An entity that others have deleted isn't updated.
pub async fn what_others_deleted_is_not_updated(store: Store) {
    for ends in 0..3 {
        let tallies = tallies(&store).cache(10);
        let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
        let last = Fact {
            event_type: "Added",
            schema_version: 1,
            json: r#"{"amount":1,"before":1}"#.to_owned(),
        };
        put(&store, deleting(append_to(Tally::TYPE, &id.to_string(), 2, [last]))).await;
        let update = match ends {
            0 => tallies.update(&id, Add::new(1)),
            1 => tallies.update(&id, Add::new(1)).triggered_by("m"),
            _ => tallies.update(&id, Add::new(1001)),
        };
        assert_refused!(update.await, RepositoryError::Failed(Failure::Deleted { .. }));
    }
}

/// Reading shows what is stored, whatever is known.
pub async fn a_find_reads_what_is_stored(store: Store) {
    let (tallies, others) = (tallies(&store).cache(10), tallies(&store));
    let saved = tallies.save(start("books", [1])).await.expect("it is saved");
    let changed = others.update(saved.id(), Add::new(10)).await.expect("it is updated");
    let found = tallies.find(saved.id()).await.expect("it is found");
    assert_eq!((found.version(), found.state()), (changed.version(), changed.state()));
    let then = tallies.find(saved.id()).at_version(2).await.expect("it was");
    assert_eq!((then.version(), then.state()), (saved.version(), saved.state()));
    assert_eq!(history(&tallies, saved.id()).await.len(), 3);
}

/// A transaction reads and changes what is stored in it, and what comes to nothing isn't known to anybody afterwards.
pub async fn a_transaction_keeps_to_itself(store: Store) {
    let (tallies, others) = (tallies(&store).cache(10), tallies(&store));
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    for (commits, total) in [(false, 7), (true, 38)] {
        let Some(mut transaction) = begin(&store).await else { return };
        for amount in [10, 20] {
            let update = tallies.within(&mut transaction).update(&id, Add::new(amount)).await;
            assert_eq!(amounts(&update.expect("it is updated")).pop(), Some(amount));
        }
        let save = tallies.within(&mut transaction).save(start("more", [5])).await;
        let more = *save.expect("it is saved").id();
        if commits {
            transaction.commit().await.expect("a commit");
            assert_eq!(tallies.update(&more, Add::new(1)).await.expect("it is there").total, 6);
        } else {
            transaction.rollback().await.expect("a rollback");
            let update = tallies.update(&more, Add::new(1)).await;
            assert_refused!(update, RepositoryError::Failed(Failure::NotFound { .. }));
            // Now the version is the one that the transaction had come to.
            others.update(&id, AddAll(vec![2, 3])).await.expect("it is updated");
        }
        let updated = tallies.update(&id, Add::new(1)).await.expect("it is updated");
        assert_eq!(updated.total, total);
    }
    every_decision_saw_all_before_it(&tallies, &id).await;
}

/// An update that fails in the store, or whose handler panics, leaves nothing of itself in what is known.
pub async fn a_failed_update_is_forgotten(store: Store) {
    let id = *tallies(&store).save(start("books", [1])).await.expect("it is saved").id();
    let rivals = Rivals::fail(&store);
    let tallies = AggregateRepository::<Tally>::new(rivals.clone()).cache(10);
    for _ in 0..2 {
        let known = tallies.update(&id, AddAll(vec![])).await.expect("it succeeds");
        assert_eq!((known.version(), amounts(&known)), (Version::new(2), vec![1]));
        assert_refused!(
            tallies.update(&id, Add::new(10)).await,
            RepositoryError::Failed(Failure::Store(StoreError::TimedOut { what: "luck", .. }))
        );
    }
    let panics = {
        let tallies = tallies.clone();
        let decide =
            |_: &Tally| -> Added { panic!("a handler that panics, as this test wants it") };
        tokio::spawn(async move { tallies.update_with(&id, decide).await.map(drop) })
    };
    assert!(panics.await.is_err());
    let known = tallies.update(&id, AddAll(vec![])).await.expect("it succeeds");
    assert_eq!((known.version(), amounts(&known)), (Version::new(2), vec![1]));
}

/// After an update whose future was dropped, the next one decides on what is stored.
pub async fn a_dropped_update_is_forgotten(store: Store) {
    let tallies = tallies(&store).cache(10);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    for polls in 0..30 {
        poll_and_drop(polls, tallies.update(&id, Add::new(1)).into_future()).await;
        tallies.update(&id, Add::new(100)).await.expect("it is updated");
    }
    every_decision_saw_all_before_it(&tallies, &id).await;
    assert!(tallies.find(&id).await.expect("it is found").total >= 3000);
}

/// Fifty updates of one known entity at the same time all succeed (R5).
pub async fn fifty_updates_of_what_is_known_all_succeed(store: Store) {
    let tallies = tallies(&store).cache(10);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let tasks = (1..=50).map(|amount| {
        let tallies = tallies.clone();
        tokio::spawn(async move { tallies.update(&id, Add::new(amount)).await.map(drop) })
    });
    for result in join_all(tasks).await {
        result.expect("no panic").expect("an update of fifty succeeds");
    }
    let mut amounts = amounts(&tallies.find(&id).await.expect("it is found"));
    amounts.sort_unstable();
    assert_eq!(amounts, (1..=50).collect::<Vec<_>>());
    every_decision_saw_all_before_it(&tallies, &id).await;
}

/// Two repositories, as two processes have them, update one entity in turn, a hundred times: nothing is lost.
pub async fn two_caches_update_in_turn(store: Store) {
    let both = [tallies(&store).cache(10), tallies(&store).cache(10)];
    let id = *both[0].save(start("books", [])).await.expect("it is saved").id();
    for amount in 1..=100 {
        let updated = both[amount as usize % 2].update(&id, Add::new(amount)).await;
        let updated = updated.expect("it is updated");
        assert_eq!(
            (updated.version().get(), updated.total),
            (amount + 1, amount * (amount + 1) / 2)
        );
    }
    every_decision_saw_all_before_it(&both[0], &id).await;
}

/// Whatever repositories with and without a cache do in turn, each call ends as the stored events alone say.
pub async fn any_calls_end_as_without_a_cache(store: Store) {
    let seed = fastrand::u64(..);
    let mut chance = fastrand::Rng::with_seed(seed);
    // Fewer than the entities, so that some are driven out.
    let repositories = [tallies(&store).cache(2), tallies(&store).cache(2), tallies(&store)];
    let mut entities: Vec<Model> = Vec::new();
    for step in 0..300 {
        let at = format!("step {step} of seed {seed}");
        let tallies = chance.choice(&repositories).expect("one of three");
        if entities.len() < 4 {
            let amounts = vec![step];
            let saved = tallies.save(start("books", amounts.clone())).await.expect(&at);
            entities.push(Model { id: *saved.id(), amounts, messages: HashSet::new() });
            continue;
        }
        let count = entities.len();
        let entity = &mut entities[chance.usize(..count)];
        match chance.u8(..7) {
            0 => {
                let refused = tallies.update(&entity.id, Add::new(1001)).await;
                let total = entity.total();
                assert_refused!(refused, RepositoryError::Rejected(told) if told.total == total);
            }
            1 => {
                let unchanged = tallies.update(&entity.id, AddAll(vec![])).await.expect(&at);
                assert_eq!(amounts(&unchanged), entity.amounts, "{at}");
            }
            2 => {
                let message = chance.u8(..20).to_string();
                let update = tallies.update(&entity.id, Add::new(step)).triggered_by(&*message);
                let updated = update.await.expect(&at);
                let is_new = entity.messages.insert(message);
                assert_eq!(updated.is_duplicate(), !is_new, "{at}");
                entity.amounts.extend(is_new.then_some(step));
                assert_eq!(amounts(&updated), entity.amounts, "{at}");
            }
            3 => {
                let expected = entity.version() - chance.u64(..2);
                let update = tallies.update(&entity.id, Add::new(step)).expect_version(expected);
                let updated = update.await;
                assert_eq!(updated.is_ok(), expected == entity.version(), "{at}");
                entity.amounts.extend(updated.is_ok().then_some(step));
            }
            4 => {
                let Some(mut transaction) = begin(&store).await else { continue };
                let update = tallies.within(&mut transaction).update(&entity.id, Add::new(step));
                update.await.expect(&at);
                if chance.bool() {
                    transaction.commit().await.expect(&at);
                    entity.amounts.push(step);
                }
            }
            5 => {
                let found = tallies.find(&entity.id).await.expect(&at);
                assert_eq!(amounts(&found), entity.amounts, "{at}");
            }
            _ => {
                let updated = tallies.update(&entity.id, Add::new(step)).await.expect(&at);
                entity.amounts.push(step);
                assert_eq!(amounts(&updated), entity.amounts, "{at}");
            }
        }
    }
    for entity in entities {
        let found = repositories[0].find(&entity.id).await.expect("it is found");
        assert_eq!(amounts(&found), entity.amounts, "seed {seed}");
        every_decision_saw_all_before_it(&repositories[0], &entity.id).await;
    }
}

/// What an entity must be.
struct Model {
    id: Id<Tally>,
    amounts: Vec<u64>,
    messages: HashSet<String>,
}

impl Model {
    fn total(&self) -> u64 {
        self.amounts.iter().sum()
    }

    fn version(&self) -> u64 {
        self.amounts.len() as u64 + 1
    }
}

/// A repository with a cache, and how its store is used.
fn watched(store: &Store) -> (AggregateRepository<Tally>, Rivals) {
    let rivals = Rivals::watch(store);
    (AggregateRepository::new(rivals.clone()).cache(10), rivals)
}

/// Adds 1, unless the total is this one.
fn unless(refused: u64) -> impl FnMut(&Tally) -> Result<Added, Refused> {
    move |tally| match tally.total {
        total if total == refused => Err(Refused { total }),
        total => Ok(Added { amount: 1, before: total }),
    }
}
