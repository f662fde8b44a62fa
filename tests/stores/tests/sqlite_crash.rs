//! A process that is killed leaves what it acknowledged, whole, and of what it didn't nothing by halves (S8).
#![allow(clippy::unwrap_used, reason = "this is how a test fails")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{Database, schema};
use es_core::{AggregateRepository, Failure};
use sqlx::SqliteConnection;
use store_tests::{Batch, Begin, Journal, JournalEvent};

/// How many tasks of the process write at the same time: so many batches may be stored and not acknowledged.
const TASKS: usize = 6;

fn start(url: &str, name: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_append_under_load"))
        .args([url, name])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the process can be started")
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

/// The batches of a journal, each of which is whole; nothing if there is no such journal.
async fn batches(journals: &AggregateRepository<Journal>, journal: &str) -> Vec<Batch> {
    let history = match journals.history(&journal.to_owned()).await {
        Ok(history) => history.collect().await.expect("its history can be read"),
        Err(Failure::NotFound { .. }) => return Vec::new(),
        Err(error) => panic!("{journal}: {error}"),
    };
    let mut entries = history.iter().map(|event| {
        let JournalEvent::Entry(entry) = event.event();
        (entry, event.triggering_event())
    });
    let mut batches = Vec::new();
    let mut next = 1;
    while next <= history.len() as u64 {
        let (entry, trigger) = entries.next().expect("an entry");
        assert_eq!(entry.first, next, "{journal} goes on with another batch");
        assert_eq!(trigger, Some(entry.batch.as_str()));
        for rest in 1..entry.of {
            let other = entries.next().map(|(entry, _)| entry);
            assert_eq!(other, Some(entry), "entry {rest} of a batch");
        }
        next += entry.of;
        batches.push(Batch { journal: journal.to_owned(), entry: entry.clone() });
    }
    batches
}

/// Fails unless the tables agree with each other.
async fn tables_agree(sql: &mut SqliteConnection, processed: usize) {
    let sound: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut *sql).await.expect("an answer");
    assert_eq!(sound, "ok");
    type Disagreement = (String, Option<i64>, Option<i64>, Option<i64>);
    let disagree: Vec<Disagreement> = sqlx::query_as(
        "SELECT entity_id, e.entity_version, v.count, v.last
           FROM entities e
           FULL JOIN (SELECT entity_type, entity_id, count(*) AS count, max(entity_version) AS last
                        FROM events GROUP BY entity_type, entity_id) v USING (entity_type, entity_id)
          WHERE e.entity_version IS NOT v.count OR e.entity_version IS NOT v.last",
    )
    .fetch_all(&mut *sql)
    .await
    .expect("an answer");
    assert_eq!(disagree, [], "versions of entities, numbers of events and last versions");
    let messages: i64 = sqlx::query_scalar("SELECT count(*) FROM processed_messages")
        .fetch_one(sql)
        .await
        .expect("an answer");
    assert_eq!(messages, processed as i64, "a message for each batch");
}

#[tokio::test]
async fn acknowledged_appends_survive_kill_9_and_others_are_whole_or_absent() {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let database = Database::new();
    let mut stored_before = 0;
    let mut all = Vec::new();
    for round in 0..60 {
        let name = format!("round {round}");
        let acknowledged = kill(start(&database.url(), &name), &mut random);

        let journals = database.journals().await;
        let mut stored = Vec::new();
        for task in 0..4 {
            stored.extend(batches(&journals, &format!("{name} single {task}")).await);
        }
        for pair in 0..2 {
            let left = batches(&journals, &format!("{name} left {pair}")).await;
            let right = batches(&journals, &format!("{name} right {pair}")).await;
            let names = |batches: &[Batch]| -> Vec<_> {
                batches.iter().map(|batch| batch.entry.batch.clone()).collect()
            };
            assert_eq!(names(&left), names(&right), "a transaction is in both streams or in none");
            stored.extend([left, right].concat());
        }

        let there: HashSet<_> = stored.iter().collect();
        let lost: Vec<_> =
            acknowledged.iter().flatten().filter(|batch| !there.contains(batch)).collect();
        assert!(lost.is_empty(), "seed {seed}, round {round}: acknowledged, and lost: {lost:?}");
        let transactions = stored.iter().filter(|batch| batch.journal.contains("right")).count();
        let unacknowledged = stored.len() - transactions - acknowledged.len();
        assert!(unacknowledged <= TASKS, "{unacknowledged} are stored and not acknowledged");
        stored_before += stored.len();
        tables_agree(&mut database.sql().await, stored_before).await;
        all.extend(stored);
    }
    assert!(all.len() > 300, "the process was not under load: {} batches", all.len());
    let journals = database.journals().await;
    for batch in all {
        let journal = journals.find(&batch.journal).at_version(batch.entry.first).await;
        assert_eq!(journal.expect("it is still there").last, batch.entry);
    }
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_creates_the_database_leaves_one_that_can_be_used() {
    for round in 0..20 {
        let database = Database::new();
        let mut child = start(&database.url(), "first");
        // Nothing is waited for: this is where chance comes in.
        sleep(Duration::from_micros(fastrand::u64(0..20_000) + round * 1_000));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        drop(database.store().await);
        let mut sql = database.sql().await;
        let expected = Database::new();
        drop(expected.store().await);
        assert_eq!(schema(&mut sql).await, schema(&mut expected.sql().await).await);
        let begin = Begin { batch: "later".into(), of: 1 };
        let journals = database.journals().await;
        journals.save_as("later".into(), begin).await.expect("it can be used");
    }
}
