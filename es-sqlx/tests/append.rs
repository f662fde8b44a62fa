//! What becomes of an append.

mod common;

use common::{File, Seen, TYPE, append, load, stream, version};
use es_core::store::{AppendError, EventStore, StreamQuery};
use es_core::{MessageKey, Version};

#[tokio::test]
async fn events_come_back_as_they_were_appended() {
    let file = File::new();
    let store = file.store().await;

    let created = store.append(append("ada", 0, 3)).await.unwrap();
    let changed = store.append(append("ada", 3, 2)).await.unwrap();

    assert_eq!((created.version, changed.version), (Version::new(3), Version::new(5)));
    assert_eq!((created.position.unwrap().get(), changed.position.unwrap().get()), (3, 5));
    let (head, events) = stream(&store, "ada").await;
    assert_eq!((head.version, head.deleted, head.processed), (Version::new(5), false, false));
    assert_eq!(events.iter().map(|event| event.version).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(
        events.iter().map(|event| &*event.data).collect::<Vec<_>>(),
        ["1", "2", "3", "4", "5"]
    );
}

#[tokio::test]
async fn every_field_comes_back() {
    let file = File::new();
    let store = file.store().await;
    let mut first = append("ada", 0, 2);
    first.metadata = Some("{\"user\":\"ada\"}".to_owned());
    first.message = Some(MessageKey::new("m1").consumed_by("credit"));
    first.recorded_at = common::at(-62_135_596_800_000_000);
    let mut second = append("ada", 2, 1);
    second.metadata = Some(String::new());
    second.message = Some(MessageKey::new(""));
    let expected: Vec<Seen> = [&first, &second, &append("ada", 3, 0)]
        .into_iter()
        .flat_map(|append| {
            append.events().iter().enumerate().map(|(n, event)| Seen {
                entity: (TYPE.to_owned(), "ada".to_owned()),
                version: append.expected.get() + n as u64 + 1,
                event_id: event.event_id,
                event_type: "Deposited".to_owned(),
                schema_version: 1,
                data: String::from_utf8(append.data()[event.data.clone()].to_vec()).unwrap(),
                metadata: append.metadata.clone(),
                triggering_event: append.message.as_ref().map(|message| message.id().to_owned()),
                recorded_at: append.recorded_at,
            })
        })
        .collect();

    store.append(first).await.unwrap();
    store.append(second).await.unwrap();

    assert_eq!(stream(&store, "ada").await.1, expected);
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_and_adds_no_row() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 2)).await.unwrap();

    for expected in [1, 3, u64::MAX / 2] {
        let lost = store.append(append("ada", expected, 1)).await;
        let Err(AppendError::Conflict { expected: at, actual }) = lost else { panic!("{lost:?}") };
        assert_eq!((at, actual), (Version::new(expected), Version::new(2)));
    }
    let lost = store.append(append("eve", 1, 1)).await;
    assert!(matches!(lost, Err(AppendError::Conflict { actual: Version::NONE, .. })), "{lost:?}");
    let rows: (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM entities)")
            .fetch_one(&mut file.sql().await)
            .await
            .unwrap();
    assert_eq!(rows, (2, 1));
}

#[tokio::test]
async fn an_entity_is_created_once() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 2)).await.unwrap();

    let lost = store.append(append("ada", 0, 1)).await;

    assert!(matches!(lost, Err(AppendError::AlreadyExists { actual }) if actual == 2), "{lost:?}");
    assert_eq!(version(&store, "ada").await, 2);
}

#[tokio::test]
async fn a_message_changes_an_entity_once_for_each_consumer() {
    let file = File::new();
    let store = file.store().await;
    let message = MessageKey::new("m1");
    let with = |message: &MessageKey, id, expected| {
        let mut append = append(id, expected, 1);
        append.message = Some(message.clone());
        append
    };
    store.append(with(&message, "ada", 0)).await.unwrap();

    let again = store.append(with(&message, "ada", 1)).await;
    let stale = store.append(with(&message, "ada", 0)).await;
    let other_consumer = store.append(with(&message.clone().consumed_by("credit"), "ada", 1)).await;
    let other_entity = store.append(with(&message, "eve", 0)).await;

    assert!(matches!(again, Err(AppendError::Duplicate)), "{again:?}");
    assert!(matches!(stale, Err(AppendError::Duplicate)), "{stale:?}");
    assert!(other_consumer.is_ok() && other_entity.is_ok());
    let processed = |message| StreamQuery::new(TYPE, "ada").limit(0).processed(Some(message));
    assert!(load(&store, processed(&message)).await.unwrap().0.processed);
    assert!(!load(&store, processed(&MessageKey::new("m2"))).await.unwrap().0.processed);
}

#[tokio::test]
async fn a_deleted_entity_takes_no_more_events_and_keeps_those_it_has() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 2)).await.unwrap();
    let mut delete = append("ada", 2, 1);
    delete.deletes = true;
    store.append(delete).await.unwrap();

    for expected in [0, 2, 3] {
        let lost = store.append(append("ada", expected, 1)).await;
        assert!(matches!(lost, Err(AppendError::Deleted)), "{lost:?}");
    }
    let (head, events) = stream(&store, "ada").await;
    assert_eq!((head.version, head.deleted, events.len()), (Version::new(3), true, 3));
}

#[tokio::test]
async fn an_append_without_events_remembers_its_message_only() {
    let file = File::new();
    let store = file.store().await;
    store.append(append("ada", 0, 2)).await.unwrap();
    let mut nothing = append("ada", 2, 0);
    nothing.message = Some(MessageKey::new("m1"));
    let mut stale = append("ada", 1, 0);
    stale.message = Some(MessageKey::new("m2"));
    let mut nobody = append("eve", 0, 0);
    nobody.message = Some(MessageKey::new("m1"));

    assert_eq!(store.append(nothing.clone()).await.unwrap().version, Version::new(2));
    assert!(matches!(store.append(nothing).await, Err(AppendError::Duplicate)));
    assert!(matches!(store.append(stale).await, Err(AppendError::Conflict { .. })));
    store.append(nobody).await.unwrap();

    let message = MessageKey::new("m1");
    for (id, stored) in [("ada", 2), ("eve", 0)] {
        let query = StreamQuery::new(TYPE, id).processed(Some(&message));
        let (head, events) = load(&store, query).await.unwrap();
        assert_eq!(
            (head.version.get(), head.processed, events.len()),
            (stored, true, stored as usize)
        );
    }
    let entities: Vec<String> = sqlx::query_scalar("SELECT entity_id FROM entities")
        .fetch_all(&mut file.sql().await)
        .await
        .unwrap();
    assert_eq!(entities, ["ada"]);
    store.append(append("eve", 0, 1)).await.unwrap();
}
