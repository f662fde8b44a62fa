//! Which entities there are.

use super::Store;
use super::fixture::*;
use crate::EventStore;

/// A type without entities lists none.
pub async fn a_type_without_entities_lists_none(store: Store) {
    put(&store, numbered("a", 0, 1)).await;
    assert_eq!(list(&store, "Other", None, 10).await, [""; 0]);
    assert_eq!(list(&store, "thing", None, 10).await, [""; 0]);
}

/// The entities of a type are listed once each, in the order of the bytes of their ids.
pub async fn entities_are_listed_in_the_order_of_their_bytes(store: Store) {
    let mut ids = ["b", "a", "B", "a ", "aa", "10", "9", "é", "z", "Z", "😀", "\u{FF5E}", "-", "_"];
    store_all(&store, ids.map(|id| numbered(id, 0, 2))).await;
    put(&store, append_to("Other", "other", 0, [Fact::numbered(1)])).await;
    ids.sort_unstable();
    assert_eq!(list(&store, THING, None, 100).await, ids);
    assert_eq!(list(&store, "Other", None, 100).await, ["other"]);
}

/// Entities are listed page by page, each after the last id of the one before.
pub async fn entities_can_be_listed_in_pages(store: Store) {
    let ids: Vec<_> = (0..25).map(|number| format!("id {number:02}")).collect();
    for id in &ids {
        put(&store, numbered(id, 0, 1)).await;
    }
    for limit in [1, 7, 25, 26] {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = list(&store, THING, after.as_deref(), limit).await;
            assert!(page.len() <= limit as usize);
            let Some(last) = page.last() else { break };
            assert!(after.as_ref() < Some(last), "the list goes on from {after:?} with {page:?}");
            after = Some(last.clone());
            listed.extend(page);
        }
        assert_eq!(listed, ids);
    }
}

/// A listing may start after an id that isn't there, and a limit of nothing lists nothing.
pub async fn a_listing_starts_after_any_text(store: Store) {
    store_all(&store, ["a", "c", "e"].map(|id| numbered(id, 0, 1))).await;
    assert_eq!(list(&store, THING, Some("b"), 10).await, ["c", "e"]);
    assert_eq!(list(&store, THING, Some("c"), 10).await, ["e"]);
    assert_eq!(list(&store, THING, Some(""), 2).await, ["a", "c"]);
    assert_eq!(list(&store, THING, Some("e"), 10).await, [""; 0]);
    assert_eq!(list(&store, THING, None, 0).await, [""; 0]);
}

/// Neither a deleted entity is listed nor one whose creation was refused.
pub async fn only_entities_that_exist_are_listed(store: Store) {
    store_all(&store, ["a", "b", "c"].map(|id| numbered(id, 0, 1))).await;
    put(&store, deleting(numbered("b", 1, 1))).await;
    assert!(store.append(numbered("d", 4, 1)).await.is_err());
    assert_eq!(version(&store, "e").await, 0);
    assert_eq!(list(&store, THING, None, 10).await, ["a", "c"]);
    assert_eq!(list(&store, THING, None, 2).await, ["a", "c"]);
}

async fn list(
    store: &dyn EventStore,
    entity_type: &str,
    after: Option<&str>,
    limit: u32,
) -> Vec<String> {
    store.entities(entity_type, after, limit).await.expect("entities are listed")
}
