//! Connections of MariaDB and MySQL that are lost, and what is done about it (S9).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;
#[path = "../../../es-sqlx/tests/mysql/proxy.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod proxy;

use std::ops::ControlFlow;
use std::time::Duration;

use es_core::store::{FeedFilter, FeedQuery, Position, RawEvent, StoreError};
use es_core::{AggregateRepository, EventStore, MessageKey};
use es_sqlx::{SqlxEventStore, SqlxEventStoreBuilder, SqlxTransactionExt};
use sqlx::{AssertSqlSafe, MySqlConnection};
use store_tests::sql::execute;
use store_tests::{Begin, Journal, Note};
use tokio::time::timeout;

use self::database::Database;
use self::proxy::Proxy;

fn begin(of: u64) -> Begin {
    Begin { batch: "b".to_owned(), of }
}

async fn number(sql: &mut MySqlConnection, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(sql).await.expect("the SQL is right")
}

async fn behind_proxy(builder: SqlxEventStoreBuilder) -> (SqlxEventStore, Proxy, Database) {
    let database = Database::new().await;
    let proxy = Proxy::new(&database.url()).await;
    let store = builder.connect(&proxy.url(&database.url())).await.expect("a store");
    (store, proxy, database)
}

// The server has committed, and the client doesn't know.
#[tokio::test]
async fn an_append_whose_answer_is_lost_is_stored_once_and_acknowledged() {
    let (store, proxy, database) = behind_proxy(SqlxEventStore::builder()).await;
    let journals = AggregateRepository::<Journal>::new(store);
    for of in [1, 3] {
        let id = format!("journal of {of}");
        // The statement is prepared before.
        journals.save_as(format!("warm {of}"), begin(of)).await.expect("it is saved");
        proxy.hang_up();
        let saved =
            journals.save_as(id.clone(), begin(of)).triggered_by(MessageKey::new("m")).await;
        let saved = saved.expect("it is found");
        assert!(proxy.has_hung_up(), "the test tests too little");
        assert_eq!((saved.version().get(), saved.is_duplicate()), (of, false));
        assert_eq!(journals.find(&id).await.expect("it is there").version().get(), of);
    }
    let mut sql = database.sql().await;
    assert_eq!(number(&mut sql, "SELECT COUNT(*) FROM events").await, 8);
    assert_eq!(number(&mut sql, "SELECT COUNT(*) FROM processed_messages").await, 2);
}

#[tokio::test]
async fn a_load_whose_answer_is_lost_is_asked_for_again() {
    let (store, proxy, _database) = behind_proxy(SqlxEventStore::builder()).await;
    let journals = AggregateRepository::<Journal>::new(store);
    journals.save_as("a".to_owned(), begin(2)).await.expect("it is saved");
    journals.find(&"a".to_owned()).await.expect("it is found");
    proxy.hang_up();
    assert_eq!(journals.find(&"a".to_owned()).await.expect("it is found again").version().get(), 2);
    assert!(proxy.has_hung_up(), "the test tests too little");
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_told_as_such() {
    let (store, proxy, _database) = behind_proxy(SqlxEventStore::builder()).await;
    let journals = AggregateRepository::<Journal>::new(store.clone());
    let mut transaction = store.begin().await.expect("a transaction");
    journals.within(&mut transaction).save_as("a".to_owned(), begin(1)).await.expect("saved");
    proxy.hang_up();
    let lost = transaction.commit().await;
    assert!(matches!(lost, Err(StoreError::OutcomeUnknown(_))), "{lost:?}");
    assert!(proxy.has_hung_up(), "the test tests too little");
    assert_eq!(journals.find(&"a".to_owned()).await.expect("committed").version().get(), 1);
}

#[tokio::test]
async fn a_transaction_that_is_lost_before_its_commit_is_stored_by_no_means() {
    let (store, proxy, _database) = behind_proxy(SqlxEventStore::builder()).await;
    let journals = AggregateRepository::<Journal>::new(store.clone());
    let mut transaction = store.begin().await.expect("a transaction");
    journals.within(&mut transaction).save_as("a".to_owned(), begin(1)).await.expect("saved");
    // After SQL of its user's, a commit asks first whether the transaction goes on.
    execute(&mut transaction, "DO 1".to_owned()).await.expect("it is executed");
    proxy.hang_up();
    let lost = transaction.commit().await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
    assert!(proxy.has_hung_up(), "the test tests too little");
    assert!(journals.find(&"a".to_owned()).await.is_err());
}

// As where whoever asked has hung up.
#[tokio::test]
async fn a_read_that_is_given_up_keeps_no_connection_from_others() {
    let database = Database::new().await;
    let builder = SqlxEventStore::builder().max_connections(2);
    let store = builder.connect(&database.url()).await.expect("a store");
    let journals = AggregateRepository::<Journal>::new(store.clone());
    for number in 0..20 {
        journals.save_as(number.to_string(), begin(50)).await.expect("it is saved");
    }
    let (all, mut given_up) = (FeedFilter::all(), 0);
    // How many are given up depends on how fast the server is.
    for round in 0..600 {
        if round >= 60 && given_up > 40 {
            break;
        }
        let pause = Duration::from_micros(40 * (round % 60));
        let mut ignore = |_: Position, _: RawEvent<'_>| ControlFlow::Continue(());
        let read = store.feed(FeedQuery::new(Position::START, 1_000, &all), &mut ignore);
        given_up += u32::from(timeout(pause, read).await.is_err());
        let id = "1".to_owned();
        given_up += u32::from(timeout(pause, journals.find(&id)).await.is_err());
        // sqlx gives itself 10 s to find out what has become of a connection.
        let next = timeout(Duration::from_secs(5), journals.find(&id)).await;
        assert!(matches!(&next, Ok(Ok(_))), "after {pause:?}: {next:?}");
    }
    assert!(given_up > 40, "the test tests too little: {given_up}");
}

// As a restart of the server does.
#[tokio::test]
async fn connections_that_the_server_has_closed_are_replaced() {
    let database = Database::new().await;
    let store = SqlxEventStore::connect(&database.url()).await.expect("a store");
    let journals = AggregateRepository::<Journal>::new(store.clone());
    let mut sql = database.sql().await;
    for round in 0..4 {
        // Several, so that more than one is dead.
        let mut transactions = Vec::new();
        for _ in 0..5 {
            transactions.push(store.begin().await.expect("a transaction"));
        }
        for transaction in transactions {
            transaction.rollback().await.expect("a rollback");
        }
        let ids: Vec<u64> = sqlx::query_scalar(
            "SELECT CAST(id AS UNSIGNED) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
        )
        .fetch_all(&mut sql)
        .await
        .expect("a list");
        assert!(ids.len() >= 5, "the test tests too little");
        for id in ids {
            // It may have gone by itself.
            let _ = sqlx::raw_sql(AssertSqlSafe(format!("KILL {id}"))).execute(&mut sql).await;
        }
        let id = format!("journal {round}");
        match round {
            0 => drop(store.begin().await.expect("a transaction")),
            1 => drop(store.entities("Journal", None, 9).await.expect("a list")),
            2 => drop(journals.find(&"missing".to_owned()).await.expect_err("it is missing")),
            _ => {}
        }
        journals.save_as(id.clone(), begin(2)).await.expect("it is saved");
        assert_eq!(journals.find(&id).await.expect("it is found").version().get(), 2);
    }
}

#[tokio::test]
async fn a_locked_entity_is_waited_for_with_a_limit_and_holds_no_other_up() {
    let limit = Duration::from_secs(1);
    let database = Database::new().await;
    let store = SqlxEventStore::builder().busy_timeout(limit).connect(&database.url()).await;
    let store = store.expect("a store");
    let journals = AggregateRepository::<Journal>::new(store.clone());
    journals.save_as("locked".to_owned(), begin(1)).await.expect("it is saved");
    let mut transaction = store.begin().await.expect("a transaction");
    let note = || Note { batch: "n".to_owned(), of: 1 };
    journals
        .within(&mut transaction)
        .update(&"locked".to_owned(), note())
        .await
        .expect("it is updated");

    let locked = tokio::spawn({
        let journals = journals.clone();
        async move { journals.update(&"locked".to_owned(), note()).await }
    });
    let others: Vec<_> = (0..20)
        .map(|n| {
            let journals = journals.clone();
            tokio::spawn(async move { journals.save_as(format!("other {n}"), begin(1)).await })
        })
        .collect();
    for other in others {
        other.await.expect("no panic").expect("the lock of another entity is not in its way");
    }
    let error = locked.await.expect("no panic").expect_err("the entity is locked");
    assert!(error.to_string().contains("lock of an entity within 1s"), "{error}");
    transaction.commit().await.expect("it commits");
    let updated = journals.update(&"locked".to_owned(), note()).await.expect("it is updated");
    assert_eq!(updated.version().get(), 3);
}

#[tokio::test]
async fn every_connection_waits_with_limits_and_refuses_what_does_not_fit() {
    let database = Database::new().await;
    let store = SqlxEventStore::builder()
        .busy_timeout(Duration::from_secs(3))
        .statement_timeout(Duration::from_secs(7))
        .connect(&database.url().replace("mysql://", "mariadb://"))
        .await
        .expect("a store");
    let mut transaction = store.begin().await.expect("a transaction");
    let sql = transaction.mysql().expect("a connection");
    assert_eq!(number(sql, "SELECT CAST(@@innodb_lock_wait_timeout AS SIGNED)").await, 3);
    assert_eq!(number(sql, "SELECT CAST(@@lock_wait_timeout AS SIGNED)").await, 3);
    let strict = "SELECT CAST(FIND_IN_SET('STRICT_ALL_TABLES', @@sql_mode) > 0 AS SIGNED)";
    assert_eq!(number(sql, strict).await, 1);
    let (_, isolation): (String, String) = sqlx::query_as(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')",
    )
    .fetch_one(&mut *sql)
    .await
    .unwrap();
    assert_eq!(isolation, "READ-COMMITTED");
    let mariadb = number(sql, "SELECT CAST(VERSION() LIKE '%MariaDB%' AS SIGNED)").await == 1;
    let (limit, expected) = if mariadb {
        ("SELECT CAST(@@max_statement_time * 1000 AS SIGNED)", 0)
    } else {
        ("SELECT CAST(@@max_execution_time AS SIGNED)", 7_000)
    };
    assert_eq!(number(sql, limit).await, expected);
}

/// What is said to an application whose pool's connections begin so.
async fn refused(set_up: &'static str) -> String {
    let database = Database::new().await;
    let pool = sqlx::mysql::MySqlPoolOptions::new()
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(set_up).execute(connection).await.map(drop) })
        })
        .connect(&database.url())
        .await
        .expect("a pool");
    match SqlxEventStore::from_mysql_pool(pool).await {
        Err(StoreError::Address(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pool_that_cuts_off_what_does_not_fit_is_refused() {
    let message = refused("SET sql_mode = ''").await;
    assert!(message.contains("STRICT_ALL_TABLES"), "{message}");
}

#[tokio::test]
async fn a_pool_that_reads_what_is_not_committed_is_refused() {
    let message = refused("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED").await;
    assert!(message.contains("READ COMMITTED"), "{message}");
}

#[tokio::test]
async fn addresses_that_cannot_be_used_are_explained() {
    for (url, hint) in [
        ("mysql://ada:s3cret@127.0.0.1", "names no database"),
        ("mariadb://ada:s3cret@127.0.0.1/?ssl-mode=DISABLED", "names no database"),
        ("mysql://ada:s3cret@127.0.0.1/bank?ssl-mode=maybe", "maybe"),
    ] {
        let refused = SqlxEventStore::connect(url).await;
        let Err(StoreError::Address(message)) = refused else { panic!("{url}: {refused:?}") };
        assert!(message.contains(hint) && !message.contains("s3cret"), "{url}: {message}");
    }
}
