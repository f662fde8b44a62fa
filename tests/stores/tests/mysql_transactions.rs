//! Transactions of MariaDB and MySQL with SQL of one's own: all of it is stored, or nothing (R17).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use std::time::Duration;

use es_core::prelude::*;
use es_core::store::{NewSnapshot, Position, StoreError};
use es_core::subscription::{Advance, Rebuild, RebuildError, Subscriptions};
use es_core::{EventId, Version};
use es_sqlx::{SqlxEventStore, SqlxTransactionExt};
use sqlx::Connection;
use store_tests::{Begin, Entry, Journal, Note, sql};

use self::database::Database;

struct Test {
    store: SqlxEventStore,
    journals: AggregateRepository<Journal>,
    database: Database,
}

impl Test {
    async fn new() -> Self {
        let database = Database::new().await;
        let store = SqlxEventStore::connect(&database.url()).await.expect("a store");
        let mut sql = database.sql().await;
        sqlx::raw_sql("CREATE TABLE notes (note VARCHAR(20) PRIMARY KEY)")
            .execute(&mut sql)
            .await
            .expect("a table");
        Test { journals: AggregateRepository::new(store.clone()), store, database }
    }

    async fn begin(&self) -> Transaction {
        self.store.begin().await.expect("a transaction")
    }

    async fn save(&self, transaction: &mut Transaction, id: &str) -> Result<(), String> {
        let begin = Begin { batch: "b".to_owned(), of: 2 };
        let saved = self.journals.within(transaction).save_as(id.to_owned(), begin).await;
        saved.map(drop).map_err(|error| error.to_string())
    }

    async fn notes(&self) -> i64 {
        let mut sql = self.database.sql().await;
        sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&mut sql).await.expect("notes")
    }

    async fn journals(&self) -> Vec<String> {
        self.store.entities("Journal", None, 99).await.expect("a list")
    }

    /// Connections are free, and not in the middle of anything.
    async fn still_works(&self) {
        for n in 0..8 {
            let mut transaction = self.begin().await;
            self.save(&mut transaction, &format!("after {n}")).await.expect("it is saved");
            transaction.rollback().await.expect("a rollback");
        }
        let open = "SELECT COUNT(*) FROM information_schema.innodb_trx t
                      JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
                     WHERE p.db = DATABASE()";
        for _ in 0..25 {
            let mut sql = self.database.sql().await;
            let open: i64 = sqlx::query_scalar(open).fetch_one(&mut sql).await.expect("a number");
            if open == 0 {
                return;
            }
            // The server looks again only if nobody has asked for a tenth of a second.
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("a transaction stays open");
    }
}

async fn note(transaction: &mut Transaction, note: &str) -> Result<(), sqlx::Error> {
    let sql = transaction.mysql().expect("a connection");
    sqlx::query("INSERT INTO notes VALUES (?)").bind(note).execute(sql).await.map(drop)
}

#[tokio::test]
async fn events_and_sql_of_ones_own_commit_together() {
    let test = Test::new().await;
    let mut transaction = test.begin().await;
    test.save(&mut transaction, "a").await.expect("it is saved");
    note(&mut transaction, "n").await.expect("it is noted");
    test.save(&mut transaction, "b").await.expect("it is saved");
    assert_eq!((test.journals().await.len(), test.notes().await), (0, 0));

    transaction.commit().await.expect("it commits");

    assert_eq!((test.journals().await.len(), test.notes().await), (2, 1));
}

#[tokio::test]
async fn events_and_sql_of_ones_own_are_rolled_back_together() {
    for dropped in [false, true] {
        let test = Test::new().await;
        let mut transaction = test.begin().await;
        test.save(&mut transaction, "a").await.expect("it is saved");
        note(&mut transaction, "n").await.expect("it is noted");

        if dropped {
            drop(transaction);
        } else {
            transaction.rollback().await.expect("a rollback");
        }

        assert_eq!((test.journals().await.len(), test.notes().await), (0, 0));
        test.still_works().await;
    }
}

#[tokio::test]
async fn an_error_and_a_savepoint_of_ones_own_are_no_end() {
    let test = Test::new().await;
    let mut transaction = test.begin().await;
    note(&mut transaction, "n").await.expect("it is noted");
    assert!(note(&mut transaction, "n").await.is_err());
    let mut nested = transaction.mysql().expect("a connection").begin().await.expect("a savepoint");
    sqlx::query("INSERT INTO notes VALUES ('nested')")
        .execute(&mut *nested)
        .await
        .expect("it is noted");
    nested.rollback().await.expect("a rollback");
    test.save(&mut transaction, "a").await.expect("it is saved");
    assert!(test.save(&mut transaction, "a").await.expect_err("taken").contains("exists"));
    transaction.commit().await.expect("it commits");

    assert_eq!((test.journals().await, test.notes().await), (vec!["a".to_owned()], 1));
}

// MariaDB and MySQL commit before they change tables. What follows must not be stored on its own.
#[tokio::test]
async fn a_transaction_that_own_sql_has_ended_stores_nothing_more() {
    for way in ["save", "commit", "rollback", "drop"] {
        let test = Test::new().await;
        let mut transaction = test.begin().await;
        test.save(&mut transaction, "before").await.expect("it is saved");
        let sql = transaction.mysql().expect("a connection");
        sqlx::raw_sql("CREATE TABLE more (note TEXT)").execute(sql).await.expect("a table");

        match way {
            "save" => {
                let lost = test.save(&mut transaction, "after").await.expect_err("it has ended");
                assert!(lost.contains("has ended before"), "{lost}");
                let failed = transaction.mysql();
                assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
                assert!(transaction.commit().await.is_err());
            }
            "commit" => {
                let lost = transaction.commit().await.expect_err("it has ended");
                assert!(lost.to_string().contains("has ended before"), "{lost}");
            }
            "rollback" => transaction.rollback().await.expect("a rollback"),
            _ => drop(transaction),
        }

        assert_eq!(test.journals().await, ["before"], "{way}");
        test.still_works().await;
    }
}

// The server ends a transaction by itself in a deadlock. What its user goes on with isn't committed one by one.
#[tokio::test]
async fn what_comes_after_the_end_of_a_transaction_is_not_stored_either() {
    for way in ["commit", "advance", "fence", "take over", "snapshot", "rollback", "drop"] {
        let test = Test::new().await;
        let subscriptions = test.store.subscriptions().expect("subscriptions");
        for subscriber in ["a", "b"] {
            subscriptions.register(subscriber, 1, Position::START).await.unwrap();
        }
        let held = subscriptions.acquire("a", "me", 1, Duration::from_secs(60)).await.unwrap();
        let held = [held[0].held];
        let mut transaction = test.begin().await;
        note(&mut transaction, "before").await.unwrap();
        let sql = transaction.mysql().expect("a connection");
        sqlx::raw_sql("ROLLBACK").execute(sql).await.unwrap();
        note(&mut transaction, "after").await.unwrap();
        let advance = Advance::new("a", "me", &held).to(Position::new(7));
        let lost = match way {
            "commit" => transaction.commit().await.err().map(|error| error.to_string()),
            "advance" => {
                let advanced = transaction.advance(&advance).await;
                drop(transaction);
                advanced.err().map(|error| error.to_string())
            }
            "fence" => {
                let fenced = transaction.fence("a", "b").await;
                drop(transaction);
                fenced.err().map(|error| error.to_string())
            }
            "take over" => {
                let taken = transaction.take_over("a", "b").await;
                drop(transaction);
                taken.err().map(|error| error.to_string())
            }
            "snapshot" => {
                let snapshot = NewSnapshot {
                    entity_type: "Journal",
                    entity_id: "a".to_owned(),
                    shape: "s".into(),
                    version: Version::new(1),
                    event_id: EventId::new(),
                    data: b"{}".to_vec(),
                    keep: 1,
                };
                let kept = transaction.keep_snapshot(snapshot).await;
                drop(transaction);
                kept.err().map(|error| error.to_string())
            }
            "rollback" => transaction.rollback().await.err().map(|error| error.to_string()),
            _ => {
                drop(transaction);
                None
            }
        };
        let is_lost = lost.is_some_and(|lost| lost.contains("has ended before"));
        assert_eq!(is_lost, !["rollback", "drop"].contains(&way), "{way}");

        test.still_works().await;
        assert_eq!(test.notes().await, 0, "{way}");
        let progress = subscriptions.progress("a").await.unwrap();
        assert_eq!(progress.partitions[0].position, Position::START, "{way}");
        assert_eq!(subscriptions.progress("b").await.unwrap().partitions.len(), 1, "{way}");
        // Others commit by themselves on the same connection.
        let begin = Begin { batch: "b".to_owned(), of: 1 };
        test.journals.save_as("alone".to_owned(), begin).await.unwrap();
        let mut sql = test.database.sql().await;
        let events = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&mut sql).await;
        assert_eq!(events.ok(), Some(1_i64), "{way}");
    }
}

// Each has what the other one waits for; the server ends one of them.
#[tokio::test]
async fn of_two_transactions_in_a_deadlock_one_commits_and_the_other_leaves_nothing() {
    let test = Test::new().await;
    for id in ["a", "b"] {
        let begin = Begin { batch: "b".to_owned(), of: 1 };
        test.journals.save_as(id.to_owned(), begin).await.expect("it is saved");
    }
    let change = |first: &'static str, second: &'static str, mut transaction: Transaction| {
        let journals = test.journals.clone();
        let note = || Note { batch: "n".to_owned(), of: 1 };
        async move {
            let id = first.to_owned();
            journals
                .within(&mut transaction)
                .update(&id, note())
                .await
                .expect("nobody else has it");
            tokio::time::sleep(Duration::from_millis(200)).await;
            let id = second.to_owned();
            match journals.within(&mut transaction).update(&id, note()).await {
                Ok(_) => transaction.commit().await.map_err(|error| error.to_string()),
                Err(error) => {
                    assert!(transaction.mysql().is_err(), "it is over");
                    assert!(transaction.commit().await.is_err());
                    Err(error.to_string())
                }
            }
        }
    };
    let (one, other) =
        tokio::join!(change("a", "b", test.begin().await), change("b", "a", test.begin().await));

    let lost = [one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!(lost[0].contains("others change the same"), "{lost:?}");
    for id in ["a", "b"] {
        let found = test.journals.find(&id.to_owned()).await.expect("it is found");
        assert_eq!(found.version().get(), 2);
    }
    test.still_works().await;
}

#[tokio::test]
async fn a_call_that_is_dropped_in_a_transaction_ends_it() {
    let test = Test::new().await;
    for polls in 0..12 {
        let mut other = test.begin().await;
        test.save(&mut other, "held").await.expect("it is saved");
        let mut transaction = test.begin().await;
        test.save(&mut transaction, &format!("of {polls}")).await.expect("it is saved");
        // One waits for the other transaction. How far the other one comes is as it happens.
        let id = if polls % 2 == 0 { "held" } else { "free" };
        let mut save = Box::pin(test.save(&mut transaction, id));
        let mut done = false;
        for _ in 0..polls {
            done = std::future::poll_fn(|context| {
                std::task::Poll::Ready(save.as_mut().poll(context).is_ready())
            })
            .await;
            if done {
                break;
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        drop(save);
        other.rollback().await.expect("a rollback");
        assert!(!done || id == "free", "it waits");
        if !done && polls > 0 {
            assert!(transaction.commit().await.is_err(), "after {polls} polls");
        }
    }
    assert_eq!(test.journals().await, [""; 0]);
    test.still_works().await;
}

#[test]
fn a_transaction_may_be_dropped_outside_of_the_runtime() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let test = runtime.block_on(Test::new());
    let transaction = runtime.block_on(async {
        let mut transaction = test.begin().await;
        test.save(&mut transaction, "a").await.expect("it is saved");
        transaction
    });
    drop(transaction);
    runtime.block_on(test.still_works());
    assert_eq!(runtime.block_on(test.journals()), [""; 0]);
}

/// Writes all entries into a table.
struct Shelf {
    table: &'static str,
}

#[event_subscriber(id = "shelf")]
impl Shelf {
    #[event_handler]
    async fn entry(
        &self,
        cx: EventHandlerContext<'_, Entry>,
        transaction: &mut Transaction,
    ) -> Result<(), StoreError> {
        sql::execute(transaction, format!("INSERT INTO {} VALUES ({})", self.table, cx.version()))
            .await
    }
}

impl Test {
    async fn with_shelves() -> Self {
        let test = Test::new().await;
        let tables = "CREATE TABLE live (version BIGINT); CREATE TABLE beside (version BIGINT)";
        sqlx::raw_sql(tables).execute(&mut test.database.sql().await).await.unwrap();
        let begin = Begin { batch: "b".to_owned(), of: 4 };
        test.journals.save_as("a".to_owned(), begin).await.unwrap();
        test
    }

    /// Runs the live one until it has handled all.
    async fn run_live(&self) {
        let live = Subscriptions::new(self.store.clone()).subscribe(Shelf { table: "live" });
        let control = live.control();
        live.run(async { control.caught_up("shelf").await.unwrap() }).await.unwrap();
    }

    fn rebuild(&self) -> Rebuild {
        Rebuild::new(self.store.clone(), Shelf { table: "beside" })
    }

    async fn live(&self) -> Vec<i64> {
        let versions = sqlx::query_scalar("SELECT version FROM live ORDER BY version");
        versions.fetch_all(&mut self.database.sql().await).await.unwrap()
    }
}

const SWAP: &str = "DELETE FROM live; INSERT INTO live SELECT version FROM beside";

// What changes tables commits what was done before it in the transaction, also where it fails.
#[tokio::test]
async fn a_swap_that_changes_tables_leaves_the_live_subscriber_as_it_was() {
    let test = Test::with_shelves().await;
    test.run_live().await;
    let subscriptions = test.store.subscriptions().expect("subscriptions");
    let before = subscriptions.progress("shelf").await.unwrap();
    let fails = "RENAME TABLE live TO old, nowhere TO live";
    for changes in [fails, "CREATE TABLE more (version BIGINT)"] {
        let swap = async |tx: &mut Transaction| sql::execute(tx, changes.to_owned()).await;
        let refused = test.rebuild().run(swap).await.expect_err("it has ended");
        assert_eq!(matches!(refused, RebuildError::Swap(_)), changes == fails, "{refused}");
        assert_eq!(subscriptions.progress("shelf").await.unwrap(), before, "{changes}");
        let rebuilt = subscriptions.progress(&Rebuild::name("shelf")).await.unwrap();
        assert_eq!(rebuilt.partitions.len(), before.partitions.len(), "{changes}");
    }
    let note = Note { batch: "n".to_owned(), of: 1 };
    test.journals.update(&"a".to_owned(), note).await.unwrap();
    test.run_live().await;
    assert_eq!(test.live().await, [1, 2, 3, 4, 5]);
    test.rebuild()
        .run(async |tx| sql::execute(tx, SWAP.to_owned()).await)
        .await
        .expect("it is rebuilt");
    assert_eq!(test.live().await, [1, 2, 3, 4, 5]);
}

// Nobody has what isn't there yet, so its first start is found out afterwards.
#[tokio::test]
async fn a_live_subscriber_that_starts_while_its_view_is_replaced_writes_nothing_twice() {
    let test = Test::with_shelves().await;
    for starts in [true, false] {
        let swap = async |tx: &mut Transaction| {
            sql::execute(tx, SWAP.to_owned()).await?;
            if starts {
                test.run_live().await;
            }
            Ok::<_, StoreError>(())
        };
        match test.rebuild().run(swap).await {
            Err(RebuildError::Store(StoreError::Contended(_))) if starts => {}
            ended => ended.expect("it is rebuilt"),
        }
        assert_eq!(test.live().await, [1, 2, 3, 4]);
    }
}
