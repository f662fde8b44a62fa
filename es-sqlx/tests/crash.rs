//! A process that is killed leaves what it acknowledged, and nothing by halves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use common::{File, append, stream, version};
use es_core::MessageKey;
use es_core::store::EventStore;
use es_sqlx::SqlxEventStore;

const URL: &str = "ES_SQLX_TEST_URL";

/// Appends are of 1 to 60 events, by their number.
fn events(number: u64) -> u64 {
    number % 60 + 1
}

#[test]
fn acknowledged_appends_survive_kill_9() {
    let file = File::new();
    let mut stored = 0;
    for round in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_process_to_be_killed", "--ignored", "--nocapture"])
            .env(URL, file.url())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut acknowledgements =
            lines.by_ref().filter_map(|line| line.strip_prefix("stored ")?.parse::<u64>().ok());
        let heard = acknowledgements.nth(round * 3 % 17).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let heard = acknowledgements.last().unwrap_or(heard);

        let (head, seen) = common::block_on(async { stream(&file.store().await, "ada").await });

        // Every append has its number as metadata: they are there in order, and each is whole.
        let mut counts = Vec::new();
        for event in &seen {
            let number: u64 = event.metadata.as_deref().unwrap().parse().unwrap();
            if number as usize == counts.len() {
                counts.push(0);
            }
            counts[number as usize] += 1;
            assert_eq!(number as usize + 1, counts.len());
            assert_eq!(event.triggering_event, event.metadata);
        }
        assert_eq!(counts, (0..counts.len() as u64).map(events).collect::<Vec<_>>());
        assert_eq!(head.version.get(), seen.len() as u64);
        let next = counts.len() as u64;
        assert!(next > heard, "{heard} was acknowledged, and {next} are stored");
        assert!(next > stored);
        stored = next;
    }
}

#[test]
#[ignore = "started, and killed, by the test above"]
fn a_process_to_be_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    common::block_on(async {
        let store = SqlxEventStore::connect(&url).await.unwrap();
        let mut at = version(&store, "ada").await;
        let (mut number, mut sum) = (0, 0);
        while sum < at {
            sum += events(number);
            number += 1;
        }
        for number in number.. {
            let mut append = append("ada", at, events(number));
            append.metadata = Some(number.to_string());
            append.message = Some(MessageKey::new(number.to_string()));
            at = store.append(append).await.unwrap().version.get();
            let mut out = std::io::stdout().lock();
            writeln!(out, "stored {number}").unwrap();
            out.flush().unwrap();
        }
    });
}
