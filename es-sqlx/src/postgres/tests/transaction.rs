use std::time::Duration;

use es_core::Transaction;
use es_core::store::{AppendError, Appended, StoreError, StoreTransaction};

use super::*;
use crate::SqlxTransactionExt;

async fn append(transaction: &mut Transaction, append: Append) -> Result<Appended, AppendError> {
    StoreTransaction::append(transaction.downcast_mut::<PostgresTransaction>().unwrap(), append)
        .await
}

async fn loaded(transaction: &mut Transaction, id: &str) -> Result<u64, StoreError> {
    let transaction = transaction.downcast_mut::<PostgresTransaction>().unwrap();
    let visit = &mut |_: es_core::store::RawEvent<'_>| ControlFlow::Continue(());
    Ok(StoreTransaction::load(transaction, StreamQuery::new("Bell", id), visit)
        .await?
        .version
        .get())
}

async fn begin(store: &PostgresStore) -> Transaction {
    EventStore::begin(store).await.unwrap()
}

async fn with_notes() -> (PostgresStore, Schema) {
    let (store, schema) = store().await;
    let table = "CREATE TABLE notes (note text UNIQUE)";
    sqlx::query(table).execute(&mut schema.sql().await).await.unwrap();
    (store, schema)
}

async fn note(transaction: &mut Transaction) -> Result<(), sqlx::Error> {
    let insert = sqlx::query("INSERT INTO notes VALUES ('rung')");
    insert.execute(transaction.postgres().unwrap()).await.map(drop)
}

async fn notes(schema: &Schema) -> i64 {
    number(&mut schema.sql().await, "SELECT count(*) FROM notes").await
}

/// A transaction begins, appends and commits.
async fn still_works(store: &PostgresStore, schema: &Schema) {
    let mut transaction = begin(store).await;
    append(&mut transaction, ring("after", 0, 1)).await.unwrap();
    note(&mut transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((version(store, "after").await, notes(schema).await), (1, 1));
}

#[tokio::test]
async fn events_and_sql_of_the_user_commit_together() {
    let (store, schema) = with_notes().await;
    let mut transaction = begin(&store).await;
    append(&mut transaction, ring("a", 0, 2)).await.unwrap();
    note(&mut transaction).await.unwrap();
    append(&mut transaction, ring("b", 0, 1)).await.unwrap();
    assert_eq!((version(&store, "a").await, notes(&schema).await), (0, 0));

    transaction.commit().await.unwrap();

    assert_eq!(
        (version(&store, "a").await, version(&store, "b").await, notes(&schema).await),
        (2, 1, 1)
    );
}

/// sqlx doesn't know of a transaction whose beginning was dropped in the middle.
#[tokio::test]
async fn a_beginning_that_is_dropped_takes_no_later_append_with_it() {
    let (store, schema) = store().await;
    begin(&store).await.rollback().await.unwrap();
    for expected in 0..20 {
        // Sent, and mostly not answered.
        drop(tokio::time::timeout(Duration::ZERO, EventStore::begin(&store)).await);
        EventStore::append(&store, ring("a", expected, 1)).await.unwrap();
        begin(&store).await.rollback().await.unwrap();
    }
    let stored = number(&mut schema.sql().await, "SELECT count(*) FROM events").await;
    assert_eq!(stored, 20);
}

#[tokio::test]
async fn events_and_sql_of_the_user_are_rolled_back_together() {
    for dropped in [false, true] {
        let (store, schema) = with_notes().await;
        let mut transaction = begin(&store).await;
        append(&mut transaction, ring("a", 0, 2)).await.unwrap();
        note(&mut transaction).await.unwrap();
        assert_eq!(loaded(&mut transaction, "a").await.unwrap(), 2);

        if dropped {
            drop(transaction);
        } else {
            transaction.rollback().await.unwrap();
        }

        assert_eq!((version(&store, "a").await, notes(&schema).await), (0, 0));
        still_works(&store, &schema).await;
    }
}

#[tokio::test]
async fn a_nested_transaction_of_the_user_is_a_savepoint() {
    use sqlx::Connection;

    let (store, schema) = with_notes().await;
    let mut transaction = begin(&store).await;
    note(&mut transaction).await.unwrap();
    let mut nested = transaction.postgres().unwrap().begin().await.unwrap();
    let again = sqlx::query("INSERT INTO notes VALUES ('rung')").execute(&mut *nested).await;
    assert!(again.is_err());
    nested.rollback().await.unwrap();
    append(&mut transaction, ring("a", 0, 1)).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!((version(&store, "a").await, notes(&schema).await), (1, 1));
}

// PostgreSQL answers the commit of a transaction that has failed by rolling it back, without an error.
#[tokio::test]
async fn a_transaction_in_which_a_statement_failed_stores_nothing_and_says_so() {
    for ended in [false, true] {
        for way in ["append", "commit", "rollback", "drop"] {
            let (store, schema) = with_notes().await;
            let mut transaction = begin(&store).await;
            append(&mut transaction, ring("a", 0, 1)).await.unwrap();
            note(&mut transaction).await.unwrap();
            if ended {
                let rollback = sqlx::raw_sql("ROLLBACK");
                rollback.execute(transaction.postgres().unwrap()).await.unwrap();
            } else {
                note(&mut transaction).await.unwrap_err();
            }

            match way {
                "append" => {
                    let lost = append(&mut transaction, ring("b", 0, 1)).await;
                    assert!(
                        matches!(lost, Err(AppendError::Store(StoreError::Database(_)))),
                        "{lost:?}"
                    );
                    assert!(transaction.postgres().is_err());
                    assert!(loaded(&mut transaction, "b").await.is_err());
                    assert!(transaction.commit().await.is_err());
                }
                "commit" => assert!(transaction.commit().await.is_err()),
                "rollback" => transaction.rollback().await.unwrap(),
                _ => drop(transaction),
            }

            assert_eq!(
                (version(&store, "a").await, version(&store, "b").await, notes(&schema).await),
                (0, 0, 0),
                "{way}"
            );
            still_works(&store, &schema).await;
        }
    }
}

#[tokio::test]
async fn a_lost_race_leaves_the_transaction_as_it_was() {
    let (store, schema) = with_notes().await;
    EventStore::append(&store, rung_by("m", ring("a", 0, 2))).await.unwrap();
    let mut transaction = begin(&store).await;
    note(&mut transaction).await.unwrap();
    for lost in [
        ring("a", 0, 1),
        ring("a", 1, 1),
        ring("b", 4, 1),
        rung_by("m", ring("a", 2, 1)),
        rung_by("m", ring("a", 2, 0)),
        rung_by("n", ring("a", 1, 1)),
    ] {
        append(&mut transaction, lost).await.unwrap_err();
    }
    append(&mut transaction, rung_by("n", ring("a", 2, 1))).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!((version(&store, "a").await, notes(&schema).await), (3, 1));
}

#[tokio::test]
async fn a_deadlock_is_contention_and_leaves_nothing_of_one_of_the_two() {
    let (store, schema) = with_notes().await;
    for id in ["a", "b"] {
        EventStore::append(&store, ring(id, 0, 1)).await.unwrap();
    }
    let (mut one, mut other) = (begin(&store).await, begin(&store).await);
    append(&mut one, ring("a", 1, 1)).await.unwrap();
    append(&mut other, ring("b", 1, 1)).await.unwrap();

    let (to_b, to_a) = futures_util::future::join(
        async {
            let appended = append(&mut one, ring("b", 1, 1)).await;
            (appended, one.commit().await)
        },
        async {
            let appended = append(&mut other, ring("a", 1, 1)).await;
            (appended, other.commit().await)
        },
    )
    .await;

    let contended = |lost: &Result<Appended, AppendError>| {
        matches!(lost, Err(AppendError::Store(StoreError::Contended(_))))
    };
    assert!(contended(&to_b.0) != contended(&to_a.0), "{to_b:?} {to_a:?}");
    assert!(to_b.1.is_ok() != to_a.1.is_ok(), "{to_b:?} {to_a:?}");
    assert_eq!((version(&store, "a").await, version(&store, "b").await), (2, 2));
    still_works(&store, &schema).await;
}

#[test]
fn a_transaction_may_be_dropped_outside_of_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (store, schema) = runtime.block_on(with_notes());
    let transaction = runtime.block_on(async {
        let mut transaction = begin(&store).await;
        append(&mut transaction, ring("a", 0, 1)).await.unwrap();
        note(&mut transaction).await.unwrap();
        transaction
    });
    drop(transaction);
    runtime.block_on(still_works(&store, &schema));
    assert_eq!(runtime.block_on(version(&store, "a")), 0);
    drop((runtime, store, schema));
}

#[tokio::test]
async fn a_transaction_that_is_dropped_amid_a_statement_is_rolled_back() {
    let (store, schema) = with_notes().await;
    for polls in 0..6 {
        let mut transaction = begin(&store).await;
        append(&mut transaction, ring("a", 0, 1)).await.unwrap();
        let transaction = transaction.downcast_mut::<PostgresTransaction>().unwrap();
        let mut append = StoreTransaction::append(transaction, ring("a", 1, 3_000));
        for _ in 0..polls {
            if let Some(appended) = futures_util::FutureExt::now_or_never(append.as_mut()) {
                appended.unwrap();
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(version(&store, "a").await, 0);
    still_works(&store, &schema).await;
}
