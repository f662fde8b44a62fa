//! Subscriptions of this library beside those of others: how fast they catch up, and whether everything arrives.

mod verdict;
mod writers;

use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

pub(crate) use self::verdict::Verdict;
use crate::contender::{Contender, Failed};
use crate::contenders::Entry;
use crate::database::{Database, Server};
use crate::follower::{Follower, Seen};
use crate::followers;
use crate::measure::retrying;
use crate::options::Options;
use crate::place::Place;
use crate::race::Cell;

/// How many events a reader catches up with, and of how many accounts.
const EVENTS: u64 = 10_000;
const ACCOUNTS: u64 = 20;

/// How long nothing comes before a reader is taken to have all that he will ever get. evento looks each 300 ms, and after
/// an error it may wait for a second.
const SILENCE: Duration = Duration::from_secs(3);

/// How long nothing may come while a reader catches up.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often each is measured.
const REPETITIONS: usize = 3;

/// What was found of a contender's subscriptions.
pub(crate) struct Delivered {
    pub(crate) database: Database,
    pub(crate) contender: &'static str,
    /// How many events a catch-up had.
    pub(crate) events: u64,
    /// Microseconds for each event.
    pub(crate) catch_up: Cell,
    /// Of all turns together.
    pub(crate) verdict: Result<Verdict, String>,
}

impl Delivered {
    fn nothing(database: Database, contender: &'static str) -> Self {
        let (catch_up, verdict) = (Cell::Micros(Vec::new()), Ok(Verdict::default()));
        Delivered { database, contender, events: EVENTS, catch_up, verdict }
    }
}

/// Measures all that have subscriptions on a database.
pub(crate) async fn race(database: Database, options: &Options) -> Result<Vec<Delivered>, Failed> {
    let server = Server::find(database, &options.folder, options.private_servers)?;
    let connections = options.connections(database);
    let mut delivered: Vec<(&Entry, Delivered)> = options
        .entries()
        .filter(|entry| entry.on(database).is_some() && followers::of(entry.name).is_some())
        .map(|entry| (entry, Delivered::nothing(database, entry.name)))
        .collect();
    for repetition in 0..REPETITIONS {
        // Each time another one begins.
        delivered.rotate_left(repetition.min(1));
        for (entry, delivered) in &mut delivered {
            let url = server.create().await?;
            let place = Place { database, url, connections, fresh: true };
            let turn = catch_up(entry, &place).await;
            server.remove(&place.url).await?;
            match (turn, &mut delivered.catch_up) {
                (Ok(micros), Cell::Micros(all)) => all.push(micros),
                (Err(error), catch_up) => *catch_up = Cell::No(error.to_string()),
                (Ok(_), Cell::No(_)) => {}
            }

            let url = server.create().await?;
            let place = Place { database, url, connections, fresh: true };
            let turn = follow(entry, &place, options.deposits()).await;
            server.remove(&place.url).await?;
            match (turn, &mut delivered.verdict) {
                (Ok(verdict), Ok(all)) => *all += verdict,
                (Err(error), verdict) => *verdict = Err(error.to_string()),
                (Ok(_), Err(_)) => {}
            }
        }
    }
    delivered.sort_by_key(|(entry, _)| options.entries().position(|one| one.name == entry.name));
    Ok(delivered.into_iter().map(|(_, delivered)| delivered).collect())
}

async fn open(entry: &Entry, place: &Place) -> Result<Arc<dyn Contender>, Failed> {
    let open = entry.on(place.database).ok_or(Failed::Unsupported("not on this database"))?;
    open(place.clone()).await
}

/// Opens what reads a contender's events, which has made its tables.
async fn open_follower(entry: &Entry, place: &Place) -> Result<Box<dyn Follower>, Failed> {
    let open = followers::of(entry.name).ok_or(Failed::Unsupported("no subscriptions"))?;
    open(Place { fresh: false, ..place.clone() }).await
}

/// Microseconds for each event that is there when the reader starts.
async fn catch_up(entry: &Entry, place: &Place) -> Result<f64, Failed> {
    let contender = open(entry, place).await?;
    for _ in 0..ACCOUNTS {
        let account = Uuid::now_v7();
        let mut held = retrying(|| contender.hold(account)).await?;
        held.append(EVENTS / ACCOUNTS).await?;
    }
    contender.close().await?;
    let mut follower = open_follower(entry, place).await?;
    let seen = Arc::new(Seen::default());
    let start = Instant::now();
    follower.start(Arc::clone(&seen)).await?;
    let has_all = seen.until(EVENTS as usize, PATIENCE).await;
    let took = start.elapsed();
    follower.stop().await?;
    match has_all {
        true => Ok(took.as_secs_f64() * 1e6 / EVENTS as f64),
        false => Err(Failed::other("it stopped before it had all events")),
    }
}

/// What a reader is shown of deposits that several tasks make at once while he reads.
async fn follow(entry: &Entry, place: &Place, deposits: u64) -> Result<Verdict, Failed> {
    let contender = open(entry, place).await?;
    let mut follower = open_follower(entry, place).await?;
    let seen = Arc::new(Seen::default());
    follower.start(Arc::clone(&seen)).await?;
    let written = writers::write(Arc::clone(&contender), deposits).await?;
    // There may be repetitions among them, so a number isn't waited for.
    seen.until(usize::MAX, SILENCE).await;
    follower.stop().await?;
    contender.close().await?;
    Ok(Verdict::of(&written, &seen.deposits()))
}
