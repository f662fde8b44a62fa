//! How often the store on PostgreSQL is asked for each call, as a proxy before the server sees it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/postgres/proxy.rs"]
mod proxy;
#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use es_core::prelude::*;
use es_sqlx::SqlxEventStore;
use futures_util::future::join_all;
use store_tests::feed::Reader;
use store_tests::{Begin, Journal, Note};

use self::proxy::Proxy;
use self::schema::Schema;

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
async fn journals() -> (AggregateRepository<Journal>, SqlxEventStore, Proxy, Schema) {
    let schema = Schema::new().await;
    let proxy = Proxy::new().await;
    let url = schema.url_at(&proxy.url());
    let store = SqlxEventStore::builder().max_connections(1).connect(&url).await.expect("a store");
    let journals = AggregateRepository::<Journal>::new(store.clone());
    // First: when it is given back, the pool asks the server whether it works, and the next call waits for that.
    let mut transaction = store.begin().await.expect("a transaction");
    let saved = journals.within(&mut transaction).save_as("within".to_owned(), begin(2)).await;
    saved.expect("it is saved");
    transaction.commit().await.expect("a commit");
    for of in [1, 3] {
        let id = format!("first of {of}");
        journals.save_as(id.clone(), begin(of)).await.expect("it is saved");
        journals.update(&id, note(of)).await.expect("it is updated");
        journals.update(&id, note(of)).triggered_by("m").await.expect("it is updated");
        journals.save_as(id.clone(), begin(of)).await.expect_err("it exists");
    }
    (journals, store, proxy, schema)
}

#[tokio::test]
async fn saving_and_finding_take_one_round_trip_and_updating_two() {
    let (journals, _store, proxy, _schema) = journals().await;
    for of in [1, 3, 100] {
        let id = format!("journal of {of}");
        let asked = proxy.requests();
        journals.save_as(id.clone(), begin(of)).await.expect("it is saved");
        assert_eq!(proxy.requests() - asked, 1, "save of {of}");

        let asked = proxy.requests();
        journals.find(&id).await.expect("it is found");
        assert_eq!(proxy.requests() - asked, 1, "find of {of}");

        let asked = proxy.requests();
        journals.update(&id, note(of)).await.expect("it is updated");
        assert_eq!(proxy.requests() - asked, 2, "update of {of}");

        let asked = proxy.requests();
        journals.update(&id, note(of)).triggered_by("m").await.expect("it is updated");
        assert_eq!(proxy.requests() - asked, 2, "update of {of} by a message");

        let asked = proxy.requests();
        journals.update(&id, note(of)).triggered_by("m").await.expect("it was updated");
        assert_eq!(proxy.requests() - asked, 1, "update of {of} by the same message");

        let asked = proxy.requests();
        journals.save_as(id.clone(), begin(of)).await.expect_err("it exists");
        assert_eq!(proxy.requests() - asked, 2, "a refused save of {of}, and why");
    }
}

#[tokio::test]
async fn what_is_found_at_the_same_time_takes_two_round_trips() {
    let (journals, _store, proxy, _schema) = journals().await;
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
    let asked = proxy.requests();
    assert_eq!(find_all().await, 10);
    assert_eq!(proxy.requests() - asked, 2);
}

#[tokio::test]
async fn updating_what_is_in_the_cache_takes_one_round_trip() {
    let (journals, store, proxy, _schema) = journals().await;
    let journals = journals.cache(10);
    for of in [1, 3, 100] {
        let id = format!("journal of {of}");
        let asked = proxy.requests();
        journals.save_as(id.clone(), begin(of)).await.expect("it is saved");
        assert_eq!(proxy.requests() - asked, 1, "save of {of}");

        for _ in 0..3 {
            let asked = proxy.requests();
            journals.update(&id, note(of)).await.expect("it is updated");
            assert_eq!(proxy.requests() - asked, 1, "update of {of}");
        }

        let asked = proxy.requests();
        journals.update(&id, note(of)).triggered_by("m").await.expect("it is updated");
        assert_eq!(proxy.requests() - asked, 2, "update of {of} by a message");

        let asked = proxy.requests();
        journals.update(&id, note(0)).await.expect("it succeeds");
        assert_eq!(proxy.requests() - asked, 1, "update of {of} that leads to nothing");

        let others = AggregateRepository::<Journal>::new(store.clone());
        others.update(&id, note(1)).await.expect("it is updated");
        let asked = proxy.requests();
        journals.update(&id, note(of)).await.expect("it is updated");
        // The append, why it lost, what the other one has stored, and the append.
        assert_eq!(proxy.requests() - asked, 4, "update of {of} after another process");
    }
}

#[tokio::test]
async fn a_transaction_takes_two_round_trips_more() {
    let (journals, store, proxy, _schema) = journals().await;
    let asked = proxy.requests();
    let mut transaction = store.begin().await.expect("a transaction");
    for id in ["one", "two"] {
        let saved = journals.within(&mut transaction).save_as(id.to_owned(), begin(2)).await;
        saved.expect("it is saved");
    }
    transaction.commit().await.expect("a commit");
    assert_eq!(proxy.requests() - asked, 4);
}

#[tokio::test]
async fn what_has_a_snapshot_is_found_in_one_round_trip() {
    let (_journals, store, proxy, _schema) = journals().await;
    let stamps = AggregateRepository::<Stamps>::new(store);
    let id = "stamps".to_owned();
    stamps.save_as(id.clone(), Stamp).await.expect("it is saved");
    for count in [3, 5, 7] {
        stamps.update(&id, Again).await.expect("it is updated");
        stamps.find(&id).await.expect("its statement is prepared by the first time");
        let asked = proxy.requests();
        assert_eq!(stamps.find(&id).await.expect("it is found").count, count);
        assert_eq!(proxy.requests() - asked, 1);
    }
}

#[tokio::test]
async fn who_gives_positions_to_events_need_not_ask_for_them() {
    let (journals, store, proxy, _schema) = journals().await;
    let mut reader = Reader::default();
    while !reader.page(&store, 1_000).await.expect("a page") {}
    for of in [1, 3, 100] {
        journals.save_as(format!("journal of {of}"), begin(of)).await.expect("it is saved");
        let asked = proxy.requests();
        assert!(reader.page(&store, 1_000).await.expect("a page"), "there is no more");
        assert_eq!(proxy.requests() - asked, 2, "the positions of {of}, and the events");
    }
}
