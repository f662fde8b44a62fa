//! The order of things: in each repetition of a work, all contenders have their turn one after the other, so that what
//! else the machine does hits all of them alike.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::check::{check, short};
use crate::contender::{Contender, Failed};
use crate::contenders::Entry;
use crate::database::{Database, Server};
use crate::measure::{Bench, retrying};
use crate::options::Options;
use crate::place::Place;
use crate::work::{Kind, Work};

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) repetitions: usize,
    pub(crate) warm_up: Duration,
    pub(crate) slice: Duration,
}

/// What was measured on a database.
pub(crate) struct Results {
    pub(crate) database: Database,
    pub(crate) settings: String,
    pub(crate) connections: u32,
    pub(crate) took: Duration,
    pub(crate) works: Vec<Work>,
    pub(crate) lines: Vec<Line>,
}

/// What was measured of a contender.
pub(crate) struct Line {
    pub(crate) entry: &'static Entry,
    pub(crate) cells: Vec<Cell>,
    pub(crate) correct: String,
}

/// What was measured of a contender and a work.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    /// Microseconds for each operation, of each repetition. None where it isn't measured with this.
    Micros(Vec<f64>),
    /// It can't do it, or not without failing.
    No(String),
}

impl Cell {
    pub(crate) fn median(&self) -> Option<f64> {
        let Cell::Micros(micros) = self else { return None };
        median(micros)
    }
}

pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len().checked_sub(1)? / 2;
    Some((values[middle] + values[values.len() / 2]) / 2.0)
}

/// Measures everything that the options ask for on a database.
pub(crate) async fn race(database: Database, options: &Options) -> Result<Results, Failed> {
    let start = Instant::now();
    let connections = options.connections(database);
    let server = Server::find(database, &options.folder, options.private_servers)?;
    let settings = server.settings().await?;
    eprintln!("{settings}");
    let entries: Vec<_> = options.entries().filter(|entry| entry.on(database).is_some()).collect();
    let mut works = Vec::new();
    let mut cells: Vec<Vec<Cell>> = entries.iter().map(|_| Vec::new()).collect();
    for kind in Kind::ALL.into_iter().filter(|kind| options.wants(*kind)) {
        let mut stables = Vec::new();
        for entry in entries.iter().filter(|entry| entry.works.contains(&kind)) {
            let url = server.create().await?;
            let place = Place { database, url, connections, fresh: true };
            stables.push(Stable::new(entry, place, kind).await);
        }
        for work in kind.works() {
            works.push(work);
            let mut measured = measure(&stables, work, options.pace).await.into_iter();
            for (entry, cells) in entries.iter().zip(&mut cells) {
                let cell = if entry.works.contains(&kind) { measured.next() } else { None };
                cells.push(cell.unwrap_or(Cell::Micros(Vec::new())));
            }
        }
        for stable in stables {
            server.remove(&stable.place.url).await?;
        }
    }

    let mut lines = Vec::new();
    for (entry, cells) in entries.into_iter().zip(cells) {
        let url = server.create().await?;
        let place = Place { database, url, connections, fresh: true };
        let correct = match open(entry, place.clone()).await {
            Ok(contender) => {
                let correct = check(Arc::clone(&contender)).await;
                contender.close().await?;
                correct
            }
            Err(error) => short(&error.to_string()),
        };
        server.remove(&place.url).await?;
        eprintln!("{:<28} correct: {correct}", entry.name);
        lines.push(Line { entry, cells, correct });
    }
    let took = start.elapsed();
    eprintln!("{} took {} s", database.name(), took.as_secs());
    Ok(Results { database, settings, connections, took, works, lines })
}

/// A contender's database, and what is in it.
struct Stable {
    entry: &'static Entry,
    place: Place,
    /// Accounts with so many events.
    streams: HashMap<u64, Uuid>,
    problem: Option<String>,
}

impl Stable {
    async fn new(entry: &'static Entry, place: Place, kind: Kind) -> Self {
        let mut stable = Stable { entry, place, streams: HashMap::new(), problem: None };
        if let Err(error) = stable.fill(kind).await {
            stable.problem = Some(error.to_string());
        }
        stable.place.fresh = false;
        stable
    }

    async fn fill(&mut self, kind: Kind) -> Result<(), Failed> {
        let contender = open(self.entry, self.place.clone()).await?;
        if kind == Kind::Load {
            for work in kind.works() {
                let account = Uuid::now_v7();
                let mut held = retrying(|| contender.hold(account)).await?;
                let mut left = work.events - 1;
                while left > 0 {
                    let events = left.min(100);
                    held.append(events).await?;
                    left -= events;
                }
                self.streams.insert(work.events, account);
            }
            contender.forget_snapshots().await?;
        }
        contender.close().await
    }

    /// Microseconds for each operation.
    async fn measure(&self, work: Work, pace: Pace) -> Result<f64, Failed> {
        let contender = open(self.entry, self.place.clone()).await?;
        let stream = self.streams.get(&work.events).copied();
        let bench = Bench::prepare(contender, work, stream).await?;
        bench.run(pace.warm_up).await;
        let slice = bench.run(pace.slice).await;
        bench.close().await?;
        match (slice.micros(), slice.first_failure) {
            (Some(micros), None) => Ok(micros),
            (_, Some(failure)) => {
                let all = slice.operations + slice.failures;
                Err(Failed::other(format!("{} of {all} failed: {failure}", slice.failures)))
            }
            (None, None) => Err(Failed::other("it did nothing")),
        }
    }
}

async fn open(entry: &Entry, place: Place) -> Result<Arc<dyn Contender>, Failed> {
    match entry.on(place.database) {
        Some(open) => open(place).await,
        None => Err(Failed::Unsupported("not on this database")),
    }
}

async fn measure(stables: &[Stable], work: Work, pace: Pace) -> Vec<Cell> {
    let mut cells: Vec<Cell> = stables
        .iter()
        .map(|stable| match (&stable.problem, without(stable.entry, work)) {
            (Some(problem), _) => Cell::No(problem.clone()),
            (None, Some(reason)) => Cell::No(reason.to_owned()),
            (None, None) => Cell::Micros(Vec::new()),
        })
        .collect();
    for repetition in 0..pace.repetitions {
        for turn in 0..stables.len() {
            // Each begins once, and has not always the same one before it.
            let n = match (turn + repetition) % stables.len() {
                n if repetition % 2 == 0 => n,
                n => stables.len() - 1 - n,
            };
            let Cell::Micros(micros) = &mut cells[n] else { continue };
            match stables[n].measure(work, pace).await {
                Ok(time) => micros.push(time),
                Err(error) => cells[n] = Cell::No(error.to_string()),
            }
        }
    }
    for (stable, cell) in stables.iter().zip(&cells) {
        let (name, work) = (stable.entry.name, work.to_string());
        match (cell, cell.median()) {
            (Cell::Micros(all), Some(median)) => {
                let low = all.iter().copied().fold(f64::INFINITY, f64::min);
                let high = all.iter().copied().fold(0.0, f64::max);
                eprintln!("{name:<28} {work:<12} {median:>10.1} µs ({low:.1} to {high:.1})");
            }
            (Cell::No(reason), _) => eprintln!("{name:<28} {work:<12} {reason}"),
            (Cell::Micros(_), None) => {}
        }
    }
    cells
}

/// Works that a contender can't be measured with.
fn without(entry: &Entry, work: Work) -> Option<&'static str> {
    let reads = work.kind == Kind::Load;
    (entry.name == "evento" && reads && work.events > 1_000)
        .then_some("waits a second after each 1,000 events")
}
