//! A subscriber that reads all there is, beside pages that are read by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use es_core::prelude::*;
use es_core::subscription::{SubscriberOptions, Subscriptions};
use es_sqlx::SqlxEventStore;
use tokio::sync::Notify;

use super::by_hand::PAGE;
use super::{REPETITIONS, by_hand, until_caught_up};
use crate::compared::{Against, Compared, Goal, Unit};
use crate::contender::Failed;
use crate::database::Database;
use crate::lifecycle::Counted;
use crate::options::SUBSCRIBERS;
use crate::peak::peak;
use crate::process::{self, Task};
use crate::report::whole;

/// Does next to nothing, and tells of it once it has done it often enough.
struct Trivial {
    amount: AtomicU64,
    handled: AtomicU64,
    enough: u64,
    done: Arc<Notify>,
}

#[event_subscriber(id = "trivial")]
impl Trivial {
    #[event_handler]
    async fn counted(&self, cx: EventHandlerContext<'_, Counted>) {
        self.amount.fetch_add(cx.event().cents, Relaxed);
        if self.handled.fetch_add(1, Relaxed) + 1 == self.enough {
            self.done.notify_one();
        }
    }
}

fn trivial(store: &SqlxEventStore, enough: u64) -> (Subscriptions, Arc<Notify>) {
    let done = Arc::new(Notify::new());
    let (amount, handled) = (AtomicU64::new(0), AtomicU64::new(0));
    let trivial = Trivial { amount, handled, enough, done: Arc::clone(&done) };
    let settings = SubscriberOptions::new().transient(true).batch(PAGE);
    (Subscriptions::new(store.clone()).subscribe_with(trivial, settings), done)
}

/// How long it takes.
pub(super) async fn measure(
    database: Database,
    store: &SqlxEventStore,
    url: &str,
    events: u64,
) -> Result<Compared, Failed> {
    let (mut handled, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let (subscriptions, _) = trivial(store, events);
        handled.push(until_caught_up(subscriptions, "trivial").await?);
        limit.push(by_hand::read(database, url, false).await?);
    }
    Ok(Compared {
        database,
        work: SUBSCRIBERS,
        what: format!("catch-up with {} events through a trivial handler", whole(events)),
        tasks: 1,
        events,
        unit: Unit::Micros,
        measured: handled,
        against: Some(Against {
            what: "pages read and decoded by hand".to_owned(),
            measured: limit,
        }),
        // At least 0.7 of the rate.
        goal: Some(Goal::RatioOfAtMost(1.0 / 0.7)),
    })
}

/// By how much it lets the memory of a process grow, with all events and with a tenth of them.
pub(super) async fn measure_memory(
    database: Database,
    url: &str,
    events: u64,
) -> Result<Compared, Failed> {
    let (mut all, mut tenth) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        for (of, events) in [(&mut all, events), (&mut tenth, events / 10)] {
            of.extend(process::run(Task::CatchUp { url: url.to_owned(), events }).await?);
        }
    }
    Ok(Compared {
        database,
        work: SUBSCRIBERS,
        what: format!("growth of a process's peak memory by catching up with {}", whole(events)),
        tasks: 1,
        events,
        unit: Unit::Mebibytes,
        measured: all,
        against: Some(Against { what: format!("with {}", whole(events / 10)), measured: tenth }),
        goal: None,
    })
}

/// Catches up with so many events, and answers by how many mebibytes the peak of the memory grew. What a process does
/// of which this is all.
pub(crate) async fn grow(url: &str, events: u64) -> Result<Vec<f64>, Failed> {
    let store = SqlxEventStore::connect(url).await.map_err(Failed::other)?;
    store.feed_end().await.map_err(Failed::other)?;
    let before = peak()?;
    let (subscriptions, done) = trivial(&store, events);
    subscriptions.run(async move { done.notified().await }).await.map_err(Failed::other)?;
    Ok(vec![peak()? - before])
}
