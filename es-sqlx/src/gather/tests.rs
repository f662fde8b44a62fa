use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::*;

const LIMIT: Duration = Duration::from_secs(10);

/// Reads the names of streams, and tells what it was asked for. Some names are of streams that can't be read so.
struct Fake {
    asked: mpsc::UnboundedSender<Vec<String>>,
    hangs: AtomicBool,
}

impl ReadTogether for Fake {
    type Read = String;

    async fn read(&self, streams: &[Stream]) -> Result<Vec<Found<String>>, StoreError> {
        let names: Vec<_> = streams.iter().map(|stream| stream.entity_id.clone()).collect();
        self.asked.send(names.clone()).unwrap();
        if self.hangs.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
        yield_now().await;
        if names.iter().any(|name| name == "late") {
            return Err(StoreError::TimedOut { what: "answer", limit: LIMIT });
        }
        let unavailable = |kind: io::ErrorKind| {
            Err(StoreError::Unavailable(Arc::new(sqlx::Error::Io(kind.into()))))
        };
        if names.iter().any(|name| name == "silent") {
            return unavailable(io::ErrorKind::TimedOut);
        }
        if names.iter().any(|name| name == "lost") {
            return unavailable(io::ErrorKind::ConnectionReset);
        }
        if names.iter().any(|name| name == "bad") {
            return Err(StoreError::Corrupt("bad".to_owned()));
        }
        let found = |name: String| match &*name {
            "long" => Found::Long,
            "large" => Found::Large,
            _ => Found::Read(name),
        };
        Ok(names.into_iter().map(found).collect())
    }
}

/// Where loads meet, and the names of those that are read together.
fn gathering(limit: Duration) -> (Gathering<Fake>, mpsc::UnboundedReceiver<Vec<String>>) {
    let (sender, asked) = mpsc::unbounded_channel();
    let fake = Fake { asked: sender, hangs: AtomicBool::new(false) };
    (Gathering::new(fake, limit), asked)
}

fn bare(entity_id: &str) -> StreamQuery<'_> {
    StreamQuery::new("Thing", entity_id).bare(true)
}

/// The name that was read, or `alone` for one that is to be read by itself, which takes a while.
async fn load(gathering: &Gathering<Fake>, query: StreamQuery<'_>) -> Result<String, StoreError> {
    match gathering.load(&query).await? {
        Gathered::Read(name) => Ok((*name).clone()),
        Gathered::Alone(_under_way) => {
            sleep(Duration::from_millis(1)).await;
            Ok("alone".to_owned())
        }
    }
}

async fn load_all(gathering: &Gathering<Fake>, names: &[&str]) -> Vec<String> {
    let loads = names.iter().map(|name| load(gathering, bare(name)));
    join_all(loads).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(start_paused = true)]
async fn one_after_the_other_goes_alone() {
    let (gathering, mut asked) = gathering(LIMIT);
    for _ in 0..3 {
        assert_eq!(load_all(&gathering, &["a"]).await, ["alone"]);
    }
    assert!(asked.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn loads_that_come_while_one_is_under_way_are_read_together() {
    let (gathering, mut asked) = gathering(LIMIT);
    let read = load_all(&gathering, &["first", "a", "b", "a", "c"]).await;
    assert_eq!(read, ["alone", "a", "b", "a", "c"]);
    assert_eq!(asked.try_recv().unwrap(), ["a", "b", "c"]);
    assert!(asked.try_recv().is_err());
}

/// A task that is spawned has its turn at once, before those that can run already.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn all_tasks_that_can_run_have_their_turn_before_they_are_read() {
    let (gathering, mut asked) = gathering(LIMIT);
    let gathering = Arc::new(gathering);
    let spawn_all = tokio::spawn(async move {
        // Somebody is under way.
        let first = gathering.load(&bare("first")).await;
        let load_one = |name: &'static str| {
            let gathering = Arc::clone(&gathering);
            tokio::spawn(async move { load(&gathering, bare(name)).await.unwrap() })
        };
        let loads = ["a", "b", "c", "d", "e"].map(load_one);
        join_all(loads).await;
        drop(first);
    });
    spawn_all.await.unwrap();
    let mut names = asked.try_recv().unwrap();
    names.sort_unstable();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
}

#[tokio::test(start_paused = true)]
async fn two_loads_have_a_statement_each() {
    let (gathering, mut asked) = gathering(LIMIT);
    assert_eq!(load_all(&gathering, &["first", "second"]).await, ["alone", "alone"]);
    assert!(asked.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_statement_reads_no_more_than_so_many() {
    let (gathering, mut asked) = gathering(LIMIT);
    let names: Vec<_> = (0..2 * MAX_STREAMS + 3).map(|n| n.to_string()).collect();
    let read = load_all(&gathering, &names.iter().map(|name| &**name).collect::<Vec<_>>()).await;
    assert_eq!(read[0], "alone");
    assert_eq!(read[1..], names[1..]);
    let mut sizes: Vec<_> = std::iter::from_fn(|| asked.try_recv().ok()).map(|n| n.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [2, MAX_STREAMS, MAX_STREAMS]);
}

#[tokio::test(start_paused = true)]
async fn other_queries_go_alone_and_are_known_to_be_under_way() {
    let (gathering, mut asked) = gathering(LIMIT);
    let read = join_all([
        load(&gathering, StreamQuery::new("Thing", "whole")),
        load(&gathering, bare("a")),
        load(&gathering, bare("part").limit(1)),
        load(&gathering, bare("b")),
    ]);
    let read: Vec<_> = read.await.into_iter().map(Result::unwrap).collect();
    assert_eq!(read, ["alone", "a", "alone", "b"]);
    assert_eq!(asked.try_recv().unwrap(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn long_streams_go_alone() {
    let (gathering, _asked) = gathering(LIMIT);
    for _ in 0..2 {
        let read = load_all(&gathering, &["first", "a", "long", "b"]).await;
        assert_eq!(read, ["alone", "a", "alone", "b"]);
    }
}

#[tokio::test(start_paused = true)]
async fn after_large_streams_all_go_alone_for_a_while() {
    let (gathering, mut asked) = gathering(LIMIT);
    let read = load_all(&gathering, &["first", "a", "large", "b"]).await;
    assert_eq!(read, ["alone", "a", "alone", "b"]);
    asked.try_recv().unwrap();
    assert_eq!(load_all(&gathering, &["first", "a", "b"]).await, ["alone"; 3]);
    sleep(PAUSE).await;
    assert_eq!(load_all(&gathering, &["first", "a", "b"]).await, ["alone", "a", "b"]);
    assert_eq!(asked.try_recv().unwrap(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_may_be_the_fault_of_one_stream_or_connection_sends_each_alone() {
    let (gathering, _asked) = gathering(LIMIT);
    for error in ["bad", "lost"] {
        assert_eq!(load_all(&gathering, &["first", "a", error, "b"]).await, ["alone"; 4]);
    }
}

#[tokio::test(start_paused = true)]
async fn who_waited_in_vain_does_not_wait_again() {
    let (gathering, _asked) = gathering(LIMIT);
    for error in ["late", "silent"] {
        let loads = ["first", "a", error].map(|name| load(&gathering, bare(name)));
        let read = join_all(loads).await;
        assert_eq!(read[0].as_deref().unwrap(), "alone");
        assert!(read[1..].iter().all(Result::is_err), "{read:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn loads_that_are_dropped_leave_the_others() {
    let (gathering, mut asked) = gathering(LIMIT);
    let mut first = Box::pin(load(&gathering, bare("first")));
    let mut dropped = Box::pin(load(&gathering, bare("dropped")));
    assert!(first.as_mut().now_or_never().is_none());
    assert!(dropped.as_mut().now_or_never().is_none());
    let mut others = Box::pin(load_all(&gathering, &["a", "b"]));
    assert!(others.as_mut().now_or_never().is_none());
    drop((first, dropped));
    assert_eq!(others.await, ["a", "b"]);
    assert_eq!(asked.try_recv().unwrap(), ["a", "b"]);
    // Nobody is under way any more.
    assert_eq!(load_all(&gathering, &["a"]).await, ["alone"]);
}

#[tokio::test(start_paused = true)]
async fn who_gets_no_answer_goes_alone() {
    let (gathering, _asked) = gathering(LIMIT);
    gathering.0.reader.hangs.store(true, Ordering::Relaxed);
    let started = Instant::now();
    assert_eq!(load_all(&gathering, &["first", "a", "b"]).await, ["alone"; 3]);
    assert_eq!(started.elapsed().as_secs(), LIMIT.as_secs());
}

#[test]
fn a_runtime_that_is_shut_down_leaves_the_others() {
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let (gathering, mut asked) = gathering(LIMIT);
    let (one, other) = (runtime(), runtime());
    let mut loads: Vec<_> = ["first", "a", "b"]
        .into_iter()
        .map(|name| Box::pin(load(&gathering, bare(name))))
        .collect();
    one.block_on(async { loads.iter_mut().for_each(|load| drop(load.now_or_never())) });
    // It hadn't begun to read.
    drop(one);
    let started = Instant::now();
    let read = other.block_on(async { join_all(loads.split_off(1)).await });
    let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
    assert_eq!(read, ["alone"; 2]);
    assert!(started.elapsed() < LIMIT);
    assert!(asked.try_recv().is_err());
}

/// Nobody is made to wait for the turn of a task of another runtime.
#[test]
fn a_runtime_that_stands_still_leaves_the_others() {
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let (gathering, mut asked) = gathering(LIMIT);
    let (standing, other) = (runtime(), runtime());
    let mut held: Vec<_> =
        ["first", "held"].into_iter().map(|name| Box::pin(load(&gathering, bare(name)))).collect();
    standing.block_on(async { held.iter_mut().for_each(|load| drop(load.now_or_never())) });
    let started = Instant::now();
    for asks in [["held", "a", "b"].as_slice(), &["a", "b"]] {
        assert_eq!(other.block_on(load_all(&gathering, &["a", "b"])), ["a", "b"]);
        assert_eq!(asked.try_recv().unwrap(), asks);
    }
    assert!(started.elapsed() < LIMIT);
    assert_eq!(standing.block_on(held.remove(1)).unwrap(), "held");
}

#[tokio::test(start_paused = true)]
async fn a_full_group_is_not_of_those_who_gave_up() {
    let (gathering, mut asked) = gathering(LIMIT);
    let mut first = Box::pin(load(&gathering, bare("first")));
    assert!(first.as_mut().now_or_never().is_none());
    let mut dropped: Vec<_> =
        (1..MAX_STREAMS).map(|_| Box::pin(load(&gathering, bare("dropped")))).collect();
    dropped.iter_mut().for_each(|load| assert!(load.as_mut().now_or_never().is_none()));
    drop(dropped);
    assert_eq!(load(&gathering, bare("a")).await.unwrap(), "alone");
    assert!(asked.try_recv().is_err(), "it reads for nobody");
}

#[test]
fn loads_that_meet_outside_of_a_runtime_go_alone() {
    let (gathering, _asked) = gathering(LIMIT);
    let load = |name| gathering.load(&bare(name)).now_or_never();
    let loads = ["first", "a", "b"].map(load);
    assert!(loads.iter().all(|load| matches!(load, Some(Ok(Gathered::Alone(_))))));
}
