//! Interceptors of saves and updates (R15).

use std::any::Any;

use super::Store;
use super::domain::*;
use super::fixture::assert_refused;
use crate::repository::{Interception, Interceptor, Recovery};
use crate::{Failure, Metadata, RepositoryError, Version};

/// Adds an amount and metadata to each decision.
struct Tip(u64);

impl Interceptor<Tally> for Tip {
    fn accepted(&self, decision: &mut Interception<'_, Tally>) {
        let total = decision.state.map_or(0, |tally| tally.total);
        let decided: u64 = decision.events.iter().map(amount).sum();
        decision.events.push(Added { amount: self.0, before: total + decided });
        decision.metadata.insert("tip", self.0.to_string());
    }
}

fn amount(event: &TallyEvent) -> u64 {
    match event {
        TallyEvent::Added(added) => added.amount,
        TallyEvent::Started(_) => 0,
    }
}

/// Takes as many as a tally takes where a command wants more.
struct Generous;

impl Interceptor<Tally> for Generous {
    fn rejected(
        &self,
        error: &(dyn Any + Send),
        decision: &mut Interception<'_, Tally>,
    ) -> Recovery {
        assert!(decision.events.is_empty(), "a refusal leaves no events");
        match error.downcast_ref::<Refused>() {
            Some(Refused { total }) if *total > 0 => {
                decision.events.push(Added { amount: 1000, before: *total });
                decision.metadata.insert("instead", "1000");
                Recovery::Accept
            }
            _ => Recovery::Reject,
        }
    }
}

/// Puts events in the place of a refusal, and refuses all the same.
struct Undecided;

impl Interceptor<Tally> for Undecided {
    fn rejected(&self, _: &(dyn Any + Send), decision: &mut Interception<'_, Tally>) -> Recovery {
        decision.events.push(Added { amount: 1, before: 0 });
        Recovery::Reject
    }
}

/// Events and metadata that an interceptor adds are stored with those of the handler, and fold into the result.
pub async fn an_interceptor_adds_events_and_metadata(store: Store) {
    let plain = tallies(&store);
    let tallies = tallies(&store).interceptor(Tip(5));
    let saved = tallies.save(start("books", [10])).metadata("user", "ada").await.expect("saved");
    assert_eq!(amounts(&saved), [10, 5]);
    let updated = tallies.update(saved.id(), AddAll(vec![20, 30])).await.expect("it is updated");
    assert_eq!(amounts(&updated), [10, 5, 20, 30, 5]);
    let without = plain.update(saved.id(), Add::new(40)).await.expect("it is updated");
    assert_eq!((without.version(), without.total), (Version::new(7), 110));

    let found = plain.find(saved.id()).await.expect("it is found");
    assert_eq!(found.state(), without.state());
    let metadata: Vec<_> = found.added.iter().map(|added| added.metadata.clone()).collect();
    let tip = Metadata::from_iter([("tip", "5")]);
    let tip_and_user = Metadata::from_iter([("tip", "5"), ("user", "ada")]);
    let expected =
        [&tip_and_user, &tip_and_user, &tip, &tip, &tip, &Metadata::new()].map(Clone::clone);
    assert_eq!(metadata, expected);
}

/// Interceptors run in the order in which they were added, those of the call after those of the repository, and a call
/// without events gets those that they add.
pub async fn interceptors_run_in_their_order(store: Store) {
    let tallies = tallies(&store).interceptor(Tip(1)).interceptor(Tip(2));
    let saved = tallies.save(start("books", [])).interceptor(Tip(3)).await.expect("it is saved");
    assert_eq!(amounts(&saved), [1, 2, 3]);
    let update = tallies.update(saved.id(), AddAll(vec![])).interceptor(Tip(4)).interceptor(Tip(5));
    let updated = update.await.expect("it is updated");
    assert_eq!(amounts(&updated), [1, 2, 3, 1, 2, 4, 5]);
    let stored = tallies.find(saved.id()).await.expect("it is found");
    assert_eq!(stored.state(), updated.state());
    assert_eq!(stored.added[6].metadata.get("tip"), Some("5"));
}

/// An interceptor turns a handler's own error into events.
pub async fn an_interceptor_turns_a_refusal_into_events(store: Store) {
    let tallies = tallies(&store).interceptor(Undecided).interceptor(Generous);
    let saved = tallies.save(start("books", [7])).await.expect("it is saved");
    let updated = tallies.update(saved.id(), Add::new(5000)).triggered_by("m").await;
    let updated = updated.expect("the interceptor accepts");
    assert_eq!((updated.version(), amounts(&updated)), (Version::new(3), vec![7, 1000]));
    assert_eq!(updated.added[1].metadata.get("instead"), Some("1000"));
    let again = tallies.update(saved.id(), Add::new(5000)).triggered_by("m").await;
    assert!(again.expect("a success").is_duplicate());
    let found = tallies.find(saved.id()).await.expect("it is found");
    assert_eq!(found.state(), updated.state());
}

/// A refusal that no interceptor accepts stays one, and writes nothing of what they put in its place.
pub async fn a_refusal_that_nobody_accepts_writes_nothing(store: Store) {
    let tallies =
        tallies(&store).interceptor(Undecided).interceptor(Generous).interceptor(Undecided);
    let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
    let refused = tallies.update(&id, Add::new(5000)).await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 0 }));
    let refused = tallies.save_as(crate::Id::new(), start("", [])).await;
    assert_refused!(refused, RepositoryError::Rejected(Refused { total: 0 }));
    assert_eq!(tallies.find(&id).await.expect("it is found").version(), 1);
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), [id]);
}

/// An interceptor saves a creation that led to no event, and its metadata alone writes nothing.
pub async fn an_interceptor_decides_where_a_handler_did_not(store: Store) {
    struct Starts;
    impl Interceptor<Tally> for Starts {
        fn accepted(&self, decision: &mut Interception<'_, Tally>) {
            assert!(decision.state.is_none(), "a creation has no state");
            decision.events.push(Started { name: "instead".into() });
        }
    }
    struct Notes;
    impl Interceptor<Tally> for Notes {
        fn accepted(&self, decision: &mut Interception<'_, Tally>) {
            decision.metadata.insert("noted", "yes");
        }
    }
    let tallies = tallies(&store);
    let saved = tallies.save(Hesitate).interceptor(Starts).await.expect("it is saved");
    assert_eq!((saved.version(), saved.name.as_str()), (Version::new(1), "instead"));
    let updated = tallies.update(saved.id(), AddAll(vec![])).interceptor(Notes).await;
    assert_eq!(updated.expect("a success").version(), 1);
    let refused = tallies.save(Hesitate).interceptor(Notes).await;
    assert_refused!(refused, Failure::NoEvents { .. });
}
