//! From an append until its event is handled, where little is appended.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use es_core::Timestamp;
use es_core::prelude::*;
use es_core::subscription::{Start, SubscriberOptions, Subscriptions, SubscriptionsError};
use es_sqlx::SqlxEventStore;
use tokio::sync::Notify;

use crate::compared::{Against, Compared, Goal, Unit};
use crate::contender::Failed;
use crate::database::Database;
use crate::lifecycle::{Counted, Counter, counted, fill};
use crate::options::SUBSCRIBERS;
use crate::process::{self, Task};
use crate::running::Running;

/// How many appends are waited for.
const WAITS: usize = 200;

/// How long one may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long another process waits before its next append, at least and at most: not always as long, so that a reader who
/// looks from time to time is met at any time.
const PAUSES: (Duration, Duration) = (Duration::from_millis(30), Duration::from_millis(130));

/// Remembers how old events were when they were handled, in ms.
#[derive(Clone, Default)]
struct Punctual {
    ages: Arc<Mutex<Vec<f64>>>,
    handled: Arc<Notify>,
}

#[event_subscriber(id = "punctual")]
impl Punctual {
    #[event_handler]
    async fn counted(&self, cx: EventHandlerContext<'_, Counted>) {
        // An event's own time is that of the beginning of its append, on the clock of this machine.
        let age = Timestamp::now().as_microsecond() - cx.recorded_at().as_microsecond();
        self.ages.lock().unwrap_or_else(PoisonError::into_inner).push(age as f64 / 1e3);
        self.handled.notify_one();
    }
}

impl Punctual {
    fn ages(&self) -> Vec<f64> {
        self.ages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins at the end of what there is.
    async fn run(&self, store: &SqlxEventStore) -> Result<Running<SubscriptionsError>, Failed> {
        let settings = SubscriberOptions::new().transient(true).start(Start::End);
        let subscriptions =
            Subscriptions::new(store.clone()).subscribe_with(self.clone(), settings);
        let control = subscriptions.control();
        let running = Running::start(|stopped| subscriptions.run(stopped));
        control.caught_up("punctual").await.map_err(Failed::other)?;
        Ok(running)
    }
}

pub(super) async fn in_one_process(
    database: Database,
    store: &SqlxEventStore,
) -> Result<Compared, Failed> {
    let punctual = Punctual::default();
    let running = punctual.run(store).await?;
    let mut alone = Vec::new();
    for _ in 0..WAITS {
        alone.push(append(store).await?);
        let waited = tokio::time::timeout(LIMIT, punctual.handled.notified()).await;
        waited.map_err(Failed::other)?;
    }
    running.stop().await?;
    let what = "an append until its event is handled, in one process, p50";
    Ok(compared(database, what, punctual.ages(), alone, Some(Goal::Below(5.0))))
}

/// Another process appends, and handles nothing itself.
pub(super) async fn across_processes(
    database: Database,
    store: &SqlxEventStore,
    url: &str,
) -> Result<Compared, Failed> {
    let punctual = Punctual::default();
    let running = punctual.run(store).await?;
    let task = Task::Append { url: url.to_owned(), events: WAITS as u64 };
    let alone = process::run(task).await?;
    let deadline = Instant::now() + LIMIT;
    while punctual.ages().len() < WAITS {
        let left = deadline.saturating_duration_since(Instant::now());
        let waited = tokio::time::timeout(left, punctual.handled.notified()).await;
        waited.map_err(Failed::other)?;
    }
    running.stop().await?;
    let what = "an append until its event is handled by another process, p50";
    let goal = (database == Database::Postgres).then_some(Goal::Below(25.0));
    Ok(compared(database, what, punctual.ages(), alone, goal))
}

/// Appends so many events with pauses, and answers how long each append took, in ms. What a process does of which this is
/// all.
pub(crate) async fn append_slowly(url: &str, events: u64) -> Result<Vec<f64>, Failed> {
    let store = SqlxEventStore::connect(url).await.map_err(Failed::other)?;
    let mut took = Vec::new();
    for number in 0..events {
        // Multiples of the golden ratio go all over the time between the shortest and the longest pause.
        let part = (number as f64 * 0.618_034).fract();
        tokio::time::sleep(PAUSES.0 + (PAUSES.1 - PAUSES.0).mul_f64(part)).await;
        took.push(append(&store).await?);
    }
    Ok(took)
}

/// Appends an event, and tells how long it took, in ms.
async fn append(store: &SqlxEventStore) -> Result<f64, Failed> {
    let start = Instant::now();
    fill::<Counter, _>(store, &Id::new(), 0..1, counted).await?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

fn compared(
    database: Database,
    what: &str,
    measured: Vec<f64>,
    alone: Vec<f64>,
    goal: Option<Goal>,
) -> Compared {
    Compared {
        database,
        work: SUBSCRIBERS,
        what: what.to_owned(),
        tasks: 1,
        events: 1,
        unit: Unit::Millis,
        measured,
        against: Some(Against { what: "the append alone".to_owned(), measured: alone }),
        goal,
    }
}
