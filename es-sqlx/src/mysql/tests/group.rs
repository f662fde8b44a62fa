use es_core::MessageKey;
use es_core::store::{AppendError, Appended, StoreError};

use super::*;
use crate::group::Commit;

const BLOCKS: Known = Known { blocks: true, max_packet: None };
const NO_BLOCKS: Known = Known { blocks: false, max_packet: None };
const SMALL: Known = Known { blocks: true, max_packet: Some(80_000) };

async fn append(store: &MySqlStore, appends: &[Append]) -> Vec<Result<Appended, AppendError>> {
    store.appends.committer().commit(appends).await.unwrap()
}

fn rung_by(message: &str, mut append: Append) -> Append {
    append.message = Some(MessageKey::new(message));
    append
}

#[tokio::test]
async fn each_append_of_a_group_has_its_own_outcome() {
    for known in [BLOCKS, NO_BLOCKS, SMALL] {
        let (store, _database) = store_of(known).await;
        let mut deleted = ring("deleted", 0, 1);
        deleted.deletes = true;
        let before = [
            ring("stale", 0, 3),
            rung_by("m", ring("known", 0, 1)),
            deleted,
            ring("there", 0, 1),
            rung_by("m", ring("nobody", 0, 0)),
        ];
        assert!(append(&store, &before).await.iter().all(Result::is_ok));

        // In another order than that of their ids.
        let loud = |append: Append| {
            ring_loud(&append.entity_id, append.expected.get(), append.events().len() as u64, 6_000)
        };
        let outcomes = append(
            &store,
            &[
                loud(ring("new", 0, 3)),
                loud(ring("stale", 2, 1)),
                rung_by("m", loud(ring("known", 1, 1))),
                rung_by("m2", loud(ring("also new", 0, 2))),
                loud(ring("deleted", 1, 1)),
                loud(ring("there", 0, 1)),
                ring("missing", 1, 1),
                rung_by("m3", ring("nothing", 0, 0)),
                ring("nobody", 0, 1),
            ],
        )
        .await;

        let text: Vec<String> = outcomes
            .iter()
            .map(|outcome| match outcome {
                Ok(appended) => appended.version.to_string(),
                Err(error) => error.to_string(),
            })
            .collect();
        assert_eq!(
            text,
            [
                "3",
                "the entity is at version 3, not 2",
                "the entity has processed this message before",
                "2",
                "the entity was deleted",
                "the entity exists already, at version 1",
                "the entity is at version 0, not 1",
                "0",
                "1",
            ]
        );
        for (id, expected) in [
            ("new", 3),
            ("stale", 3),
            ("known", 1),
            ("also new", 2),
            ("deleted", 1),
            ("there", 1),
            ("missing", 0),
            ("nothing", 0),
            ("nobody", 1),
        ] {
            assert_eq!(version(&store, id).await, expected, "{id}");
        }
        assert_eq!(number(&store, "SELECT COUNT(*) FROM events").await, 12);
        assert_eq!(number(&store, "SELECT COUNT(*) FROM processed_messages").await, 4);
        assert_eq!(
            number(&store, "SELECT COUNT(*) FROM entities WHERE entity_id = 'missing'").await,
            0
        );
        let inverted = "SELECT COUNT(*) FROM events a JOIN events b ON a.entity_id = b.entity_id
                         WHERE a.seq < b.seq AND a.entity_version > b.entity_version";
        assert_eq!(number(&store, inverted).await, 0, "`seq` rises in a stream");
    }
}

#[tokio::test]
async fn what_is_stored_already_is_found_and_not_stored_again() {
    for known in [BLOCKS, NO_BLOCKS, SMALL] {
        let (store, _database) = store_of(known).await;
        let group = [
            rung_by("m", ring("a", 0, 1)),
            ring("b", 0, 2),
            rung_by("m", ring_loud("c", 0, 3, 6_000)),
        ];
        assert!(append(&store, &group).await.iter().all(Result::is_ok));
        append(&store, &[ring("b", 2, 1)]).await[0].as_ref().unwrap();

        let again = append(&store, &group).await;
        let alone = append(&store, &group[..1]).await;

        let versions: Vec<u64> = again
            .iter()
            .chain(&alone)
            .map(|outcome| outcome.as_ref().unwrap().version.get())
            .collect();
        assert_eq!(versions, [1, 2, 3, 1]);
        assert_eq!(number(&store, "SELECT COUNT(*) FROM events").await, 7);
    }
}

#[tokio::test]
async fn a_group_that_fails_leaves_nothing() {
    for known in [BLOCKS, NO_BLOCKS, SMALL] {
        let (store, _database) = store_of(known).await;
        sqlx::raw_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON events FOR EACH ROW
             IF NEW.entity_id = 'b' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF",
        )
        .execute(store.connections.shared.pool())
        .await
        .unwrap();

        for group in [
            &[rung_by("m", ring_loud("a", 0, 2, 6_000)), rung_by("m", ring("b", 0, 2))][..],
            &[rung_by("m", ring("b", 0, 1))],
        ] {
            let failed = store.appends.committer().commit(group).await;
            assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
            for table in [
                "SELECT COUNT(*) FROM events",
                "SELECT COUNT(*) FROM entities",
                "SELECT COUNT(*) FROM processed_messages",
                "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()",
            ] {
                assert_eq!(number(&store, table).await, 0, "{table}");
            }
        }
        append(&store, &[ring("a", 0, 1)]).await[0].as_ref().unwrap();
    }
}

#[tokio::test]
async fn a_large_group_is_stored() {
    for known in [BLOCKS, NO_BLOCKS, SMALL] {
        let (store, _database) = store_of(known).await;
        let group: Vec<Append> =
            (0..256).map(|n| ring(&format!("bell-{n}"), 0, n % 7 + 1)).collect();

        assert!(append(&store, &group).await.iter().all(Result::is_ok));

        for (n, append) in group.iter().enumerate() {
            assert_eq!(version(&store, &append.entity_id).await, n as u64 % 7 + 1);
        }
    }
}

#[tokio::test]
async fn an_event_that_no_packet_takes_is_refused_alone() {
    let (store, _database) = store_of(SMALL).await;
    let outcomes = append(
        &store,
        &[ring("a", 0, 1), ring_loud("b", 0, 2, 20_000), ring_loud("c", 0, 9, 5_000)],
    )
    .await;

    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
    let refused = outcomes[1].as_ref().unwrap_err();
    assert!(matches!(refused, AppendError::Store(StoreError::Unsupported(_))), "{refused:?}");
    assert_eq!((version(&store, "b").await, version(&store, "c").await), (0, 9));
}

#[tokio::test]
async fn an_empty_group_is_nothing() {
    let (store, _database) = store_of(BLOCKS).await;
    assert!(append(&store, &[]).await.is_empty());
}
