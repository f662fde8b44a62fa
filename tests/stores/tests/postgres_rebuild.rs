//! A view on PostgreSQL that is replaced while a transaction of the live subscriber is open.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use std::sync::Arc;
use std::time::Duration;

use es_core::prelude::*;
use es_core::store::StoreError;
use es_core::subscription::{Rebuild, RebuildError, Subscriptions};
use es_sqlx::{SqlxEventStore, sqlx};
use store_tests::{Begin, Entry, Journal, Note, sql};
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::time::{sleep, timeout};

use self::schema::Schema;

const LIMIT: Duration = Duration::from_secs(30);

/// Writes all entries into a table, and waits with the third one.
struct Shelf {
    table: &'static str,
    /// Whether it has written that one, and waits; and what it waits for.
    waits: Option<(Arc<Notify>, Arc<Semaphore>)>,
}

#[event_subscriber(id = "shelf")]
impl Shelf {
    #[event_handler]
    async fn entry(
        &self,
        cx: EventHandlerContext<'_, Entry>,
        transaction: &mut Transaction,
    ) -> Result<(), StoreError> {
        let insert = format!("INSERT INTO {} VALUES ({})", self.table, cx.version());
        sql::execute(transaction, insert).await?;
        if let (3, Some((is_waiting, go_on))) = (cx.version().get(), &self.waits) {
            is_waiting.notify_one();
            go_on.acquire().await.unwrap().forget();
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_the_live_subscriber_has_in_hand_is_not_twice_in_the_new_view() {
    let schema = Schema::new().await;
    let mut connection = schema.sql().await;
    let tables = "CREATE TABLE live (version BIGINT); CREATE TABLE beside (version BIGINT)";
    sqlx::raw_sql(tables).execute(&mut connection).await.unwrap();
    let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
    let journals = AggregateRepository::<Journal>::new(store.clone());
    let begin = Begin { batch: "one".to_owned(), of: 4 };
    journals.save_as("a".to_owned(), begin).await.unwrap();

    let (is_waiting, go_on) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let waits = Some((Arc::clone(&is_waiting), Arc::clone(&go_on)));
    let live = Subscriptions::new(store.clone()).subscribe(Shelf { table: "live", waits });
    let control = live.control();
    let (stop, stopped) = oneshot::channel::<()>();
    let live = tokio::spawn(live.run(async { drop(stopped.await) }));
    timeout(LIMIT, is_waiting.notified()).await.expect("it comes to the third entry");

    let rebuild = Rebuild::new(store.clone(), Shelf { table: "beside", waits: None });
    let swap = async |transaction: &mut Transaction| {
        let swap = "DELETE FROM live; INSERT INTO live SELECT version FROM beside";
        sql::execute(transaction, swap.to_owned()).await?;
        // The live one would store what it has in hand now.
        go_on.add_permits(9);
        sleep(Duration::from_millis(300)).await;
        Ok::<_, StoreError>(())
    };
    timeout(LIMIT, rebuild.run(swap)).await.unwrap().unwrap();
    let note = Note { batch: "two".to_owned(), of: 1 };
    let noted = journals.update(&"a".to_owned(), note).await.unwrap();
    control.wait_for("shelf", &noted.token(), LIMIT).await.unwrap();
    let versions = sqlx::query_scalar("SELECT version FROM live ORDER BY version");
    let versions: Vec<i64> = versions.fetch_all(&mut connection).await.unwrap();
    assert_eq!(versions, [1, 2, 3, 4, 5]);
    stop.send(()).unwrap();
    live.await.unwrap().unwrap();
}

// Nobody has what isn't there yet, so its first start is found out afterwards.
#[tokio::test]
async fn a_live_subscriber_that_starts_meanwhile_writes_nothing_twice() {
    let schema = Schema::new().await;
    let mut connection = schema.sql().await;
    let tables = "CREATE TABLE live (version BIGINT); CREATE TABLE beside (version BIGINT)";
    sqlx::raw_sql(tables).execute(&mut connection).await.unwrap();
    let store = SqlxEventStore::connect(&schema.url()).await.unwrap();
    let journals = AggregateRepository::<Journal>::new(store.clone());
    let begin = Begin { batch: "one".to_owned(), of: 4 };
    journals.save_as("a".to_owned(), begin).await.unwrap();
    for starts in [true, false] {
        let rebuild = Rebuild::new(store.clone(), Shelf { table: "beside", waits: None });
        let swap = async |transaction: &mut Transaction| {
            let swap = "DELETE FROM live; INSERT INTO live SELECT version FROM beside";
            sql::execute(transaction, swap.to_owned()).await?;
            if starts {
                let live = Shelf { table: "live", waits: None };
                let live = Subscriptions::new(store.clone()).subscribe(live);
                let control = live.control();
                live.run(async { control.caught_up("shelf").await.unwrap() }).await.unwrap();
            }
            Ok::<_, StoreError>(())
        };
        match timeout(LIMIT, rebuild.run(swap)).await.unwrap() {
            Err(RebuildError::Store(StoreError::Contended(_))) if starts => {}
            ended => ended.unwrap(),
        }
        let versions = sqlx::query_scalar("SELECT version FROM live ORDER BY version");
        let versions: Vec<i64> = versions.fetch_all(&mut connection).await.unwrap();
        assert_eq!(versions, [1, 2, 3, 4]);
    }
}
