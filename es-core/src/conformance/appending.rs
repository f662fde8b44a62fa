//! What an append leaves in its stream, and when it is refused.

use super::Store;
use super::fixture::*;
use crate::store::{Append, AppendError, StreamHead, StreamQuery};
use crate::{EventId, Version};

/// The first append to a stream creates it, with versions from 1 on.
pub async fn the_first_append_creates_the_stream(store: Store) {
    let append = numbered("a", 0, 3);
    let expected = as_stored(&append);
    let appended = store.append(append).await.expect("a stream is created");
    assert_eq!(appended.version, 3);
    assert_eq!(events(&store, "a").await, expected);
    let (_, head) = read(&store, StreamQuery::new(THING, "a")).await;
    assert_eq!(head, StreamHead { version: Version::new(3), ..StreamHead::NONE });
}

/// A later append goes on at the next version, after the events that are there.
pub async fn a_later_append_goes_on_at_the_next_version(store: Store) {
    let appends = [numbered("a", 0, 1), numbered("a", 1, 2), numbered("a", 3, 1)];
    let expected: Vec<_> = appends.iter().flat_map(as_stored).collect();
    let appended = store_all(&store, appends).await;
    let reached: Vec<_> = appended.iter().map(|appended| appended.version.get()).collect();
    assert_eq!(reached, [1, 3, 4]);
    assert_eq!(events(&store, "a").await, expected);
}

/// All that is known of an event comes back as it was given.
pub async fn everything_of_an_event_comes_back(store: Store) {
    let first = Fact { event_type: "Opened", schema_version: 1, json: r#"{"owner":"Ada"}"#.into() };
    let second = Fact { event_type: "Renamed", schema_version: 7, json: r#"["Ada","Eve"]"#.into() };
    let mut append = because_of("order-1", append_of("a", 0, [first, second]));
    append.metadata = Some(r#"{"user":"ada","zone":"eu"}"#.into());
    append.recorded_at = micros(1_600_000_000_123_456);
    let plain = numbered("a", 2, 1);
    let expected = [as_stored(&append), as_stored(&plain)].concat();
    store_all(&store, [append, plain]).await;
    assert_eq!(events(&store, "a").await, expected);
}

/// Times come back in whole microseconds, before 1970 and long after today too.
pub async fn times_come_back_to_the_microsecond(store: Store) {
    let times = [-1, 0, 1, -86_400_000_001, 1_699_999_999_999_999, 4_102_444_800_000_000];
    let at = |(time, expected)| decided_at(micros(time), numbered("a", expected, 1));
    store_all(&store, times.into_iter().zip(0..).map(at)).await;
    let stored = events(&store, "a").await;
    let read: Vec<_> = stored.iter().map(|event| event.recorded_at.as_microsecond()).collect();
    assert_eq!(read, times);
    assert!(stored.iter().all(|event| event.recorded_at.as_nanosecond() % 1000 == 0));
}

/// The order of a stream is its versions, whatever the writers' clocks and event ids say (S1).
pub async fn the_order_of_a_stream_is_not_that_of_clocks(store: Store) {
    let ids: Vec<_> = std::iter::repeat_with(EventId::new).take(40).collect();
    for (number, id) in (0..40).zip(ids.iter().rev()) {
        let behind = if number % 2 == 0 { 0 } else { 600_000_000 };
        let recorded_at = micros(1_700_000_000_000_000 - behind - number as i64);
        let mut append = Append::new(THING, "a".into(), Version::new(number), recorded_at);
        append.push(*id, &Fact::numbered(number + 1)).expect("text can be pushed");
        put(&store, append).await;
    }
    let stored = events(&store, "a").await;
    assert_eq!(versions(&stored), (1..=40).collect::<Vec<_>>());
    assert!(stored.iter().all(|event| event.json["number"] == event.version));
}

/// An append at a version that is past fails with the versions, and adds nothing (S6).
pub async fn a_stale_version_is_a_conflict(store: Store) {
    store_all(&store, [numbered("a", 0, 1), numbered("a", 1, 2)]).await;
    let before = events(&store, "a").await;
    for stale in [1, 2] {
        assert_refused!(
            store.append(numbered("a", stale, 2)).await,
            AppendError::Conflict { expected, actual } if expected == stale && actual == 3
        );
    }
    assert_eq!(events(&store, "a").await, before);
}

/// An append at a version that isn't reached yet fails with the versions, and adds nothing.
pub async fn a_version_to_come_is_a_conflict(store: Store) {
    put(&store, numbered("a", 0, 2)).await;
    assert_refused!(
        store.append(numbered("a", 3, 1)).await,
        AppendError::Conflict { expected, actual } if expected == 3 && actual == 2
    );
    assert_eq!(version(&store, "a").await, 2);
}

/// An append to a stream that isn't there fails, unless it creates the stream.
pub async fn a_version_of_a_missing_stream_is_a_conflict(store: Store) {
    assert_refused!(
        store.append(numbered("a", 1, 1)).await,
        AppendError::Conflict { expected, actual } if expected == 1 && actual == Version::NONE
    );
    assert_eq!(version(&store, "a").await, 0);
    put(&store, numbered("a", 0, 1)).await;
}

/// A stream is created once (R2).
pub async fn a_stream_is_created_once(store: Store) {
    put(&store, numbered("a", 0, 2)).await;
    let before = events(&store, "a").await;
    assert_refused!(
        store.append(numbered("a", 0, 1)).await,
        AppendError::AlreadyExists { actual } if actual == 2
    );
    assert_eq!(events(&store, "a").await, before);
}

/// What is refused leaves nothing: no event, no message, no deletion.
pub async fn a_refused_append_leaves_nothing(store: Store) {
    put(&store, numbered("a", 0, 2)).await;
    let before = events(&store, "a").await;
    for refused in [numbered("a", 0, 3), numbered("a", 1, 3), numbered("a", 5, 3)] {
        let refused = deleting(because_of("m", refused));
        assert!(store.append(refused).await.is_err());
    }
    let (_, head) = read(&store, StreamQuery::new(THING, "a")).await;
    assert!(!head.deleted);
    assert!(!processed(&store, "a", "m").await);
    assert_eq!(events(&store, "a").await, before);
    put(&store, because_of("m", numbered("a", 2, 1))).await;
}

/// Streams of one id and different types have nothing in common.
pub async fn streams_are_apart_by_type(store: Store) {
    let [cat, dog] = ["Cat", "Dog"].map(|of| append_to(of, "a", 0, [Fact::numbered(1)]));
    let expected = [as_stored(&cat), as_stored(&dog)];
    store_all(&store, [cat, dog]).await;
    store_all(&store, [append_to("Dog", "a", 1, [Fact::numbered(2)])]).await;
    let (cats, head) = read(&store, StreamQuery::new("Cat", "a")).await;
    assert_eq!((&cats, head.version), (&expected[0], Version::new(1)));
    let (dogs, head) = read(&store, StreamQuery::new("Dog", "a")).await;
    assert_eq!((&dogs[..1], head.version), (&expected[1][..], Version::new(2)));
    assert_eq!(read(&store, StreamQuery::new("cat", "a")).await, (vec![], StreamHead::NONE));
}

/// Ten thousand events in one append are stored, all of them or none (S5).
pub async fn ten_thousand_events_go_in_one_append(store: Store) {
    let append = because_of("m", numbered("a", 0, 10_000));
    let expected = as_stored(&append);
    assert_eq!(put(&store, append).await.version, 10_000);
    let stored = events(&store, "a").await;
    let differs = stored.iter().zip(&expected).find(|(stored, expected)| stored != expected);
    assert_eq!((differs, stored.len()), (None, 10_000));

    let late = numbered("a", 1, 10_000);
    assert_refused!(store.append(late).await, AppendError::Conflict { .. });
    assert_eq!(version(&store, "a").await, 10_000);
}

/// Where a store tells positions at append, they rise with every event of every stream.
pub async fn positions_rise(store: Store) {
    if !store.capabilities().position_at_append {
        return;
    }
    let mut last = 0;
    for (entity_id, expected, events) in [("a", 0, 1), ("b", 0, 3), ("a", 1, 2), ("c", 0, 300)] {
        let append = numbered(entity_id, expected, events);
        let position = put(&store, append).await.position;
        let position = position.expect("the capabilities promise a position").get();
        assert!(position >= last + events, "{events} events after position {last}: {position}");
        assert!(store.append(numbered(entity_id, expected, events)).await.is_err());
        last = position;
    }
}
