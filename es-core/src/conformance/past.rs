//! Entities as they were: `at_version`, `as_of`, `history` (R13, R16).

use super::Store;
use super::domain::*;
use super::fixture::{append_to, assert_refused, deleting, micros, put};
use crate::repository::RecordedEvent;
use crate::{Aggregate, AggregateRepository, EventContext, Failure, Id, Metadata, RepositoryError};

/// The state at each version is the fold of the events up to it, for any sequence of changes (R16).
pub async fn each_version_is_the_fold_of_its_events(store: Store) {
    let tallies = tallies(&store);
    for seed in 0..4 {
        let mut random = fastrand::Rng::with_seed(seed);
        let id = *tallies.save(start("books", [])).await.expect("it is saved").id();
        let mut told = vec![tallies.find(&id).await.expect("it is found")];
        while told.len() < 40 {
            let changed = match random.u8(0..3) {
                0 => {
                    let amounts = (0..random.usize(0..9)).map(|_| random.u64(0..9)).collect();
                    tallies.update(&id, AddAll(amounts)).await.expect("it is updated")
                }
                _ => tallies.update(&id, Add::new(random.u64(0..9))).await.expect("it is updated"),
            };
            told.push(changed);
        }
        let history = history(&tallies, &id).await;
        for told in told {
            let version = told.version();
            let then = tallies.find(&id).at_version(version).await.expect("it was there");
            assert_eq!((then.version(), then.state()), (version, told.state()));
        }
        for version in 1..=history.len() {
            let then = tallies.find(&id).at_version(version as u64).await.expect("it was there");
            assert_eq!(then.version(), version as u64);
            assert_eq!(then.state(), &fold(&history[..version]));
        }
    }
}

/// There is no version 0, and none after the last one.
pub async fn a_version_that_never_was_is_refused(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [1, 2])).await.expect("it is saved").id();
    for wrong in [0, 4, 1_000_000] {
        assert_refused!(
            tallies.find(&id).at_version(wrong).await,
            Failure::NoSuchVersion { entity_type, entity_id, requested, actual }
                if entity_type == Tally::TYPE && entity_id == id.to_string()
                    && requested == wrong && actual == 3
        );
    }
    assert_refused!(tallies.find(&Id::new()).at_version(1).await, Failure::NotFound { .. });
}

/// The state at a time is the fold of the events that were decided until then (R16).
pub async fn a_time_shows_what_was_decided_until_then(store: Store) {
    let base = 1_700_000_000_000_001;
    let at = move |minute: i64| micros(base + minute * 60_000_000);
    let tallies = |minute| tallies(&store).clock(move || at(minute));
    let id = *tallies(10).save(start("books", [1])).await.expect("it is saved").id();
    for minute in [20, 30, 40] {
        tallies(minute).update(&id, Add::new(minute as u64)).await.expect("it is updated");
    }
    let before = tallies(0).find(&id).as_of(at(9)).await;
    assert_refused!(before, Failure::NotFound { .. });
    for (minute, version) in [(10, 2), (19, 2), (20, 3), (35, 4), (40, 5), (1000, 5)] {
        let then = tallies(0).find(&id).as_of(at(minute)).await.expect("it was there");
        assert_eq!(then.version(), version, "at minute {minute}");
        let same = tallies(0).find(&id).at_version(version).await.expect("it was there");
        assert_eq!(then.state(), same.state());
    }
    let just_before = micros(base + 20 * 60_000_000 - 1);
    let then = tallies(0).find(&id).as_of(just_before).await.expect("it was there");
    assert_eq!(then.version(), 2);
}

/// A history tells all of every event, oldest first, however long it is.
pub async fn a_history_tells_every_event(store: Store) {
    let tallies = tallies(&store).clock(|| micros(1_700_000_000_123_456));
    let saved = tallies.save(start("books", [])).metadata("user", "ada").await.expect("saved");
    let id = saved.id();
    let many: Vec<u64> = (0..600).collect();
    tallies.update(id, AddAll(many)).triggered_by("m").await.expect("it is updated");
    let updated = tallies.update(id, Add::new(7)).metadata("user", "eve").await.expect("updated");

    let history = history(&tallies, id).await;
    assert_eq!(history.len(), 602);
    assert_eq!(&fold(&history), updated.state());
    for (event, version) in history.iter().zip(1..) {
        assert_eq!(event.version(), version);
        assert_eq!(event.recorded_at(), micros(1_700_000_000_123_456));
        assert_eq!(event.schema_version(), 1);
        let (user, message) = match version {
            1 => (Some("ada"), None),
            602 => (Some("eve"), None),
            _ => (None, Some("m")),
        };
        assert_eq!((event.metadata().get("user"), event.triggering_event()), (user, message));
        let stored: serde_json::Value = serde_json::from_str(event.json()).expect("JSON");
        match event.event() {
            TallyEvent::Started(started) => {
                assert_eq!((event.stored_type(), version), ("Started", 1));
                assert_eq!(stored, serde_json::json!({ "name": started.name }));
            }
            TallyEvent::Added(Added { amount, before }) => {
                assert_eq!(event.stored_type(), "Added");
                assert_eq!(stored, serde_json::json!({ "amount": amount, "before": before }));
            }
        }
    }
    let mut ids: Vec<_> = history.iter().map(RecordedEvent::id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 602, "event ids are different");
}

/// Parts of a history are read by their versions, in pages of any size.
pub async fn a_history_can_be_read_in_part(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [1; 9])).await.expect("it is saved").id();
    for page in [0, 1, 3, 10, 256] {
        for (after, until, expected) in
            [(0, 10, 1..=10), (4, 7, 5..=7), (9, 99, 10..=10), (3, 4, 4..=4)]
        {
            let part = tallies.history(&id).after(after).until(until).page_size(page);
            let events = part.await.expect("a history").collect().await.expect("its events");
            let versions: Vec<_> = events.iter().map(|event| event.version().get()).collect();
            assert_eq!(versions, expected.collect::<Vec<_>>(), "in pages of {page}");
        }
    }
    for (after, until) in [(10, 10), (99, 100), (7, 3), (0, 0)] {
        let mut none = tallies.history(&id).after(after).until(until).await.expect("a history");
        assert!(none.next().await.is_none());
        let newest = tallies.history(&id).after(after).until(until).newest_first();
        assert!(newest.await.expect("a history").next().await.is_none());
    }
    assert_refused!(tallies.history(&Id::new()).after(3).await, Failure::NotFound { .. });
    assert_refused!(tallies.history(&Id::new()).newest_first().await, Failure::NotFound { .. });
}

/// Newest first, a history is the same in the other order.
pub async fn a_history_can_begin_at_its_end(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [1; 9])).await.expect("it is saved").id();
    for page in [1, 3, 10, 256] {
        for (after, until) in [(0, 10), (4, 7), (9, 99)] {
            let part = tallies.history(&id).after(after).until(until).page_size(page);
            let mut forth = part.await.expect("a history").collect().await.expect("its events");
            let part = tallies.history(&id).after(after).until(until).page_size(page);
            let back = part.newest_first().await.expect("a history");
            let back = back.collect().await.expect("its events");
            forth.reverse();
            let ids = |events: &[RecordedEvent<Tally>]| {
                events.iter().map(RecordedEvent::id).collect::<Vec<_>>()
            };
            assert_eq!(ids(&back), ids(&forth), "in pages of {page}");
        }
    }
}

/// The metadata of a call is that of each of its events, and of no other (R13).
pub async fn metadata_reaches_every_event_of_its_call(store: Store) {
    let tallies = tallies(&store);
    let saved = tallies.save(start("books", [1])).metadata("user", "ada").await.expect("saved");
    let update = tallies.update(saved.id(), AddAll(vec![2, 3]));
    let user = "Ünï \"quoted\" \\ 😀\n";
    let updated = update.metadata("user", user).metadata("ip", "::1").await.expect("updated");
    let last = tallies.update(saved.id(), Add::new(4)).await.expect("it is updated");
    let found = tallies.find(saved.id()).await.expect("it is found");
    assert_eq!(found.state(), last.state());
    assert_eq!(found.added[..3], updated.added);

    let expected = [
        Metadata::from_iter([("user", "ada")]),
        Metadata::from_iter([("ip", "::1"), ("user", user)]),
        Metadata::from_iter([("ip", "::1"), ("user", user)]),
        Metadata::new(),
    ];
    let handled: Vec<_> = found.added.iter().map(|added| added.metadata.clone()).collect();
    assert_eq!(handled, expected, "what event handlers are told");
    let history = history(&tallies, saved.id()).await;
    let told: Vec<_> = history[1..].iter().map(|event| event.metadata().clone()).collect();
    assert_eq!(told, expected, "what the history tells");
}

/// What follows from an event is caused by it, and in its conversation, along a chain of any length (R13).
pub async fn a_conversation_is_kept_through_a_chain(store: Store) {
    let tallies = tallies(&store);
    let first = tallies.save(start("first", [])).correlation_id("order-7").await.expect("saved");
    let mut cause = last_event(&tallies, first.id()).await;
    assert_eq!(cause.metadata().correlation_id(), Some("order-7"));
    assert_eq!(cause.metadata().causation_id(), None);
    for name in ["second", "third", "fourth"] {
        let next = tallies.save(start(name, [])).following(cause.id(), cause.metadata()).await;
        let effect = last_event(&tallies, next.expect("it is saved").id()).await;
        assert_eq!(effect.metadata().correlation_id(), Some("order-7"));
        assert_eq!(effect.metadata().causation_id(), Some(cause.id().to_string().as_str()));
        cause = effect;
    }

    let plain = tallies.save(start("plain", [])).await.expect("it is saved");
    let cause = last_event(&tallies, plain.id()).await;
    let update = tallies.update(plain.id(), Add::new(1)).following(cause.id(), cause.metadata());
    update.await.expect("it is updated");
    let effect = last_event(&tallies, plain.id()).await;
    assert_eq!(effect.metadata().correlation_id(), Some(cause.id().to_string().as_str()));
    assert_eq!(effect.metadata().causation_id(), Some(cause.id().to_string().as_str()));
}

/// A deleted entity is neither found nor updated nor listed; its history and its past stay.
pub async fn a_deleted_entity_is_history(store: Store) {
    let tallies = tallies(&store);
    let id = *tallies.save(start("books", [1])).await.expect("it is saved").id();
    let entity_id = id.to_string();
    put(&store, deleting(append_to(Tally::TYPE, &entity_id, 2, []))).await;

    assert_refused!(
        tallies.find(&id).await,
        Failure::Deleted { entity_type, entity_id: of } if entity_type == Tally::TYPE && of == entity_id
    );
    let command = Add::new(1);
    assert_refused!(
        tallies.update(&id, command.clone()).await,
        RepositoryError::Failed(Failure::Deleted { .. })
    );
    assert_eq!(command.decisions(), 0);
    assert_refused!(
        tallies.save_as(id, start("again", [])).await,
        RepositoryError::Failed(Failure::Deleted { .. })
    );
    assert_eq!(tallies.ids(None, 10).await.expect("a list"), []);
    assert_eq!(tallies.find(&id).at_version(2).await.expect("its past").total, 1);
    assert_eq!(history(&tallies, &id).await.len(), 2);
}

async fn last_event(tallies: &AggregateRepository<Tally>, id: &Id<Tally>) -> RecordedEvent<Tally> {
    history(tallies, id).await.pop().expect("an event")
}

/// The fold of these events, apart from any store.
fn fold(history: &[RecordedEvent<Tally>]) -> Tally {
    let mut state = None;
    for event in history {
        let metadata = event.metadata().to_stored();
        let context = EventContext::new(
            event.id(),
            event.version(),
            event.recorded_at(),
            metadata.as_deref(),
        );
        Tally::apply(&mut state, event.event().clone(), &context).expect("it is folded");
    }
    state.expect("an event starts it")
}
