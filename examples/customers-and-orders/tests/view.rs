//! What the tables of the order history show.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

use customers_and_orders::domain::customer::*;
use customers_and_orders::domain::order::*;
use customers_and_orders::domain::{Customer, Order};
use customers_and_orders::history::{Database, OrderHistory, Reader};
use es_core::Id;
use es_core::testing::subscriber_on;
use es_sqlx::SqlxEventStore;
use tempfile::TempDir;

struct Bench {
    store: SqlxEventStore,
    database: Database,
    _folder: TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("orders.db").display());
        let store = SqlxEventStore::connect(&url).await.unwrap();
        let database = Database::open(&url).await.unwrap();
        Bench { store, database, _folder: folder }
    }

    fn history(&self) -> OrderHistory {
        OrderHistory { database: self.database.clone() }
    }

    fn reader(&self) -> Reader {
        Reader::new(self.database.clone())
    }
}

#[tokio::test]
async fn each_event_is_in_the_tables_once() {
    let bench = Bench::new().await;
    let (ada, order_id) = (Id::<Customer>::new(), Id::<Order>::new());
    let customer = CustomerCreated { name: "Ada".into(), credit_limit: 100.into() };
    let order = OrderCreated { customer_id: ada, total: 60.into() };
    let reserved = CreditReserved { order_id, amount: 60.into() };

    subscriber_on(bench.store.clone(), |_| bench.history())
        .when(&ada, customer)
        .when(&order_id, order)
        .when(&ada, reserved)
        .when(&order_id, OrderApproved {})
        .redelivered()
        .await
        .then_nothing();

    let customers = bench.reader().customers(i64::MAX, 10).await.unwrap();
    let [row] = &customers.rows[..] else { panic!("{customers:?}") };
    assert_eq!((&*row.name, row.credit_limit, row.reserved, row.changes), ("Ada", 100, 60, 2));

    let orders = bench.reader().orders_of(&ada, i64::MAX, 10).await.unwrap();
    let [row] = &orders.rows[..] else { panic!("{orders:?}") };
    assert_eq!((&*row.state, row.total, row.changes), ("approved", 60, 2));
    assert_eq!((&row.id, &row.customer_id), (&order_id.to_string(), &ada.to_string()));
}

#[tokio::test]
async fn a_row_shows_how_its_order_ended() {
    let bench = Bench::new().await;
    let ada = Id::<Customer>::new();
    let (rejected, cancelled) = (Id::<Order>::new(), Id::<Order>::new());
    let order = || OrderCreated { customer_id: ada, total: 60.into() };

    subscriber_on(bench.store.clone(), |_| bench.history())
        .when(&rejected, order())
        .when(&rejected, OrderRejected { reason: RejectionReason::InsufficientCredit })
        .when(&cancelled, order())
        .when(&cancelled, OrderCancelled { customer_id: ada })
        .await
        .then_nothing();

    let orders = bench.reader().orders(i64::MAX, 10).await.unwrap();
    let shown: Vec<_> =
        orders.rows.iter().map(|row| (&*row.state, row.reason.as_deref())).collect();
    assert_eq!(shown, [("cancelled", None), ("rejected", Some("insufficient_credit"))]);
}

#[tokio::test]
async fn pages_hold_each_row_once_the_newest_first() {
    let bench = Bench::new().await;
    let ada = Id::<Customer>::new();
    let ids: Vec<_> = (0..6).map(|_| Id::<Order>::new()).collect();
    let mut scenario = subscriber_on(bench.store.clone(), |_| bench.history())
        .when(&ids[0], OrderCreated { customer_id: ada, total: 1.into() });
    for (id, total) in ids.iter().zip(1..).skip(1) {
        scenario = scenario.when(id, OrderCreated { customer_id: ada, total: u16::into(total) });
    }
    scenario.await.then_nothing();

    let (mut before, mut totals, mut pages) = (i64::MAX, Vec::new(), 0);
    loop {
        let page = bench.reader().orders(before, 3).await.unwrap();
        totals.extend(page.rows.iter().map(|row| row.total));
        pages += 1;
        match page.next {
            Some(next) => before = next,
            None => break,
        }
    }
    assert_eq!((pages, totals), (2, vec![6, 5, 4, 3, 2, 1]));
}

#[tokio::test]
async fn processes_that_start_at_once_make_the_tables_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("orders.db").display());
    SqlxEventStore::connect(&url).await.unwrap();
    let opened = futures_util::future::join_all((0..8).map(|_| Database::open(&url))).await;
    assert!(opened.iter().all(Result::is_ok), "{opened:?}");
}
