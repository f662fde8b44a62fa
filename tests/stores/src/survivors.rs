//! What is left in journals after kills: every batch whole, and each that was acknowledged.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use es_core::{AggregateRepository, Failure};

use crate::{Batch, Journal, JournalEvent};

/// How many tasks of `append_under_load` write at the same time: so many batches may be stored and not acknowledged.
const TASKS: usize = 8;

/// Starts `append_under_load`, which is `program`.
///
/// # Panics
/// Where that fails.
pub fn start(program: &str, url: &str, name: &str) -> Child {
    Command::new(program)
        .args([url, name])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the process can be started")
}

/// Starts `append_under_load`, kills it at a moment that chance decides, and gives all that is stored then of what it
/// wrote under this name.
///
/// # Panics
/// Where something is missing that it acknowledged, or something is there by halves.
pub async fn kill_and_find(
    program: &str,
    url: &str,
    name: &str,
    journals: impl AsyncFn() -> AggregateRepository<Journal>,
    random: &mut fastrand::Rng,
) -> Vec<Batch> {
    let acknowledged = kill(start(program, url, name), random);
    let stored = of_process(&journals().await, name).await;
    let there: HashSet<_> = stored.iter().collect();
    let lost: Vec<_> =
        acknowledged.iter().flatten().filter(|batch| !there.contains(batch)).collect();
    assert!(lost.is_empty(), "{name}: acknowledged, and lost: {lost:?}");
    let second_halves = stored.iter().filter(|batch| batch.journal.contains("right")).count();
    let unacknowledged = stored.len() - second_halves - acknowledged.len();
    assert!(unacknowledged <= TASKS, "{unacknowledged} are stored and not acknowledged");
    stored
}

/// Kills the process at a moment that chance decides, and gives all that it acknowledged, a line for each append.
fn kill(mut child: Child, random: &mut fastrand::Rng) -> Vec<Vec<Batch>> {
    let out = child.stdout.take().expect("its output is piped");
    let mut lines = BufReader::new(out).lines().map(|line| {
        let line = line.expect("its output can be read");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    });
    let heard = if random.u8(0..3) == 0 { 0 } else { random.usize(1..40) };
    let mut acknowledged: Vec<_> = lines.by_ref().take(heard).collect();
    // Nothing is waited for: this is where chance comes in.
    sleep(Duration::from_micros(random.u64(0..if heard == 0 { 60_000 } else { 4_000 })));
    let ended = child.try_wait().expect("its state can be asked");
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    acknowledged.extend(lines);
    if ended.is_some() {
        let mut errors = String::new();
        let mut stderr = child.stderr.take().expect("its errors are piped");
        stderr.read_to_string(&mut errors).expect("its errors can be read");
        panic!("it ended before it was killed: {errors}");
    }
    acknowledged
}

/// All that such a process stored.
async fn of_process(journals: &AggregateRepository<Journal>, name: &str) -> Vec<Batch> {
    let mut stored = Vec::new();
    for task in 0..4 {
        stored.extend(batches(journals, &format!("{name} single {task}")).await);
    }
    for task in 0..2 {
        stored.extend(batches(journals, &format!("{name} plain {task}")).await);
    }
    for pair in 0..2 {
        let left = batches(journals, &format!("{name} left {pair}")).await;
        let right = batches(journals, &format!("{name} right {pair}")).await;
        let names = |batches: &[Batch]| -> Vec<_> {
            batches.iter().map(|batch| batch.entry.batch.clone()).collect()
        };
        assert_eq!(names(&left), names(&right), "a transaction is in both streams or in none");
        stored.extend([left, right].concat());
    }
    stored
}

/// The batches of a journal; nothing if there is no such journal.
///
/// # Panics
/// Where one isn't whole, or is there twice.
pub async fn batches(journals: &AggregateRepository<Journal>, journal: &str) -> Vec<Batch> {
    let history = match journals.history(&journal.to_owned()).await {
        Ok(history) => history.collect().await.expect("its history can be read"),
        Err(Failure::NotFound { .. }) => return Vec::new(),
        Err(error) => panic!("{journal}: {error}"),
    };
    let mut entries = history.iter().map(|event| {
        let JournalEvent::Entry(entry) = event.event();
        (entry, event.triggering_event())
    });
    let mut names = HashSet::new();
    let mut batches = Vec::new();
    let mut next = 1;
    while next <= history.len() as u64 {
        let (entry, trigger) = entries.next().expect("an entry");
        assert_eq!(entry.first, next, "{journal} goes on with another batch");
        assert!(trigger.is_none_or(|trigger| trigger == entry.batch), "{trigger:?}");
        assert!(names.insert(&entry.batch), "{} is in {journal} twice", entry.batch);
        for rest in 1..entry.of {
            let other = entries.next().map(|(entry, _)| entry);
            assert_eq!(other, Some(entry), "entry {rest} of a batch");
        }
        next += entry.of;
        batches.push(Batch { journal: journal.to_owned(), entry: entry.clone() });
    }
    batches
}
