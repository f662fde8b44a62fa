use es_core::MessageKey;
use es_core::store::{AppendError, Appended};

use super::*;

async fn append(store: &SqliteStore, appends: &[Append]) -> Vec<Result<Appended, AppendError>> {
    let mut writer = store.appends.committer().connections().acquire().await.unwrap();
    super::super::append::append(&mut writer, &store.statements, &store.limits, appends)
        .await
        .unwrap()
}

fn rung_by(message: &str, mut append: Append) -> Append {
    append.message = Some(MessageKey::new(message));
    append
}

// The manual doesn't say that RETURNING leaves out the rows that a trigger ignores. All outcomes rest on it.
#[tokio::test]
async fn each_append_of_a_group_has_its_own_outcome() {
    let (store, _folder) = file_store().await;
    let mut deleted = ring("deleted", 0, 1);
    deleted.deletes = true;
    let before = [ring("stale", 0, 3), rung_by("m", ring("known", 0, 1)), deleted];
    assert!(append(&store, &before).await.iter().all(Result::is_ok));

    let outcomes = append(
        &store,
        &[
            ring("new", 0, 2),
            ring("stale", 2, 1),
            rung_by("m", ring("known", 1, 1)),
            ring("new", 2, 1),
            ring("deleted", 1, 1),
            rung_by("m", ring("stale", 3, 0)),
            ring("new", 0, 1),
            ring("missing", 1, 1),
            rung_by("m2", ring("known", 1, 1)),
            rung_by("m2", ring("known", 2, 1)),
        ],
    )
    .await;

    let text: Vec<String> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(appended) => {
                format!("{} at {:?}", appended.version, appended.position.map(|at| at.get()))
            }
            Err(error) => error.to_string(),
        })
        .collect();
    assert_eq!(
        text,
        [
            "2 at Some(7)",
            "the entity is at version 3, not 2",
            "the entity has processed this message before",
            "3 at Some(8)",
            "the entity was deleted",
            "3 at None",
            "the entity exists already, at version 3",
            "the entity is at version 0, not 1",
            "2 at Some(9)",
            "the entity has processed this message before",
        ]
    );
    for (id, expected) in [("new", 3), ("stale", 3), ("known", 2), ("deleted", 1), ("missing", 0)] {
        assert_eq!(version(&store, id).await, expected, "{id}");
    }
    let mut writer = store.appends.committer().connections().acquire().await.unwrap();
    assert_eq!(number(&mut writer, "SELECT count(*) FROM events").await, 9);
    assert_eq!(number(&mut writer, "SELECT count(*) FROM processed_messages").await, 3);
}

#[tokio::test]
async fn a_group_that_fails_leaves_nothing() {
    let (store, _folder) = file_store().await;
    let mut writer = store.appends.committer().connections().acquire().await.unwrap();
    sqlx::raw_sql(
        "CREATE TRIGGER broken BEFORE INSERT ON events WHEN NEW.entity_id = 'b' BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    .execute(&mut *writer)
    .await
    .unwrap();

    let group = [rung_by("m", ring("a", 0, 2)), rung_by("m", ring("b", 0, 2))];
    let failed =
        super::super::append::append(&mut writer, &store.statements, &store.limits, &group).await;

    assert!(failed.is_err());
    for table in [
        "SELECT count(*) FROM events",
        "SELECT count(*) FROM entities",
        "SELECT count(*) FROM processed_messages",
    ] {
        assert_eq!(number(&mut writer, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_large_group_is_stored() {
    let (store, _folder) = file_store().await;
    let group: Vec<Append> = (0..1_000).map(|n| ring(&format!("bell-{n}"), 0, n % 7 + 1)).collect();

    assert!(append(&store, &group).await.iter().all(Result::is_ok));

    for (n, append) in group.iter().enumerate() {
        assert_eq!(version(&store, &append.entity_id).await, n as u64 % 7 + 1);
    }
}

#[tokio::test]
async fn an_empty_group_is_nothing() {
    let (store, _folder) = file_store().await;
    assert!(append(&store, &[]).await.is_empty());
}
