//! Handlers whose transaction the database refuses, on every database: what such an event leads to is that of a handler that
//! fails, and the others are handled.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod mysql;
#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod postgres;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use es_core::RetryPolicy;
use es_core::prelude::*;
use es_core::store::{Position, StoreError};
use es_core::subscription::{OnFailure, SubscriberOptions, Subscriptions};
use es_sqlx::{SqlxEventStore, sqlx};
use sqlx::AssertSqlSafe;
use store_tests::{Begin, Entry, Journal, Note, sql};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

/// Keeps the entries of journals.
struct Shelf {
    flaw: Flaw,
    repaired: Arc<AtomicBool>,
}

/// What makes the database refuse the third entry of the journal `bad`.
#[derive(Default)]
struct Flaw {
    statement: String,
    /// How long nothing is done after that.
    idle: Duration,
    /// Whether the handler tells the error; else it passes over it.
    is_told: bool,
}

impl From<&str> for Flaw {
    fn from(statement: &str) -> Self {
        Flaw { statement: statement.to_owned(), ..Flaw::default() }
    }
}

#[event_subscriber(id = "shelf")]
impl Shelf {
    #[event_handler]
    async fn entry(
        &self,
        cx: EventHandlerContext<'_, Entry>,
        transaction: &mut Transaction,
    ) -> Result<(), StoreError> {
        let (journal, version) = (cx.entity_id(), cx.version().get());
        let is_bad = (journal, version) == ("bad", 3) && !self.repaired.load(Ordering::Relaxed);
        if is_bad {
            let _ = sql::execute(transaction, self.flaw.statement.clone()).await;
            sleep(self.flaw.idle).await;
        }
        let kept = format!("INSERT INTO kept VALUES ('{journal} {version}')");
        let kept = sql::execute(transaction, kept).await;
        if is_bad && !self.flaw.is_told { Ok(()) } else { kept }
    }
}

async fn kept(store: &SqlxEventStore) -> Vec<String> {
    let mut transaction = store.begin().await.unwrap();
    sql::texts(&mut transaction, "SELECT entry FROM kept ORDER BY entry").await.unwrap()
}

fn entries(journals: &[&str]) -> Vec<String> {
    let mut entries: Vec<_> = journals
        .iter()
        .flat_map(|journal| (1..=5).map(move |version| format!("{journal} {version}")))
        .collect();
    entries.sort();
    entries
}

/// Runs the subscriber where the database refuses what it does for one event.
async fn assert_parked(store: SqlxEventStore, flaw: impl Into<Flaw>) {
    let journals = AggregateRepository::<Journal>::new(store.clone());
    for journal in ["first", "bad", "last"] {
        let begin = Begin { batch: "one".to_owned(), of: 2 };
        journals.save_as(journal.to_owned(), begin).await.unwrap();
        let note = Note { batch: "two".to_owned(), of: 3 };
        journals.update(&journal.to_owned(), note).await.unwrap();
    }
    let repaired = Arc::new(AtomicBool::new(false));
    let shelf = Shelf { flaw: flaw.into(), repaired: Arc::clone(&repaired) };
    let options = SubscriberOptions::new()
        .on_failure(OnFailure::Park)
        .retry(RetryPolicy::attempts(2).backoff(Duration::ZERO, Duration::ZERO))
        .lanes(1);
    let subscriptions = Subscriptions::new(store.clone()).subscribe_with(shelf, options);
    let control = subscriptions.control();
    let (stop, stopped) = oneshot::channel::<()>();
    let run = tokio::spawn(subscriptions.run(async { drop(stopped.await) }));
    let patience = Duration::from_secs(60);

    timeout(patience, control.caught_up("shelf")).await.expect("it goes on").unwrap();
    let mut expected = entries(&["first", "last"]);
    expected.splice(0..0, ["bad 1".to_owned(), "bad 2".to_owned()]);
    assert_eq!(kept(&store).await, expected);
    let status = control.status("shelf").await.unwrap();
    assert_eq!((status.waiting_events, status.parked_events), (3, 1));
    assert!(status.last_error.is_some());
    let letters = control.dead_letters("shelf", Position::START, 9).await.unwrap();
    let attempts: Vec<_> = letters.iter().map(|letter| letter.attempts).collect();
    assert_eq!(attempts, [2, 0, 0]);

    // In vain, and then not.
    for (repair, waiting) in [(false, 3), (true, 0)] {
        repaired.store(repair, Ordering::Relaxed);
        control.retry("shelf", None).await.unwrap();
        let tried = async {
            loop {
                let status = control.status("shelf").await.unwrap();
                let again = control.dead_letters("shelf", Position::START, 9).await.unwrap();
                let attempts = again.first().map_or(0, |letter| letter.attempts);
                if status.waiting_events == waiting && (waiting == 0 || attempts > 2) {
                    break;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(patience, tried).await.expect("it is tried again");
    }
    assert_eq!(kept(&store).await, entries(&["first", "bad", "last"]));
    stop.send(()).unwrap();
    run.await.unwrap().unwrap();
}

const TABLE: &str = "CREATE TABLE kept (entry VARCHAR(40))";
/// Checked at the end of a transaction.
const DEFERRED: &str = "
    CREATE TABLE shelves (id INTEGER PRIMARY KEY);
    CREATE TABLE places (shelf INTEGER REFERENCES shelves (id) DEFERRABLE INITIALLY DEFERRED)";
const PLACE: &str = "INSERT INTO places VALUES (7)";

async fn sqlite(tables: &str, refused: &str) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("events.db").display());
    let store = SqlxEventStore::connect(&url).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    sql::execute(&mut transaction, format!("{TABLE};{tables}")).await.unwrap();
    transaction.commit().await.unwrap();
    assert_parked(store, refused).await;
}

async fn postgres(tables: &str, flaw: impl Into<Flaw>) {
    let schema = postgres::Schema::new().await;
    let tables = sqlx::raw_sql(AssertSqlSafe(format!("{TABLE};{tables}")));
    tables.execute(&mut schema.sql().await).await.unwrap();
    let builder = SqlxEventStore::builder().idle_transaction_timeout(IDLE);
    assert_parked(builder.connect(&schema.url()).await.unwrap(), flaw).await;
}

async fn mariadb(flaw: impl Into<Flaw>) {
    let database = mysql::Database::new().await;
    sqlx::raw_sql(TABLE).execute(&mut database.sql().await).await.unwrap();
    let builder = SqlxEventStore::builder().idle_transaction_timeout(IDLE);
    assert_parked(builder.connect(&database.url()).await.unwrap(), flaw).await;
}

/// How long a transaction may stand idle.
const IDLE: Duration = Duration::from_secs(1);

fn told(statement: &str) -> Flaw {
    Flaw { is_told: true, ..Flaw::from(statement) }
}

fn slow(is_told: bool) -> Flaw {
    Flaw { is_told, idle: IDLE.mul_f64(1.7), ..Flaw::from("SELECT 1") }
}

#[tokio::test]
async fn what_sqlite_refuses_at_the_end_is_parked() {
    sqlite(DEFERRED, PLACE).await;
}

/// As for a full disk.
#[tokio::test]
async fn a_transaction_of_sqlite_that_has_ended_is_parked() {
    let once = "CREATE TABLE once (n INTEGER PRIMARY KEY); INSERT INTO once VALUES (1)";
    sqlite(once, "INSERT OR ROLLBACK INTO once VALUES (1)").await;
}

#[tokio::test]
async fn what_postgres_refuses_at_the_end_is_parked() {
    postgres(DEFERRED, PLACE).await;
}

#[tokio::test]
async fn an_error_on_postgres_that_was_passed_over_is_parked() {
    postgres("", "INSERT INTO nowhere VALUES (1)").await;
}

/// As after a deadlock, of which the server tells only the statement.
#[tokio::test]
async fn a_transaction_of_mariadb_that_has_ended_is_parked() {
    mariadb("ROLLBACK").await;
}

#[tokio::test]
async fn an_event_that_loses_its_connection_to_postgres_is_parked() {
    let end = "SELECT pg_terminate_backend(pg_backend_pid())";
    postgres("", end).await;
    postgres("", told(end)).await;
}

/// The server hangs up on whoever sends a packet that is too large for it.
#[tokio::test]
async fn an_event_that_loses_its_connection_to_mariadb_is_parked() {
    let packet = format!("DO LENGTH('{}')", "x".repeat(20 << 20));
    mariadb(packet.as_str()).await;
    mariadb(told("KILL CONNECTION_ID()")).await;
}

#[tokio::test]
async fn an_event_whose_transaction_idles_too_long_on_postgres_is_parked() {
    tokio::join!(postgres("", slow(false)), postgres("", slow(true)));
}

#[tokio::test]
async fn an_event_whose_transaction_idles_too_long_on_mariadb_is_parked() {
    tokio::join!(mariadb(slow(false)), mariadb(slow(true)));
}
