//! Aggregates, their messages and SQL of the application commit together or not at all (R17, R18).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod common;

use common::{Database, execute};
use es_core::{EventStore, Failure};
use es_sqlx::SqlxTransactionExt;
use store_tests::{Begin, Note};

async fn orders(database: &Database) -> Vec<String> {
    sqlx::query_scalar("SELECT id FROM orders ORDER BY id")
        .fetch_all(&mut database.sql().await)
        .await
        .expect("the orders can be read")
}

fn begin(batch: &str) -> Begin {
    Begin { batch: batch.into(), of: 2 }
}

#[tokio::test]
async fn aggregates_messages_and_own_sql_are_there_after_the_commit_and_not_before() {
    let database = Database::new();
    let (store, journals) = (database.store().await, database.journals().await);
    execute(&mut database.sql().await, "CREATE TABLE orders (id TEXT PRIMARY KEY)").await;
    let [one, two] = ["one", "two"].map(String::from);
    journals.save_as(one.clone(), begin("first")).await.expect("it is saved");

    let mut transaction = store.begin().await.expect("a transaction");
    let note = Note { batch: "second".into(), of: 1 };
    let update = journals.within(&mut transaction).update(&one, note.clone()).triggered_by("m");
    update.await.expect("it is updated");
    let insert = sqlx::query("INSERT INTO orders VALUES ('one')");
    insert.execute(transaction.sqlite().expect("a connection")).await.expect("a row");
    let save = journals.within(&mut transaction).save_as(two.clone(), begin("third"));
    save.await.expect("it is saved");

    assert_eq!(orders(&database).await, [""; 0]);
    assert_eq!(journals.find(&one).await.expect("it is found").version(), 2);
    let missing = journals.find(&two).await;
    assert!(matches!(missing, Err(Failure::NotFound { .. })), "{missing:?}");
    transaction.commit().await.expect("a commit");

    assert_eq!(orders(&database).await, ["one"]);
    assert_eq!(journals.find(&one).await.expect("it is found").version(), 3);
    assert_eq!(journals.find(&two).await.expect("it is found").version(), 2);
    let again = journals.update(&one, note).triggered_by("m").await.expect("a success");
    assert!(again.is_duplicate());
}

#[tokio::test]
async fn nothing_of_it_is_there_after_a_rollback_or_a_drop() {
    let database = Database::new();
    let (store, journals) = (database.store().await, database.journals().await);
    execute(&mut database.sql().await, "CREATE TABLE orders (id TEXT PRIMARY KEY)").await;
    let journal = "one".to_owned();
    for rollback in [true, false] {
        let mut transaction = store.begin().await.expect("a transaction");
        let insert = sqlx::query("INSERT INTO orders VALUES ('one')");
        insert.execute(transaction.sqlite().expect("a connection")).await.expect("a row");
        let save = journals.within(&mut transaction).save_as(journal.clone(), begin("first"));
        save.triggered_by("m").await.expect("it is saved");
        if rollback {
            transaction.rollback().await.expect("a rollback");
        } else {
            drop(transaction);
        }
        assert_eq!(orders(&database).await, [""; 0]);
        let missing = journals.find(&journal).await;
        assert!(matches!(missing, Err(Failure::NotFound { .. })), "{missing:?}");
    }
    let save = journals.save_as(journal, begin("first")).triggered_by("m").await;
    assert!(!save.expect("it is saved").is_duplicate());
}

#[tokio::test]
async fn own_sql_that_fails_leaves_the_transaction_to_be_rolled_back() {
    let database = Database::new();
    let (store, journals) = (database.store().await, database.journals().await);
    execute(
        &mut database.sql().await,
        "CREATE TABLE orders (id TEXT PRIMARY KEY); INSERT INTO orders VALUES ('one')",
    )
    .await;
    let journal = "one".to_owned();
    let mut transaction = store.begin().await.expect("a transaction");
    let save = journals.within(&mut transaction).save_as(journal.clone(), begin("first"));
    save.await.expect("it is saved");
    let insert = sqlx::query("INSERT INTO orders VALUES ('one')");
    let taken = insert.execute(transaction.sqlite().expect("a connection")).await;
    taken.expect_err("the id is taken");
    transaction.rollback().await.expect("a rollback");
    assert_eq!(orders(&database).await, ["one"]);
    assert!(journals.find(&journal).await.is_err());
    journals.save_as(journal, begin("second")).await.expect("it is saved");
}
