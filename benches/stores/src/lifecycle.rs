//! What snapshots and steps from older versions cost: loads of this library beside other loads of it, in turn.

use std::future::IntoFuture;
use std::ops::Range;
use std::time::{Duration, Instant};

use es_core::evolution::{Upcast, rename_field};
use es_core::prelude::*;
use es_core::store::Append;
use es_core::{EventId, Timestamp};
use es_sqlx::SqlxEventStore;
use serde_json::{Value, json};

use crate::compared::{Against, Compared, Goal, Unit};
use crate::contender::Failed;
use crate::database::{Database, Server};
use crate::options::{LIFECYCLE, Options};
use crate::race::Pace;

/// How many events go into one append.
const BATCH: u64 = 1_000;

#[derive(Serialize, Deserialize, Event)]
#[event(type = "Counted")]
struct CountedV1 {
    amount: u64,
    number: u64,
    note: String,
}

#[derive(Serialize, Deserialize, Event)]
#[event(version = 4)]
pub(crate) struct Counted {
    pub(crate) cents: u64,
    number: u64,
    remark: String,
    currency: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Counter {
    cents: u64,
    seen: u64,
}

impl Default for Counter {
    fn default() -> Self {
        Counter { cents: 1, seen: 0 }
    }
}

#[aggregate]
impl Counter {
    #[event_handler]
    fn counted(&mut self, event: &Counted) {
        self.cents += event.cents + event.remark.len() as u64 + event.currency.len() as u64;
        self.seen = event.number;
    }

    #[upcaster(event = "Counted", from = 1)]
    fn in_cents(mut json: Value) -> Value {
        rename_field(&mut json, "amount", "cents");
        json
    }

    #[upcaster(event = "Counted", from = 2)]
    fn with_currency(mut json: Value) -> Value {
        json["currency"] = json!("EUR");
        json
    }

    #[upcaster(event = "Counted", from = 3)]
    fn with_remark(mut json: Value) -> Upcast {
        rename_field(&mut json, "note", "remark");
        Upcast::from(json)
    }
}

/// As [`Counter`], without steps.
#[derive(Default)]
struct Stepless(Counter);

#[aggregate]
impl Stepless {
    #[event_handler]
    fn counted(&mut self, event: &Kept) {
        self.0.cents += event.cents + event.remark.len() as u64 + event.currency.len() as u64;
        self.0.seen = event.number;
    }
}

#[derive(Serialize, Deserialize, Event)]
#[event(type = "Counted", version = 4)]
struct Kept {
    cents: u64,
    number: u64,
    remark: String,
    currency: String,
}

#[derive(Default, Serialize, Deserialize)]
struct CounterWithSnapshots {
    cents: u64,
    seen: u64,
}

#[derive(Command)]
struct CountOnce;

#[aggregate(snapshot(every = 100, with_append))]
impl CounterWithSnapshots {
    #[command_handler]
    fn count(&self, _: &CountOnce) -> Kept {
        kept(self.seen + 1)
    }

    #[event_handler]
    fn counted(&mut self, event: &Kept) {
        self.cents += event.cents + event.remark.len() as u64 + event.currency.len() as u64;
        self.seen = event.number;
    }
}

pub(crate) fn counted(number: u64) -> Counted {
    let (remark, currency) = (remark(number), "EUR".to_owned());
    Counted { cents: number % 100, number, remark, currency }
}

fn kept(number: u64) -> Kept {
    let Counted { cents, number, remark, currency } = counted(number);
    Kept { cents, number, remark, currency }
}

fn counted_v1(number: u64) -> CountedV1 {
    CountedV1 { amount: number % 100, number, note: remark(number) }
}

fn remark(number: u64) -> String {
    format!("deposit {number} at the counter of the branch")
}

/// Measures all comparisons on a database.
pub(crate) async fn race(database: Database, options: &Options) -> Result<Vec<Compared>, Failed> {
    let server = Server::find(database, &options.folder, options.private_servers)?;
    let url = server.create().await?;
    let store = SqlxEventStore::connect(&url).await.map_err(Failed::other)?;
    let mut compared = Vec::new();
    for long in LONG {
        compared.push(snapshots(database, &store, options.pace, long).await?);
    }
    compared.push(first_reads(database, &store, options.pace).await?);
    compared.extend(old_events(database, &store, options).await?);
    drop(store);
    server.remove(&url).await?;
    Ok(compared)
}

/// A stream of an aggregate with snapshots, and what its load is held against.
struct Long {
    events: u64,
    what: &'static str,
    /// How many events the stream of an aggregate without snapshots has.
    against_events: u64,
    against: &'static str,
    most: Option<f64>,
}

const LONG: [Long; 3] = [
    Long {
        events: 10_000,
        what: "load of 10,000 events with `snapshot(every = 100)`",
        against_events: 100,
        against: "load of 100 events",
        most: Some(1.5),
    },
    Long {
        events: 150,
        what: "load of 150 events with `snapshot(every = 100)`",
        against_events: 150,
        against: "load of 150 events without snapshots",
        most: Some(1.0),
    },
    Long {
        events: 10,
        what: "load of 10 events with `snapshot(every = 100)`, none kept yet",
        against_events: 10,
        against: "load of 10 events without snapshots",
        most: Some(1.0),
    },
];

async fn snapshots(
    database: Database,
    store: &SqlxEventStore,
    pace: Pace,
    Long { events, what, against_events, against, most }: Long,
) -> Result<Compared, Failed> {
    let (long, short) = (Id::new(), Id::new());
    let with_snapshots = AggregateRepository::<CounterWithSnapshots>::new(store.clone());
    // Half of what may follow a snapshot follows it.
    let tail = 50;
    let start = if events > tail {
        fill::<CounterWithSnapshots, _>(store, &long, 0..events - tail - 1, kept).await?;
        // It reads all of them, and keeps the state with its own event.
        with_snapshots.update(&long, CountOnce).await.map_err(Failed::other)?;
        events - tail
    } else {
        0
    };
    fill::<CounterWithSnapshots, _>(store, &long, start..events, kept).await?;
    fill::<Counter, _>(store, &short, 0..against_events, counted).await?;
    let without = AggregateRepository::<Counter>::new(store.clone());
    let (mut loads, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..=pace.repetitions {
        loads.push(micros(pace.slice, || with_snapshots.find(&long).into_future()).await?);
        limit.push(micros(pace.slice, || without.find(&short).into_future()).await?);
    }
    let goal = most.map(Goal::RatioOfAtMost);
    Ok(compared(database, what, events, loads, against, limit, goal))
}

/// Loads of entities of which a process doesn't know that they have no snapshot: of more than it remembers, in turn.
async fn first_reads(
    database: Database,
    store: &SqlxEventStore,
    pace: Pace,
) -> Result<Compared, Failed> {
    const ENTITIES: usize = 10_100;
    const EVENTS: u64 = 10;
    let with_snapshots = AggregateRepository::<CounterWithSnapshots>::new(store.clone());
    let without = with_snapshots.clone().without_snapshots();
    let ids: Vec<_> = std::iter::repeat_with(Id::new).take(ENTITIES).collect();
    for id in &ids {
        fill::<CounterWithSnapshots, _>(store, id, 0..EVENTS, kept).await?;
    }
    let (mut loads, mut limit) = (Vec::new(), Vec::new());
    let (mut next, mut next_without) = (ids.iter().cycle(), ids.iter().cycle());
    for _ in 0..=pace.repetitions {
        let mut next = || next.next().unwrap_or(&ids[0]);
        loads.push(micros(pace.slice, || with_snapshots.find(next()).into_future()).await?);
        let mut next = || next_without.next().unwrap_or(&ids[0]);
        limit.push(micros(pace.slice, || without.find(next()).into_future()).await?);
    }
    let what = "load of 10 events with `snapshot(every = 100)`, read for the first time";
    let against = "load of 10 events without snapshots";
    Ok(compared(database, what, EVENTS, loads, against, limit, None))
}

async fn old_events(
    database: Database,
    store: &SqlxEventStore,
    options: &Options,
) -> Result<[Compared; 2], Failed> {
    const EVENTS: u64 = 100_000;
    let (old, current, stepless) = (Id::new(), Id::new(), Id::new());
    fill::<Counter, _>(store, &old, 0..EVENTS, counted_v1).await?;
    fill::<Counter, _>(store, &current, 0..EVENTS, counted).await?;
    fill::<Stepless, _>(store, &stepless, 0..EVENTS, kept).await?;
    let counters = AggregateRepository::<Counter>::new(store.clone());
    let without = AggregateRepository::<Stepless>::new(store.clone());
    let (mut loads, mut limit, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..=options.pace.repetitions {
        loads.push(micros(Duration::ZERO, || counters.find(&old).into_future()).await?);
        limit.push(micros(Duration::ZERO, || counters.find(&current).into_future()).await?);
        plain.push(micros(Duration::ZERO, || without.find(&stepless).into_future()).await?);
    }
    let what = "load of 100,000 events of an old version, three steps on JSON each";
    let (against, goal) = ("load of 100,000 current events", Some(Goal::RatioOfAtMost(2.0)));
    let old = compared(database, what, EVENTS, loads, against, limit.clone(), goal);
    let what = "load of 100,000 current events of an aggregate that has steps";
    let against = "load of 100,000 events of one that has none";
    Ok([old, compared(database, what, EVENTS, limit, against, plain, None)])
}

/// The first of each is left out: it warms up.
fn compared(
    database: Database,
    what: &str,
    events: u64,
    loads: Vec<f64>,
    against: &str,
    limit: Vec<f64>,
    goal: Option<Goal>,
) -> Compared {
    Compared {
        database,
        work: LIFECYCLE,
        what: what.to_owned(),
        tasks: 1,
        events,
        unit: Unit::Micros,
        measured: loads[1..].to_vec(),
        against: Some(Against { what: against.to_owned(), measured: limit[1..].to_vec() }),
        goal,
    }
}

pub(crate) async fn fill<A: Aggregate<Id = Id<A>>, E: Event>(
    store: &SqlxEventStore,
    id: &Id<A>,
    versions: Range<u64>,
    event: impl Fn(u64) -> E,
) -> Result<(), Failed> {
    let mut version = versions.start;
    while version < versions.end {
        let expected = Version::new(version);
        let mut append = Append::new(A::TYPE, id.to_string(), expected, Timestamp::now());
        for number in version + 1..=versions.end.min(version + BATCH) {
            append.push(EventId::new(), &event(number)).map_err(Failed::other)?;
            version = number;
        }
        store.append(append).await.map_err(Failed::other)?;
    }
    Ok(())
}

/// Microseconds for each load, one after the other for so long, and at least one.
async fn micros<A, F>(slice: Duration, mut load: impl FnMut() -> F) -> Result<f64, Failed>
where
    F: Future<Output = Result<Persisted<A>, Failure>>,
    A: Aggregate,
{
    let start = Instant::now();
    let mut loads = 0_u32;
    loop {
        std::hint::black_box(load().await.map_err(Failed::other)?);
        loads += 1;
        if start.elapsed() >= slice {
            return Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(loads));
        }
    }
}
