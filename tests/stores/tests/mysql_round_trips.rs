//! What the store on MariaDB asks of the server for each call, as a proxy before the server sees it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;
#[path = "../../../es-sqlx/tests/mysql/proxy.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod proxy;

use es_core::MessageKey;
use es_core::prelude::*;
use es_sqlx::{SqlxEventStore, SqlxTransactionExt};
use futures_util::future::join_all;
use store_tests::feed::Reader;
use store_tests::{Begin, Journal, Note};

use self::database::Database;
use self::proxy::{Command, Proxy};

fn begin(of: u64) -> Begin {
    Begin { batch: "b".to_owned(), of }
}

fn note(of: u64) -> Note {
    Note { batch: "n".to_owned(), of }
}

/// Its state is kept with every second event.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Stamps {
    count: u32,
}

#[derive(Debug, Clone, Command)]
struct Stamp;

#[derive(Debug, Serialize, Deserialize, Event)]
struct Stamped {}

#[aggregate(id = String, snapshot(every = 2, with_append))]
impl Stamps {
    #[command_handler]
    fn first(_: Stamp) -> Stamped {
        Stamped {}
    }

    #[command_handler]
    fn stamp(&self, _: &Again) -> (Stamped, Stamped) {
        (Stamped {}, Stamped {})
    }

    #[event_handler]
    fn stamped(&mut self, _: &Stamped) {
        self.count += 1;
    }
}

#[derive(Debug, Clone, Command)]
struct Again;

/// A repository whose single connection has prepared its statements.
async fn journals() -> (AggregateRepository<Journal>, SqlxEventStore, Proxy, Database) {
    let database = Database::new().await;
    let proxy = Proxy::new(&database.url()).await;
    let url = proxy.url(&database.url());
    let store = SqlxEventStore::builder().max_connections(1).connect(&url).await.expect("a store");
    let journals = AggregateRepository::<Journal>::new(store.clone());
    for of in [1, 3, 100] {
        let id = format!("first of {of}");
        journals.save_as(id.clone(), begin(of)).await.expect("it is saved");
        journals.find(&id).await.expect("it is found");
        journals.update(&id, note(of)).await.expect("it is updated");
        let message = MessageKey::new("first");
        journals.update(&id, note(of)).triggered_by(message).await.expect("it is updated");
    }
    store.begin().await.expect("a transaction").rollback().await.expect("a rollback");
    // Its connection is back.
    journals.find(&"first of 1".to_owned()).await.expect("it is found");
    proxy.asked();
    (journals, store, proxy, database)
}

#[tokio::test]
async fn saving_and_finding_take_one_round_trip_and_updating_two() {
    let (journals, _store, proxy, _database) = journals().await;
    for of in [1, 3, 100] {
        let id = format!("journal of {of}");
        journals.save_as(id.clone(), begin(of)).await.expect("it is saved");
        assert_eq!(proxy.asked(), [Command::Execute], "save of {of}");

        journals.find(&id).await.expect("it is found");
        assert_eq!(proxy.asked(), [Command::Execute], "find of {of}");

        journals.update(&id, note(of)).await.expect("it is updated");
        assert_eq!(proxy.asked(), [Command::Execute; 2], "update of {of}");

        let message = MessageKey::new(of.to_string());
        journals.update(&id, note(of)).triggered_by(message).await.expect("it is updated");
        assert_eq!(proxy.asked(), [Command::Execute; 2], "update of {of} by a message");

        let again = journals.save_as(id.clone(), begin(of)).await;
        assert!(again.is_err());
        assert_eq!(proxy.asked(), [Command::Execute], "a refused save of {of}");
    }
}

#[tokio::test]
async fn what_is_found_at_the_same_time_takes_two_round_trips() {
    let (journals, _store, proxy, _database) = journals().await;
    let names: Vec<_> = (0..10).map(|n| format!("journal {n}")).collect();
    for name in &names {
        journals.save_as(name.clone(), begin(3)).await.expect("it is saved");
    }
    let find_all = async || {
        let found = join_all(names.iter().map(async |name| journals.find(name).await)).await;
        found.into_iter().filter(|found| found.is_ok()).count()
    };
    // One that finds nobody under way, and the others together, whose statement is prepared then.
    find_all().await;
    proxy.asked();
    assert_eq!(find_all().await, 10);
    assert_eq!(proxy.asked(), [Command::Execute; 2]);
}

#[tokio::test]
async fn updating_what_is_in_the_cache_takes_one_round_trip() {
    let (journals, _store, proxy, _database) = journals().await;
    let journals = journals.cache(10);
    for of in [1, 3, 100] {
        let id = format!("journal of {of}");
        journals.save_as(id.clone(), begin(of)).await.expect("it is saved");
        assert_eq!(proxy.asked(), [Command::Execute], "save of {of}");

        for _ in 0..3 {
            journals.update(&id, note(of)).await.expect("it is updated");
            assert_eq!(proxy.asked(), [Command::Execute], "update of {of}");
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_looked_for_twice() {
    let (journals, _store, proxy, _database) = journals().await;
    assert!(journals.find(&"missing".to_owned()).await.is_err());
    assert_eq!(proxy.asked(), [Command::Execute; 2]);
}

#[tokio::test]
async fn a_transaction_begins_and_ends_in_one_round_trip_and_with_own_sql_in_two() {
    let (journals, store, proxy, _database) = journals().await;
    for (own_sql, commit) in [(false, 1), (true, 2)] {
        let mut transaction = store.begin().await.expect("a transaction");
        assert_eq!(proxy.asked(), [Command::Query], "begin");

        for (id, of) in [("a", 1), ("b", 2)] {
            let id = format!("{id} {own_sql}");
            journals.within(&mut transaction).save_as(id, begin(of)).await.expect("it is saved");
            assert_eq!(proxy.asked(), [Command::Execute], "save of {of}");
        }
        if own_sql {
            let sql = transaction.mysql().expect("a connection");
            sqlx::raw_sql("DO 0").execute(sql).await.expect("the SQL is right");
            assert_eq!(proxy.asked(), [Command::Query], "own SQL");
        }

        transaction.commit().await.expect("it commits");
        // Nobody waits for the return of the connection, but for who needs this very one.
        journals.find(&format!("a {own_sql}")).await.expect("it is found");
        let asked = [&vec![Command::Query; commit + 1][..], &[Command::Execute]].concat();
        assert_eq!(proxy.asked(), asked, "commit, the return and a find");
    }
}

#[tokio::test]
async fn what_has_a_snapshot_is_found_in_one_round_trip() {
    let (_journals, store, proxy, _database) = journals().await;
    let stamps = AggregateRepository::<Stamps>::new(store);
    let id = "stamps".to_owned();
    stamps.save_as(id.clone(), Stamp).await.expect("it is saved");
    for count in [3, 5, 7] {
        stamps.update(&id, Again).await.expect("it is updated");
        stamps.find(&id).await.expect("its statement is prepared by the first time");
        proxy.asked();
        assert_eq!(stamps.find(&id).await.expect("it is found").count, count);
        assert_eq!(proxy.asked(), [Command::Execute]);
    }
}

#[tokio::test]
async fn who_gives_positions_to_events_need_not_ask_for_them() {
    let (journals, store, proxy, _database) = journals().await;
    let mut reader = Reader::default();
    while !reader.page(&store, 1_000).await.expect("a page") {}
    for of in [1, 3, 100] {
        journals.save_as(format!("journal of {of}"), begin(of)).await.expect("it is saved");
        proxy.asked();
        assert!(reader.page(&store, 1_000).await.expect("a page"), "there is no more");
        let asked = [Command::Execute, Command::Query, Command::Execute];
        assert_eq!(proxy.asked(), asked, "the queue, the positions of {of}, and the events");
    }
}
