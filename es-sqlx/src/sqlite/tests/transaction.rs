use es_core::Transaction;
use es_core::store::{AppendError, Appended, StoreError, StoreTransaction};

use super::*;
use crate::SqlxTransactionExt;

async fn append(transaction: &mut Transaction, append: Append) -> Result<Appended, AppendError> {
    StoreTransaction::append(transaction.downcast_mut::<SqliteTransaction>().unwrap(), append).await
}

async fn loaded(transaction: &mut Transaction, id: &str) -> Result<u64, StoreError> {
    let transaction = transaction.downcast_mut::<SqliteTransaction>().unwrap();
    let visit = &mut |_: es_core::store::RawEvent<'_>| ControlFlow::Continue(());
    Ok(StoreTransaction::load(transaction, StreamQuery::new("Bell", id), visit)
        .await?
        .version
        .get())
}

async fn begin(store: &SqliteStore) -> Transaction {
    EventStore::begin(store).await.unwrap()
}

async fn with_notes() -> (SqliteStore, tempfile::TempDir) {
    let (store, folder) = file_store().await;
    add_notes(&store).await;
    (store, folder)
}

async fn add_notes(store: &SqliteStore) {
    let mut writer = store.appends.committer().connections().acquire().await.unwrap();
    sqlx::query("CREATE TABLE notes (note TEXT UNIQUE)").execute(&mut *writer).await.unwrap();
}

async fn note(transaction: &mut Transaction) {
    sqlx::query("INSERT INTO notes VALUES (?)")
        .bind("rung")
        .execute(transaction.sqlite().unwrap())
        .await
        .unwrap();
}

async fn notes(store: &SqliteStore) -> i64 {
    let mut reader = store.readers.acquire().await.unwrap();
    number(&mut reader, "SELECT count(*) FROM notes").await
}

/// The writer is free again, and begins, appends and commits.
async fn still_works(store: &SqliteStore) {
    let mut transaction = begin(store).await;
    append(&mut transaction, ring("after", 0, 1)).await.unwrap();
    note(&mut transaction).await;
    transaction.commit().await.unwrap();
    assert_eq!((version(store, "after").await, notes(store).await), (1, 1));
}

#[tokio::test]
async fn events_and_sql_of_the_user_commit_together() {
    let (store, _folder) = with_notes().await;
    let mut transaction = begin(&store).await;
    append(&mut transaction, ring("a", 0, 2)).await.unwrap();
    note(&mut transaction).await;
    append(&mut transaction, ring("b", 0, 1)).await.unwrap();
    assert_eq!((version(&store, "a").await, notes(&store).await), (0, 0));

    transaction.commit().await.unwrap();

    assert_eq!(
        (version(&store, "a").await, version(&store, "b").await, notes(&store).await),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn events_and_sql_of_the_user_are_rolled_back_together() {
    for dropped in [false, true] {
        let (store, _folder) = with_notes().await;
        let mut transaction = begin(&store).await;
        append(&mut transaction, ring("a", 0, 2)).await.unwrap();
        note(&mut transaction).await;
        assert_eq!(loaded(&mut transaction, "a").await.unwrap(), 2);

        if dropped {
            drop(transaction);
        } else {
            transaction.rollback().await.unwrap();
        }

        assert_eq!((version(&store, "a").await, notes(&store).await), (0, 0));
        still_works(&store).await;
    }
}

#[tokio::test]
async fn a_nested_transaction_of_the_user_is_a_savepoint() {
    use sqlx::Connection;

    let (store, _folder) = with_notes().await;
    let mut transaction = begin(&store).await;
    let connection = transaction.sqlite().unwrap();
    let mut nested = connection.begin().await.unwrap();
    sqlx::query("INSERT INTO notes VALUES ('nested')").execute(&mut *nested).await.unwrap();
    nested.rollback().await.unwrap();
    append(&mut transaction, ring("a", 0, 1)).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!((version(&store, "a").await, notes(&store).await), (1, 0));
}

#[tokio::test]
async fn an_error_of_the_user_that_changed_nothing_is_no_end() {
    let (store, _folder) = with_notes().await;
    let mut transaction = begin(&store).await;
    note(&mut transaction).await;
    let again = sqlx::query("INSERT INTO notes VALUES ('rung')")
        .execute(transaction.sqlite().unwrap())
        .await;
    assert!(again.is_err());
    append(&mut transaction, ring("a", 0, 1)).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!((version(&store, "a").await, notes(&store).await), (1, 1));
}

// SQLite rolls a transaction back by itself after some errors. Appends that follow must not be stored on their own.
#[tokio::test]
async fn a_transaction_that_sqlite_rolled_back_stores_nothing_more() {
    for way in ["append", "commit", "rollback", "drop"] {
        let (store, _folder) = with_notes().await;
        let mut transaction = begin(&store).await;
        append(&mut transaction, ring("a", 0, 1)).await.unwrap();
        note(&mut transaction).await;
        let sql = "INSERT OR ROLLBACK INTO notes VALUES ('rung')";
        assert!(sqlx::query(sql).execute(transaction.sqlite().unwrap()).await.is_err());

        match way {
            "append" => {
                let lost = append(&mut transaction, ring("b", 0, 1)).await;
                assert!(
                    matches!(lost, Err(AppendError::Store(StoreError::Database(_)))),
                    "{lost:?}"
                );
                assert!(transaction.sqlite().is_err());
                assert!(loaded(&mut transaction, "b").await.is_err());
                assert!(transaction.commit().await.is_err());
            }
            "commit" => assert!(transaction.commit().await.is_err()),
            "rollback" => transaction.rollback().await.unwrap(),
            _ => drop(transaction),
        }

        assert_eq!(
            (version(&store, "a").await, version(&store, "b").await, notes(&store).await),
            (0, 0, 0),
            "{way}"
        );
        still_works(&store).await;
    }
}

// However it ended, what its user goes on with isn't committed one by one, and what others append is.
#[tokio::test]
async fn nothing_of_a_transaction_is_committed_but_by_its_commit() {
    let builder = SqlxEventStoreBuilder::default();
    for end in ["INSERT OR ROLLBACK INTO notes VALUES ('rung')", "ROLLBACK", "COMMIT"] {
        for way in ["commit", "rollback", "drop", "drop in the middle"] {
            let memory = SqliteStore::connect(&builder, "sqlite::memory:").await.unwrap();
            let (file, _folder) = file_store().await;
            for store in [memory, file] {
                add_notes(&store).await;
                let mut transaction = begin(&store).await;
                note(&mut transaction).await;
                let connection = transaction.sqlite().unwrap();
                let _ = sqlx::query(end).execute(&mut *connection).await;
                let late = sqlx::query("INSERT INTO notes VALUES ('late')");
                assert!(late.execute(&mut *connection).await.is_err(), "{end}, {way}");

                match way {
                    "commit" => assert!(transaction.commit().await.is_err()),
                    "rollback" => transaction.rollback().await.unwrap(),
                    "drop" => drop(transaction),
                    _ => {
                        let late = sqlx::query(
                            "INSERT INTO notes WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) \
                             SELECT n FROM n LIMIT 100000",
                        );
                        let mut late = Box::pin(late.execute(connection));
                        std::future::poll_fn(|context| {
                            assert!(late.as_mut().poll(context).is_pending());
                            std::task::Poll::Ready(())
                        })
                        .await;
                        drop(late);
                        drop(transaction);
                    }
                }

                EventStore::append(&store, ring("alone", 0, 1)).await.unwrap();
                assert_eq!((version(&store, "alone").await, notes(&store).await), (1, 0));
                still_works(&store).await;
            }
        }
    }
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_leaves_nothing() {
    let (store, _folder) = with_notes().await;
    let mut writer = store.appends.committer().connections().acquire().await.unwrap();
    let pages = number(&mut writer, "PRAGMA page_count").await;
    number(&mut writer, "PRAGMA max_page_count = 1").await;
    drop(writer);

    let lost = EventStore::append(&store, ring("a", 0, 10_000)).await;
    assert!(matches!(lost, Err(AppendError::Store(StoreError::Full(_)))), "{lost:?}");
    let mut transaction = begin(&store).await;
    note(&mut transaction).await;
    let lost = append(&mut transaction, ring("a", 0, 10_000)).await;
    assert!(matches!(lost, Err(AppendError::Store(StoreError::Full(_)))), "{lost:?}");
    assert!(append(&mut transaction, ring("b", 0, 1)).await.is_err());
    assert!(transaction.commit().await.is_err());

    assert_eq!(
        (version(&store, "a").await, version(&store, "b").await, notes(&store).await),
        (0, 0, 0)
    );
    let mut writer = store.appends.committer().connections().acquire().await.unwrap();
    assert_eq!(number(&mut writer, "PRAGMA page_count").await, pages);
    number(&mut writer, "PRAGMA max_page_count = 1000000").await;
    drop(writer);
    still_works(&store).await;
}

#[tokio::test]
async fn a_database_that_takes_no_changes_says_so() {
    let (store, _folder) = with_notes().await;
    let mut writer = store.appends.committer().connections().acquire().await.unwrap();
    sqlx::query("PRAGMA query_only = ON").execute(&mut *writer).await.unwrap();
    drop(writer);
    let lost = EventStore::append(&store, ring("a", 0, 1)).await;
    assert!(matches!(lost, Err(AppendError::Store(StoreError::ReadOnly(_)))), "{lost:?}");
}

#[test]
fn a_transaction_may_be_dropped_outside_of_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (store, folder) = runtime.block_on(with_notes());
    for told in [false, true] {
        let transaction = runtime.block_on(async {
            let mut transaction = begin(&store).await;
            append(&mut transaction, ring("a", 0, 1)).await.unwrap();
            if told {
                note(&mut transaction).await;
            }
            transaction
        });
        drop(transaction);
    }
    runtime.block_on(still_works(&store));
    assert_eq!(runtime.block_on(version(&store, "a")), 0);
    drop((runtime, store, folder));
}

#[tokio::test]
async fn a_transaction_that_is_dropped_amid_a_statement_is_rolled_back() {
    let (store, _folder) = with_notes().await;
    for polls in 0..6 {
        let mut transaction = begin(&store).await;
        append(&mut transaction, ring("a", 0, 1)).await.unwrap();
        let transaction = transaction.downcast_mut::<SqliteTransaction>().unwrap();
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
    still_works(&store).await;
}
