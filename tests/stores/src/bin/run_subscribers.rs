//! Runs two subscribers on journals, until it is killed or told to end: one keeps a view in the transaction of its progress,
//! the other one does nothing but tell. Of each event a line of JSON is written to the standard output, when it is handled
//! and before that is stored.
//!
//! Arguments: the address of the store, the lease in milliseconds, and where the process is to stop itself (SIGSTOP), if at
//! all: `reading` or `writing`, in the transaction of an event, before or after it has changed the view.

use std::error::Error;
use std::io::Write;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use es_core::prelude::*;
use es_core::subscription::{HandlerError, SubscriberOptions, Subscriptions};
use es_sqlx::SqlxEventStore;
use store_tests::{Entry, view};
use tokio::signal::unix::{SignalKind, signal};

/// Which of its events a process stops at.
const STOPS_AT: u64 = 5;

/// Counts entries in the view.
struct View {
    stops: Option<String>,
    handled: AtomicU64,
}

#[event_subscriber(id = "journal-view")]
impl View {
    #[event_handler]
    async fn written(
        &self,
        cx: EventHandlerContext<'_, Entry>,
        tx: &mut Transaction,
    ) -> Result<(), HandlerError> {
        let (journal, version) = (cx.entity_id(), cx.version().get());
        let number = self.handled.fetch_add(1, SeqCst) + 1;
        let stops = |place| number == STOPS_AT && self.stops.as_deref() == Some(place);
        if stops("reading") {
            stop(journal, version)?;
        }
        view::count(tx, journal, version).await.map_err(HandlerError::new)?;
        if stops("writing") {
            stop(journal, version)?;
        }
        tell("view", journal, version)
    }
}

fn stop(journal: &str, version: u64) -> Result<(), HandlerError> {
    tell("stops", journal, version)?;
    let stop = format!("kill -STOP {}", std::process::id());
    Command::new("sh").args(["-c", &stop]).status().map_err(HandlerError::new)?;
    Ok(())
}

/// Tells of entries.
struct Teller;

#[event_subscriber(id = "journal-teller")]
impl Teller {
    #[event_handler]
    async fn written(&self, cx: EventHandlerContext<'_, Entry>) -> Result<(), HandlerError> {
        tell("told", cx.entity_id(), cx.version().get())
    }
}

fn tell(what: &str, journal: &str, version: u64) -> Result<(), HandlerError> {
    let mut line = serde_json::to_vec(&(what, journal, version)).map_err(HandlerError::new)?;
    line.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&line).and_then(|()| out.flush()).map_err(HandlerError::new)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("the address of a store is missing")?;
    let lease = arguments.next().ok_or("the lease is missing")?.parse()?;
    let stops = arguments.next();
    // What it has locked when it stops is to be free soon. Where it has nothing locked, its transaction is to be as good as
    // ever when it wakes up, unless another task of it has something locked.
    let idle = Duration::from_secs(if stops.as_deref() == Some("writing") { 1 } else { 5 });
    let store = SqlxEventStore::builder().idle_transaction_timeout(idle).connect(&url).await?;
    let options = SubscriberOptions::new()
        .partitions(8)
        .lanes(if stops.is_some() { 1 } else { 2 })
        .batch(if stops.is_some() { 1 } else { 10 })
        .lease(Duration::from_millis(lease));
    let subscriptions = Subscriptions::new(store)
        .subscribe_with(View { stops, handled: AtomicU64::new(0) }, options.clone())
        .subscribe_with(Teller, options);
    let mut told_to_end = signal(SignalKind::terminate())?;
    subscriptions
        .run(async move {
            told_to_end.recv().await;
        })
        .await?;
    Ok(())
}
