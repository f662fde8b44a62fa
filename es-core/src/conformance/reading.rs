//! Which part of a stream a query shows, and what the head says of the rest.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use serde_json::Value;

use super::Store;
use super::fixture::*;
use crate::store::{StreamHead, StreamQuery};
use crate::{EventStore, Version};

/// A stream that isn't there shows nothing and has no head.
pub async fn a_missing_stream_shows_nothing(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    let message = "m".into();
    for missing in ["b", "A", "a ", ""] {
        let query = StreamQuery::new(THING, missing).processed(Some(&message));
        assert_eq!(read(&store, query).await, (vec![], StreamHead::NONE), "{missing:?}");
    }
    let query = StreamQuery::new("Other", "a");
    assert_eq!(read(&store, query).await, (vec![], StreamHead::NONE));
}

/// `after`, `until` and `limit`, alone and together, show the events that they say, in order; the head is that of the
/// whole stream. The stream is long, and came in appends of different sizes, so that a store reads it in several pages.
pub async fn every_part_of_a_long_stream_can_be_read(store: Store) {
    let total = long_stream(&store, "a").await;
    let edges = [0, 1, 2, 255, 256, 257, 512, 699, 700, 701, 5_000];
    for after in edges {
        for until in edges.map(Some).into_iter().chain([None]) {
            for limit in [Some(0), Some(1), Some(256), Some(300), Some(u32::MAX), None] {
                let query = StreamQuery {
                    after: Version::new(after),
                    until: until.map(Version::new),
                    limit,
                    ..StreamQuery::new(THING, "a")
                };
                let expected: Vec<u64> = (after + 1..=until.unwrap_or(total).min(total))
                    .take(limit.map_or(usize::MAX, |limit| limit as usize))
                    .collect();
                let (events, head) = read(&store, query).await;
                assert_eq!(
                    versions(&events),
                    expected,
                    "after {after} until {until:?} limit {limit:?}"
                );
                assert!(events.iter().all(|event| event.json["number"] == event.version));
                assert_eq!(head.version, total, "after {after} until {until:?} limit {limit:?}");
            }
        }
    }
}

/// Events that are asked for bare have all that a fold reads.
pub async fn bare_events_have_what_a_fold_reads(store: Store) {
    put(&store, because_of("m", append_to(THING, "a", 0, kinds()))).await;
    let message = "m".into();
    let all = StreamQuery::new(THING, "a").processed(Some(&message));
    for query in [all, all.processed(None), all.after(Version::new(1)), all.until(Version::new(2))]
    {
        let fold_reads = |event: Stored| {
            let Stored {
                entity_type, entity_id, version, event_type, schema_version, json, ..
            } = event;
            (entity_type, entity_id, version, event_type, schema_version, json)
        };
        let (bare, head) = read(&store, query.bare(true)).await;
        let (whole, expected_head) = read(&store, query).await;
        let (bare, whole): (Vec<_>, Vec<_>) = (
            bare.into_iter().map(fold_reads).collect(),
            whole.into_iter().map(fold_reads).collect(),
        );
        assert_eq!((bare, head), (whole, expected_head));
    }
}

/// `Some(0)` asks for the head alone.
pub async fn a_limit_of_nothing_tells_the_head_alone(store: Store) {
    put(&store, because_of("m", numbered("a", 0, 5))).await;
    let message = "m".into();
    let query = StreamQuery::new(THING, "a").limit(0).processed(Some(&message));
    let expected = StreamHead { version: Version::new(5), processed: true, ..StreamHead::NONE };
    assert_eq!(read(&store, query).await, (vec![], expected));
}

/// A stream is read page by page, each after the last event of the one before.
pub async fn a_stream_can_be_read_in_pages(store: Store) {
    let total = long_stream(&store, "a").await;
    for page in [1, 7, 100, 256] {
        let (mut read_so_far, mut after) = (Vec::new(), Version::NONE);
        while after.get() < total {
            let query = StreamQuery::new(THING, "a").after(after).limit(page);
            let (events, head) = read(&store, query).await;
            assert_eq!(head.version, total);
            assert!(!events.is_empty() && events.len() <= page as usize);
            let last = Version::new(events[events.len() - 1].version);
            assert!(after < last, "the page after {after} ends with {last}");
            after = last;
            read_so_far.extend(versions(&events));
        }
        assert_eq!(read_so_far, (1..=total).collect::<Vec<_>>());
    }
}

/// A visitor that breaks is shown no further event, and the head is told all the same.
pub async fn a_visitor_that_breaks_is_shown_no_more(store: Store) {
    let total = long_stream(&store, "a").await;
    for enough in [1, 2, 255, 256, 257, 600] {
        let mut seen = 0;
        let visit = &mut |_: crate::store::RawEvent<'_>| {
            seen += 1;
            if seen >= enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let head = store.load(StreamQuery::new(THING, "a"), visit).await.expect("it is read");
        assert_eq!((seen, head.version), (enough, Version::new(total)));
    }
}

/// A reader sees each append of another whole or not at all, and a head that fits what it is shown.
pub async fn a_reader_sees_one_consistent_state(store: Store) {
    const APPENDS: u64 = 60;
    const EVENTS: u64 = 5;
    let done = AtomicBool::new(false);
    let write = async {
        for append in 0..APPENDS {
            let message = append.to_string();
            put(&store, because_of(message, numbered("a", append * EVENTS, EVENTS))).await;
        }
        done.store(true, Ordering::Release);
    };
    let reading = async {
        let mut seen = 0;
        while !done.load(Ordering::Acquire) {
            let next = (seen / EVENTS).to_string().into();
            let query = StreamQuery::new(THING, "a").processed(Some(&next));
            let (events, head) = read(&store, query).await;
            let now = events.len() as u64;
            assert_eq!(versions(&events), (1..=now).collect::<Vec<_>>());
            assert_eq!((head.version, now % EVENTS), (Version::new(now), 0));
            assert_eq!(head.processed, now > seen, "the message comes with its events");
            assert!(now >= seen, "a later read goes back from {seen} to {now}");
            seen = now;
            tokio::task::yield_now().await;
        }
    };
    futures_util::future::join(write, reading).await;
    assert_eq!(version(&store, "a").await, APPENDS * EVENTS);
}

/// What a writer was told to be stored is there for every later reader.
pub async fn a_writer_reads_its_own_append(store: Store) {
    for number in 0..50 {
        put(&store, numbered("a", number, 1)).await;
        assert_eq!(version(&store, "a").await, number + 1);
    }
}

/// Many who read at the same time are shown each their own stream, as if each read alone: of one event and of many, of
/// small ones and of large ones, deleted, and not there at all; twice the same, and of names that are alike.
pub async fn loads_that_meet_show_each_its_own_stream(store: Store) {
    let large = |number: u64| {
        Fact::new(format!(r#"{{"number":{number},"text":"{}"}}"#, "x".repeat(120_000)))
    };
    let names: Vec<String> = (0..20).map(|n| format!("{n}")).collect();
    for (events, name) in (1..).zip(&names) {
        put(&store, numbered(name, 0, events)).await;
    }
    for (name, events) in [("64", 64), ("65", 65), ("300", 300)] {
        put(&store, numbered(name, 0, events)).await;
    }
    for name in LOOKALIKES {
        put(&store, append_to("Lookalike", name, 0, [Fact::new(Value::from(name).to_string())]))
            .await;
    }
    put(&store, append_to("Other", "3", 0, [Fact::numbered(1)])).await;
    put(&store, deleting(numbered("gone", 0, 2))).await;
    put(&store, append_to(THING, "of all kinds", 0, kinds())).await;
    let small = names.iter().map(|name| (THING, &**name));
    let edges = ["64", "65", "300", "gone", "missing", "3", "3", "of all kinds", ""];
    let small = small.chain(edges.map(|name| (THING, name))).chain([("Other", "3")]);
    let small: Vec<_> = small.chain(LOOKALIKES.map(|name| ("Lookalike", name))).collect();
    assert_each_its_own(&store, &small).await;

    for name in ["large", "larger"] {
        put(&store, append_of(name, 0, (1..=6).map(large))).await;
    }
    let large: Vec<_> =
        small.iter().copied().chain([(THING, "large"), (THING, "larger")]).collect();
    for _ in 0..2 {
        assert_each_its_own(&store, &large).await;
    }
}

fn kinds() -> [Fact; 3] {
    [
        Fact::numbered(1),
        Fact { event_type: "Renumbered", schema_version: 3, ..Fact::numbered(2) },
        Fact { schema_version: 2, ..Fact::numbered(3) },
    ]
}

/// Reads these streams one after the other, then all at once, and compares.
async fn assert_each_its_own(store: &Store, streams: &[(&'static str, &str)]) {
    let load = |(entity_type, entity_id)| async move {
        read(store, StreamQuery::new(entity_type, entity_id).bare(true)).await
    };
    let mut expected = Vec::new();
    for stream in streams {
        expected.push(load(*stream).await);
    }
    let met = join_all(streams.iter().copied().map(load)).await;
    for ((stream, met), alone) in streams.iter().zip(met).zip(expected) {
        assert!(met == alone, "{stream:?} was read otherwise than alone");
    }
}

/// Who reads while others do, and after something was stored, is shown what was stored.
pub async fn loads_that_meet_show_what_was_stored_before_them(store: Store) {
    const READERS: usize = 24;
    const EVENTS: u64 = 12;
    let reader = |n: usize| {
        let (store, name) = (&store, format!("{n}"));
        async move {
            for number in 0..EVENTS {
                put(store, numbered(&name, number, 1)).await;
                let (events, head) = read(store, StreamQuery::new(THING, &name).bare(true)).await;
                assert_eq!(head.version, number + 1);
                assert_eq!(versions(&events), (1..=number + 1).collect::<Vec<_>>());
                assert!(events.iter().all(|event| event.entity_id == name));
            }
        }
    };
    join_all((0..READERS).map(reader)).await;
}

async fn long_stream(store: &dyn EventStore, entity_id: &str) -> u64 {
    let mut total = 0;
    for events in [1, 255, 1, 300, 2, 141] {
        total = put(store, numbered(entity_id, total, events)).await.version.get();
    }
    total
}
