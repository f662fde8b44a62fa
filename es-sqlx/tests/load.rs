//! What a load shows.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::ops::ControlFlow;

use common::{File, Raw, TYPE, append, at, load, stream};
use es_core::store::{Append, AppendError, EventStore, StoreError, StreamHead, StreamQuery};
use es_core::{EventId, MessageKey, Version};
use es_sqlx::SqlxEventStore;

async fn versions(store: &SqlxEventStore, query: StreamQuery<'_>) -> Vec<u64> {
    let (head, events) = load(store, query).await.unwrap();
    assert_eq!(head.version, Version::new(600));
    events.iter().map(|event| event.version).collect()
}

#[tokio::test]
async fn a_part_of_a_stream_is_shown_with_the_whole_streams_head() {
    let store = SqlxEventStore::in_memory().await.unwrap();
    store.append(append("ada", 0, 600)).await.unwrap();
    let query = StreamQuery::new(TYPE, "ada");

    for (part, expected) in [
        (query, 1..=600),
        (query.after(Version::new(255)), 256..=600),
        (query.after(Version::new(599)), 600..=600),
        (query.until(Version::new(256)), 1..=256),
        (query.until(Version::new(9_999)), 1..=600),
        (query.limit(257), 1..=257),
        (query.limit(u32::MAX), 1..=600),
        (query.after(Version::new(10)).limit(3), 11..=13),
        (query.after(Version::new(10)).until(Version::new(12)).limit(3), 11..=12),
    ] {
        assert_eq!(versions(&store, part).await, expected.collect::<Vec<_>>(), "{part:?}");
    }
    for nothing in [
        query.limit(0),
        query.after(Version::new(600)),
        query.after(Version::new(u64::MAX)),
        query.until(Version::NONE),
        query.after(Version::new(7)).until(Version::new(7)),
    ] {
        assert_eq!(versions(&store, nothing).await, [0; 0], "{nothing:?}");
    }
}

#[tokio::test]
async fn bare_events_are_those_of_the_stream() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 500)).await.unwrap();
    store.append(large("ada", 500, 2)).await.unwrap();
    store.append(append("ada", 518, 300)).await.unwrap();
    let query = StreamQuery::new(TYPE, "ada");

    for part in [
        query,
        query.after(Version::new(255)),
        query.after(Version::new(501)).limit(3),
        query.after(Version::new(502)).until(Version::new(600)),
        query.until(Version::new(503)),
        query.after(Version::new(818)),
        query.limit(0),
        StreamQuery::new(TYPE, "eve"),
    ] {
        let (head, whole) = load(&store, part).await.unwrap();
        let (bare_head, bare) = load(&store, part.bare(true)).await.unwrap();
        assert_eq!((bare_head, bare.len()), (head, whole.len()), "{part:?}");
        for (bare, whole) in bare.iter().zip(&whole) {
            assert_eq!((bare.version, &bare.event_type), (whole.version, &whole.event_type));
            assert!(bare.data == whole.data && bare.schema_version == whole.schema_version);
        }
    }
}

#[tokio::test]
async fn a_bare_stream_with_a_hole_is_corrupt() {
    for damage in [
        "DELETE FROM events WHERE entity_version = 300",
        "DELETE FROM events WHERE entity_version = 1",
        "DELETE FROM events WHERE entity_version = 600",
        "DELETE FROM events WHERE entity_version BETWEEN 257 AND 512",
        "UPDATE entities SET entity_version = 601",
        "UPDATE events SET schema_version = -1 WHERE entity_version = 4",
        "UPDATE events SET event_type = CAST(x'ff' AS TEXT) WHERE entity_version = 4",
        "UPDATE events SET event_data = printf('%.70000c', 'x') WHERE entity_version = 3;
         DELETE FROM events WHERE entity_version = 4",
        "UPDATE events SET event_data = printf('%.70000c', 'x') WHERE entity_version = 4;
         DELETE FROM events WHERE entity_version = 3",
    ] {
        let file = File::new();
        let store = file.store().await;
        store.append(append("ada", 0, 600)).await.unwrap();
        sqlx::raw_sql(damage).execute(&mut file.sql().await).await.unwrap();

        let error = load(&store, StreamQuery::new(TYPE, "ada").bare(true)).await.unwrap_err();

        let StoreError::Corrupt(message) = &error else { panic!("{damage}: {error:?}") };
        assert!(message.contains("Account ada"), "{damage}: {message}");
    }
}

#[tokio::test]
async fn a_stream_that_does_not_exist_is_empty() {
    let store = SqlxEventStore::in_memory().await.unwrap();
    store.append(append("ada", 0, 1)).await.unwrap();

    for (entity_type, id) in
        [(TYPE, "eve"), ("Order", "ada"), (TYPE, "Ada"), (TYPE, "ada "), (TYPE, "")]
    {
        let shown = load(&store, StreamQuery::new(entity_type, id)).await.unwrap();
        assert_eq!(shown, (StreamHead::NONE, vec![]), "{entity_type} {id}");
    }
}

#[tokio::test]
async fn a_visitor_that_breaks_is_shown_no_more() {
    let store = SqlxEventStore::in_memory().await.unwrap();
    store.append(append("ada", 0, 2_000)).await.unwrap();

    for last in [1, 256, 257, 2_000] {
        let mut shown = 0;
        let head = store
            .load(StreamQuery::new(TYPE, "ada"), &mut |event: es_core::store::RawEvent<'_>| {
                shown += 1;
                if event.version == last {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await
            .unwrap();
        assert_eq!((shown, head.version), (last, Version::new(2_000)));
    }
}

#[tokio::test]
async fn ten_thousand_events_go_in_one_append() {
    let file = File::new();
    let store = file.store().await;

    let appended = store.append(append("ada", 0, 10_000)).await.unwrap();

    assert_eq!(appended.position.unwrap().get(), 10_000);
    let (head, events) = stream(&store, "ada").await;
    assert_eq!(head.version, Version::new(10_000));
    for (event, version) in events.iter().zip(1..) {
        assert_eq!((event.version, &*event.data), (version, &*version.to_string()));
    }
    assert_eq!(events.len(), 10_000);
}

/// Sizes around what a page takes, and far above, in any order.
const SIZES: [usize; 9] = [1, 65_536, 65_537, 2, 1 << 20, 1 << 20, 300_000, 3, 65_535];

fn large(id: &str, expected: u64, copies: usize) -> Append {
    let mut append = Append::new(TYPE, id.to_owned(), Version::new(expected), at(0));
    for (n, size) in SIZES.iter().cycle().take(SIZES.len() * copies).enumerate() {
        append.push(EventId::new(), &Raw("Scanned", text(n, *size))).unwrap();
    }
    append
}

fn text(n: usize, bytes: usize) -> String {
    char::from(b'a' + (n % 26) as u8).to_string().repeat(bytes)
}

#[tokio::test]
async fn large_events_come_back_between_small_ones() {
    let file = File::new();
    let store = file.store().await;
    store.append(large("ada", 0, 3)).await.unwrap();
    store.append(append("ada", 27, 500)).await.unwrap();
    let mut metadata = append("ada", 527, 2);
    metadata.metadata = Some(text(7, 1 << 20));
    store.append(metadata).await.unwrap();
    store.append(append("ada", 529, 500)).await.unwrap();

    let (head, events) = stream(&store, "ada").await;

    assert_eq!((head.version, events.len()), (Version::new(1_029), 1_029));
    for (n, event) in events.iter().enumerate() {
        let expected = if n < 27 { text(n, SIZES[n % SIZES.len()]) } else { (n + 1).to_string() };
        assert!(event.data == expected && event.version == n as u64 + 1, "version {}", n + 1);
        assert_eq!(
            event.metadata.as_ref().map(String::len),
            (527..529).contains(&n).then_some(1 << 20)
        );
    }
    let (head, events) =
        load(&store, StreamQuery::new(TYPE, "ada").after(Version::new(4)).limit(3)).await.unwrap();
    assert_eq!((head.version, events.len(), events[2].version), (Version::new(1_029), 3, 7));
}

#[tokio::test]
async fn a_visitor_that_breaks_at_a_large_event_is_shown_no_more() {
    let store = SqlxEventStore::in_memory().await.unwrap();
    store.append(large("ada", 0, 2)).await.unwrap();

    for last in [3, 5, 6, 8] {
        let mut shown = 0;
        let visit = &mut |event: es_core::store::RawEvent<'_>| {
            shown += 1;
            if event.version == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let head = store.load(StreamQuery::new(TYPE, "ada"), visit).await.unwrap();
        assert_eq!((shown, head.version), (last, Version::new(18)));
    }
}

#[tokio::test]
async fn any_text_comes_back_as_it_was() {
    let file = File::new();
    let store = file.store().await;
    let controls: String = (1..0x20).chain(0x7f..0xa0).filter_map(char::from_u32).collect();
    let texts = [
        "'",
        "\"",
        "\\",
        "\\'; DROP TABLE events; --",
        "{prefix}",
        "?1",
        "$[0]",
        "[",
        "null",
        "%s",
        "1e3",
        "007",
        " a ",
        "\u{0}a\u{0}",
        "é",
        "e\u{301}",
        "日本語",
        "👩‍👩‍👧",
        "\u{202e}\u{feff}",
        "\u{10ffff}\u{fffe}",
        "İı",
        &controls,
    ];
    for text in texts {
        let message = MessageKey::new(text).consumed_by(text.to_owned());
        let mut append = Append::new(TYPE, text.to_owned(), Version::NONE, at(-1));
        append.metadata = Some(text.to_owned());
        append.message = Some(message.clone());
        append.push(EventId::new(), &Raw("Renamed", text.to_owned())).unwrap();
        append.push(EventId::new(), &Raw("Renamed", String::new())).unwrap();
        store.append(append).await.unwrap();

        let (head, events) =
            load(&store, StreamQuery::new(TYPE, text).processed(Some(&message))).await.unwrap();

        assert!(head.processed && head.version == 2, "{text:?}");
        for (event, data) in events.iter().zip([text, ""]) {
            assert_eq!((&*event.entity.1, &*event.data), (text, data));
            assert_eq!(event.metadata.as_deref(), Some(text));
            assert_eq!(event.triggering_event.as_deref(), Some(text));
        }
    }
    let mut listed = store.entities(TYPE, None, 1_000).await.unwrap();
    let mut expected = texts.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(listed, expected);
    listed = store.entities(TYPE, Some(&expected[3]), 5).await.unwrap();
    assert_eq!(listed, expected[4..9]);
}

#[tokio::test]
async fn deleted_and_unborn_entities_are_not_listed() {
    let store = SqlxEventStore::in_memory().await.unwrap();
    for id in ["a", "b", "c"] {
        let mut append = append(id, 0, 1);
        append.deletes = id == "b";
        store.append(append).await.unwrap();
    }
    let mut nothing = append("d", 0, 0);
    nothing.message = Some(MessageKey::new("m"));
    store.append(nothing).await.unwrap();

    assert_eq!(store.entities(TYPE, None, 10).await.unwrap(), ["a", "c"]);
    assert_eq!(store.entities(TYPE, None, 1).await.unwrap(), ["a"]);
    assert_eq!(store.entities("Order", None, 10).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_damaged_stream_is_named() {
    for (damage, version) in [
        ("DELETE FROM events WHERE entity_version = 300", 300),
        ("DELETE FROM events WHERE entity_version = 1", 1),
        ("DELETE FROM events WHERE entity_version = 600", 600),
        ("DELETE FROM events WHERE entity_version BETWEEN 257 AND 512", 257),
        ("UPDATE entities SET entity_version = 601", 601),
        ("UPDATE events SET schema_version = -1 WHERE entity_version = 4", 4),
        ("UPDATE events SET created_at = 9223372036854775807 WHERE entity_version = 4", 4),
        ("UPDATE events SET event_type = CAST(x'ff' AS TEXT) WHERE entity_version = 4", 4),
        ("UPDATE events SET metadata = CAST(x'ff' AS TEXT) WHERE entity_version = 4", 4),
        // The same where an event is read from its own row.
        (
            "UPDATE events SET event_data = printf('%.70000c', 'x'), event_type = CAST(x'ff' AS TEXT) \
             WHERE entity_version = 4",
            4,
        ),
        (
            "UPDATE events SET event_data = printf('%.70000c', 'x'), metadata = CAST(x'ff' AS TEXT) \
             WHERE entity_version = 4",
            4,
        ),
        (
            "UPDATE events SET event_data = printf('%.70000c', 'x'), triggering_event = CAST(x'ff' AS TEXT) \
             WHERE entity_version = 4",
            4,
        ),
        (
            "UPDATE events SET event_data = printf('%.70000c', 'x') WHERE entity_version = 3; \
          DELETE FROM events WHERE entity_version = 4",
            4,
        ),
        (
            "UPDATE events SET event_data = printf('%.70000c', 'x') WHERE entity_version = 3; \
          DELETE FROM events WHERE entity_version > 100",
            101,
        ),
        (
            "UPDATE events SET event_data = printf('%.70000c', 'x'), schema_version = -1 WHERE entity_version = 4",
            4,
        ),
        (
            "UPDATE events SET event_data = printf('%.70000c', 'x'), created_at = -9223372036854775808 \
          WHERE entity_version = 4",
            4,
        ),
    ] {
        let file = File::new();
        let store = file.store().await;
        store.append(append("ada", 0, 600)).await.unwrap();
        sqlx::raw_sql(damage).execute(&mut file.sql().await).await.unwrap();

        let error = load(&store, StreamQuery::new(TYPE, "ada")).await.unwrap_err();

        let StoreError::Corrupt(message) = &error else { panic!("{damage}: {error:?}") };
        assert!(
            message.contains(&format!("version {version} of Account ada")),
            "{damage}: {message}"
        );
        let before =
            load(&store, StreamQuery::new(TYPE, "ada").until(Version::new(version - 1))).await;
        assert_eq!(before.unwrap().1.len() as u64, version - 1, "{damage}");
    }
}

#[tokio::test]
async fn a_damaged_head_is_named() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 6)).await.unwrap();
    sqlx::raw_sql("UPDATE entities SET entity_version = -1")
        .execute(&mut file.sql().await)
        .await
        .unwrap();

    let error = load(&store, StreamQuery::new(TYPE, "ada").limit(0)).await.unwrap_err();

    assert!(
        matches!(&error, StoreError::Corrupt(text) if text.contains("Account ada")),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_append_over_damage_is_refused() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 6)).await.unwrap();
    sqlx::raw_sql("UPDATE entities SET entity_version = 4")
        .execute(&mut file.sql().await)
        .await
        .unwrap();

    let lost = store.append(append("ada", 4, 1)).await;

    assert!(matches!(lost, Err(AppendError::Store(StoreError::Corrupt(_)))), "{lost:?}");
}
