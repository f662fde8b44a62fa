use es_core::store::{AppendError, Appended};

use super::*;

type Outcome = Result<Appended, AppendError>;

async fn append(store: &PostgresStore, appends: &[Append]) -> Vec<Outcome> {
    let mut lease = store.connections().acquire().await.unwrap();
    let outcomes =
        super::super::append::append(&mut lease, store.statements(), appends).await.unwrap();
    lease.give_back();
    outcomes
}

fn text(outcomes: &[Outcome]) -> Vec<String> {
    outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(appended) => format!("{} now", appended.version),
            Err(error) => error.to_string(),
        })
        .collect()
}

#[tokio::test]
async fn each_append_of_a_group_has_its_own_outcome() {
    let (store, schema) = store().await;
    let mut deleted = ring("deleted", 0, 1);
    deleted.deletes = true;
    let mut deleting = ring("deleting", 1, 0);
    deleting.deletes = true;
    let before = [
        ring("stale", 0, 3),
        rung_by("m", ring("known", 0, 1)),
        deleted,
        ring("there", 0, 1),
        ring("deleting", 0, 1),
        ring("asked", 0, 2),
        ring("more", 0, 2),
    ];
    assert!(append(&store, &before).await.iter().all(Result::is_ok));

    let outcomes = append(
        &store,
        &[
            ring("new", 0, 2),
            ring("stale", 2, 1),
            rung_by("m", ring("known", 1, 1)),
            ring("deleted", 1, 1),
            ring("there", 0, 1),
            ring("missing", 1, 1),
            rung_by("m", ring("nobody", 0, 0)),
            deleting,
            rung_by("m2", ring("asked", 2, 0)),
            rung_by("m2", ring("more", 2, 3)),
            rung_by("m2", ring("late", 7, 3)),
        ],
    )
    .await;

    assert_eq!(
        text(&outcomes),
        [
            "2 now",
            "the entity is at version 3, not 2",
            "the entity has processed this message before",
            "the entity was deleted",
            "the entity exists already, at version 1",
            "the entity is at version 0, not 1",
            "0 now",
            "1 now",
            "2 now",
            "5 now",
            "the entity is at version 0, not 7",
        ]
    );
    for (id, expected) in [
        ("new", 2),
        ("stale", 3),
        ("known", 1),
        ("deleted", 1),
        ("there", 1),
        ("missing", 0),
        ("nobody", 0),
        ("asked", 2),
        ("more", 5),
    ] {
        assert_eq!(version(&store, id).await, expected, "{id}");
    }
    assert!(head(&store, "deleting").await.deleted);
    let mut sql = schema.sql().await;
    assert_eq!(number(&mut sql, "SELECT count(*) FROM events").await, 16);
    assert_eq!(number(&mut sql, "SELECT count(*) FROM entities").await, 8);
    assert_eq!(number(&mut sql, "SELECT count(*) FROM processed_messages").await, 4);
}

#[tokio::test]
async fn each_append_of_a_group_without_messages_has_its_own_outcome() {
    let (store, schema) = store().await;
    let mut deleted = ring("deleted", 0, 1);
    deleted.deletes = true;
    let before = [ring("stale", 0, 3), deleted, ring("there", 0, 1), ring("deleting", 0, 2)];
    assert_eq!(text(&append(&store, &before).await), ["3 now", "1 now", "1 now", "2 now"]);

    let mut deleting = ring("deleting", 2, 1);
    deleting.deletes = true;
    let group = [
        ring("new", 0, 2),
        ring("stale", 2, 1),
        ring("deleted", 1, 1),
        ring("there", 0, 1),
        ring("missing", 1, 1),
        deleting,
    ];
    let outcomes = append(&store, &group).await;

    assert_eq!(
        text(&outcomes),
        [
            "2 now",
            "the entity is at version 3, not 2",
            "the entity was deleted",
            "the entity exists already, at version 1",
            "the entity is at version 0, not 1",
            "3 now",
        ]
    );
    for (id, expected) in
        [("new", 2), ("stale", 3), ("deleted", 1), ("there", 1), ("missing", 0), ("deleting", 3)]
    {
        assert_eq!(version(&store, id).await, expected, "{id}");
    }
    assert!(head(&store, "deleting").await.deleted);
    let mut sql = schema.sql().await;
    assert_eq!(number(&mut sql, "SELECT count(*) FROM events").await, 10);
    assert_eq!(number(&mut sql, "SELECT count(*) FROM entities").await, 5);
    assert_eq!(number(&mut sql, "SELECT count(DISTINCT tx) FROM events").await, 2);
}

#[tokio::test]
async fn events_are_numbered_in_the_order_in_which_they_were_appended() {
    let (store, schema) = store().await;
    let group: Vec<Append> = (0..50).map(|n| ring(&format!("bell {n:02}"), 0, n % 7 + 1)).collect();
    append(&store, &group).await;
    append(&store, &[ring("bell 00", 1, 100)]).await;

    let misplaced = "SELECT count(*) FROM events a JOIN events b
                      ON a.entity_id = b.entity_id AND a.entity_version < b.entity_version AND a.seq > b.seq";
    let mut sql = schema.sql().await;
    assert_eq!(number(&mut sql, misplaced).await, 0);
    assert_eq!(number(&mut sql, "SELECT count(DISTINCT tx) FROM events").await, 2);
    assert_eq!(
        number(
            &mut sql,
            "SELECT seqcache FROM pg_sequence WHERE seqrelid = 'events_seq_seq'::regclass"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn a_group_that_fails_leaves_nothing() {
    let (store, schema) = store().await;
    let mut sql = schema.sql().await;
    sqlx::raw_sql("ALTER TABLE events ADD CHECK (entity_id <> 'b')")
        .execute(&mut sql)
        .await
        .unwrap();

    let group = [rung_by("m", ring("a", 0, 2)), rung_by("m", ring("b", 0, 2))];
    let mut lease = store.connections().acquire().await.unwrap();
    let failed = super::super::append::append(&mut lease, store.statements(), &group).await;

    assert!(failed.is_err());
    for table in [
        "SELECT count(*) FROM events",
        "SELECT count(*) FROM entities",
        "SELECT count(*) FROM processed_messages",
    ] {
        assert_eq!(number(&mut sql, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_large_group_is_stored() {
    let (store, _schema) = store().await;
    let group: Vec<Append> = (0..1_000).map(|n| ring(&format!("bell-{n}"), 0, n % 7 + 1)).collect();

    assert!(append(&store, &group).await.iter().all(Result::is_ok));

    for (n, append) in group.iter().enumerate().step_by(50) {
        assert_eq!(version(&store, &append.entity_id).await, n as u64 % 7 + 1);
    }
}

#[tokio::test]
async fn an_empty_group_is_nothing() {
    let (store, _schema) = store().await;
    assert!(append(&store, &[]).await.is_empty());
}

// Such a delivery makes no new version, so only its message tells the two apart.
#[tokio::test]
async fn of_two_deliveries_at_once_that_lead_to_no_event_one_is_a_duplicate() {
    let (store, schema) = store().await;
    append(&store, &[ring("a", 0, 1)]).await;
    for (id, expected) in [("a", 1), ("nobody", 0)] {
        // The second delivery waits for this lock, and has taken its snapshot before.
        let mut first = schema.sql().await;
        sqlx::raw_sql(
            "BEGIN;
             SELECT FROM entities FOR UPDATE;
             INSERT INTO processed_messages VALUES
               ('Bell', 'a', '', 'm', now()), ('Bell', 'nobody', '', 'm', now())",
        )
        .execute(&mut first)
        .await
        .unwrap();
        let second = [rung_by("m", ring(id, expected, 0))];
        let second = append(&store, &second);
        let commit = async {
            waits_for_a_lock(&schema).await;
            sqlx::raw_sql("COMMIT").execute(&mut first).await.unwrap();
        };
        let (second, ()) = futures_util::future::join(second, commit).await;

        assert_eq!(text(&second), ["the entity has processed this message before"], "{id}");
        sqlx::raw_sql("DELETE FROM processed_messages").execute(&mut first).await.unwrap();
    }
}

async fn waits_for_a_lock(schema: &Schema) {
    let mut sql = schema.sql().await;
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (
                     SELECT pid FROM pg_locks WHERE relation = 'entities'::regclass)";
    while number(&mut sql, waiting).await == 0 {
        tokio::task::yield_now().await;
    }
}
