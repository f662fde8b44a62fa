//! Texts and sizes that a store must take (S5).

use serde_json::json;

use super::Store;
use super::fixture::*;
use crate::MAX_ID_BYTES;
use crate::store::StreamQuery;

/// An event of 1 MiB, and four of them in one append, come back whole.
pub async fn events_of_a_mebibyte_are_stored(store: Store) {
    let text = "ä€😀\\\"\n".repeat((1 << 20) / 12 + 1);
    let json = json!({ "text": text }).to_string();
    assert!(json.len() >= 1 << 20);
    for (entity_id, count) in [("one", 1), ("four", 4)] {
        let append = append_of(entity_id, 0, (0..count).map(|_| Fact::new(json.clone())));
        put(&store, append).await;
        let stored = events(&store, entity_id).await;
        assert_eq!(stored.len(), count);
        assert!(stored.iter().all(|event| event.json["text"] == text.as_str()));
    }
}

/// Metadata of 1 MiB comes back whole.
pub async fn metadata_of_a_mebibyte_is_stored(store: Store) {
    let metadata = json!({ "text": "ä€😀".repeat((1 << 20) / 9 + 1) });
    let append = with_metadata(&metadata, numbered("a", 0, 2));
    put(&store, append).await;
    assert!(
        events(&store, "a").await.iter().all(|event| event.metadata.as_ref() == Some(&metadata))
    );
}

/// Any JSON is an event: nothing, numbers at their limits, nested values, every kind of text.
pub async fn any_json_is_an_event(store: Store) {
    let nested = (0..60).fold(json!(["deep"]), |inner, _| json!({ "in": [inner] }));
    let texts: serde_json::Map<_, _> =
        STRANGE_TEXTS.iter().map(|text| ((*text).to_owned(), json!(text))).collect();
    let values = [
        json!(null),
        json!(true),
        json!(""),
        json!("text"),
        json!([]),
        json!({}),
        json!([u64::MAX, i64::MIN, i64::MAX, 0, -1]),
        json!([0.1, -1.5e-300, 1.7e308, 123_456_789.123_456_79]),
        json!({ "": { "": null } }),
        json!(texts),
        nested,
    ];
    let append = append_of("a", 0, values.iter().map(|value| Fact::new(value.to_string())));
    let expected = as_stored(&append);
    put(&store, append).await;
    for (stored, expected) in events(&store, "a").await.into_iter().zip(expected) {
        assert_eq!(stored.json, expected.json);
    }
    assert_eq!(version(&store, "a").await, values.len() as u64);
}

/// JSON that is written with spaces and escapes means the same when it comes back.
pub async fn json_may_be_written_in_any_way(store: Store) {
    let json = " {\n\t\"name\" : \"\\u00e4\\/\\ud83d\\ude00\" , \"list\":[ 1 ,2 ] } ";
    put(&store, append_of("a", 0, [Fact::new(json), Fact::new("[ ]")])).await;
    let stored = events(&store, "a").await;
    assert_eq!(stored[0].json, json!({ "name": "ä/😀", "list": [1, 2] }));
    assert_eq!(stored[1].json, json!([]));
}

/// Metadata takes any text, as name and as value.
pub async fn metadata_takes_any_text(store: Store) {
    let texts: serde_json::Map<_, _> =
        STRANGE_TEXTS.iter().map(|text| ((*text).to_owned(), json!(text))).collect();
    let append = with_metadata(&json!(texts), numbered("a", 0, 1));
    put(&store, append).await;
    assert_eq!(events(&store, "a").await[0].metadata, Some(json!(texts)));
}

/// Ids of entities take any text without NUL.
pub async fn ids_take_any_text(store: Store) {
    let appends: Vec<_> = STRANGE_TEXTS.iter().map(|id| numbered(id, 0, 2)).collect();
    let expected: Vec<_> = appends.iter().map(as_stored).collect();
    store_all(&store, appends).await;
    for (id, expected) in STRANGE_TEXTS.iter().zip(expected) {
        assert_eq!(events(&store, id).await, expected, "{id:?}");
    }
    let listed = store.entities(THING, None, 100).await.expect("entities are listed");
    let mut ids = STRANGE_TEXTS;
    ids.sort_unstable();
    assert_eq!(listed, ids);
}

/// Message ids and consumers take any text without NUL.
pub async fn messages_take_any_text(store: Store) {
    for (text, expected) in STRANGE_TEXTS.into_iter().zip(0..) {
        let message = crate::MessageKey::new(text).consumed_by(text);
        put(&store, because_of(message.clone(), numbered("a", expected, 1))).await;
        assert!(processed(&store, "a", message).await, "{text:?}");
        let last = &events(&store, "a").await[expected as usize];
        assert_eq!(last.triggering_event.as_deref(), Some(text));
    }
}

/// Stored names of aggregates and events take any text without NUL, and versions of events are large numbers.
pub async fn stored_names_take_any_text(store: Store) {
    for text in STRANGE_TEXTS {
        let fact = Fact { event_type: text, schema_version: i32::MAX as u32, json: "1".into() };
        let append = append_to(text, "a", 0, [fact]);
        let expected = as_stored(&append);
        put(&store, append).await;
        assert_eq!(read(&store, StreamQuery::new(text, "a")).await.0, expected, "{text:?}");
    }
}

/// Ids that look alike name different entities.
pub async fn ids_that_look_alike_are_different(store: Store) {
    for (id, count) in LOOKALIKES.into_iter().zip(1..) {
        assert_eq!(version(&store, id).await, 0, "{id:?}");
        put(&store, numbered(id, 0, count)).await;
    }
    for (id, count) in LOOKALIKES.into_iter().zip(1..) {
        assert_eq!(version(&store, id).await, count, "{id:?}");
    }
}

/// Ids and message ids of 255 bytes are stored whole, although only the last byte tells them apart.
pub async fn ids_of_the_greatest_length_are_stored_whole(store: Store) {
    let euros = "€".repeat(MAX_ID_BYTES / 3 - 1);
    for [one, other] in
        [["x".repeat(254) + "a", "x".repeat(254) + "b"], [euros.clone() + "aaa", euros + "aab"]]
    {
        assert_eq!((one.len(), other.len()), (MAX_ID_BYTES, MAX_ID_BYTES));
        put(&store, because_of(one.as_str(), numbered(&one, 0, 1))).await;
        assert_eq!(version(&store, &other).await, 0);
        assert!(!processed(&store, &one, other.as_str()).await);
        put(&store, because_of(other.as_str(), numbered(&other, 0, 2))).await;
        assert_eq!(events(&store, &one).await[0].entity_id, one);
        assert!(processed(&store, &one, one.as_str()).await);
    }
}

const STRANGE_TEXTS: [&str; 16] = [
    "'; DROP TABLE events; --",
    "\"quoted\" `ticked` [bracketed]",
    "back\\slash \\' \\\" \\0 \\u0041",
    "100% _under_ *star?",
    "$1 ?1 :name @name {prefix} ${x}",
    "\u{1}\u{2}\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b}\u{1f}\u{7f}",
    "line one\r\nline two\n",
    "äöü ß é ñ",
    "Ελληνικά кириллица 日本語 한국어",
    "שלום العربية \u{202e}txet",
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{feff}bom\u{85}\u{2028}\u{2029}\u{200b}\u{a0}",
    "\u{10ffff}\u{ffff}\u{fffd}\u{e000}",
    "null",
    "{\"json\":[1,\"\\n\"]}",
    " ",
];
