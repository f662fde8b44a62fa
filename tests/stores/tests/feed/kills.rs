//! Processes that give positions are killed; what they showed stays as it was.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use es_core::store::Position;
use es_core::{EventStore, Version};
use es_sqlx::SqlxEventStore;
use store_tests::feed::{Counted, Faults, Reader, Seen, counted, faults};

const KILLS: u32 = 12;

pub(crate) async fn prove(url: &str) {
    let store = SqlxEventStore::connect(url).await.unwrap();
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            let (mut committed, mut version) = (std::collections::HashSet::new(), 0);
            while stopped.try_recv().is_err() {
                let counted_as = Counted { commit: version.to_string(), of: 5 };
                let append = counted("counter", Version::new(version), 5, &counted_as).unwrap();
                store.append(append).await.unwrap();
                committed.extend((1..=5).map(|n| Seen {
                    entity_id: "counter".to_owned(),
                    version: version + n,
                    commit: counted_as.commit.clone(),
                    of: 5,
                }));
                version += 5;
            }
            committed
        })
    };
    let mut shown: Vec<(Position, Seen)> = Vec::new();
    for _ in 0..KILLS {
        let url = url.to_owned();
        shown.extend(tokio::task::spawn_blocking(move || follow_and_kill(&url)).await.unwrap());
    }
    stop.send(()).unwrap();
    let committed = writer.await.unwrap();

    let mut reader = Reader::default();
    while !reader.page(&store, 1_000).await.unwrap() {}
    assert_eq!(faults(reader.seen.iter().map(|(_, seen)| seen), &committed), Faults::default());
    assert!(shown.len() > 100, "{} events were shown", shown.len());
    for (position, seen) in &shown {
        let at = reader.seen.binary_search_by_key(position, |(position, _)| *position);
        assert_eq!(at.ok().map(|at| &reader.seen[at].1), Some(seen), "at {position}");
    }
}

/// What a process showed before it was killed, at a moment that chance decides.
fn follow_and_kill(url: &str) -> Vec<(Position, Seen)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_follow_feed"))
        .arg(url)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the process can be started");
    let out = child.stdout.take().expect("its output is piped");
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    let read = |line: String| serde_json::from_str(&line).ok();
    let mut shown: Vec<_> =
        lines.by_ref().take(fastrand::usize(20..400)).filter_map(read).collect();
    // Nothing is waited for: this is where chance comes in.
    std::thread::sleep(Duration::from_micros(fastrand::u64(0..5_000)));
    child.kill().expect("it can be killed");
    // The last line may be half of one.
    shown.extend(lines.filter_map(read));
    child.wait().expect("it ends");
    shown
}
