//! What it costs those who append that positions are given to their events, and how late those come.
//!
//! In each turn tasks append for a while: alone, beside a loop that only gives positions, and beside a reader of the whole
//! feed, which gives them too.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use es_core::prelude::*;
use es_core::store::{Append, FeedFilter, FeedQuery, Position, RawEvent};
use es_core::{EventId, Timestamp};
use es_sqlx::SqlxEventStore;
use tokio::task::{JoinHandle, JoinSet};

use crate::compared::{Against, Compared, Goal, Unit};
use crate::contender::Failed;
use crate::database::Database;
use crate::lifecycle::{Counter, counted, fill};
use crate::options::{Options, SUBSCRIBERS};

/// How many append at once.
const TASKS: usize = 64;

/// How many events a page has.
const PAGE: u32 = 1_000;

/// How many events are given their positions where nobody has read for a long time.
const BACKLOG: u64 = 10_000;

/// How many slices of the other works a turn takes, and how many turns there are for each repetition of those: a machine is
/// faster in some seconds than in others, so what is held against each other alternates often.
const SLICES: u32 = 2;
const TURNS: usize = 4;

/// How long a reader waits without being told of anything, before it looks whether it should end.
const PAUSE: Duration = Duration::from_millis(20);

/// Who runs beside those who append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nobody,
    /// Gives positions, and reads nothing.
    Sequencer,
    /// Reads all events.
    Reader,
}

const ALL: [Beside; 3] = [Beside::Nobody, Beside::Sequencer, Beside::Reader];

/// When something happened to which event.
type Times = Vec<(EventId, Instant)>;

/// What was found in all turns.
#[derive(Default)]
struct Found {
    alone: Vec<f64>,
    with_sequencer: Vec<f64>,
    with_reader: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
}

pub(super) async fn measure(
    database: Database,
    url: &str,
    options: &Options,
) -> Result<Vec<Compared>, Failed> {
    let connections = options.connections(database);
    let builder = SqlxEventStore::builder().max_connections(connections);
    let store = builder.connect(url).await.map_err(Failed::other)?;
    let pace = options.pace;
    turn(&store, Beside::Reader, pace.slice).await?;
    let mut found = Found::default();
    for repetition in 0..TURNS * pace.repetitions {
        for n in 0..ALL.len() {
            let beside = ALL[(n + repetition) % ALL.len()];
            let turn = turn(&store, beside, SLICES * pace.slice).await?;
            match beside {
                Beside::Nobody => found.alone.push(turn.rate),
                Beside::Sequencer => found.with_sequencer.push(turn.rate),
                Beside::Reader => {
                    found.with_reader.push(turn.rate);
                    found.p50.push(percentile(&turn.lags, 0.50));
                    found.p99.push(percentile(&turn.lags, 0.99));
                }
            }
        }
    }
    let mut compared = found.compared(database);
    compared.push(backlog(database, &store, pace.repetitions).await?);
    Ok(compared)
}

/// Positions for all that was appended while nobody read, beside the appends.
async fn backlog(
    database: Database,
    store: &SqlxEventStore,
    repetitions: usize,
) -> Result<Compared, Failed> {
    let (mut given, mut appended) = (Vec::new(), Vec::new());
    for _ in 0..repetitions {
        let start = Instant::now();
        fill::<Counter, _>(store, &Id::new(), 0..BACKLOG, counted).await?;
        appended.push(start.elapsed().as_secs_f64() * 1e6);
        let start = Instant::now();
        store.feed_end().await.map_err(Failed::other)?;
        given.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Compared {
        database,
        work: SUBSCRIBERS,
        what: "positions for 10,000 events of one entity that nobody has read".to_owned(),
        tasks: 1,
        events: BACKLOG,
        unit: Unit::Micros,
        measured: given,
        against: Some(Against {
            what: "their appends, 1,000 events each".to_owned(),
            measured: appended,
        }),
        goal: None,
    })
}

impl Found {
    fn compared(self, database: Database) -> Vec<Compared> {
        let Found { alone, with_sequencer, with_reader, p50, p99 } = self;
        let line = |what: &str, unit, measured, against, goal| Compared {
            database,
            work: SUBSCRIBERS,
            what: what.to_owned(),
            tasks: TASKS,
            events: 1,
            unit,
            measured,
            against,
            goal,
        };
        let alone = || {
            let what = "alone".to_owned();
            Some(Against { what, measured: alone.clone() })
        };
        let lag = "64 tasks append: from the acknowledgement until a reader has the event";
        vec![
            line(
                "64 tasks append while positions are given",
                Unit::PerSecond,
                with_sequencer,
                alone(),
                Some(Goal::RatioOfAtLeast(0.9)),
            ),
            line(
                "64 tasks append while all events are read",
                Unit::PerSecond,
                with_reader,
                alone(),
                None,
            ),
            line(&format!("{lag}, p50"), Unit::Millis, p50, None, Some(Goal::Below(15.0))),
            line(&format!("{lag}, p99"), Unit::Millis, p99, None, Some(Goal::Below(60.0))),
        ]
    }
}

/// What a turn showed.
struct Turn {
    /// Appends in a second.
    rate: f64,
    /// How late a reader had each event, in ms; none without a reader.
    lags: Vec<f64>,
}

async fn turn(store: &SqlxEventStore, beside: Beside, duration: Duration) -> Result<Turn, Failed> {
    // What another turn has left is none of this one's work.
    let end = store.feed_end().await.map_err(Failed::other)?;
    let stop = Arc::new(AtomicBool::new(false));
    let run: Option<JoinHandle<Result<Times, Failed>>> = match beside {
        Beside::Nobody => None,
        Beside::Sequencer => Some(tokio::spawn(give_positions(store.clone(), Arc::clone(&stop)))),
        Beside::Reader => Some(tokio::spawn(read(store.clone(), end, Arc::clone(&stop)))),
    };
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        tasks.spawn(append(store.clone(), start + duration));
    }
    let mut acknowledged = Times::new();
    while let Some(of_task) = tasks.join_next().await {
        acknowledged.extend(of_task.map_err(Failed::other)??);
    }
    let rate = acknowledged.len() as f64 / start.elapsed().as_secs_f64();
    stop.store(true, Ordering::SeqCst);
    let read = match run {
        Some(run) => run.await.map_err(Failed::other)??,
        None => Times::new(),
    };
    let lags = if beside == Beside::Reader { lags(acknowledged, read)? } else { Vec::new() };
    Ok(Turn { rate, lags })
}

/// One event after the other, each of an entity of its own.
async fn append(store: SqlxEventStore, deadline: Instant) -> Result<Times, Failed> {
    let mut acknowledged = Times::new();
    while Instant::now() < deadline {
        let (entity, event) = (Id::<Counter>::new().to_string(), EventId::new());
        let mut append = Append::new(Counter::TYPE, entity, Version::new(0), Timestamp::now());
        append.push(event, &counted(1)).map_err(Failed::other)?;
        store.append(append).await.map_err(Failed::other)?;
        acknowledged.push((event, Instant::now()));
    }
    Ok(acknowledged)
}

async fn give_positions(store: SqlxEventStore, stop: Arc<AtomicBool>) -> Result<Times, Failed> {
    let mut signal = store.feed_signal();
    while !stop.load(Ordering::SeqCst) {
        // Whoever waits for the signal gives positions.
        let _ = tokio::time::timeout(PAUSE, signal.changed()).await;
    }
    Ok(Times::new())
}

/// Reads until nothing is left after it has been told to stop.
async fn read(
    store: SqlxEventStore,
    after: Position,
    stop: Arc<AtomicBool>,
) -> Result<Times, Failed> {
    let (mut last, mut read) = (after, Times::new());
    let mut signal = store.feed_signal();
    let all = FeedFilter::all();
    loop {
        let is_over = stop.load(Ordering::SeqCst);
        let mut events = Vec::new();
        let query = FeedQuery::new(last, PAGE, &all);
        let mut visit = |_: Position, event: RawEvent<'_>| {
            events.push(event.event_id);
            ControlFlow::Continue(())
        };
        let page = store.feed(query, &mut visit).await.map_err(Failed::other)?;
        let now = Instant::now();
        read.extend(events.into_iter().map(|event| (event, now)));
        last = page.last;
        match page.at_end {
            true if is_over => return Ok(read),
            true => {
                let _ = tokio::time::timeout(PAUSE, signal.changed()).await;
            }
            false => {}
        }
    }
}

/// How long after its acknowledgement each event was read, in ms. One may be read before those who appended it are told.
fn lags(acknowledged: Times, read: Times) -> Result<Vec<f64>, Failed> {
    let read: HashMap<EventId, Instant> = read.into_iter().collect();
    let lag = |(event, acknowledged)| {
        let read = read.get(&event)?;
        Some(read.saturating_duration_since(acknowledged).as_secs_f64() * 1e3)
    };
    let lags: Option<Vec<f64>> = acknowledged.into_iter().map(lag).collect();
    lags.ok_or_else(|| Failed::other("an event that was acknowledged was never read"))
}

fn percentile(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() as f64 * part) as usize;
    values.get(rank).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_so_many_are_below() {
        let values: Vec<f64> = (0..200).rev().map(f64::from).collect();
        assert_eq!((percentile(&values, 0.5), percentile(&values, 0.99)), (100.0, 198.0));
    }
}
